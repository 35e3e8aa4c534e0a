"""The one predict: blind to States, independent of company, and within its ranges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline.corpus.coded import Corpus
from pipeline.models.bundle import Bundle
from pipeline.store.vocabularies import load_states

NAMES = [s.name for s in load_states().all]
TEMPLATES = (
    "Ratify the Convention against Torture, as {} has done",
    "Continue cooperation with {} on the rights of the child",
    "Invite the special procedures, following the example of {}, and consider a visit in autumn",
    "Share with {} its good practices on access to water",
)


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_states_name_changes_a_prediction(template: str, bundle: Bundle) -> None:
    predictions = bundle.predict([template.format(name) for name in NAMES])
    assert (predictions.action_probabilities == predictions.action_probabilities[0]).all()
    assert (predictions.tag_scores == predictions.tag_scores[0]).all()


def test_swapping_the_states_of_real_wordings_changes_nothing(sample: Corpus, bundle: Bundle) -> None:
    # Of an official name ("Kingdom of ..."), the short one is only a part.
    holding = [
        text
        for text in sample.texts
        if any(f" {name} " in text for name in NAMES) and "Kingdom of" not in text
    ]
    assert holding, "no text of the sample names a State"
    swapped = [_swap(text) for text in holding]
    assert swapped != holding
    one, other = bundle.predict(holding), bundle.predict(swapped)
    assert (one.action_probabilities == other.action_probabilities).all()
    assert (one.tag_scores == other.tag_scores).all()


def _swap(text: str) -> str:
    for name in sorted(NAMES, key=len, reverse=True):
        if f" {name} " in text:
            return text.replace(f" {name} ", " Fiji " if name != "Fiji" else " Chad ")
    return text


@hypothesis_settings(max_examples=40)
@given(st.lists(st.text(max_size=200), min_size=1, max_size=6))
def test_a_prediction_does_not_depend_on_the_company(bundle: Bundle, texts: list[str]) -> None:
    together = bundle.predict(texts)
    for place, text in enumerate(texts):
        alone = bundle.predict([text])
        assert np.allclose(alone.action_probabilities[0], together.action_probabilities[place], atol=1e-6)
        assert np.allclose(alone.tag_scores[0], together.tag_scores[place], atol=1e-6)
    assert np.allclose(together.action_probabilities.sum(axis=1), 1, atol=1e-5)
    assert ((together.action >= 1) & (together.action <= 5)).all()
    assert together.action_sets[np.arange(len(texts)), together.action - 1].all()
    assert ((together.known >= 0) & (together.known <= 1)).all()


def test_how_a_text_is_spaced_does_not_count(bundle: Bundle) -> None:
    texts = ["Ensure women&#039;s rights", "  Ensure\n women's\u00a0 rights ", "Ensure wo\u00admen's rights"]
    predictions = bundle.predict(texts)
    assert (predictions.action_probabilities == predictions.action_probabilities[0]).all()


def test_what_stands_beyond_the_longest_text_is_not_read(bundle: Bundle) -> None:
    text = "Ratify the treaty. " * 2000
    cut = text[: bundle.thresholds.max_chars]
    predictions = bundle.predict([cut, cut + " Continue to consider torture."])
    assert (predictions.tag_scores[0] == predictions.tag_scores[1]).all()


def test_taking_rows_keeps_them_together(sample: Corpus, bundle: Bundle) -> None:
    predictions = bundle.predict(sample.texts[:20])
    taken = predictions.take(np.array([5, 3]))
    assert (taken.action == predictions.action[[5, 3]]).all()
    assert (taken.tags == predictions.tags[[5, 3]]).all()
    assert (taken.known == predictions.known[[5, 3]]).all()


def test_the_small_model_learned_something(sample: Corpus, bundle: Bundle) -> None:
    rows = sample.splits["session"].rows("test")
    predictions = bundle.predict([sample.texts[i] for i in rows])
    assert (predictions.action == sample.actions[rows]).mean() > 0.7
