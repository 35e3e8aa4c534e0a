"""A figure with its doubt: one typed value, exact and approximate intervals of shares, and correction for
many tests.
"""

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
        value: the figure; NaN where it is undefined (nothing to measure it on), never 0 instead.
        low: lower end of its interval, NaN where undefined; `low <= value <= high`.
        high: upper end.
        support: on how many cases it rests; which cases is said where the figure is defined.
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
"""A figure with nothing to measure it on."""


def wilson(successes: int, total: int, confidence: float = 0.95) -> Estimate:
    """A share with Wilson's score interval, for descriptive shares of a table. Undefined where `total`
    is 0.
    """
    _check(successes, total)
    if total == 0:
        return UNDEFINED
    share = successes / total
    low, high = score_bounds(share, total, float(special.ndtri(0.5 + confidence / 2)))
    # At 0 and 1 rounding can leave the end a hair inside the share itself.
    return Estimate(share, min(max(0.0, low), share), max(min(1.0, high), share), total)


def score_bounds(share: float, rows: float, z: float = Z95) -> tuple[float, float]:
    """The ends of Wilson's score interval of a share measured on `rows` independent rows, before they are cut
    to 0 and 1. `rows` may be a fraction: an effective sample size.
    """
    middle = (share + z * z / (2 * rows)) / (1 + z * z / rows)
    half = z / (1 + z * z / rows) * math.sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows))
    return middle - half, middle + half


def clopper_pearson(successes: int, total: int, confidence: float = 0.95) -> Estimate:
    """A share with the exact (conservative) binomial interval, for promises such as coverage. Undefined where
    `total` is 0.
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

    Resamples where the figure is undefined are left out. The interval is stretched to `value` where a biased
    figure (a calibration error grows under resampling) would leave it outside.
    """
    defined = resampled[~np.isnan(resampled)]
    if math.isnan(value) or defined.size == 0:
        return Estimate(value, math.nan, math.nan, support)
    tail = (1 - confidence) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Estimate(value, min(float(low), value), max(float(high), value), support)


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Holm's adjusted p-values, in the order given: reject where the adjusted value is at most the error rate
    wanted.
    """
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted = [0.0] * len(p_values)
    running = 0.0
    for rank, index in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = running
    return tuple(adjusted)
