"""Promises about doubt: coverage of the action sets, and the error of what is accepted without review.

Intervals of shares here are Clopper-Pearson over rows, as the promises are worded; they take rows as
independent, which repeated texts are not quite (3 to 5 % of the rows of a session).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.evaluation.intervals import UNDEFINED, Estimate, FloatArray, clopper_pearson, percentile
from pipeline.evaluation.metrics.counts import CLASSES, BoolArray, IntArray, resample_weights


@dataclass(frozen=True)
class SetQuality:
    """How well conformal action sets keep their promise.

    Attributes:
        coverage: share of rows whose set holds the gold category (Clopper-Pearson).
        by_category: the same for the rows of each gold category 1..5, NaN where there are none.
        mean_size: categories a set holds on average (bootstrap interval by text group).
        sizes: how many sets hold 0, 1, ... 5 categories.
    """

    coverage: Estimate
    by_category: Mapping[int, Estimate]
    mean_size: Estimate
    sizes: tuple[int, ...]


def set_quality(
    gold_action: IntArray, sets: BoolArray, groups: IntArray, *, samples: int = 1000, seed: int = 0
) -> SetQuality:
    """Coverage and size of action sets.

    Args:
        gold_action: (n,) 1..5.
        sets: (n, 5) whether the set holds the category.
        groups: (n,) text groups.
    """
    held = sets[np.arange(len(gold_action)), gold_action - 1]
    width = sets.sum(axis=1)

    def covered(rows: BoolArray) -> Estimate:
        return clopper_pearson(int(held[rows].sum()), int(rows.sum()))

    return SetQuality(
        covered(np.ones(len(held), dtype=np.bool_)),
        {k: covered(gold_action == k) for k in range(1, CLASSES + 1)},
        clustered_mean(width.astype(np.float64), groups, samples=samples, seed=seed),
        tuple(int(n) for n in np.bincount(width, minlength=CLASSES + 1)),
    )


@dataclass(frozen=True)
class Acceptance:
    """What is accepted without review.

    Attributes:
        accepted: share of rows accepted (Clopper-Pearson).
        error: share of the accepted rows whose action is wrong (Clopper-Pearson); NaN where none is accepted.
        error_of_referred: share of the other rows whose action is wrong: what review is there for.
    """

    accepted: Estimate
    error: Estimate
    error_of_referred: Estimate


def acceptance(gold_action: IntArray, action: IntArray, accepted: BoolArray) -> Acceptance:
    """Share accepted and error on either side. Args: all (n,); `accepted`, not `needs_review`."""
    wrong = gold_action != action

    def error(rows: BoolArray) -> Estimate:
        return clopper_pearson(int(wrong[rows].sum()), int(rows.sum()))

    return Acceptance(clopper_pearson(int(accepted.sum()), len(accepted)), error(accepted), error(~accepted))


def clustered_mean(values: FloatArray, groups: IntArray, *, samples: int = 1000, seed: int = 0) -> Estimate:
    """A mean over rows with the bootstrap interval by text group. Undefined for no rows."""
    if not len(values):
        return UNDEFINED
    _, place = np.unique(groups, return_inverse=True)
    sums = np.bincount(place, values)
    sizes = np.bincount(place).astype(np.float64)
    drawn = np.concatenate([(w @ sums) / (w @ sizes) for w in resample_weights(len(sums), samples, seed)])
    return percentile(float(values.mean()), drawn, len(values))
