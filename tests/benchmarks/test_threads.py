"""Fitting and measuring what finds repeated recommendations."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.thread_figures import figures
from benchmarks.thread_vectors import SIZE, word_vectors
from benchmarks.threads import lines, training
from pipeline.store.threads import load_finder
from pipeline.threads.features import FEATURES

MODEL = load_finder().model


def test_the_classifier_is_fitted_on_tuning_states_and_without_test_sessions():
    rows = pd.DataFrame({"session": [17, 18]}, index=["a", "b"])
    pairs = pd.DataFrame(
        {
            "earlier": ["x", "x", "y"],
            "later": ["a", "b", "a"],
            "state": ["Chad", "Chad", "Cuba"],
            "relation": "near",
            "part": ["tune", "tune", "test"],
        }
    )
    links = pairs.assign(first_reading="same", stands_for=[2.0, 2.0, 1.0]).drop(columns="relation")
    coded = training(rows, pairs, links)
    assert coded.to_dict("records") == [
        {"later": "a", "earlier": "x", "state": "Chad", "relation": "same", "stands_for": 2.0}
    ]


def coded_pairs(rng, right):
    """Pairs of ten States with one feature that says the relation, of a share `right`."""
    number = 400
    near = rng.random(number) < 0.5
    signal = np.where(rng.random(number) < right, near, ~near)
    matrix = rng.normal(0, 0.01, (number, len(FEATURES)))
    matrix[:, 0] += signal
    matrix[:, 1] += near & signal
    relation = np.where(near, np.where(np.arange(number) % 2, "same", "near"), "related")
    matrix[:, 2] += relation == "same"
    states = [f"S{place % 10}" for place in range(number)]
    return matrix, pd.DataFrame({"state": states, "relation": relation, "stands_for": 1.0})


def test_a_threshold_is_the_lowest_that_is_precise_enough():
    matrix, coded = coded_pairs(np.random.default_rng(3), 0.98)
    made = lines(matrix, coded)
    assert len(made["same"]["weights"]) == len(FEATURES)
    assert 0 < made["repeated"]["threshold"] < 0.9
    # Rows that stand for no others choose no threshold.
    coded.loc[coded["relation"] == "related", "stands_for"] = np.nan
    assert lines(matrix, coded)["repeated"]["threshold"] < made["repeated"]["threshold"]


def test_a_precision_that_no_threshold_reaches_ends_the_fit():
    rng = np.random.default_rng(4)
    coded = pd.DataFrame({"state": [f"S{n % 10}" for n in range(400)], "stands_for": 1.0})
    coded["relation"] = rng.choice(["near", "related", "related", "same"], 400)
    with pytest.raises(SystemExit, match="No threshold reaches"):
        lines(rng.normal(size=(400, len(FEATURES))), coded)


def test_word_vectors_bring_texts_of_like_meaning_together():
    rng = np.random.default_rng(5)
    words = [f"w{n:03}" for n in range(100)]
    topics = rng.normal(size=(100, 64)).astype(np.float32)
    topics[1] = topics[0]
    texts = [dict.fromkeys(rng.choice(words, 6, replace=False), 1.0) for _ in range(2000)]
    meanings = np.array([sum(topics[int(word[1:])] for word in text) for text in texts])
    vectors = word_vectors(texts, words, meanings)
    assert vectors.shape == (100, SIZE)
    assert np.abs(vectors).max() <= 127
    assert (vectors == np.round(vectors)).all()
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    assert unit[0] @ unit[1] > 0.9
    assert np.median(unit[0] @ unit[2:].T) < 0.3


def test_links_are_weighted_by_how_many_they_stand_for():
    links = pd.DataFrame(
        {
            "state": ["Chad"] * 2 + ["Cuba"] * 2,
            "part": "test",
            "said": ["same", "near", "near", "none"],
            "stands_for": [1.0, 2.0, 1.0, 4.0],
            "first_reading": ["same", "near", "related", "near"],
            "second_reading": ["same", "near", "related", "related"],
            "relation": ["same", "near", "related", "near"],
        }
    )
    pairs = pd.DataFrame({"band": [0.1], "pairs_in_band": [3], "state": ["Cuba"], "relation": ["near"]})
    found = figures(np.zeros((1, len(FEATURES))), MODEL, pairs, links)["links"]
    near = found["same or near"]
    assert (near["precision"]["value"], near["precision"]["of"]) == (0.75, 3)
    assert near["recall"]["value"] == pytest.approx(3 / 7, abs=0.001)
    assert near["precision"]["low"] < 0.75 < near["precision"]["high"]
    assert (found["links"], found["agreement_of_readings"]) == (4, 0.75)
    # Links of unequal weight are fewer independent ones than were drawn, so the interval is wider.
    double = pd.concat([links.assign(stands_for=1.0), links.iloc[[0]].assign(stands_for=1.0)])
    equal = figures(np.zeros((1, len(FEATURES))), MODEL, pairs, double)["links"]["same or near"]["precision"]
    assert (equal["value"], equal["of"]) == (0.75, 4)
    assert equal["high"] - equal["low"] < near["precision"]["high"] - near["precision"]["low"]


def test_a_share_of_nothing_leaves_everything_possible():
    pairs = pd.DataFrame({"band": [0.1], "pairs_in_band": [3], "state": ["Cuba"], "relation": ["near"]})
    found = figures(np.zeros((1, len(FEATURES))), MODEL, pairs, pd.DataFrame({"part": ["tune"]}))
    assert found["links"] == {}
    assert found["pairs"]["same"]["precision"] == {"value": 0.0, "low": 0.0, "high": 1.0, "of": 0}
