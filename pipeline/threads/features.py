"""Two recommendations compared, as numbers for a classifier."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from pipeline.threads.reading import Reader, Reading

Matrix = npt.NDArray[np.float64]

FEATURES = (
    "cosine",
    "shared_of_shorter",
    "shared_of_longer",
    "two_words",
    "spelling",
    "same_instruments",
    "share_of_instruments",
    "other_instruments",
    "instruments_in_one",
    "instruments_in_none",
    "same_acts",
    "share_of_acts",
    "considered_in_one",
    "steps_in_one",
    "continued_in_one",
    "acts_in_one",
    "more_instruments",
    "nothing_in_one",
    "both_ratify",
    "one_ratifies",
    "same_category",
    "steps_between_categories",
    "same_tags",
    "share_of_tags",
    "length",
)
"""Columns of the matrix of features: 0 to 1, but for counts and the logarithm of the ratio of lengths."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A recommendation as it is compared.

    Attributes:
        reading: instruments, acts and words.
        weights: word to its weight (inverse document frequency) times the logarithm of its count.
        category: action category, 0 where there is none.
        tags: issue tags.
    """

    reading: Reading
    weights: Mapping[str, float]
    category: int
    tags: frozenset[str]

    @property
    def total(self) -> float:
        """Sum of the weights."""
        return sum(self.weights.values())

    @property
    def norm(self) -> float:
        """Length of the vector of weights."""
        return math.sqrt(sum(w * w for w in self.weights.values()))


def asked(
    text: str,
    action: int | None,
    tags: Sequence[str] | None,
    reader: Reader,
    frequencies: Mapping[str, float],
) -> Asked:
    """A recommendation made ready for comparison.

    Args:
        text: its wording.
        action: category 1 to 5, None where unknown.
        tags: issue tags.
        reader: of configs/threads.yaml.
        frequencies: inverse document frequency of known words; the highest stands for all others.
    """
    reading = reader.read(text)
    unknown = max(frequencies.values(), default=1.0)
    weights = {
        word: frequencies.get(word, unknown) * (1 + math.log(n)) for word, n in Counter(reading.words).items()
    }
    return Asked(reading, weights, action or 0, frozenset(tags or ()))


def features(later: Asked, earlier: Asked) -> list[float]:
    """The row of `FEATURES` for two recommendations. It does not depend on which is the later one."""
    a, b = later.reading, earlier.reading
    common = later.weights.keys() & earlier.weights.keys()
    shared = sum(min(later.weights[w], earlier.weights[w]) for w in common)
    dot = sum(later.weights[w] * earlier.weights[w] for w in common)
    totals = sorted((later.total, earlier.total))
    ratify = ("ratify" in a.acts) + ("ratify" in b.acts)
    return [
        dot / (later.norm * earlier.norm) if common else 0.0,
        shared / totals[0] if common else 0.0,
        shared / totals[1] if common else 0.0,
        _share(_pairs(a.words), _pairs(b.words)),
        fuzz.ratio(" ".join(a.words), " ".join(b.words)) / 100,
        float(bool(a.instruments) and a.instruments == b.instruments),
        _share(a.instruments, b.instruments),
        float(bool(a.instruments) and bool(b.instruments) and not a.instruments & b.instruments),
        float(bool(a.instruments) != bool(b.instruments)),
        float(not a.instruments and not b.instruments),
        float(a.acts == b.acts),
        _share(a.acts, b.acts),
        *(float((name in a.weaker) != (name in b.weaker)) for name in ("consider", "steps", "continue")),
        float(len(a.acts ^ b.acts)),
        float(len(a.instruments ^ b.instruments)),
        float(a.acts == b.acts and a.instruments == b.instruments and a.weaker == b.weaker),
        float(ratify == 2),
        float(ratify == 1),
        float(later.category == earlier.category),
        float(abs(later.category - earlier.category)),
        float(later.tags == earlier.tags),
        _share(later.tags, earlier.tags),
        abs(math.log((len(a.words) + 1) / (len(b.words) + 1))),
    ]


def _pairs(words: Sequence[str]) -> frozenset[tuple[str, str]]:
    return frozenset(pairwise(words))


def _share(a: frozenset[Any], b: frozenset[Any]) -> float:
    """What two sets share of both together; 0 where both are empty."""
    return len(a & b) / len(a | b) if a or b else 0.0
