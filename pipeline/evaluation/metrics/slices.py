"""Equal treatment: the figures of each slice of the rows, and the differences between slices."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import special

from pipeline.evaluation.intervals import Estimate, FloatArray, holm, percentile, percentile_of_share
from pipeline.evaluation.metrics.counts import BoolArray, Evaluation, GroupCounts, by_group, resample_weights
from pipeline.evaluation.metrics.scores import METRICS, support_of
from pipeline.options import BINS, SAMPLES

SLICE_METRICS = ("action.accuracy", "action.macro_f1", "tags.micro_f1", "tags.macro_f1")
COMPARED_METRICS = ("action.accuracy", "tags.micro_f1")
"""Gaps are tested on these only: macro figures of small slices depend on very few rare cases."""


@dataclass(frozen=True)
class SliceQuality:
    """Figures of one slice, by names of `METRICS`."""

    rows: int
    texts: int
    figures: Mapping[str, Estimate]


@dataclass(frozen=True)
class SliceComparison:
    """Comparison of two slices.

    Attributes:
        first, second: names of the slices.
        difference: the figure of `first` minus that of `second`.
        p_value: of the hypothesis that they do not differ.
        adjusted_p: the same, Holm-adjusted over all pairs.
    """

    first: str
    second: str
    difference: Estimate
    p_value: float
    adjusted_p: float


@dataclass(frozen=True)
class Gap:
    """How much the slices of a column differ in one figure.

    Attributes:
        best, worst: the slices with the highest and the lowest figure.
        size: best minus worst, with its bootstrap interval. The two were selected because they are extreme,
        so
            the interval is biased towards a gap; `comparisons` correct for this selection.
        comparisons: every pair of slices that were large enough.
        significant: how many pairs differ at the 5 % level after Holm's correction.
    """

    best: str
    worst: str
    size: Estimate
    comparisons: tuple[SliceComparison, ...]
    significant: int


@dataclass(frozen=True)
class Slices:
    """One column's slices, in the order given.

    Attributes:
        slices: by name. Slices may overlap (a recommendation of several States).
        gaps: by metric; None where fewer than two slices have `least_rows` rows and a defined figure.
        least_rows: smaller slices are shown but not compared.
    """

    slices: Mapping[str, SliceQuality]
    gaps: Mapping[str, Gap | None]
    least_rows: int


def by_value(values: Iterable[str | int | None], unknown: str = "unknown") -> dict[str, BoolArray]:
    """Masks (n,) for a column with one value a row, ordered by the first number in the value, then by name.

    None goes to `unknown`, the last.
    """
    column = list(values)
    present = {v for v in column if v is not None}
    names = sorted(present, key=_number_then_name)
    masks = {str(name): np.array([v == name for v in column], dtype=np.bool_) for name in names}
    if any(v is None for v in column):
        masks[unknown] = np.array([v is None for v in column], dtype=np.bool_)
    return masks


def _number_then_name(value: str | int) -> tuple[float, str]:
    """So that 2 comes before 10, and "up to 10 words" before "11 to 20 words"."""
    number = re.search(r"\d+", str(value))
    return (float(number[0]) if number else math.inf), str(value)


def slice_quality(
    evaluation: Evaluation,
    masks: Mapping[str, BoolArray],
    *,
    samples: int = SAMPLES,
    seed: int = 0,
    least_rows: int = 30,
    bins: int = BINS,
) -> Slices:
    """Figures of the slices of a column, the largest gaps, and tests of every pair.

    Args:
        masks: by slice name, (n,) which rows belong to it. Empty slices have undefined figures.
        least_rows: slices with fewer rows are not compared.

    Pairs are tested by the difference over its bootstrap standard error (normal approximation), all slices
    resampled together, so that slices sharing texts are compared fairly.
    """
    grouped = {name: by_group(evaluation, bins, mask) for name, mask in masks.items()}
    drawn = _resampled_slices(grouped, evaluation.group_count, samples, seed)
    totals = {name: g.total() for name, g in grouped.items()}
    slices = {
        name: SliceQuality(
            int(masks[name].sum()),
            len(grouped[name].groups),
            {
                m: percentile_of_share(
                    float(METRICS[m](totals[name])), drawn[name][m], support_of(m, totals[name])
                )
                for m in SLICE_METRICS
            },
        )
        for name in masks
    }
    gaps = {
        m: _gap(m, {n: s for n, s in slices.items() if s.rows >= least_rows and s.figures[m].defined}, drawn)
        for m in COMPARED_METRICS
    }
    return Slices(slices, gaps, least_rows)


def _resampled_slices(
    grouped: Mapping[str, GroupCounts], groups: int, samples: int, seed: int
) -> dict[str, dict[str, FloatArray]]:
    parts: dict[str, dict[str, list[FloatArray]]] = {name: {m: [] for m in SLICE_METRICS} for name in grouped}
    for weights in resample_weights(groups, samples, seed):
        for name, counts in grouped.items():
            sums = counts.weighted(weights)
            for metric in SLICE_METRICS:
                parts[name][metric].append(METRICS[metric](sums))
    return {
        name: {m: np.concatenate(found) for m, found in by_metric.items()}
        for name, by_metric in parts.items()
    }


def _gap(
    metric: str, slices: Mapping[str, SliceQuality], drawn: Mapping[str, Mapping[str, FloatArray]]
) -> Gap | None:
    if len(slices) < 2:
        return None
    pairs = [(_difference(metric, a, b, slices, drawn)) for a, b in combinations(slices, 2)]
    adjusted = holm([p for _, _, _, p in pairs])
    comparisons = tuple(
        SliceComparison(a, b, d, p, q) for (a, b, d, p), q in zip(pairs, adjusted, strict=True)
    )
    best = max(slices, key=lambda n: slices[n].figures[metric].value)
    worst = min(slices, key=lambda n: slices[n].figures[metric].value)
    if best == worst:  # all slices are equal: any two show a gap of 0
        best, worst = list(slices)[:2]
    size = _difference(metric, best, worst, slices, drawn)[2]
    return Gap(best, worst, size, comparisons, sum(c.adjusted_p <= 0.05 for c in comparisons))


def _difference(
    metric: str,
    first: str,
    second: str,
    slices: Mapping[str, SliceQuality],
    drawn: Mapping[str, Mapping[str, FloatArray]],
) -> tuple[str, str, Estimate, float]:
    """The pair with its difference and p-value; support of the difference is the smaller slice's rows."""
    value = slices[first].figures[metric].value - slices[second].figures[metric].value
    differences = drawn[first][metric] - drawn[second][metric]
    defined = differences[~np.isnan(differences)]
    error = float(defined.std(ddof=1)) if len(defined) > 1 else 0.0
    if error > 0:
        p_value = float(2 * special.ndtr(-abs(value) / error))
    else:
        # All resamples are equal: the bootstrap can only bound the p-value by one in the number of samples.
        p_value = 1.0 if math.isclose(value, 0.0, abs_tol=1e-12) else 1 / (len(differences) + 1)
    return (
        first,
        second,
        percentile(value, differences, min(slices[first].rows, slices[second].rows)),
        p_value,
    )
