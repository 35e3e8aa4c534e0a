"""How far people agree: Cohen's kappa with its interval, Krippendorff's alpha, agreement by tag.

Everything undefined (no data, no variation) is NaN, never 0 or 1.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.evaluation.intervals import UNDEFINED, Z95, Estimate


def cohen_kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> Estimate:
    """Cohen's kappa of two readings, with the large-sample interval of Fleiss, Cohen and Everitt (1969).

    Args:
        pairs: for each item the first and the second reading.

    Returns: NaN throughout without pairs, or where both readings use one and the same category only.
    """
    return kappa_of_counts(Counter(pairs))


def kappa_of_counts(joint: Mapping[tuple[Hashable, Hashable], int]) -> Estimate:
    """`cohen_kappa` of how often each pair of readings occurs."""
    n = sum(joint.values())
    if n == 0:
        return UNDEFINED
    joint = Counter(joint)
    rows: Counter[Hashable] = Counter()
    columns: Counter[Hashable] = Counter()
    for (a, b), k in joint.items():
        rows[a] += k
        columns[b] += k
    categories = set(rows) | set(columns)
    observed = sum(joint[c, c] for c in categories) / n
    expected = sum(rows[c] * columns[c] for c in categories) / n**2
    if math.isclose(expected, 1.0):
        return Estimate(math.nan, math.nan, math.nan, n)
    kappa = (observed - expected) / (1 - expected)
    agreeing = sum(joint[c, c] / n * (1 - (rows[c] + columns[c]) / n * (1 - kappa)) ** 2 for c in categories)
    crossing = (1 - kappa) ** 2 * sum(
        k / n * ((columns[a] + rows[b]) / n) ** 2 for (a, b), k in joint.items() if a != b
    )
    offset = (kappa - expected * (1 - kappa)) ** 2
    variance = max(agreeing + crossing - offset, 0.0) / (n * (1 - expected) ** 2)
    half = Z95 * math.sqrt(variance)
    return Estimate(kappa, max(kappa - half, -1.0), min(kappa + half, 1.0), n)


def krippendorff_alpha(units: Iterable[Sequence[int]], *, ordinal: bool) -> float:
    """Krippendorff's alpha for any number of readers, with gaps.

    Args:
        units: for each item the values it was given, one a reader; items with fewer than two values do not
            count.
        ordinal: True weighs a difference by the ranks between the values, False treats all differences alike.

    Returns: NaN without pairable values or where only one value occurs.
    """
    # Most units are alike: each kind is counted once, with how often it occurs.
    pairable = Counter(tuple(sorted(unit)) for unit in units if len(unit) > 1)
    totals: Counter[int] = Counter()
    for unit, times in pairable.items():
        for value in unit:
            totals[value] += times
    n = sum(totals.values())
    values = sorted(totals)
    if len(values) < 2:
        return math.nan
    distance = (
        _ordinal_distance(values, totals)
        if ordinal
        else {(a, b): float(a != b) for a in values for b in values}
    )
    observed = sum(
        times * k * m * distance[a, b] / (len(unit) - 1)
        for unit, times in pairable.items()
        for counts in (Counter(unit),)
        for a, k in counts.items()
        for b, m in counts.items()
    )
    expected = sum(totals[a] * totals[b] * distance[a, b] for a in values for b in values) / (n - 1)
    return 1 - observed / expected


def _ordinal_distance(values: Sequence[int], totals: Mapping[int, int]) -> dict[tuple[int, int], float]:
    """Squared number of values between two ranks, ends by half (Krippendorff 2011)."""
    result = {}
    for i, low in enumerate(values):
        result[low, low] = 0.0
        for j in range(i + 1, len(values)):
            between = sum(totals[v] for v in values[i : j + 1]) - (totals[low] + totals[values[j]]) / 2
            result[low, values[j]] = result[values[j], low] = between**2
    return result


@dataclass(frozen=True)
class TagAgreement:
    """Agreement on one tag: how many items either reader gave it, and the share of those that both did
    (positive agreement).
    """

    tag: str
    both: int
    one: int
    positive: float
    kappa: float


def tag_agreement(pairs: Sequence[tuple[frozenset[str], frozenset[str]]]) -> list[TagAgreement]:
    """Agreement by tag over two readings, tags that were given most first.

    `positive` is 2·both / (2·both + one), `kappa` Cohen's for given or not given.
    """
    by_both = Counter(tag for a, b in pairs for tag in a & b)
    by_first = Counter(tag for a, b in pairs for tag in a - b)
    by_second = Counter(tag for a, b in pairs for tag in b - a)
    given = by_both + by_first + by_second
    result = []
    for tag, either in sorted(given.items(), key=lambda pair: (-pair[1], pair[0])):
        both = by_both[tag]
        one = either - both
        kappa = kappa_of_counts(
            {
                (True, True): both,
                (True, False): by_first[tag],
                (False, True): by_second[tag],
                (False, False): len(pairs) - either,
            }
        ).value
        result.append(TagAgreement(tag, both, one, 2 * both / (2 * both + one), kappa))
    return result
