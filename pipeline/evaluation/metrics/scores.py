"""Figures as functions of counts, and the support of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from pipeline.evaluation.intervals import FloatArray
from pipeline.evaluation.metrics.counts import CLASSES, Counts

Metric = Callable[[Counts], FloatArray]
"""From counts with leading axes (...) to figures (...,), or (..., k) for a figure of each class or tag."""


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    """`part / whole`, NaN where `whole` is 0."""
    out: FloatArray = np.full(np.broadcast(part, whole).shape, np.nan)
    return np.divide(part, whole, out=out, where=whole != 0)


def _mean_of_defined(values: FloatArray) -> FloatArray:
    """Mean over the last axis of the values that are not NaN; NaN where all are."""
    defined = ~np.isnan(values)
    return _ratio(np.where(defined, values, 0.0).sum(-1), defined.sum(-1).astype(np.float64))


def _f1(true_positives: FloatArray, false_positives: FloatArray, false_negatives: FloatArray) -> FloatArray:
    """F1 of each column; NaN for a column without gold cases."""
    score = _ratio(2 * true_positives, 2 * true_positives + false_positives + false_negatives)
    return np.where(true_positives + false_negatives > 0, score, np.nan)


def accuracy(counts: Counts) -> FloatArray:
    """Share of rows with the right action category."""
    return _ratio(np.trace(counts.confusion, axis1=-2, axis2=-1), counts.rows)


def action_f1(counts: Counts) -> FloatArray:
    """(..., 5) F1 of each category; NaN where the gold has none."""
    true_positives = np.diagonal(counts.confusion, axis1=-2, axis2=-1)
    return _f1(
        true_positives, counts.confusion.sum(-2) - true_positives, counts.confusion.sum(-1) - true_positives
    )


def action_macro_f1(counts: Counts) -> FloatArray:
    """Mean F1 over the categories present in the gold."""
    return _mean_of_defined(action_f1(counts))


def quadratic_kappa(counts: Counts) -> FloatArray:
    """Cohen's kappa with quadratic weights: agreement beyond chance, distant categories counting more.

    NaN where all rows have one category.
    """
    ranks = np.arange(CLASSES, dtype=np.float64)
    weight = (ranks[:, None] - ranks) ** 2
    table = counts.confusion
    by_chance = _ratio(
        table.sum(-1)[..., :, None] * table.sum(-2)[..., None, :], counts.rows[..., None, None]
    )
    return 1 - _ratio((weight * table).sum((-2, -1)), np.asarray((weight * by_chance).sum((-2, -1))))


def _calibration_error(bins: FloatArray) -> FloatArray:
    return _ratio(np.abs(bins[..., 1] - bins[..., 2]).sum(-1), bins[..., 0].sum(-1))


def action_calibration_error(counts: Counts) -> FloatArray:
    """Expected calibration error of the predicted category's probability, equal-width bins."""
    return _calibration_error(counts.action_bins)


def tag_calibration_error(counts: Counts) -> FloatArray:
    """Expected calibration error over the pairs of row and tag whose score is published (0.05 or more)."""
    return _calibration_error(counts.tag_bins)


def tag_f1(counts: Counts) -> FloatArray:
    """(..., T) F1 of each tag; NaN where the gold has none."""
    return _f1(counts.true_positives, counts.false_positives, counts.false_negatives)


def tag_micro_f1(counts: Counts) -> FloatArray:
    """F1 over all pairs of row and tag."""
    true_positives = counts.true_positives.sum(-1)
    return _ratio(
        2 * true_positives,
        2 * true_positives + counts.false_positives.sum(-1) + counts.false_negatives.sum(-1),
    )


def tag_macro_f1(counts: Counts) -> FloatArray:
    """Mean F1 over the tags that the gold has."""
    return _mean_of_defined(tag_f1(counts))


def tag_precision(counts: Counts) -> FloatArray:
    """Share of the predicted tags that the gold has."""
    true_positives = counts.true_positives.sum(-1)
    return _ratio(true_positives, true_positives + counts.false_positives.sum(-1))


def tag_recall(counts: Counts) -> FloatArray:
    """Share of the gold tags that are predicted."""
    true_positives = counts.true_positives.sum(-1)
    return _ratio(true_positives, true_positives + counts.false_negatives.sum(-1))


def subset_accuracy(counts: Counts) -> FloatArray:
    """Share of rows whose tags are all right."""
    return _ratio(counts.exact, counts.rows)


METRICS: Mapping[str, Metric] = {
    "action.accuracy": accuracy,
    "action.macro_f1": action_macro_f1,
    "action.kappa": quadratic_kappa,
    "action.calibration_error": action_calibration_error,
    "tags.micro_f1": tag_micro_f1,
    "tags.macro_f1": tag_macro_f1,
    "tags.precision": tag_precision,
    "tags.recall": tag_recall,
    "tags.subset_accuracy": subset_accuracy,
    "tags.calibration_error": tag_calibration_error,
}
"""The single figures by name, as floors, slices and comparisons of two models use them."""


def support_of(name: str, counts: Counts) -> int:
    """The support of a single figure (see `quality.ActionQuality`, `quality.TagQuality`)."""
    match name:
        case "action.macro_f1":
            return int((counts.confusion.sum(-1) > 0).sum())
        case "tags.macro_f1":
            return int((counts.true_positives + counts.false_negatives > 0).sum())
        case "tags.micro_f1" | "tags.recall":
            return int((counts.true_positives + counts.false_negatives).sum())
        case "tags.precision":
            return int((counts.true_positives + counts.false_positives).sum())
        case "tags.calibration_error":
            return int(counts.tag_bins[..., 0].sum())
    return int(counts.rows)
