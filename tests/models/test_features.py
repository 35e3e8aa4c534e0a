"""Features: what the coder looks at first is marked with its place, and vocabularies come back as they
went.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.models.features import LeadFeatures, LeadWordEncoder, word_features, words_of

TEXTS = [
    "Adopt a law on water",
    "Adopt a plan on water",
    "Consider adopting a law",
    "Promote women's rights by amending the code",
    "Promote rights by amending it",
]


@pytest.fixture(scope="module")
def encoder() -> LeadWordEncoder:
    return LeadWordEncoder.fit(TEXTS, lead_words=4, lead_weight=2.0, min_document_count=1, max_features=1000)


def test_words_keep_their_apostrophe_and_numbers() -> None:
    assert words_of("Women's RIGHTS, in 2014 – Côte d’Ivoire") == [
        "women's",
        "rights",
        "in",
        "2014",
        "côte",
        "d’ivoire",
    ]


def test_pairs_of_neighbours_are_features() -> None:
    assert word_features("adopt a law") == ["adopt", "a", "law", "adopt a", "a law"]


def test_leading_words_carry_their_place_and_the_others_do_not() -> None:
    features = LeadFeatures(2)("consider adopting a law")
    assert {"0=consider", "1=adopting", "<consider adopting", "^consider"} <= set(features)
    assert not any("law" in feature for feature in features)


def test_what_follows_by_is_a_feature_wherever_it_stands() -> None:
    features = LeadFeatures(2)("Promote the rights of women in every field of life by amending the code")
    assert {"by+amending", "by+ing"} <= set(features)


def test_word_features_have_length_one_and_lead_features_the_weight(encoder: LeadWordEncoder) -> None:
    matrix = encoder.encode(TEXTS)
    words, leads = matrix[:, : encoder.word_columns], matrix[:, encoder.word_columns :]
    assert np.allclose(np.sqrt(words.multiply(words).sum(axis=1)), 1, atol=1e-6)
    assert np.allclose(np.sqrt(leads.multiply(leads).sum(axis=1)), 2, atol=1e-6)


def test_a_text_without_a_known_word_is_zero_and_unknown(encoder: LeadWordEncoder) -> None:
    assert encoder.encode(["zzz qqq", ""]).nnz == 0
    assert encoder.known(["zzz qqq", "", "Adopt zzz"]).tolist() == [0, 0, 0.5]


@given(st.lists(st.text(max_size=80) | st.sampled_from(TEXTS), min_size=1, max_size=5))
def test_an_encoder_comes_back_from_its_vocabularies(texts: list[str]) -> None:
    fitted = LeadWordEncoder.fit(
        TEXTS, lead_words=4, lead_weight=2.0, min_document_count=1, max_features=1000
    )
    words, idf, leads = fitted.vocabularies()
    again = LeadWordEncoder(4, 2.0, words, idf, leads)
    assert again.word_columns == fitted.word_columns
    assert (again.encode(texts) != fitted.encode(texts)).nnz == 0
    assert (again.known(texts) == fitted.known(texts)).all()


def test_lengths_that_disagree_are_refused() -> None:
    with pytest.raises(ValueError, match="idf"):
        LeadWordEncoder(4, 2.0, ["a", "b"], np.ones(3, np.float32), ["c"])
