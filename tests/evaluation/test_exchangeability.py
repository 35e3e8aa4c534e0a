"""Sessions that are alike, and sessions that are not: what the tests of exchangeability say of each."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from pipeline.corpus.coded import Corpus
from pipeline.evaluation.exchangeability import session_tests, set_test, text_features, text_test
from pipeline.models.bundle import Bundle
from pipeline.store.vocabularies import load_blinder


def reviews_of(generator, own, shift, size=12):
    """Rows of `own` reviews a session: each review has a mean of its own; the later session's are shifted."""
    places, later, rows = [], [], []
    for review in range(2 * own):
        middle = generator.normal(shift if review >= own else 0.0, 1.0, 3)
        rows.append(middle + generator.normal(0, 1, (size, 3)))
        places += [review] * size
        later += [review >= own] * size
    return np.concatenate(rows), np.array(later), np.array(places)


def test_reviews_that_differ_among_themselves_are_no_difference_of_sessions():
    """Rows taken singly would be told apart at once, since each review has its own topics; whole reviews are
    not.
    """
    found = [
        text_test(*reviews_of(np.random.default_rng(seed), 10, 0.0), permutations=99, seed=0).p_value
        for seed in range(60)
    ]
    assert np.mean(np.array(found) <= 0.05) <= 0.15  # 5 % expected; 60 draws reach 15 % once in a thousand
    assert 0.3 < np.mean(found) < 0.7


def test_a_shifted_session_is_found():
    test = text_test(*reviews_of(np.random.default_rng(1), 10, 2.5), permutations=199, seed=0)
    assert test.p_value <= 0.02
    assert test.auc.value > 0.8
    assert test.auc.low > 0.5
    assert test.auc.support == 120
    assert test.reviews == 10


def test_too_few_reviews_say_nothing():
    features, later, places = reviews_of(np.random.default_rng(1), 3, 5.0)
    for test in (
        text_test(features, later, places, permutations=9, seed=0),
        set_test(features[:, 0], np.ones(len(later), dtype=np.int64), later, places, permutations=9, seed=0),
    ):
        assert math.isnan(test.p_value)
        assert not test.auc.defined
        assert test.reviews == 3


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.floats(-2, 2))
def test_the_auc_of_the_sets_is_that_of_scikit_learn(seed, shift):
    features, later, places = reviews_of(np.random.default_rng(seed), 5, shift, size=4)
    probability = 1 / (1 + np.exp(-features[:, 0]))
    test = set_test(probability, np.full(len(later), 4), later, places, permutations=9, seed=seed)
    assert test.auc.value == pytest.approx(roc_auc_score(later, probability))
    assert test.auc.low <= test.auc.value <= test.auc.high
    assert 0.1 <= test.p_value <= 1


def test_probabilities_are_compared_within_a_category():
    """A later session with more of a hard category is not harder for that."""
    generator = np.random.default_rng(0)
    later = np.repeat([False, True], 400)
    places = np.repeat(np.arange(20), 40)
    category = np.where(generator.random(800) < np.where(later, 0.8, 0.2), 5, 2)
    probability = np.where(category == 5, 0.2, 0.8) + 0.2 * generator.random(800)
    test = set_test(probability, category, later, places, permutations=99, seed=0)
    assert test.auc.value == pytest.approx(0.5, abs=0.05)
    assert test.p_value > 0.05


def test_texts_that_share_words_are_near():
    points = text_features(
        ["end torture now", "end torture", "build more schools", "build schools now"] * 3, 0
    )
    near, far = points[0] @ points[1], points[0] @ points[2]
    assert near > far


def test_every_session_of_the_sample_is_compared_with_the_tuning_session(sample: Corpus, bundle: Bundle):
    predictions = bundle.predict(sample.texts)
    found = session_tests(sample, load_blinder().blind, predictions, permutations=9, seed=0)
    split = sample.splits["session"]
    named = {part: {sample.sessions[i] for i in split.rows(part)} for part in ("train", "tune", "test")}
    assert found["against"] == sorted(named["tune"])
    assert found["later"] == sorted(named["test"]) == list(found["sets"])
    assert set(found["texts"]) == named["train"] | named["test"]


@pytest.mark.long
@pytest.mark.corpus
def test_the_test_session_is_like_the_tuning_session_and_the_first_is_not(real: Corpus):
    """The documentation says so: the texts of session 18 cannot be told from those of 17, the first session's
    can.
    """
    split = real.splits["session"]
    rows = np.concatenate(
        [split.rows("tune"), split.rows("test"), [i for i in split.rows("train") if real.sessions[i] == 1]]
    )
    sessions = np.array([real.sessions[i] for i in rows])
    reviewed = real.table["state_under_review"].take(rows.tolist()).to_pylist()
    reviews = np.unique(
        [f"{s} {state}" for s, state in zip(sessions, reviewed, strict=True)], return_inverse=True
    )[1]
    blinder = load_blinder()
    points = text_features([blinder.blind(real.texts[i]) for i in rows], 0)

    def against_17(session):
        both = np.isin(sessions, [17, session])
        return text_test(points[both], sessions[both] == session, reviews[both], permutations=199, seed=0)

    alike, apart = against_17(18), against_17(1)
    assert alike.p_value > 0.05
    assert alike.auc.low < 0.5 < alike.auc.high
    assert apart.p_value <= 0.05
    assert apart.auc.low > 0.55
