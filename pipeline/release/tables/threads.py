"""threads.parquet: which recommendations of a review repeat earlier ones to the same State."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.release.tables.columns import THREADS
from pipeline.threads.features import asked
from pipeline.threads.linking import Link, Wording, links
from pipeline.threads.model import PairModel
from pipeline.threads.reading import Reader


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


def _by_state(table: pa.Table, reader: Reader, model: PairModel) -> Mapping[str, list[Wording]]:
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
            Wording(key, session, asked(text, action, issues, reader, model.vocabulary))
            for key, (text, session, action, issues) in found.items()
        ]
        for state, found in sorted(reviews.items())
        if len({row[1] for row in found.values()}) > 1
    }


def _followed(wordings: Sequence[Wording], model: PairModel) -> list[dict[str, Any]]:
    found = links(wordings, model)
    sessions = {w.key: w.session for w in wordings}
    root: dict[str, str] = {}
    for wording in sorted(wordings, key=lambda w: (w.session, w.key)):
        link = found.get(wording.key)
        counted = link is not None and link.relation != "perhaps"
        root[wording.key] = root[link.earlier] if link is not None and counted else wording.key
    members: dict[str, list[str]] = defaultdict(list)
    for key, first in root.items():
        members[first].append(key)
    lines = []
    for first, keys in members.items():
        if len(keys) > 1:
            reviews = {s: n for n, s in enumerate(sorted({sessions[k] for k in keys}), 1)}
            lines += [_line(first, k, sessions[k], reviews[sessions[k]], found.get(k)) for k in keys]
    offered = {k: link for k, link in found.items() if link.relation == "perhaps"}
    lines += [_line(root[link.earlier], k, sessions[k], None, link) for k, link in offered.items()]
    return lines


def _line(thread: str, key: str, session: int, order: int | None, link: Link | None) -> dict[str, Any]:
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
