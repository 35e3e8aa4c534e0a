"""Two recommendations compared, as numbers for a classifier."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rapidfuzz import fuzz

from pipeline.threads.reading import Reader, Reading
from pipeline.threads.vocabulary import Vector, Vocabulary

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
    "meaning",
    "content_of_shorter",
    "content_of_longer",
    "fewer_words_left",
    "more_words_left",
    "lesser_word_left",
    "greater_word_left",
    "nothing_left_in_one",
    "nothing_left_in_both",
)
"""Columns of the matrix of features: 0 to 1, but for counts and logarithms.

Words are "left" in one text where the other has none of their meaning; "lesser" and "greater" are the rarest
of these in each text, by inverse document frequency.
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A recommendation as it is compared; what many comparisons need is computed once.

    Attributes:
        reading: instruments, acts and words.
        weights: word to its weight (inverse document frequency) times the logarithm of its count.
        total: sum of the weights.
        norm: length of the vector of weights.
        content: word that says what it is about, to its inverse document frequency.
        content_total: sum of these.
        meaning: (K,) vector of length 1.
        spelling: all words in one string.
        pairs: words that stand side by side.
        category: action category, 0 where there is none.
        tags: issue tags.
    """

    reading: Reading
    weights: Mapping[str, float]
    total: float
    norm: float
    content: Mapping[str, float]
    content_total: float
    meaning: Vector
    spelling: str
    pairs: frozenset[tuple[str, str]]
    category: int
    tags: frozenset[str]


def asked(
    text: str, action: int | None, tags: Sequence[str] | None, reader: Reader, vocabulary: Vocabulary
) -> Asked:
    """A recommendation made ready for comparison.

    Args:
        text: its wording.
        action: category 1 to 5, None where unknown.
        tags: issue tags.
        reader: of configs/threads.yaml.
        vocabulary: of configs/threads_model.json.
    """
    reading = reader.read(text)
    weights = vocabulary.weights(reading.words)
    content = {word: vocabulary.weight(word) for word in sorted(reading.content)}
    return Asked(
        reading,
        weights,
        sum(weights.values()),
        math.sqrt(sum(w * w for w in weights.values())),
        content,
        sum(content.values()),
        vocabulary.meaning(weights),
        " ".join(reading.words),
        frozenset(pairwise(reading.words)),
        action or 0,
        frozenset(tags or ()),
    )


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
        _share(later.pairs, earlier.pairs),
        fuzz.ratio(later.spelling, earlier.spelling) / 100,
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
        float(later.meaning @ earlier.meaning),
        *_content(later, earlier),
    ]


def _content(later: Asked, earlier: Asked) -> list[float]:
    """What two texts share of their content, and what is left of each."""
    a, b = later.content, earlier.content
    shared = sum(a[word] for word in a.keys() & b.keys())
    totals = sorted((later.content_total, earlier.content_total))
    left = [a[word] for word in a.keys() - b.keys()], [b[word] for word in b.keys() - a.keys()]
    fewer, more = sorted(map(len, left))
    lesser, greater = sorted(max(weights, default=0.0) for weights in left)
    return [
        shared / totals[0] if shared else 0.0,
        shared / totals[1] if shared else 0.0,
        math.log1p(fewer),
        math.log1p(more),
        lesser,
        greater,
        float(fewer == 0),
        float(more == 0),
    ]


def _share(a: frozenset[Any], b: frozenset[Any]) -> float:
    """What two sets share of both together; 0 where both are empty."""
    return len(a & b) / len(a | b) if a or b else 0.0
