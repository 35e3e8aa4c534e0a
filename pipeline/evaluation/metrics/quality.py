"""Figures of quality, with bootstrap intervals clustered by text, and paired differences of two models."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.evaluation.intervals import Estimate, FloatArray, percentile, percentile_of_share
from pipeline.evaluation.metrics.counts import Evaluation, GroupCounts, by_group, resample_weights
from pipeline.evaluation.metrics.scores import METRICS, Metric, action_f1, support_of, tag_f1
from pipeline.options import BINS, SAMPLES


@dataclass(frozen=True)
class ReliabilityBin:
    """A line of a reliability table: cases whose probability lies from `low` up to `high`.

    `confidence` is the mean predicted probability, `observed` the share that is right; both are NaN in an
    empty bin.
    """

    low: float
    high: float
    cases: int
    confidence: float
    observed: float


@dataclass(frozen=True)
class ActionQuality:
    """Quality of the action category.

    Support is the number of rows; of a category's F1, its gold rows; of macro-F1, the categories averaged.
    """

    accuracy: Estimate
    macro_f1: Estimate
    kappa: Estimate
    calibration_error: Estimate
    f1: Mapping[int, Estimate]
    confusion: tuple[tuple[int, ...], ...]
    reliability: tuple[ReliabilityBin, ...]


@dataclass(frozen=True)
class TagQuality:
    """Quality of the issue tags.

    Support: of micro-F1 and recall, gold tags; of precision, predicted tags; of a tag's F1, its gold rows; of
    macro-F1, tags averaged; of subset accuracy, rows; of the calibration error, pairs with a published score.
    `without_support` names the tags that the gold lacks: their F1 is undefined and macro-F1 leaves them out.
    """

    micro_f1: Estimate
    macro_f1: Estimate
    precision: Estimate
    recall: Estimate
    subset_accuracy: Estimate
    calibration_error: Estimate
    f1: Mapping[str, Estimate]
    without_support: tuple[str, ...]
    reliability: tuple[ReliabilityBin, ...]


@dataclass(frozen=True)
class Quality:
    """All figures of one evaluation: `rows` rows with `texts` different texts."""

    rows: int
    texts: int
    action: ActionQuality
    tags: TagQuality


def _resampled(
    group_counts: GroupCounts, metrics: Mapping[str, Metric], samples: int, seed: int
) -> dict[str, FloatArray]:
    found: dict[str, list[FloatArray]] = {name: [] for name in metrics}
    for weights in resample_weights(group_counts.drawn, samples, seed):
        counts = group_counts.weighted(weights)
        for name, metric in metrics.items():
            found[name].append(metric(counts))
    return {name: np.concatenate(parts) for name, parts in found.items()}


def measure(
    evaluation: Evaluation,
    *,
    samples: int = SAMPLES,
    seed: int = 0,
    bins: int = BINS,
    confidence: float = 0.95,
) -> Quality:
    """All figures of an evaluation, each with its interval.

    Args:
        samples: bootstrap resamples of text groups.
        bins: equal-width bins of the calibration errors and reliability tables.

    Returns: undefined figures are NaN (an empty evaluation has no other).
    """
    grouped = by_group(evaluation, bins)
    total = grouped.total()
    every = {**METRICS, "action.f1": action_f1, "tags.f1": tag_f1}
    drawn = _resampled(grouped, every, samples, seed)
    single = {
        name: percentile_of_share(
            float(METRICS[name](total)), drawn[name], support_of(name, total), confidence
        )
        for name in METRICS
    }

    def each(name: str, support: FloatArray) -> list[Estimate]:
        values = every[name](total)
        return [
            percentile_of_share(float(values[k]), drawn[name][:, k], int(support[k]), confidence)
            for k in range(len(support))
        ]

    due = total.true_positives + total.false_negatives
    action = {name.split(".")[1]: value for name, value in single.items() if name.startswith("action.")}
    tags = {name.split(".")[1]: value for name, value in single.items() if name.startswith("tags.")}
    return Quality(
        len(evaluation),
        evaluation.group_count,
        ActionQuality(
            **action,
            f1=dict(enumerate(each("action.f1", total.confusion.sum(-1)), start=1)),
            confusion=tuple(tuple(int(c) for c in line) for line in total.confusion),
            reliability=_reliability(total.action_bins),
        ),
        TagQuality(
            **tags,
            f1=dict(zip(evaluation.tag_labels, each("tags.f1", due), strict=True)),
            without_support=tuple(
                label for label, n in zip(evaluation.tag_labels, due, strict=True) if n == 0
            ),
            reliability=_reliability(total.tag_bins),
        ),
    )


def _reliability(bins: FloatArray) -> tuple[ReliabilityBin, ...]:
    width = 1 / len(bins)
    lines = []
    for k, (cases, probability, right) in enumerate(bins.tolist()):
        mean, share = (probability / cases, right / cases) if cases else (math.nan, math.nan)
        lines.append(ReliabilityBin(k * width, (k + 1) * width, int(cases), mean, share))
    return tuple(lines)


def paired_difference(
    metric: str,
    challenger: Evaluation,
    champion: Evaluation,
    *,
    samples: int = SAMPLES,
    seed: int = 0,
    bins: int = BINS,
) -> Estimate:
    """The challenger's figure minus the champion's on the same rows, with a 95 % interval (paired bootstrap).

    Args:
        metric: a name in `METRICS`.
        challenger, champion: evaluations of the same rows.
        samples: bootstrap resamples; both models get the same ones.

    Returns: a difference in the metric's own unit (0.01 is a percentage point); support as of the metric.

    Raises: ValueError if the two have not the same rows and gold labels; KeyError for an unknown metric.
    """
    same = (
        challenger.tag_labels == champion.tag_labels
        and np.array_equal(challenger.groups, champion.groups)
        and np.array_equal(challenger.gold_action, champion.gold_action)
        and np.array_equal(challenger.gold_tags, champion.gold_tags)
    )
    if not same:
        raise ValueError("the two evaluations do not have the same rows, gold labels and tags")
    one = {metric: METRICS[metric]}
    ours, theirs = by_group(challenger, bins), by_group(champion, bins)
    drawn = _resampled(ours, one, samples, seed)[metric] - _resampled(theirs, one, samples, seed)[metric]
    difference = float(one[metric](ours.total()) - one[metric](theirs.total()))
    return percentile(difference, drawn, support_of(metric, ours.total()))
