"""What decisions of reviewers changed: the codes that they contradict, with former values, and each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pyarrow as pa

from pipeline.corpus.text import normalise

Kind = Literal["same row", "same wording", "contradiction"]
CORRECTIONS = pa.schema(
    [
        pa.field("row_id", pa.string(), nullable=False),
        pa.field("text", pa.string()),
        pa.field("session", pa.int64()),
        pa.field("kind", pa.string()),
        pa.field("former_action", pa.int64()),
        pa.field("former_issues", pa.list_(pa.string())),
        pa.field("action", pa.int64()),
        pa.field("issues", pa.list_(pa.string())),
        pa.field("source_file", pa.string()),
        pa.field("source_row", pa.int64()),
    ]
)
"""Columns of the table of corrections.

`row_id`, `text`, `session` and the former codes are of the row that is contradicted; `action`, `issues`,
`source_file` and `source_row` of the decision. `kind` is "same row" where the decision took the row's place,
"same wording" where another row keeps its codes, and "contradiction" where that row is a decision, too.
"""
Row = Mapping[str, Any]


def keep_unchosen(
    rows: Sequence[Row], replaced: Sequence[tuple[Row, Row]], lacking: Mapping[str, frozenset[str]]
) -> dict[str, list[str]]:
    """What decisions under another taxonomy leave as it was coded: tags that nobody could choose or refuse.

    Args:
        rows, replaced: see `corrections`.
        lacking: by `row_id` of such a decision, the tags that its taxonomy has no tag for.
    Returns: by `row_id` of such a decision, its tags and those of them that codes of its wording have.
    """
    coded: dict[str, set[str]] = {}
    for row in (*rows, *(old for old, _ in replaced)) if lacking else ():
        if row["label_source"] == "expert" and row["kind"] != "pledge":
            coded.setdefault(normalise(row["text"]), set()).update(row["issues"] or ())
    found = {}
    for row in rows:
        kept = lacking.get(row["row_id"], frozenset()) & coded.get(normalise(row["text"]), set())
        if kept:
            found[row["row_id"]] = [*row["issues"], *sorted(kept - set(row["issues"]))]
    return found


def corrections(rows: Sequence[Row], replaced: Sequence[tuple[Row, Row]]) -> pa.Table:
    """The codes that decisions contradict.

    Args:
        rows: of the table, with columns of the contract.
        replaced: rows that a decision took the place of, with that decision.
    """
    found = [_correction("same row", old, new) for old, new in replaced if not _equal(old, new)]
    decided: dict[str, list[Row]] = {}
    for row in rows:
        if row["label_source"] == "reviewed":
            decided.setdefault(normalise(row["text"]), []).append(row)
    for row in rows if decided else ():
        if row["action"] is None or row["kind"] == "pledge":
            continue
        decisions = decided.get(normalise(row["text"]), ())
        reviewed = row["label_source"] == "reviewed"
        other = next((d for d in decisions if not _equal(row, d)), None)
        # A code is contradicted where no decision agrees; of decisions, each that differs from another.
        if other is not None and (reviewed or not any(_equal(row, d) for d in decisions)):
            found.append(_correction("contradiction" if reviewed else "same wording", row, other))
    return pa.Table.from_pylist(found, schema=CORRECTIONS)


def _equal(one: Row, other: Row) -> bool:
    return one["action"] == other["action"] and set(one["issues"] or ()) == set(other["issues"] or ())


def _correction(kind: Kind, old: Row, new: Row) -> dict[str, Any]:
    return {name: old[name] for name in ("row_id", "text", "session")} | {
        "kind": kind,
        "former_action": old["action"],
        "former_issues": old["issues"],
        **{name: new[name] for name in ("action", "issues", "source_file", "source_row")},
    }
