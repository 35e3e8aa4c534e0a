"""upr.sqlite: a release as a database with indexes and full-text search, ready for Datasette."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.corpus.taxonomy import ACTIONS
from pipeline.errors import StoreError
from pipeline.store.tables import mapping

_INDEXES = {
    "recommendations": (
        "row_id",
        "rec_id",
        "text_group",
        "action",
        "session",
        "state_under_review",
        "recommending_state",
        "response",
        "label_source",
        "needs_review",
        "rec_key",
    ),
    "labels": ("row_id", "label_id", "source"),
}
_BATCH = 10_000
READABLE = "readable"
"""The view that people open first: a recommendation's text and what is said of it, in words."""


def write_database(path: Path, tables: Mapping[str, pa.Table]) -> None:
    """Write the database. Lists are JSON arrays, so that `json_each` and Datasette's array facets read them.

    Args: `tables`, recommendations, labels and taxonomy by name.

    Raises: StoreError where SQLite cannot write.
    """
    try:
        connection = sqlite3.connect(path)
        try:
            # The file has no reader yet and is thrown away if anything fails, so no journal is kept.
            connection.executescript(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;"
            )
            for name, table in tables.items():
                _fill(connection, name, table)
            _search(connection)
            connection.execute(_readable())
            connection.execute("ANALYZE")
            connection.commit()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise StoreError(
            str(path), f"SQLite cannot write it ({error}).", "Free some space and publish again."
        ) from error


def _fill(connection: sqlite3.Connection, name: str, table: pa.Table) -> None:
    columns = ", ".join(f'"{f.name}" {_kind(f.type)}' for f in table.schema)
    connection.execute(f"CREATE TABLE {name} (rowid_ INTEGER PRIMARY KEY, {columns})")
    places = ", ".join("?" * (table.num_columns + 1))
    connection.executemany(f"INSERT INTO {name} VALUES ({places})", _rows(table))  # noqa: S608
    for column in _INDEXES.get(name, ()):
        connection.execute(f'CREATE INDEX "idx_{name}_{column}" ON {name} ("{column}")')


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return "INTEGER"
    return "REAL" if pa.types.is_floating(kind) else "TEXT"


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    number = 0
    for start in range(0, table.num_rows, _BATCH):
        part = table.slice(start, _BATCH)
        columns = [
            _cells(part[name], field.type) for name, field in zip(part.column_names, part.schema, strict=True)
        ]
        for cells in zip(*columns, strict=True):
            number += 1
            yield (number, *cells)


def _cells(column: pa.ChunkedArray, kind: pa.DataType) -> list[Any]:
    values: list[Any] = column.to_pylist()
    if pa.types.is_list(kind):
        if pa.types.is_struct(kind.value_type):
            values = [v if v is None else mapping(v) for v in values]
        return [v if v is None else json.dumps(v, ensure_ascii=False) for v in values]
    if pa.types.is_timestamp(kind):
        return [v if v is None else v.isoformat().replace("+00:00", "Z") for v in values]
    return values


def _readable() -> str:
    """Few columns, the text first; `rowid_` last, by which Datasette finds what is searched for."""
    categories = " ".join(f"WHEN {number} THEN '{number} {name}'" for number, name in ACTIONS.items())
    columns = (
        "text, state_under_review, recommending_state, session, response, "
        f"CASE action {categories} END AS category, issues, label_source, rec_key, rowid_"
    )
    return f"CREATE VIEW {READABLE} AS SELECT {columns} FROM recommendations"  # noqa: S608 - no input


def _search(connection: sqlite3.Connection) -> None:
    connection.executescript(
        """
        CREATE VIRTUAL TABLE recommendations_fts USING fts5(
            text, content='recommendations', content_rowid='rowid_', tokenize='porter unicode61'
        );
        INSERT INTO recommendations_fts (rowid, text) SELECT rowid_, text FROM recommendations;
        INSERT INTO recommendations_fts (recommendations_fts) VALUES ('optimize');
        """
    )
