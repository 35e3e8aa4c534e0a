"""Decisions as tables: the contract's columns, and a decision sheet that people edit and bring back."""

from __future__ import annotations

import contextlib
import csv
import json
from pathlib import Path

from sqlalchemy import func, select

from pipeline import settings
from pipeline.corpus.schema import LABELLED
from pipeline.errors import SourceError, StoreError
from pipeline.review.exchange.decided import QUEUED_OR_DECIDED, TABLE_STATUSES
from pipeline.review.exchange.rows import SHEET_SCHEMA, decided_rows, in_standing_round
from pipeline.review.store.database import Database
from pipeline.review.store.tables import items, occurrences
from pipeline.review.store.transitions import FOR_ADJUDICATOR
from pipeline.sources.tables.labelled import read_labelled
from pipeline.store.tables import check_suffix, parquet_names, parquet_rows, write_batches


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
        counted = _counted(out)
        return sum(1 for _ in read_labelled(out, settings.load().extract)[1]) if counted is None else counted
    except (SourceError, ValueError):
        return 0


def _counted(out: Path) -> int | None:
    """Rows of a file as an export writes it, without a look at what they hold; None where it is another one,
    for example a sheet that another program has saved.
    """
    with contextlib.suppress(StoreError, ValueError, csv.Error):
        if out.suffix.lower() == ".parquet" and "row_id" in parquet_names(out):
            return parquet_rows(out)
        if out.suffix.lower() == ".csv":
            with out.open(encoding="utf-8-sig", newline="") as file:
                rows = csv.reader(file)
                return sum(1 for _ in rows) if "row_id" in next(rows, ()) else None
        if out.suffix.lower() == ".jsonl":
            with out.open("rb") as file:
                return 1 + sum(1 for _ in file) if "row_id" in json.loads(next(file, b"{}")) else None
    return None


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
        rows = (table.select(schema.names).cast(schema) for table in decided_rows(connection))
        return write_batches(out, schema, rows), left_out
