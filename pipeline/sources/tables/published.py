"""Published datasets and labelled tables in the project's own formats: .parquet and .jsonl, with lists as
lists.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.corpus.schema import LABELLED, RELEASE_COLUMNS
from pipeline.errors import SourceError
from pipeline.sources.records import WORD_FIELDS, Record
from pipeline.store.files import explain
from pipeline.store.tables import iterate_parquet

_BATCH = 10_000
_MANY = ("issues", "themes", "affected_persons", "sdgs")
_NUMBERS = ("page", "char_start", "char_end")


def read(path: Path, own: Sequence[str] = ()) -> Iterator[Record]:
    """Records of a .parquet or .jsonl file with the contract's columns (at least `text`).

    Args: `own`, further columns, which the records carry. Raises: SourceError, StoreError.
    """
    number = 0
    for number, (row, fault) in enumerate(_rows(path), start=1):
        if fault:
            yield Record(path.name, number, None, fault=fault)
        else:
            yield _record(path.name, number, row, own)


def objects(path: Path) -> Iterator[Mapping[str, Any]]:
    """The rows of a .parquet or .jsonl file as they are. Raises: SourceError for a line that is none."""
    for number, (row, fault) in enumerate(_rows(path), start=1):
        if fault:
            raise SourceError(f"{path}, row {number}", fault, "Or leave the line out.")
        yield row


def first_names(path: Path) -> list[str]:
    """The columns of the first line of a .jsonl file; none where it is not an object."""
    row, _ = next(_rows(path), ({}, None))
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


def _rows(path: Path) -> Iterator[tuple[Mapping[str, Any], str | None]]:
    """The rows of a file, or for a line that cannot be read, why."""
    if path.suffix.lower() == ".parquet":
        for table in iterate_parquet(path, _BATCH):
            yield from ((row, None) for row in table.to_pylist())
        return
    try:
        with path.open(encoding="utf-8", errors="surrogateescape") as file:
            yield from (_line(line) for line in file if line.strip())
    except OSError as error:
        raise explain(path, error) from error


def _line(line: str) -> tuple[Mapping[str, Any], str | None]:
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
        **{name: row.get(name) for name in (*WORD_FIELDS, *_NUMBERS)},
    )
