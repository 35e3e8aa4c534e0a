"""Rates of tags by stratum are those of their definition, and so are the strata that the response cuts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.release.statistics.correction import (
    ANSWERS,
    PRIOR,
    TAG_STRATA,
    by_answer,
    tag_rates,
    tag_rates_by_answer,
    tag_stratum,
)

TAGS = 3
MIDDLE = (0.0, 0.125, 0.35, 0.65, 0.875, 1.0)
"""The middle of each stratum of scores (0.05 to 0.2, ...); 0 below and 1 above."""
RESPONSES = ("Noted", "Supported", "Other", None)


@st.composite
def measured(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Strata and gold of tags, texts that rows share, and responses."""
    rows = draw(st.integers(1, 14))

    def table(values: st.SearchStrategy[int]) -> np.ndarray:
        return np.array(
            draw(st.lists(st.lists(values, min_size=TAGS, max_size=TAGS), min_size=rows, max_size=rows))
        )

    groups = np.array(draw(st.lists(st.integers(0, 4), min_size=rows, max_size=rows)))
    response = np.array(
        draw(st.lists(st.sampled_from(RESPONSES), min_size=rows, max_size=rows)), dtype=object
    )
    return table(st.integers(0, TAG_STRATA - 1)), table(st.integers(0, 1)).astype(bool), groups, response


def defined(stratum: np.ndarray, gold: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(T, S) shares and weights, cell by cell: each text counts once, however many rows it has."""
    weights = [1 / sum(other == group for other in groups) for group in groups]

    def texts(at: int, tags: range, positive: bool) -> float:
        return sum(
            weights[i]
            for i in range(len(groups))
            for t in tags
            if stratum[i, t] == at and (gold[i, t] or not positive)
        )

    share, weight = np.empty((TAGS, TAG_STRATA)), np.empty((TAGS, TAG_STRATA))
    for at in range(TAG_STRATA):
        every = range(TAGS)
        prior = (texts(at, every, True) + MIDDLE[at]) / (texts(at, every, False) + 1)
        for tag in every:
            own = range(tag, tag + 1)
            weight[tag, at] = texts(at, own, False) + PRIOR
            share[tag, at] = (texts(at, own, True) + PRIOR * prior) / weight[tag, at]
    return share, weight


@given(measured())
def test_the_rates_of_tags_are_those_of_their_definition(given: tuple[np.ndarray, ...]) -> None:
    stratum, gold, groups, _ = given
    rates = tag_rates(stratum, gold, groups)
    share, weight = defined(stratum, gold, groups)
    assert len(rates) == TAGS
    np.testing.assert_allclose([r.share for r in rates], share)
    np.testing.assert_allclose([r.weight for r in rates], weight)


@given(measured())
def test_the_rates_of_a_response_are_measured_on_rows_with_it_and_others_on_all(
    given: tuple[np.ndarray, ...],
) -> None:
    stratum, gold, groups, response = given
    rates = tag_rates_by_answer(stratum, gold, groups, response)
    cut = by_answer(stratum, response, TAG_STRATA)
    assert [len(r.share) for r in rates] == [TAG_STRATA * (len(ANSWERS) + 1)] * TAGS
    for row, answer in enumerate(response):
        rows = response == answer if answer in ANSWERS else np.ones(len(response), dtype=bool)
        share, weight = defined(stratum[rows], gold[rows], groups[rows])
        for tag in range(TAGS):
            assert rates[tag].share[cut[row, tag]] == pytest.approx(share[tag, stratum[row, tag]])
            assert rates[tag].weight[cut[row, tag]] == pytest.approx(weight[tag, stratum[row, tag]])


def test_strata_of_actions_are_cut_by_the_response_as_those_of_tags_are() -> None:
    response = np.array(["Noted", "Supported", None, "Other"], dtype=object)
    assert by_answer(np.array([3, 3, 3, 3]), response, 20).tolist() == [23, 43, 3, 3]
    assert by_answer(np.array([[3, 1]] * 4), response, 6).tolist() == [[9, 7], [15, 13], [3, 1], [3, 1]]


def test_strata_of_scores_begin_at_their_limits() -> None:
    scores = np.array([0.0, 0.049, 0.05, 0.199, 0.2, 0.499, 0.5, 0.799, 0.8, 0.949, 0.95, 1.0])
    assert tag_stratum(scores).tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
