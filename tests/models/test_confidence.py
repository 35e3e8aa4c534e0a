"""Doubt in numbers: calibration, prediction sets and limits keep what they promise, by simulation."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from crepes import ConformalClassifier
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from pipeline.models.confidence import (
    Calibration,
    HeldOut,
    accept_threshold,
    best_tag_threshold,
    conformal_thresholds,
    fit_calibration,
    micro_f1,
)
from pipeline.models.linear import Scores

Floats = npt.NDArray[np.float64]
PLAIN = Calibration(1.0, 1.0, 0.0)


def overconfident(
    rng: np.random.Generator, rows: int
) -> tuple[Scores, npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Scores whose action logits are 2.5 times, and whose tag margins are 3 times and 1 below, what they
    should be.
    """
    logits, margins = rng.normal(0, 1.2, (rows, 5)), rng.normal(-1, 1.5, (rows, 8))
    actions = np.array([rng.choice(5, p=p) + 1 for p in special.softmax(logits, axis=1)])
    tags = rng.random(margins.shape) < special.expit(margins)
    return (
        Scores(
            (2.5 * logits).astype(np.float32), (3 * margins - 1).astype(np.float32), np.ones(rows, np.float32)
        ),
        actions,
        tags,
    )


def losses(
    calibration: Calibration, scores: Scores, actions: npt.NDArray[np.int64], tags: npt.NDArray[np.bool_]
) -> tuple[float, float]:
    action = -np.log(
        calibration.action(scores).astype(float)[np.arange(len(actions)), actions - 1] + 1e-12
    ).mean()
    p = np.clip(calibration.tags(scores).astype(float), 1e-9, 1 - 1e-9)
    return float(action), float(-np.where(tags, np.log(p), np.log(1 - p)).mean())


def test_calibration_lowers_the_loss_on_rows_it_did_not_see_and_finds_the_truth() -> None:
    rng = np.random.default_rng(1)
    fitted = fit_calibration(*overconfident(rng, 3000))
    other = overconfident(rng, 3000)
    before, after = losses(PLAIN, *other), losses(fitted, *other)
    assert after[0] < before[0] - 0.1
    assert after[1] < before[1] - 0.05
    assert fitted.temperature == pytest.approx(2.5, rel=0.1)
    assert fitted.tag_slope == pytest.approx(1 / 3, rel=0.1)
    assert fitted.tag_offset == pytest.approx(1 / 3, abs=0.1)


def test_calibration_lowers_the_loss_of_a_real_model(sample, bundle) -> None:  # type: ignore[no-untyped-def]
    split = sample.splits["session"]
    texts = [bundle.blinder.blind(sample.texts[i]) for i in split.rows("test")]
    gold = sample.actions[split.rows("test")], sample.tags[split.rows("test")]
    scores = bundle.classifier.score(texts, bundle.rules.features(bundle.rules.label(texts)))
    before, after = losses(PLAIN, scores, *gold), losses(bundle.calibration, scores, *gold)
    assert after[0] < before[0]
    assert after[1] < before[1]


@given(st.floats(0.1, 10), st.floats(-5, 5), st.floats(-5, 5))
def test_probabilities_are_probabilities(temperature: float, slope: float, offset: float) -> None:
    scores = Scores(
        np.linspace(-40, 40, 20).reshape(4, 5).astype(np.float32),
        np.linspace(-40, 40, 8).reshape(4, 2).astype(np.float32),
        np.ones(4, np.float32),
    )
    calibration = Calibration(temperature, slope, offset)
    assert np.allclose(calibration.action(scores).sum(axis=1), 1, atol=1e-5)
    assert (calibration.action(scores) >= 0).all()
    assert ((calibration.tags(scores) >= 0) & (calibration.tags(scores) <= 1)).all()
    assert (calibration.action(scores).argmax(axis=1) == scores.action.argmax(axis=1)).all()


def drawn(rng: np.random.Generator, rows: int) -> tuple[Any, npt.NDArray[np.int64]]:
    probabilities = special.softmax(rng.normal(0, 2, (rows, 5)), axis=1)
    return probabilities, np.array([rng.choice(5, p=p) + 1 for p in probabilities])


@pytest.mark.parametrize("risk", [0.05, 0.2])
def test_prediction_sets_hold_each_category_as_often_as_promised(risk: float) -> None:
    rng = np.random.default_rng(2)
    held: list[list[bool]] = [[] for _ in range(5)]
    for _ in range(150):
        limits: Any = np.array(conformal_thresholds(HeldOut(*drawn(rng, 400)), risk))
        probabilities, gold = drawn(rng, 200)
        inside = (probabilities >= limits)[np.arange(len(gold)), gold - 1]
        for category in range(5):
            held[category] += inside[gold == category + 1].tolist()
    for found in held:
        assert len(found) > 4000
        # At least 1 - risk, and by exchangeability at most 1 / (n + 1) more; the rest is the noise of the
        # simulation.
        assert 1 - risk - 0.01 < np.mean(found) < 1 - risk + 0.03


