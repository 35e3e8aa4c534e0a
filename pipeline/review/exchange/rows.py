"""The rows of an export, column by column: the database hands its JSON on as text, and Arrow parses it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, Text, cast, func, or_, select

from pipeline.corpus.schema import LABELLED, SOURCE_COLUMNS
from pipeline.models.reasons import Reason
from pipeline.review.exchange.decided import TABLE_STATUSES
from pipeline.review.store.json_columns import parsed
from pipeline.review.store.tables import decisions, items, occurrences, readings, rounds, users
from pipeline.review.store.transitions import Status

SHEET_SCHEMA = pa.schema(
    [
        *LABELLED,
        pa.field("decided_by", pa.string()),
        pa.field("decided_at", pa.timestamp("us", tz="UTC")),
        pa.field("decision_version", pa.int64()),
        pa.field("expert_action", pa.int64()),
        pa.field("expert_issues", pa.list_(pa.string())),
        pa.field("note", pa.string()),
    ]
)
_WAITING = {Status.SECOND: Reason.SECOND_READING_OPEN, Status.ESCALATED: Reason.PASSED_ON}
_SPAN = 5_000
"""Ids of wordings in one table."""
_SOURCE = [pa.field(name, LABELLED.field(name).type) for name in SOURCE_COLUMNS]
_OF_ROW = pa.schema([pa.field("source", pa.struct(_SOURCE)), pa.field("gold", pa.list_(pa.string()))])
_CODES = pa.struct([pa.field("action", pa.int64()), pa.field("issues", pa.list_(pa.string()))])
_OF_ITEM = pa.schema([pa.field("status", pa.string()), pa.field("codes", _CODES)])


def in_standing_round() -> ColumnElement[bool]:
    """Rows that no withdrawn round brought."""
    withdrawn = select(rounds.c.id).where(rounds.c.withdrawn_at.is_not(None))
    return or_(occurrences.c.round_id.is_(None), occurrences.c.round_id.not_in(withdrawn))


def decided_rows(connection: Connection) -> Iterator[pa.Table]:
    """All rows of wordings that are decided, in the columns of `SHEET_SCHEMA`, in the order of their import.
    A decision stands even where an adjudicator is asked about it.
    """
    last = connection.scalar(select(func.max(items.c.id))) or 0
    # By ranges of ids: a page by LIMIT lets the database sort all that is left, for each page anew.
    for start in range(0, last + 1, _SPAN):
        within = items.c.id.between(start, start + _SPAN - 1)
        # An expression, which no index holds: else each range would read the whole index of statuses.
        which = within & items.c.status.concat("").in_([s.value for s in TABLE_STATUSES])
        wordings = _wordings(connection, which)
        if wordings.num_rows:
            yield _rows(connection, which, wordings)


def _wordings(connection: Connection, which: ColumnElement[bool]) -> pa.Table:
    """Wordings that have codes, by id: the columns that all rows of a wording share, and its `id`."""
    query = select(items.c.id, items.c.version, cast(items.c.standing, Text)).where(which)
    found = connection.execute(query.order_by(items.c.id)).all()
    ids, versions, standings = zip(*found, strict=True) if found else ((), (), ())
    if not ids:
        return pa.table({"id": pa.array([], pa.int64())})
    standing = parsed(standings, _OF_ITEM)
    codes = standing["codes"].combine_chunks()
    waiting = [_WAITING.get(Status(status)) for status in standing["status"].to_pylist()]
    last = _last_decisions(connection, which)
    entries = [last.get(number, _NO_ENTRY) for number in ids]
    _, at, model, taxonomy, note, person = zip(*entries, strict=True)
    columns = {
        "id": pa.array(ids, pa.int64()),
        "action": codes.field("action"),
        "issues": codes.field("issues"),
        "needs_review": pa.array([reason is not None for reason in waiting], pa.bool_()),
        "review_reasons": pa.array(
            [[reason.value] if reason else [] for reason in waiting], pa.list_(pa.string())
        ),
        "model_version": pa.array(model, pa.string()),
        "taxonomy_version": pa.array(taxonomy, pa.string()),
        "labelled_at": pa.array(at, pa.timestamp("us", tz="UTC")),
        "decided_by": pa.array(person, pa.string()),
        "decision_version": pa.array(versions, pa.int64()),
        "note": pa.array(note, pa.string()),
    }
    columns["decided_at"] = columns["labelled_at"]
    return pa.table(columns).filter(codes.is_valid())


_NO_ENTRY = (None,) * 6


def _last_decisions(connection: Connection, which: ColumnElement[bool]) -> dict[int, Sequence[Any]]:
    """By wording, the entry that its codes come from, with the person's name."""
    d = decisions.c
    query = (
        select(d.item_id, d.at, d.model_version, d.taxonomy_version, d.note, users.c.name)
        .join_from(readings, decisions, d.id == readings.c.decision_id)
        .join(users, users.c.id == d.user_id)
        .join(items, items.c.id == readings.c.item_id)
        .where(which)
        .order_by(readings.c.decision_id)
    )
    return {row[0]: row for row in connection.execute(query).all()}


def _rows(connection: Connection, which: ColumnElement[bool], wordings: pa.Table) -> pa.Table:
    o = occurrences.c
    query = (
        select(o.item_id, o.row_id, cast(o.source, Text), o.gold_action, cast(o.gold_issues, Text))
        .join_from(occurrences, items, items.c.id == o.item_id)
        .where(which, in_standing_round())
        .order_by(o.item_id, o.position)
    )
    decided = set(wordings["id"].to_pylist())
    found = [row for row in connection.execute(query).all() if row[0] in decided]
    if not found:
        return SHEET_SCHEMA.empty_table()
    item, row_id, source, gold_action, gold_issues = zip(*found, strict=True)
    # JSON columns hold `null` for what is not there, older ones NULL.
    lines = [f'{{"source":{s},"gold":{g or "null"}}}' for s, g in zip(source, gold_issues, strict=True)]
    of_row = parsed(lines, _OF_ROW)
    places = np.searchsorted(wordings["id"].to_numpy(), np.array(item))
    shared = wordings.take(pa.array(places))
    of_source = of_row["source"].combine_chunks()
    count = len(found)
    columns = {
        **{name: of_source.field(name) for name in SOURCE_COLUMNS},
        **{name: shared[name] for name in shared.column_names},
        "row_id": pa.array(row_id, pa.string()),
        "action_set": pa.array([[]] * count, pa.list_(pa.int64())),
        "label_source": pa.repeat("reviewed", count),
        "expert_action": pa.array(gold_action, pa.int64()),
        "expert_issues": of_row["gold"],
    }
    missing = {f.name: pa.nulls(count, f.type) for f in SHEET_SCHEMA if f.name not in columns}
    everything = columns | missing
    return pa.table([everything[name] for name in SHEET_SCHEMA.names], schema=SHEET_SCHEMA)
