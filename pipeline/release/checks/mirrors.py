"""Checks that the copies of a release in other formats hold every cell of its Parquet tables.

Cells are read here by the rules that the card states, and not by the code that wrote them, so that a fault of
the writer is found as well as a forgery.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from pipeline.release.checks.rows import Faults, Opened
from pipeline.release.files.copies import shipped
from pipeline.release.files.edition import taxonomy_table
from pipeline.release.files.workbook import CELL, COLUMNS
from pipeline.sources.tables.gzipped import plain
from pipeline.store.files import read_json
from pipeline.store.tables import LIST_SEPARATOR, armed, mapping

_BATCH = 20_000
_SHOWN = 60
Cell = Callable[[Any], Any]


def mirrors(release: Opened) -> Faults:
    """The copies in other formats hold every cell of the Parquet tables, in the same order."""
    csv.field_size_limit(10_000_000)
    folder, tables = release.folder, release.tables

    def there(name: str) -> Path:
        return folder / shipped(name, release.manifest)

    for name in ("recommendations", "labels"):
        with plain(there(f"{name}.csv")) as path:
            yield from _csv(path, tables[name])
    with plain(there("recommendations.jsonl")) as path:
        yield from _json_lines(path, tables["recommendations"])
    version = read_json(folder / "metrics.json")["taxonomy"]
    copied = {n: tables[n] for n in ("recommendations", "labels")} | {"taxonomy": taxonomy_table(version)}
    with plain(there("upr.sqlite")) as path:
        yield from _database(path, copied)
    yield from _workbook(folder / "upr.xlsx", tables["recommendations"])


def _json_lines(path: Path, table: pa.Table) -> Faults:
    with path.open(encoding="utf-8") as file:
        rows = (_ordered(json.loads(line), table.column_names) for line in file)
        yield from _differences(path.name, table, rows, _from_json)


def _ordered(row: Mapping[str, Any], names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def _csv(path: Path, table: pa.Table) -> Faults:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        heading = next(reader, [])
        if heading != table.column_names:
            yield f"{path.name}: the columns are not those of the Parquet table."
            return
        yield from _differences(path.name, table, reader, _from_text)


def _database(path: Path, tables: Mapping[str, pa.Table]) -> Faults:
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        for name, table in tables.items():
            names = ", ".join(f'"{n}"' for n in table.column_names)
            rows = connection.execute(f"SELECT {names} FROM {name} ORDER BY rowid_")  # noqa: S608
            yield from _differences(f"{path.name}, {name}", table, rows, _from_database)
        found = connection.execute("SELECT count(*) FROM recommendations_fts").fetchone()[0]
        due = tables["recommendations"].num_rows
        if found != due:
            yield f"{path.name}: {found:,} texts can be searched, of {due:,}."
    finally:
        connection.close()
    yield from _search_index(path)


def _search_index(path: Path) -> Faults:
    """The index of the search holds the words of the texts.

    SQLite compares them by a statement that writes, so this is done in a copy in memory.
    """
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(path.read_bytes())
        connection.execute(
            "INSERT INTO recommendations_fts (recommendations_fts, rank) VALUES ('integrity-check', 1)"
        )
    except sqlite3.DatabaseError as error:
        yield f"{path.name}: the index of the search is not that of the texts ({error})."
    finally:
        connection.close()


def _workbook(path: Path, table: pa.Table) -> Faults:
    try:
        with path.open("rb") as file:
            rows = CalamineWorkbook.from_filelike(file).get_sheet_by_name("Recommendations").to_python()
    except CalamineError as error:
        yield f"{path.name}: cannot be read as a workbook with a sheet Recommendations ({error})."
        return
    if not rows or rows[0] != list(COLUMNS):
        yield f"{path.name}: the columns of the sheet Recommendations are not those of a release."
        return
    yield from _differences(path.name, table.select(list(COLUMNS)), iter(rows[1:]), _from_sheet, CELL)


def _differences(
    name: str,
    table: pa.Table,
    rows: Iterator[Sequence[Any]],
    reader: Callable[[pa.DataType], Cell],
    longest: int | None = None,
) -> Faults:
    """The first cell that differs, or the rows that are missing or too many.

    Args:
        name: of the file, for the message.
        table: what is due.
        rows: what was found, a sequence a row, in the columns of the table.
        reader: a function that reads cells of a type.
        longest: characters after which a text is cut, where the format has a limit.
    """
    cells = [reader(field.type) for field in table.schema]
    count = 0
    for start in range(0, max(table.num_rows, 1), _BATCH):
        part = table.slice(start, _BATCH)
        found = list(islice(rows, part.num_rows))
        count += len(found)
        if any(len(row) != table.num_columns for row in found):
            yield f"{name}: a row has not {table.num_columns} cells."
            return
        for place, (field, read) in enumerate(zip(table.schema, cells, strict=True)):
            due = [_due(value, field.type, longest) for value in part[field.name].to_pylist()]
            for row, (mine, theirs) in enumerate(zip(due, found, strict=False)):
                if read(theirs[place]) != mine:
                    yield (
                        f"{name}, row {start + row + 1}, {field.name}: is {_short(theirs[place])}; the "
                        f"Parquet table has {_short(mine)}."
                    )
                    return
    count += sum(1 for _ in rows)
    if count != table.num_rows:
        yield f"{name}: holds {count:,} rows; the Parquet table {table.num_rows:,}."


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + " …"


def _due(value: Any, kind: pa.DataType, longest: int | None) -> Any:
    """A value of a Parquet table as far as any format can tell it: no text, and no entry, is none."""
    if value is None or value in ("", []):
        return None
    if pa.types.is_list(kind):
        if pa.types.is_struct(kind.value_type):
            return mapping(value)
        joined = LIST_SEPARATOR.join(map(str, value))
        return (joined if longest is None else joined[:longest]).split(LIST_SEPARATOR)
    return value[:longest] if longest is not None and isinstance(value, str) else value


def _listed(value: Any) -> Any:
    return LIST_SEPARATOR.join(map(str, value)).split(LIST_SEPARATOR) if value else None


def _time(value: str) -> dt.datetime:
    return dt.datetime.fromisoformat(value)


def _known(read: Cell) -> Cell:
    return lambda cell: None if cell is None or cell == "" else read(cell)


def _from_text(kind: pa.DataType) -> Cell:
    """Cells of a .csv file."""
    if pa.types.is_list(kind):
        if pa.types.is_struct(kind.value_type):
            return _known(lambda cell: json.loads(cell) or None)
        return _known(lambda cell: armed(cell).split(LIST_SEPARATOR))
    if pa.types.is_boolean(kind):
        return _known({"True": True, "False": False}.__getitem__)
    if pa.types.is_integer(kind):
        return _known(int)
    if pa.types.is_floating(kind):
        return _known(float)
    return _known(_time if pa.types.is_timestamp(kind) else armed)


def _from_json(kind: pa.DataType) -> Cell:
    """Values of a .jsonl file."""
    if pa.types.is_list(kind) and not pa.types.is_struct(kind.value_type):
        return _listed
    return (
        _known(_time) if pa.types.is_timestamp(kind) else _known(lambda value: None if value == {} else value)
    )


def _from_database(kind: pa.DataType) -> Cell:
    """Values of SQLite."""
    if pa.types.is_list(kind):
        inner = _from_json(kind)
        return _known(lambda cell: inner(json.loads(cell)))
    if pa.types.is_boolean(kind):
        return _known(bool)
    return _known(_time) if pa.types.is_timestamp(kind) else _known(lambda value: value)


def _from_sheet(kind: pa.DataType) -> Cell:
    """Cells of an .xlsx file, whose numbers are all floating."""
    if pa.types.is_list(kind):
        integers = pa.types.is_integer(kind.value_type)
        return _known(
            lambda cell: (
                [str(int(cell))]
                if integers and isinstance(cell, float)
                else armed(str(cell)).split(LIST_SEPARATOR)
            )
        )
    if pa.types.is_string(kind):
        return _known(armed)
    return _known(lambda value: value)
