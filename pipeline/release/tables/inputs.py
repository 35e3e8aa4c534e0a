"""Reading what a release is made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.corpus.schema import LABELLED
from pipeline.errors import StoreError
from pipeline.settings import DocumentLimits
from pipeline.sources.tables.labelled import labelled_table
from pipeline.store.files import read_json
from pipeline.store.tables import read_parquet

EXTRACTED = (".parquet", ".csv", ".xlsx")
"""Endings of tables of extracted documents that are read from a folder."""
_BOUNDS = (("action", 1, 5), ("action_confidence", 0, 1))
"""Columns whose values have a least and a greatest."""


def _check_there(path: Path, maker: str) -> None:
    if not path.is_file():
        raise StoreError(str(path), "there is no such file.", f"Run `{maker}` to make it, or name another.")


def read_decisions(path: Path, limits: DocumentLimits) -> pa.Table:
    """The decisions of the review desk, in any format that it writes."""
    _check_there(path, "upr review export")
    return labelled_table(path, limits)


def read_documents(path: Path, limits: DocumentLimits) -> pa.Table:
    """Extracted documents: a table as `upr extract` writes it, or all tables of a folder, which may be empty.

    Raises: StoreError, SourceError.
    """
    if not path.is_dir():
        _check_there(path, "upr extract")
    files = [path] if path.is_file() else sorted(f for f in path.iterdir() if f.suffix in EXTRACTED)
    return pa.concat_tables([LABELLED.empty_table(), *(labelled_table(file, limits) for file in files)])


def read_columns(path: Path, maker: str) -> pa.Table:
    """A table in the project's columns.

    Args: `maker`, the command that makes such tables, for messages. Raises: StoreError.
    """
    _check_there(path, maker)
    found = read_parquet(path)
    missing = [n for n in LABELLED.names if n not in found.column_names]
    if missing:
        raise StoreError(str(path), f"column '{missing[0]}' is missing.", f"Give the output of `{maker}`.")
    columns = [_typed(path, found[field.name], field, maker) for field in LABELLED]
    table = pa.table(columns, schema=LABELLED)
    for name, least, most in _BOUNDS:
        _check_bounds(path, table, name, least, most)
    coded = pc.and_(pc.is_null(table["text"]), pc.is_valid(table["action"]))
    place = pc.index(coded, True).as_py()
    if place >= 0:
        raise StoreError(
            f"{path}, row {place + 1}", "has an action and no text.", f"Give the output of `{maker}`."
        )
    return table


def _typed(path: Path, column: pa.ChunkedArray, field: pa.Field, maker: str) -> pa.ChunkedArray:
    if not field.nullable and column.null_count:
        place = pc.index(pc.is_null(column), True).as_py()
        raise StoreError(
            f"{path}, row {place + 1}", f"has no {field.name}.", f"Give the output of `{maker}`."
        )
    try:
        return column.cast(field.type)
    except (pa.ArrowException, ValueError) as error:
        raise StoreError(
            f"{path}, column '{field.name}'",
            f"is of the type {column.type}, not {field.type}, and cannot be turned into it ({error}).",
            f"Give the output of `{maker}`.",
        ) from error


def _check_bounds(path: Path, table: pa.Table, name: str, least: int, most: int) -> None:
    column = table[name]
    outside = pc.or_(pc.less(column, least), pc.greater(column, most))
    place = pc.index(pc.fill_null(outside, False), True).as_py()
    if place >= 0:
        raise StoreError(
            f"{path}, row {place + 1}",
            f"{name} is {column[place].as_py()}; it must be {least} to {most}.",
            "Correct the row, or make the table again.",
        )


def read_evaluation(folder: Path | None) -> dict[str, Any] | None:
    """The document test.json of `evaluate`, or None where it was not made."""
    if folder is None:
        return None
    path = folder / "test.json" if folder.is_dir() else folder
    if not path.is_file():
        raise StoreError(
            str(path), "there is no such file.", "Run `upr evaluate`, or leave --evaluation out."
        )
    content: dict[str, Any] = read_json(path)
    return content
