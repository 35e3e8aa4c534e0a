"""Who may become champion: by the lower end of each interval, whatever the figures themselves look like."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.gate import COMPARED, possible_losses
from pipeline.evaluation.intervals import Estimate
from pipeline.evaluation.metrics import Evaluation, paired_difference
from pipeline.stages.register import missed_floors

POINTS = st.floats(-0.1, 0.1, allow_nan=False)


@st.composite
def estimates(draw: st.DrawFn) -> Estimate:
    low, value, high = sorted(draw(st.tuples(POINTS, POINTS, POINTS)))
    return Estimate(value, low, high, 100)


@given(
    st.dictionaries(st.sampled_from(["action.accuracy", "tags.micro_f1", "tags.macro_f1"]), estimates()),
    st.floats(0, 0.05),
)
def test_exactly_the_figures_whose_lower_end_is_too_low_hold_a_model_back(
    differences: dict[str, Estimate], tolerated: float
) -> None:
    held = [reason.split()[0] for reason in possible_losses(differences, tolerated)]
    assert held == [name for name, d in differences.items() if d.low <= -tolerated]


@pytest.mark.parametrize(
    ("value", "low", "high", "promoted"),
    [
        (0.02, -0.01, 0.05, False),  # better on these rows, perhaps by chance
        (0.001, -0.004, 0.006, True),
        (-0.002, -0.004, 0.0, True),  # a little worse, within what is tolerated
        (0.0, -0.005, 0.01, False),  # the limit itself is too low
        (0.03, math.nan, math.nan, False),
        (math.nan, math.nan, math.nan, False),
    ],
)
def test_a_gain_that_may_be_chance_promotes_nobody(
    value: float, low: float, high: float, promoted: bool
) -> None:
    reasons = possible_losses({"action.accuracy": Estimate(value, low, high, 50)}, 0.005)
    assert (reasons == []) == promoted
    for reason in reasons:
        assert "action.accuracy may be worse than the champion's by more than 0.005" in reason


def evaluation(right: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Evaluation:
    """A model that is right in these rows, in action and tag."""
    n = len(right)
    gold = np.full(n, 4)
    said = np.where(right, 4, 5)
    tags = np.ones((n, 1), dtype=bool)
    return Evaluation(
        gold,
        said,
        np.eye(5)[said - 1],
        tags,
        right[:, None],
        right[:, None].astype(float),
        np.arange(n),
        ("T",),
    )


def test_a_model_that_is_luckier_on_few_rows_is_held_back_and_on_many_promoted() -> None:
    """55 % against 50 % of independent rows: on 60 rows that may be chance, on 6,000 it is not."""
    rng = np.random.default_rng(4)
    for rows, promoted in ((60, False), (6000, True)):
        ours, theirs = (rng.permutation(np.arange(rows) < share * rows) for share in (0.55, 0.5))
        differences = {
            name: paired_difference(name, evaluation(ours), evaluation(theirs), samples=300, seed=0)
            for name in COMPARED
        }
        assert all(d.value > 0.04 for d in differences.values())
        assert (possible_losses(differences, 0.005) == []) == promoted


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_floor_is_reached_from_its_own_value_on(value: float, floor: float) -> None:
    quality = {"action": {"accuracy": {"value": value}}}
    tune = {"splits": {"session": {"tune": {"all": quality}}}}
    missed = missed_floors(tune, {"action.accuracy": floor})
    assert (missed == []) == (value >= floor)
    assert all(f"below the floor of {floor}" in line for line in missed)
