"""Guarantees of a model: coverage of the prediction sets, and error of the labels accepted without review.

Intervals of shares are Clopper-Pearson over rows. They assume independent rows, which is not quite true:
3 to 5 % of the rows of a session have a text that another row has, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.evaluation.intervals import UNDEFINED, Estimate, FloatArray, clopper_pearson, percentile
from pipeline.evaluation.metrics.counts import CLASSES, BoolArray, IntArray, resample_weights
from pipeline.options import SAMPLES


@dataclass(frozen=True)
class SetQuality:
    """Coverage and size of the prediction sets of the action.

    Attributes:
        coverage: share of rows whose set contains the gold category (Clopper-Pearson).
        by_category: the same for the rows of each gold category 1..5, NaN where there are none.
        mean_size: mean number of categories in a set (bootstrap interval by text group).
        sizes: how many sets have 0, 1, ... 5 categories.
    """

    coverage: Estimate
    by_category: Mapping[int, Estimate]
    mean_size: Estimate
    sizes: tuple[int, ...]


def set_quality(
    gold_action: IntArray, sets: BoolArray, groups: IntArray, *, samples: int = SAMPLES, seed: int = 0
) -> SetQuality:
    """Coverage and size of prediction sets.

    Args:
        gold_action: (n,) 1..5.
        sets: (n, 5) whether the set contains the category.
        groups: (n,) text groups.
        samples: bootstrap resamples.
        seed: of the bootstrap.
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
    """How many actions are accepted without review, and how many of them are wrong (Clopper-Pearson).

    Attributes:
        accepted: share of rows accepted.
        error: share of the accepted rows whose action is wrong; NaN where none is accepted.
        error_of_referred: share of the other rows, which go to review, whose action is wrong.
    """

    accepted: Estimate
    error: Estimate
    error_of_referred: Estimate


def acceptance(gold_action: IntArray, action: IntArray, accepted: BoolArray) -> Acceptance:
    """Share accepted, error of the accepted, and error of the others. Args: arrays of shape (n,)."""
    wrong = gold_action != action

    def error(rows: BoolArray) -> Estimate:
        return clopper_pearson(int(wrong[rows].sum()), int(rows.sum()))

    return Acceptance(clopper_pearson(int(accepted.sum()), len(accepted)), error(accepted), error(~accepted))


def clustered_mean(
    values: FloatArray, groups: IntArray, *, samples: int = SAMPLES, seed: int = 0
) -> Estimate:
    """A mean over rows with the bootstrap interval by text group. Undefined for no rows."""
    if not len(values):
        return UNDEFINED
    _, place = np.unique(groups, return_inverse=True)
    sums = np.bincount(place, values)
    sizes = np.bincount(place).astype(np.float64)
    drawn = np.concatenate([(w @ sums) / (w @ sizes) for w in resample_weights(len(sums), samples, seed)])
    return percentile(float(values.mean()), drawn, len(values))
