"""Figures with their confidence intervals, and p-values corrected for multiple testing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special, stats

FloatArray = npt.NDArray[np.float64]

Z95 = float(special.ndtri(0.975))
"""Half the width of a 95 % interval, in standard errors of a normal figure."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured figure.

    Attributes:
        value: the figure; NaN (never 0) where it is undefined because there is nothing to measure.
        low: lower end of its interval, NaN where undefined; `low <= value <= high`.
        high: upper end.
        support: number of cases that it is computed from; what a case is depends on the figure.
    """

    value: float
    low: float
    high: float
    support: int

    @property
    def defined(self) -> bool:
        """Whether there was anything to measure."""
        return not math.isnan(self.value)


UNDEFINED = Estimate(math.nan, math.nan, math.nan, 0)
"""A figure that cannot be measured."""


def wilson(successes: int, total: int, confidence: float = 0.95) -> Estimate:
    """A share with Wilson's score interval, for descriptive shares of a table. Undefined where `total` is 0.

    >>> share = wilson(8, 10)
    >>> round(share.low, 3), share.value, round(share.high, 3)
    (0.49, 0.8, 0.943)
    """
    _check(successes, total)
    if total == 0:
        return UNDEFINED
    share = successes / total
    low, high = score_bounds(share, total, float(special.ndtri(0.5 + confidence / 2)))
    # At 0 and 1 a rounding error could put the end of the interval inside the share.
    return Estimate(share, min(max(0.0, low), share), max(min(1.0, high), share), total)


def score_bounds(share: float, rows: float, z: float = Z95) -> tuple[float, float]:
    """The ends of Wilson's score interval of a share; they may lie outside 0 to 1.

    Args: `rows`, number of independent rows, or an effective sample size, which may be a fraction.
    """
    middle = (share + z * z / (2 * rows)) / (1 + z * z / rows)
    half = z / (1 + z * z / rows) * math.sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows))
    return middle - half, middle + half


def clopper_pearson(successes: int, total: int, confidence: float = 0.95) -> Estimate:
    """A share with the exact (conservative) binomial interval, for guarantees such as coverage.

    Undefined where `total` is 0.
    """
    _check(successes, total)
    if total == 0:
        return UNDEFINED
    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else float(stats.beta.ppf(tail, successes, total - successes + 1))
    high = 1.0 if successes == total else float(stats.beta.ppf(1 - tail, successes + 1, total - successes))
    return Estimate(successes / total, low, high, total)


def _check(successes: int, total: int) -> None:
    if not 0 <= successes <= total:
        raise ValueError(f"{successes} successes of {total} is not a share")


def percentile(value: float, resampled: FloatArray, support: int, confidence: float = 0.95) -> Estimate:
    """A figure with the percentile interval of its bootstrap resamples.

    Resamples where the figure is undefined are left out. The interval is extended to include `value`, which
    lies outside where a figure is biased (a calibration error grows under resampling).
    """
    defined = resampled[~np.isnan(resampled)]
    if math.isnan(value) or defined.size == 0:
        return Estimate(value, math.nan, math.nan, support)
    tail = (1 - confidence) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Estimate(value, min(float(low), value), max(float(high), value), support)


def percentile_of_share(
    value: float, resampled: FloatArray, support: int, confidence: float = 0.95
) -> Estimate:
    """`percentile` for a figure between 0 and 1 (accuracy, precision, recall, F1).

    Where a figure is 0 or 1, every resample agrees, and the bootstrap's interval has no width, however few
    the cases. Wilson's interval of as many cases takes its place.

    >>> perfect = percentile_of_share(1.0, np.ones(100), 10)
    >>> round(perfect.low, 2), perfect.high
    (0.72, 1.0)
    """
    found = percentile(value, resampled, support, confidence)
    if value not in (0.0, 1.0) or found.low != found.high or not support:
        return found
    exact = wilson(round(value) * support, support, confidence)
    return Estimate(value, exact.low, exact.high, support)


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Holm's adjusted p-values, in the order given. Reject where one is at most the wanted error rate.

    >>> holm([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted = [0.0] * len(p_values)
    running = 0.0
    for rank, index in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = running
    return tuple(adjusted)
