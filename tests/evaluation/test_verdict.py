"""Who may become champion: by the lower end of each interval, whatever the figures themselves look like."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.gate import COMPARED, GateComparison, possible_losses
from pipeline.evaluation.intervals import Estimate
from pipeline.evaluation.metrics import Evaluation, paired_difference
from pipeline.evaluation.unfitted import Unfitted
from pipeline.evaluation.verdict import (
    ALL,
    DECISIONS,
    WHOLE,
    Rows,
    Verdict,
    compared_rows,
    missed_floors,
    verdict,
)
from pipeline.models.bundle import Predictions
from tests.models.known_scores import THRESHOLDS

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


def compared(low: float) -> GateComparison:
    """A comparison in one figure, whose difference has this lower end."""
    return GateComparison(50, {}, {}, {"action.accuracy": Estimate(low + 0.01, low, low + 0.02, 50)})


PASSES, FAILS = compared(0.0), compared(-0.1)


@pytest.mark.parametrize(
    ("parts", "named"),
    [
        ({WHOLE: PASSES}, []),
        ({WHOLE: FAILS}, ["the tuning session"]),
        ({DECISIONS: PASSES}, []),
        ({DECISIONS: FAILS}, ["decisions of reviewers"]),
        ({WHOLE: FAILS, DECISIONS: FAILS, ALL: PASSES}, []),
        ({WHOLE: PASSES, DECISIONS: PASSES, ALL: FAILS}, ["tuning session and decisions"]),
    ],
)
@pytest.mark.parametrize("missed", [(), ("tags.micro_f1 is 0.1, below the floor of 0.8",), ("one", "two")])
def test_a_floor_or_the_deciding_comparison_holds_a_model_back(
    parts: dict[str, GateComparison], named: list[str], missed: tuple[str, ...]
) -> None:
    """Session and decisions together decide where there are both; every reason is told, floors first."""
    found = verdict(missed, parts, 0.005)
    losses = [
        f"{name}: action.accuracy may be worse than the champion's by more than 0.005 (95 % interval "
        "-0.1000 to -0.0800)"
        for name in named
    ]
    if missed or named:
        assert found == Verdict(False, (*missed, *losses))
    else:
        assert found == Verdict(True, ("floors hold, and it is not worse than the champion",))


def test_the_tolerated_loss_is_a_share() -> None:
    assert verdict((), {WHOLE: compared(-0.05)}, 0.06).promoted
    assert not verdict((), {WHOLE: compared(-0.05)}, 0.04).promoted


@pytest.mark.parametrize("missed", [(), ("one",)])
def test_what_was_compared_on_no_row_promotes_nobody(missed: tuple[str, ...]) -> None:
    none = "no row is known to neither the model nor the champion, so nothing shows that it is no worse"
    assert verdict(missed, {}, 0.005) == Verdict(False, (*missed, none))


def unfitted_on(rows: set[int]) -> Unfitted:
    n = len(rows)
    actions, tags = np.full((n, 5), 0.2, dtype=np.float32), np.zeros((n, 1), dtype=np.float32)
    return Unfitted(places(rows), Predictions(actions, tags, np.ones(n, dtype=np.float32), THRESHOLDS))


def places(rows: set[int]) -> Rows:
    return np.array(sorted(rows), dtype=np.int64)


@given(*[st.sets(st.integers(0, 30))] * 4)
def test_compared_are_exactly_the_rows_that_neither_model_was_fitted_on(
    tune: set[int], decided: set[int], ours: set[int], theirs: set[int]
) -> None:
    decided -= tune
    found = compared_rows(places(tune), places(decided), unfitted_on(ours), unfitted_on(theirs))
    wanted = {WHOLE: tune & ours & theirs, DECISIONS: decided & ours & theirs}
    wanted = {name: rows for name, rows in wanted.items() if rows}
    if len(wanted) == 2:
        wanted[ALL] = wanted[WHOLE] | wanted[DECISIONS]
    assert {name: set(rows.tolist()) for name, rows in found.items()} == wanted
    assert all(len(rows) == len(wanted[name]) and rows.dtype == np.int64 for name, rows in found.items())


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_floor_is_reached_from_its_own_value_on(value: float, floor: float) -> None:
    quality = {"action": {"accuracy": {"value": value}}}
    tune = {"splits": {"session": {"tune": {"all": quality}}}}
    missed = missed_floors(tune, {"action.accuracy": floor})
    assert (missed == []) == (value >= floor)
    assert missed in ([], [f"action.accuracy is {value:.4f}, below the floor of {floor}"])


def test_an_undefined_figure_reaches_no_floor() -> None:
    quality = {"action": {"accuracy": {"value": None}}, "tags": {"micro_f1": {"value": 0.9}}}
    tune = {"splits": {"session": {"tune": {"all": quality}}}}
    assert missed_floors(tune, {"action.accuracy": 0.0, "tags.micro_f1": 0.9}) == [
        "action.accuracy is undefined, below the floor of 0.0"
    ]
