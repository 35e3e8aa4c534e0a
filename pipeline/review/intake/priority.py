"""The value of looking at an item: what orders the queue. Pure; computed once, at import."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.review.settings import PriorityWeights


@dataclass(frozen=True)
class Looking:
    """What is known of an item before a person has seen it.

    Attributes:
        confidence: calibrated probability of the action; None where the model said none.
        tag_scores: calibrated probability by tag.
        disagreement: the codebook's rules say another action than the model.
        rarity: 0 for the commonest of its tags' frequency, 1 for a tag never seen (see `rarity`).
        similarity: to the nearest precedent, 0 to 1; None where there are no precedents.
        copies: how many rows one decision settles, 1 or more.
    """

    confidence: float | None
    tag_scores: Mapping[str, float]
    disagreement: bool
    rarity: float
    similarity: float | None
    copies: int


def value_of_looking(item: Looking, weights: PriorityWeights) -> float:
    """The item's place in the queue, higher first; 0 where nothing speaks for looking."""
    uncertainty = 1.0 if item.confidence is None else 1.0 - item.confidence
    tags = max((1.0 - 2.0 * abs(p - 0.5) for p in item.tag_scores.values()), default=0.0)
    novelty = 0.0 if item.similarity is None else 1.0 - item.similarity
    value = (
        weights.uncertainty * uncertainty
        + weights.tag_uncertainty * tags
        + weights.disagreement * item.disagreement
        + weights.rarity * item.rarity
        + weights.novelty * novelty
    )
    return round(value * (1.0 + weights.copies * math.log2(item.copies)), 6)


def rarity(tags: Iterable[str], counts: Counter[str], total: int) -> float:
    """How rare the rarest of `tags` is, 0 to 1 on a logarithmic scale.

    Args:
        counts: how often each tag occurs; `total`: how many items there are.
    """
    rarest = min((counts[tag] for tag in tags), default=total)
    return 0.0 if total < 2 else min(1.0, math.log(total / max(rarest, 1)) / math.log(total))


def drawn(key: str, share: float, lot: str) -> bool:
    """Whether an item falls into a permanent random sample of this share.

    The same for the same key, whatever is imported when; `lot` keeps samples independent of each other.
    """
    return place_in_lot(key, lot) < share


def place_in_lot(key: str, lot: str) -> float:
    """A number in [0, 1) that belongs to the item for ever, even over items."""
    return int.from_bytes(hashlib.blake2b(f"{lot}\x1f{key}".encode(), digest_size=7).digest(), "big") / 2**56


AUDIT, SECOND = "audit", "second reading"
"""Names of the lots by which items fall into a sample; each item has its place in a lot for ever."""
CONFIDENCE_EDGES = (0.5, 0.7, 0.8, 0.9, 0.95)
"""Where the bands of confidence meet."""


def confidence_band(confidence: float | None, edges: Sequence[float] = CONFIDENCE_EDGES) -> str:
    """The band that a probability falls into, as text that sorts: "0.70 to 0.80"; "none" without one."""
    if confidence is None:
        return "none"
    if not 0 <= confidence <= 1:
        raise ValueError(f"{confidence} is not a probability")
    bounds = [0.0, *edges, 1.0]
    low, high = next((low, high) for low, high in pairwise(bounds) if confidence < high or high == 1.0)
    return f"{low:.2f} to {high:.2f}"
