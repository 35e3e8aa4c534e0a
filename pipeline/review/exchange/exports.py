"""Decisions as tables: the contract's columns, and a decision sheet that people edit and bring back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, func, or_, select

from pipeline import settings
from pipeline.corpus.schema import LABELLED
from pipeline.errors import SourceError, StoreError
from pipeline.models.reasons import Reason
from pipeline.review.exchange.decided import QUEUED_OR_DECIDED, TABLE_STATUSES, decided, last_decisions
from pipeline.review.store.database import Database
from pipeline.review.store.tables import items, occurrences, rounds
from pipeline.review.store.transitions import FOR_ADJUDICATOR, Status
from pipeline.sources.tables.labelled import read_labelled
from pipeline.store.tables import check_suffix, write_batches

_WAITING = {Status.SECOND: Reason.SECOND_READING_OPEN, Status.ESCALATED: Reason.PASSED_ON}
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


def in_standing_round() -> ColumnElement[bool]:
    """Rows that no withdrawn round brought."""
    withdrawn = select(rounds.c.id).where(rounds.c.withdrawn_at.is_not(None))
    return or_(occurrences.c.round_id.is_(None), occurrences.c.round_id.not_in(withdrawn))


def refuse_fewer(database: Database, out: Path, form: str) -> None:
    """Raises: StoreError where a file is there that holds more than would be written: a mistyped database,
    or one that was set up anew, must not replace people's work.
    """
    held = _held(out)
    if not held:
        return
    statuses = QUEUED_OR_DECIDED if form != "table" else TABLE_STATUSES
    query = select(func.count()).select_from(items)
    if form == "table":
        query = query.join(occurrences, occurrences.c.item_id == items.c.id).where(in_standing_round())
    with database.read() as connection:
        coming = connection.scalar(query.where(items.c.status.in_([s.value for s in statuses]))) or 0
    if coming < held:
        raise StoreError(
            str(out),
            f"the file holds {held:,} rows, and this desk would write {coming:,}.",
            "Check --database. Give another --out, or --allow-fewer to replace the file.",
        )


def _held(out: Path) -> int:
    """Rows of an earlier export; 0 where there is none, or what is there is no export that can be read."""
    if not out.is_file():
        return 0
    try:
        if out.suffix.lower() == ".json":
            return len(json.loads(out.read_text(encoding="utf-8")))
        return sum(1 for _ in read_labelled(out, settings.load().extract)[1])
    except (SourceError, ValueError):
        return 0


def write_table(database: Database, out: Path) -> tuple[int, int]:
    """Write the decisions, one row for each row that was imported: exactly the contract's columns in .parquet
    and .jsonl, and those of a decision sheet beside them in .csv and .xlsx.

    Returns: rows written, and wordings left out since two readings differ or an adjudicator is asked. Raises:
        StoreError.
    """
    schema = LABELLED if check_suffix(out) in (".parquet", ".jsonl") else SHEET_SCHEMA
    with database.read() as connection:
        waiting = select(items.c.standing).where(items.c.status.in_([s.value for s in FOR_ADJUDICATOR]))
        exported = tuple(status.value for status in TABLE_STATUSES)
        left_out = sum(
            standing["codes"] is None or standing["status"] not in exported
            for standing in connection.scalars(waiting)
        )
        batches = (pa.Table.from_pylist(rows, schema=schema) for rows in _rows(connection))
        return write_batches(out, schema, batches), left_out


def _rows(connection: Connection) -> Iterator[list[dict[str, Any]]]:
    for every in decided(connection, TABLE_STATUSES, with_predictions=False):
        # A decision stands even where an adjudicator is asked about it.
        group = {item["id"]: item for item in every if item["standing"]["codes"] is not None}
        last = last_decisions(connection, list(group))
        parts = {number: _of_item(item, last.get(number) or {}) for number, item in group.items()}
        query = (
            select(
                occurrences.c.item_id,
                occurrences.c.row_id,
                occurrences.c.source,
                occurrences.c.gold_action,
                occurrences.c.gold_issues,
            )
            .where(occurrences.c.item_id.in_(list(group)), in_standing_round())
            .order_by(occurrences.c.item_id, occurrences.c.position)
        )
        yield [
            {
                **source,
                **parts[item],
                "row_id": row_id,
                "expert_action": gold_action,
                "expert_issues": gold_issues,
            }
            for item, row_id, source, gold_action, gold_issues in connection.execute(query)
        ]


def _of_item(item: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    """The columns that all rows of a wording share.

    Args:
        entry: the one that its codes come from, empty where there is none.
    """
    waiting = _WAITING.get(item["standing"]["status"])
    codes = item["standing"]["codes"]
    return {
        "action": codes["action"],
        "action_set": [],
        "issues": codes["issues"],
        "needs_review": waiting is not None,
        "review_reasons": [waiting.value] if waiting else [],
        "label_source": "reviewed",
        "model_version": entry.get("model_version"),
        "taxonomy_version": entry.get("taxonomy_version"),
        "labelled_at": entry.get("at"),
        "decided_by": entry.get("person"),
        "decided_at": entry.get("at"),
        "decision_version": item["version"],
        "note": entry.get("note"),
    }
