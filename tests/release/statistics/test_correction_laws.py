"""Laws of the corrected intervals: what they are where the answer can be written down, and that they cover
the truth neither less nor much more often than they say.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pipeline.evaluation.intervals import Estimate
from pipeline.release.statistics.correction import (
    ACTION_STRATA,
    PEOPLE,
    Rates,
    action_rates,
    action_stratum,
    corrected_mean,
    corrected_ratio,
    corrected_share,
    expected,
)
from tests.release.statistics.test_correction import MIX, population

Z = float(stats.norm.ppf(0.975))


def score_interval(share: float, rows: float, step: float) -> tuple[float, float]:
    """The shares p with |share - p| <= z sqrt(p (1 - p) / rows), solved for p, and a step on both sides."""
    a, b, c = 1 + Z**2 / rows, -(2 * share + Z**2 / rows), share**2
    root = math.sqrt(max(0.0, b * b - 4 * a * c))
    low, high = (-b - root) / (2 * a), (-b + root) / (2 * a)
    return min(share, max(0.0, low - step)), max(share, min(1.0, high + step))


def ends(found: Estimate) -> tuple[float, float]:
    return found.low, found.high


ROWS, WEIGHT = st.integers(1, 3000), st.floats(1, 3000)


@given(ROWS, st.floats(0.01, 0.99), WEIGHT)
def test_of_one_stratum_rows_and_measured_texts_both_count(rows: int, rate: float, measured: float) -> None:
    """p (1 - p) / rows + p (1 - p) / measured is the variance of a share of so many rows."""
    stratum = np.zeros(rows, dtype=np.int64)
    rates, weight = np.array([rate]), np.array([measured])
    found = corrected_share(np.full(rows, rate), stratum, rates, weight)
    assert found.value == pytest.approx(rate)
    assert found.support == rows
    assert ends(found) == pytest.approx(
        score_interval(rate, rows * measured / (rows + measured), 0.5 / rows), abs=1e-9
    )


@given(ROWS, st.integers(0, 500), st.floats(0.01, 0.99), WEIGHT, st.floats(0, 1))
def test_the_error_of_strata_counts_by_the_share_of_machine_rows(
    machine: int, people: int, rate: float, measured: float, hits: float
) -> None:
    stratum = np.array([0] * machine + [PEOPLE] * people)
    by_people = (np.arange(people) < hits * people).astype(float)
    values = np.concatenate([np.full(machine, rate), by_people])
    rates, weight = np.array([rate, 0.5]), np.array([measured, 7.0])
    n, share = machine + people, float(values.mean())
    sampling = share * (1 - share) / n
    error = (machine / n) ** 2 * rate * (1 - rate) / measured
    found = corrected_share(values, stratum, rates, weight)
    rows = n * sampling / (sampling + error)
    assert ends(found) == pytest.approx(score_interval(share, rows, 0.5 * machine / n**2), abs=1e-9)


@given(st.integers(2, 400), st.floats(0.02, 0.98), st.floats(0.02, 0.98), WEIGHT, st.floats(0, 1))
def test_the_error_of_a_ratio_is_that_of_both_its_parts(
    rows: int, low_rate: float, high_rate: float, measured: float, supported: float
) -> None:
    stratum = np.arange(rows) % 2
    rates, weight = np.array([low_rate, high_rate]), np.array([measured, 2 * measured])
    values, top = rates[stratum], (np.arange(rows) < supported * rows).astype(float)
    total = values.sum()
    share = float((top * values).sum() / total)
    found = corrected_ratio(top, values, stratum, rates, weight)
    # The ratio moves with the rate c of a stratum by the derivative of sum(top c) / sum(c).
    error = 0.0
    for s in (0, 1):
        moved = rates.copy()
        moved[s] += 1e-6
        slope = ((top * moved[stratum]).sum() / moved[stratum].sum() - share) / 1e-6
        error += slope**2 * rates[s] * (1 - rates[s]) / weight[s]
    sampling = share * (1 - share) / total
    support = max(round(total), 1)
    effective = support * sampling / (sampling + error) if sampling > 0 else 1 / (1 / support + 4 * error)
    assert found.value == pytest.approx(share)
    assert found.support == round(total)
    assert ends(found) == pytest.approx(score_interval(share, effective, 0.5 / total), abs=1e-4)


@given(st.integers(2, 400), st.lists(st.floats(0.01, 1), min_size=5, max_size=5), WEIGHT)
def test_the_error_of_a_mean_is_that_of_its_strata(rows: int, weights: list[float], measured: float) -> None:
    share, scale = np.array(weights) / sum(weights), np.arange(1, 6)
    rates = Rates(share[None, :], np.array([measured]))
    mean = float(share @ scale)
    spread = float(share @ (scale - mean) ** 2)
    level = np.full(rows, mean)
    found = corrected_mean(level, np.full(rows, share @ scale**2), np.zeros(rows, dtype=np.int64), rates)
    half = Z * math.sqrt(spread / (rows - 1) + spread / measured)
    assert found.value == pytest.approx(mean)
    assert ends(found) == pytest.approx((mean - half, mean + half), rel=1e-6)
    assert found.support == rows


def test_where_few_texts_were_measured_the_truth_is_covered_as_often_as_said_and_not_always() -> None:
    """Many rows and few measured texts: most of the doubt is in the rates. An interval without that part
    covers half; one that is twice too wide covers all.
    """
    random, measured = np.random.default_rng(17), 200
    covered: dict[str, list[bool]] = {"share": [], "mean": [], "without": [], "twice": []}
    scale = np.arange(1, 6, dtype=float)
    for _ in range(400):
        gold, said, confidence = population(random, measured, MIX)
        rates = action_rates(action_stratum(said, confidence), gold, np.arange(measured))
        gold, said, confidence = population(random, 4000, MIX)
        stratum = action_stratum(said, confidence)
        values = expected(stratum, np.zeros((4000, 5)), rates)
        share = corrected_share(values[:, 4], stratum, rates.share[:, 4], rates.weight)
        mean = corrected_mean(values @ scale, values @ scale**2, stratum, rates)
        exact = corrected_share(values[:, 4], stratum, rates.share[:, 4], np.full(ACTION_STRATA, 1e12))
        truth = float((gold == 5).mean())
        covered["share"].append(share.low <= truth <= share.high)
        covered["mean"].append(mean.low <= gold.mean() <= mean.high)
        covered["without"].append(exact.low <= truth <= exact.high)
        covered["twice"].append(2 * share.low - share.value <= truth <= 2 * share.high - share.value)
    rate = {name: float(np.mean(hits)) for name, hits in covered.items()}
    assert 0.91 <= rate["share"] <= 0.98
    assert 0.91 <= rate["mean"] <= 0.985
    assert rate["without"] < 0.7, "the simulation would not notice a missing error term"
    assert rate["twice"] > 0.99, "the simulation would not notice an interval that is too wide"