@pytest.mark.parametrize(
    "risk", [0.0501, 0.2003]
)  # where risk * (n + 1) is whole, crepes takes in the row on the border
def test_prediction_sets_are_those_of_crepes(risk: float) -> None:
    """Class by class, without smoothing."""
    rng = np.random.default_rng(11)
    probabilities, actions = drawn(rng, 400)
    new, _ = drawn(rng, 300)
    limits = conformal_thresholds(HeldOut(probabilities, actions), risk)
    for category in range(5):
        oracle = ConformalClassifier().fit(1 - probabilities[actions == category + 1, category])
        theirs = oracle.predict_set(1 - new[:, [category]], confidence=1 - risk, smoothing=False)[
            :, 0
        ].astype(bool)
        np.testing.assert_array_equal(new[:, category] >= limits[category], theirs)


def test_a_category_with_too_few_rows_is_never_ruled_out() -> None:
    probabilities = np.full((18, 5), 0.2)
    actions = np.array([2] * 18)
    # 1 / 0.05 - 1 = 19 rows are the fewest that can promise anything.
    assert conformal_thresholds(HeldOut(probabilities, actions), 0.05) == (0.0,) * 5
    assert conformal_thresholds(HeldOut(np.full((19, 5), 0.2), np.array([2] * 19)), 0.05)[1] == 0.2


def test_a_category_with_few_rows_is_calibrated_on_earlier_ones_too() -> None:
    few = HeldOut(np.full((30, 5), 0.6), np.repeat([2, 3], [10, 20]))
    earlier = HeldOut(np.full((200, 5), 0.3), np.repeat([2, 3], 100))
    limits = conformal_thresholds(few, 0.05, earlier, 20)
    # Ten rows promise nothing by themselves; twenty are enough here, so earlier rows are left out.
    assert limits == (0.0, 0.3, 0.6, 0.0, 0.0)


def test_the_limit_of_acceptance_keeps_its_certainty() -> None:
    """In at least 95 of 100 tunings the true share of errors among what is accepted is within what is
    tolerated.
    """
    rng = np.random.default_rng(3)
    tolerated, broken, useful, tunings = 0.1, 0, 0, 400
    grid = np.linspace(0.2, 1, 20_001)
    for _ in range(tunings):
        confidence = rng.uniform(0.2, 1, 600)
        right = rng.random(600) < confidence
        limit = accept_threshold(confidence.astype(np.float32), right, tolerated, 0.95)
        if limit > 1:
            continue
        useful += 1
        broken += (1 - grid[grid >= limit]).mean() > tolerated
    assert useful > tunings / 2
    assert broken <= stats.binom.ppf(0.999, tunings, 0.05)


def test_nothing_is_accepted_where_nothing_can_be_promised() -> None:
    rng = np.random.default_rng(4)
    few = np.full(50, 0.99, np.float32)
    # 99 rows without an error are needed for 3 per cent at 95.
    assert accept_threshold(few, np.ones(50, bool), 0.03, 0.95) == 1.01
    assert accept_threshold(np.full(99, 0.99, np.float32), np.ones(99, bool), 0.03, 0.95) < 1
    assert (
        accept_threshold(rng.uniform(0.2, 1, 2000).astype(np.float32), rng.random(2000) < 0.5, 0.03, 0.95)
        == 1.01
    )


def test_more_error_tolerated_accepts_more() -> None:
    rng = np.random.default_rng(5)
    confidence = rng.uniform(0.2, 1, 5000).astype(np.float32)
    right = rng.random(5000) < confidence
    limits = [accept_threshold(confidence, right, tolerated, 0.95) for tolerated in (0.02, 0.05, 0.1, 0.3)]
    assert limits == sorted(limits, reverse=True)
    assert limits[-1] < limits[0]


def test_micro_f1_is_twice_the_right_tags_over_all_given_and_gold_and_0_without_any() -> None:
    given_ = np.array([[True, True, False], [False, False, True]])
    gold = np.array([[True, False, False], [True, False, True]])
    assert micro_f1(given_, gold) == pytest.approx(4 / 6)
    assert micro_f1(given_, ~given_) == 0.0
    nothing = np.zeros_like(gold)
    assert micro_f1(nothing, nothing) == 0.0


def test_the_limit_for_tags_is_the_best_on_its_grid() -> None:
    rng = np.random.default_rng(6)
    probabilities = rng.random((300, 4)).astype(np.float32)
    tags = rng.random((300, 4)) < probabilities

    best = best_tag_threshold(probabilities, tags)
    assert 0.05 <= best <= 0.95
    grid = [micro_f1(probabilities >= limit, tags) for limit in np.linspace(0.05, 0.95, 181)]
    assert micro_f1(probabilities >= best, tags) == max(grid)
