"""Published datasets and labelled tables in the project's own formats: .parquet and .jsonl, with lists as
lists.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.corpus.schema import LABELLED, RELEASE_COLUMNS
from pipeline.errors import SourceError
from pipeline.sources.records import Record
from pipeline.store.files import explain
from pipeline.store.tables import iterate_parquet, parquet_names

_BATCH = 10_000
_WORDS = (
    "symbol",
    "paragraph",
    "language",
    "label_source",
    "taxonomy_version",
    "position_source",
    "text_raw",
    "text_fr",
    "text_es",
)
_MANY = ("issues", "themes", "affected_persons", "sdgs")
_NUMBERS = ("page", "char_start", "char_end")


def read_parquet(path: Path) -> Iterator[Record]:
    """Records of a Parquet file with the contract's columns (at least `text`). Raises: SourceError,
    StoreError.
    """
    _check_columns(path, parquet_names(path))
    number = 0
    for table in iterate_parquet(path, _BATCH):
        for row in table.to_pylist():
            number += 1
            yield _record(path.name, number, row)


def read_jsonl(path: Path) -> Iterator[Record]:
    """Records of a .jsonl file with the contract's columns (at least `text`). Raises: SourceError,
    StoreError.
    """
    try:
        with path.open(encoding="utf-8", errors="surrogateescape") as file:
            number = 0
            for line in file:
                if not line.strip():
                    continue
                number += 1
                yield _line(path, number, line)
    except OSError as error:
        raise explain(path, error) from error


def _line(path: Path, number: int, line: str) -> Record:
    try:
        row = json.loads(line)
    except ValueError as error:
        return Record(path.name, number, None, fault=f"The line is not JSON ({error}). Correct it.")
    if not isinstance(row, dict):
        return Record(
            path.name, number, None, fault="The line is not a JSON object. Write one object a line."
        )
    if number == 1:
        _check_columns(path, list(row))
    return _record(path.name, number, row)


def _check_columns(path: Path, names: list[str]) -> None:
    if "text" not in names:
        raise SourceError(str(path), "column 'text' is missing.", "Use a table with the project's columns.")
    unknown = [name for name in names if name not in LABELLED.names and name not in RELEASE_COLUMNS]
    if unknown:
        raise SourceError(
            str(path), f"column '{unknown[0]}' is not one of the project's columns.", "Delete or rename it."
        )


def _many(value: Any) -> tuple[str, ...] | None:
    return None if value is None else tuple(str(v) for v in value)


def _record(file: str, number: int, row: Mapping[str, Any]) -> Record:
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
        **lists,
        **{name: row.get(name) for name in (*_WORDS, *_NUMBERS)},
    )
