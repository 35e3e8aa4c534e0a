"""threads.parquet: which recommendations of a review repeat earlier ones to the same State."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from pipeline.release.tables.columns import THREADS
from pipeline.release.threads.features import Asked, asked, features
from pipeline.release.threads.model import PairModel
from pipeline.release.threads.reading import Reader

CANDIDATE = 0.15
"""Cosine of two texts below which they are not compared further."""


@dataclass(frozen=True, slots=True)
class _Wording:
    """One wording within a review."""

    key: str
    session: int
    asked: Asked


@dataclass(frozen=True, slots=True)
class _Link:
    """The earlier wording that a later one repeats."""

    earlier: str
    relation: str
    probability: float


def threads(recommendations: pa.Table, reader: Reader, model: PairModel) -> pa.Table:
    """threads.parquet, in order of thread, review and key.

    A wording is linked with the earlier one, of any earlier review of the State, that it most probably
    repeats; wordings linked so form a thread, named by the first. `order` counts the reviews in which the
    thread was asked. Wordings that repeat none, and are repeated by none, are in no thread.

    Args:
        recommendations: recommendations.parquet; pledges, and rows without State, session or text are left
            out.
        reader: word lists.
        model: decides on pairs.
    """
    lines: list[dict[str, Any]] = []
    for wordings in _by_state(recommendations, reader, model).values():
        lines += _followed(wordings, model)
    lines.sort(key=lambda line: (line["thread_id"], line["session"], line["rec_key"]))
    return pa.Table.from_pylist(lines, schema=THREADS)


def _by_state(table: pa.Table, reader: Reader, model: PairModel) -> Mapping[str, list[_Wording]]:
    """The wordings of States that were reviewed more than once."""
    table = table.filter(pc.equal(table["kind"], "recommendation"))
    names = ("rec_key", "text", "session", "action", "issues", "state_under_review_iso", "state_under_review")
    reviews: dict[str, dict[str, tuple[Any, ...]]] = defaultdict(dict)
    for key, text, session, action, issues, iso, name in zip(
        *(table[n].to_pylist() for n in names), strict=True
    ):
        if text and session is not None and (iso or name):
            reviews[iso or name].setdefault(key, (text, session, action, issues))
    return {
        state: [
            _Wording(key, session, asked(text, action, issues, reader, model.frequencies))
            for key, (text, session, action, issues) in found.items()
        ]
        for state, found in sorted(reviews.items())
        if len({row[1] for row in found.values()}) > 1
    }


def _followed(wordings: Sequence[_Wording], model: PairModel) -> list[dict[str, Any]]:
    links = _links(wordings, model)
    sessions = {w.key: w.session for w in wordings}
    root: dict[str, str] = {}
    for wording in sorted(wordings, key=lambda w: (w.session, w.key)):
        link = links.get(wording.key)
        counted = link is not None and link.relation != "perhaps"
        root[wording.key] = root[link.earlier] if link is not None and counted else wording.key
    members: dict[str, list[str]] = defaultdict(list)
    for key, first in root.items():
        members[first].append(key)
    lines = []
    for first, keys in members.items():
        if len(keys) > 1:
            reviews = {s: n for n, s in enumerate(sorted({sessions[k] for k in keys}), 1)}
            lines += [_line(first, k, sessions[k], reviews[sessions[k]], links.get(k)) for k in keys]
    offered = {k: link for k, link in links.items() if link.relation == "perhaps"}
    lines += [_line(root[link.earlier], k, sessions[k], None, link) for k, link in offered.items()]
    return lines


def _line(thread: str, key: str, session: int, order: int | None, link: _Link | None) -> dict[str, Any]:
    first = link is None or (link.relation == "perhaps" and order is not None)
    return {
        "thread_id": thread,
        "rec_key": key,
        "order": order,
        "relation": "first" if first or link is None else link.relation,
        "repeats": None if first or link is None else link.earlier,
        "probability": None if first or link is None else round(link.probability, 4),
        "session": session,
    }


def _links(wordings: Sequence[_Wording], model: PairModel) -> dict[str, _Link]:
    """The most probable earlier wording of each wording that has one."""
    pairs = list(_candidates(wordings))
    if not pairs:
        return {}
    relations, probabilities = model.judge([features(wordings[i].asked, wordings[j].asked) for i, j in pairs])
    best: dict[str, tuple[tuple[bool, float, int, str], _Link]] = {}
    for (i, j), relation, probability in zip(pairs, relations, probabilities, strict=True):
        if relation is None:
            continue
        later, earlier = wordings[i], wordings[j]
        # Of equally probable ones the latest review counts: that is what the State answered last.
        rank = (relation == "same", round(float(probability), 6), earlier.session, earlier.key)
        if later.key not in best or rank > best[later.key][0]:
            best[later.key] = (rank, _Link(earlier.key, relation, float(probability)))
    return {key: link for key, (_, link) in best.items()}


def _candidates(wordings: Sequence[_Wording]) -> Iterator[tuple[int, int]]:
    """Places of a later and an earlier wording that share enough words."""
    place: dict[str, int] = {}
    rows, columns, values = [], [], []
    for i, wording in enumerate(wordings):
        norm = wording.asked.norm or 1.0
        for word, weight in wording.asked.weights.items():
            rows.append(i)
            columns.append(place.setdefault(word, len(place)))
            values.append(weight / norm)
    matrix = sparse.csr_matrix((values, (rows, columns)), shape=(len(wordings), max(len(place), 1)))
    alike = (matrix @ matrix.T).tocoo()
    for i, j, cosine in zip(alike.row.tolist(), alike.col.tolist(), alike.data.tolist(), strict=True):
        if cosine >= CANDIDATE and wordings[i].session > wordings[j].session:
            yield i, j
