"""Wordings of one State that repeat wordings of its earlier reviews."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from pipeline.threads.features import Asked, features
from pipeline.threads.model import PairModel

CANDIDATE = 0.15
"""Cosine of two texts below which they are not compared further."""
_BLOCK = 200
"""Wordings that are compared with all earlier ones at a time, for the memory that this takes."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One wording within a review."""

    key: str
    session: int
    asked: Asked


@dataclass(frozen=True, slots=True)
class Link:
    """The earlier wording that a later one repeats."""

    earlier: str
    relation: str
    probability: float


def links(wordings: Sequence[Wording], model: PairModel) -> dict[str, Link]:
    """The most probable earlier wording of each wording that has one."""
    best: dict[str, tuple[tuple[bool, float, int, str], Link]] = {}
    for i, j, relation, probability in related(wordings, wordings, model, len(wordings)):
        later, earlier = wordings[i], wordings[j]
        # Of equally probable ones the latest review counts: that is what the State answered last.
        rank = (relation == "same", round(probability, 6), earlier.session, earlier.key)
        if later.key not in best or rank > best[later.key][0]:
            best[later.key] = (rank, Link(earlier.key, relation, probability))
    return {key: link for key, (_, link) in best.items()}


def related(
    later: Sequence[Wording], earlier: Sequence[Wording], model: PairModel, most: int
) -> Iterator[tuple[int, int, str, float]]:
    """All that is related, and not only the most probable: places of a later and of an earlier wording, their
    relation and its probability; in order of the later ones.

    Args: `most`, how many earlier wordings each later one is compared with, those of highest cosine.
    """
    both = _matrix([*later, *earlier])
    own, others = both[: len(later)], both[len(later) :].T.tocsr()
    sessions = np.array([wording.session for wording in earlier])
    for start in range(0, len(later), _BLOCK):
        pairs: list[tuple[int, int]] = []
        alike = (own[start : start + _BLOCK] @ others).tocsr()
        for row in range(alike.shape[0]):
            found = slice(alike.indptr[row], alike.indptr[row + 1])
            columns, cosines = alike.indices[found], alike.data[found]
            kept = (cosines >= CANDIDATE) & (sessions[columns] < later[start + row].session)
            nearest = np.argsort(-cosines[kept], kind="stable")[:most]
            pairs += [(start + row, int(column)) for column in columns[kept][nearest]]
        if pairs:
            compared = [features(later[i].asked, earlier[j].asked) for i, j in pairs]
            for (i, j), relation, probability in zip(pairs, *model.judge(compared), strict=True):
                if relation is not None:
                    yield i, j, relation, float(probability)


def _matrix(wordings: Sequence[Wording]) -> Any:
    """(N, W) weights of the W words that stand in any of them, each row of length 1."""
    place: dict[str, int] = {}
    rows, columns, values = [], [], []
    for i, wording in enumerate(wordings):
        norm = wording.asked.norm or 1.0
        for word, weight in wording.asked.weights.items():
            rows.append(i)
            columns.append(place.setdefault(word, len(place)))
            values.append(weight / norm)
    return sparse.csr_matrix((values, (rows, columns)), shape=(len(wordings), max(len(place), 1)))
