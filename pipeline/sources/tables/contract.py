"""Tables with the project's own columns, in every format that it writes: published datasets, labelled tables,
decision sheets. All who read them read them here, `ingest` and `label` as records, the review desk and
releases as rows in the contract's columns.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.corpus.schema import LABELLED, RELEASE_COLUMNS
from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits
from pipeline.sources.records import UNMARKED, WORD_FIELDS, Record
from pipeline.sources.tables.rows import SourceTable
from pipeline.sources.tables.sheets import open_tables
from pipeline.store.files import explain
from pipeline.store.tables import armed, iterate_parquet, parquet_names

SHEET_COLUMNS = ("decided_by", "decided_at", "decision_version", "expert_action", "expert_issues", "note")
"""Columns that a decision sheet has beside the contract's."""

_NEEDED = ("row_id", "rec_id", "text", "action", "issues")
_OURS = frozenset(("taxonomy_version", "label_source"))
"""Columns of files that this project wrote; in them each row says who labelled it. In other tables, whoever
made them did."""
_BATCH = 5_000
_MANY = ("issues", "themes", "affected_persons", "sdgs")
_NUMBERS = ("page", "char_start", "char_end")

RawRow = tuple[Mapping[str, Any], str | None]
"""The values of a row by column, and why it cannot be read, where that is so."""


def open_labelled(path: Path, limits: DocumentLimits) -> tuple[Sequence[str], Iterator[RawRow]]:
    """The columns of a labelled table (.parquet .jsonl .csv .xlsx), and its rows with the columns of the
    contract and of a decision sheet; cells of .csv and .xlsx are texts.

    Raises: SourceError if it is no labelled table; StoreError.
    """
    suffix = path.suffix.lower()
    if suffix in (".parquet", ".jsonl"):
        names = parquet_names(path) if suffix == ".parquet" else first_names(path)
        if names:
            _check(path, names)
        return names, ((_read_columns(row), fault) for row, fault in typed_rows(path))
    tables = open_tables(path, limits)
    ours = [table for table in tables if set(_NEEDED) <= set(table.headings)]
    if not ours:
        _check(path, tables[0].headings)
    return ours[0].headings, _cells(ours)


def _check(path: Path, names: Sequence[str]) -> None:
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise SourceError(
            str(path),
            f"column '{missing[0]}' is missing.",
            "Give a table that `upr label` or `upr review export` wrote.",
        )


def _read_columns(row: Mapping[str, Any]) -> dict[str, Any]:
    names = (*LABELLED.names, *SHEET_COLUMNS)
    return {name: _plain(row[name]) for name in names if name in row}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else value


def _cells(tables: Sequence[SourceTable]) -> Iterator[RawRow]:
    """The rows of all sheets, one after another. What was neutralised for spreadsheets is undone."""
    for table in tables:
        for row in table.rows:
            cells = _read_columns({n: c for n, c in zip(table.headings, row.cells, strict=True) if n})
            yield {n: armed(c) for n, c in cells.items()}, row.fault


def read_records(path: Path, own: Sequence[str] = ()) -> Iterator[Record]:
    """Records of a .parquet or .jsonl file with the contract's columns (at least `text`).

    Args: `own`, further columns, which the records carry. Raises: SourceError, StoreError.
    """
    for number, (row, fault) in enumerate(typed_rows(path), start=1):
        if fault:
            yield Record(path.name, number, None, fault=fault)
        else:
            yield _record(path.name, number, row, own)


def objects(path: Path) -> Iterator[Mapping[str, Any]]:
    """The rows of a .parquet or .jsonl file as they are. Raises: SourceError for a line that is none."""
    for number, (row, fault) in enumerate(typed_rows(path), start=1):
        if fault:
            raise SourceError(f"{path}, row {number}", fault, "Or leave the line out.")
        yield row


def first_names(path: Path) -> list[str]:
    """The columns of the first line of a .jsonl file; none where it is not an object."""
    row, _ = next(typed_rows(path), ({}, None))
    return list(row)


def own_columns(path: Path, names: Sequence[str], *, strict: bool) -> tuple[str, ...]:
    """The columns that are not the contract's. Raises: SourceError if there is no text, and when strict for a
    column that is not the project's either.
    """
    if "text" not in names and names:
        raise SourceError(str(path), "column 'text' is missing.", "Use a table with the project's columns.")
    own = tuple(name for name in names if name not in LABELLED.names)
    unknown = [name for name in own if name not in RELEASE_COLUMNS]
    if strict and unknown and "row_id" not in names:
        raise SourceError(
            str(path), f"column '{unknown[0]}' is not one of the project's columns.", "Delete or rename it."
        )
    return own


def typed_rows(path: Path) -> Iterator[RawRow]:
    """The rows of a .parquet or .jsonl file, whose values have types. Raises: StoreError."""
    if path.suffix.lower() == ".parquet":
        for table in iterate_parquet(path, _BATCH):
            yield from ((row, None) for row in table.to_pylist())
        return
    try:
        with path.open(encoding="utf-8", errors="surrogateescape") as file:
            yield from (_line(line) for line in file if line.strip())
    except OSError as error:
        raise explain(path, error) from error


def _line(line: str) -> RawRow:
    try:
        row = json.loads(line)
    except ValueError as error:
        return {}, f"The line is not JSON ({error}). Correct it."
    if not isinstance(row, dict):
        return {}, "The line is not a JSON object. Write one object a line."
    return row, None


def _many(value: Any) -> tuple[str, ...] | None:
    return None if value is None else tuple(str(v) for v in value)


def _record(file: str, number: int, row: Mapping[str, Any], own: Sequence[str]) -> Record:
    lists: dict[str, Any] = {name: _many(row.get(name)) for name in _MANY}
    return Record(
        file,
        number,
        row.get("text"),
        state_under_review=row.get("state_under_review") or "",
        recommending_states=_many(row.get("recommending_states")) or (),
        session=row.get("session"),
        kind=row.get("kind") or "recommendation",
        response=row.get("response") or row.get("response_raw") or "",
        response_raw=row.get("response_raw") or "",
        action=row.get("action"),
        part=0 if own else None,
        own=tuple(row.get(name) for name in own) if own else None,
        **lists,
        **{name: row.get(name) for name in (*WORD_FIELDS, *_NUMBERS)}
        | {"label_source": row.get("label_source") or (UNMARKED if _OURS & row.keys() else None)},
    )
