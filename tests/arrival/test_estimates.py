"""Accuracy estimated without coded rows."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.arrival.estimates import METHODS, PastErrors, expected_micro_f1, least_error
from tests.arrival.sessions import calibrated, coded, labelled


@pytest.mark.parametrize("name", ["average_confidence", "difference_of_confidences", "by_stratum"])
def test_of_calibrated_rows_an_easier_session_is_estimated_right(name):
    reference = coded(*calibrated(4000, 1))
    confidence, right = calibrated(4000, 2, easier=3.0)
    found = METHODS[name](reference, labelled(confidence))
    assert right.mean() - reference.right.mean() > 0.05
    assert found == pytest.approx(right.mean(), abs=0.03)


def test_the_threshold_on_confidence_finds_the_accuracy_of_a_session_like_the_reference():
    confidence, right = calibrated(4000, 2)
    found = METHODS["above_threshold"](coded(*calibrated(4000, 1)), labelled(confidence))
    assert found == pytest.approx(right.mean(), abs=0.03)


def test_as_before_expects_what_was():
    reference = coded(*calibrated(500, 1))
    assert METHODS["as_before"](reference, labelled([0.6])) == reference.right.mean()


def test_an_overconfident_model_misleads_the_confidence_but_not_its_difference():
    confidence, right = calibrated(4000, 1)
    reference = coded(np.sqrt(confidence), right)
    now, truth = calibrated(4000, 2)
    rows = labelled(np.sqrt(now))
    errors = {name: estimate(reference, rows) - truth.mean() for name, estimate in METHODS.items()}
    assert errors["average_confidence"] > 0.05
    assert abs(errors["difference_of_confidences"]) < 0.03
    assert abs(errors["by_stratum"]) < 0.03


@given(st.lists(st.floats(0.2, 1.0), min_size=1, max_size=50), st.integers(0, 5))
def test_by_stratum_stays_a_share(confidence, seed):
    found = METHODS["by_stratum"](coded(*calibrated(60, seed)), labelled(confidence))
    assert 0 <= found <= 1


def test_tags_are_expected_by_their_probabilities_and_by_what_these_lacked():
    rng = np.random.default_rng(0)
    scores = rng.random((3000, 3))
    tags = rng.random((3000, 3)) < scores
    n = np.full(3000, 0.9)
    reference = coded(n, np.ones(3000, bool), tags=tags, scores=scores)
    again = rng.random((3000, 3))
    truth = rng.random((3000, 3)) < again
    given_tags = again >= 0.5
    measured = 2 * (given_tags & truth).sum() / (given_tags.sum() + truth.sum())
    assert expected_micro_f1(reference, labelled(n, scores=again)) == pytest.approx(measured, abs=0.02)


def test_the_interval_grows_with_the_past_errors_and_stays_within_a_share():
    narrow = PastErrors("by_stratum", (10, 11), (0.01, -0.01)).around(0.9, 100)
    wide = PastErrors("by_stratum", (10, 11), (0.02, -0.02)).around(0.9, 100)
    assert narrow.low - wide.low == pytest.approx(wide.high - narrow.high)
    assert narrow.low > wide.low
    assert PastErrors("by_stratum", (1,), (0.2,)).around(0.95, 10).high == 1.0
    assert math.isnan(PastErrors("by_stratum", (), ()).around(0.9, 10).low)
    assert not PastErrors("by_stratum", (1,), (0.2,)).around(math.nan, 10).defined


def test_the_method_with_the_least_absolute_error_is_chosen():
    assert least_error({"a": [0.1, -0.1], "b": [0.0, 0.05], "c": [0.0, -0.05]}) == "b"
