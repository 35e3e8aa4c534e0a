"""Columns of a labelled table that are the input's own: carried as they are, beside the labels."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.corpus.schema import LABELLED
from pipeline.errors import StoreError
from pipeline.store.files import atomic_file
from pipeline.store.tables import XLSX_CELL, XLSX_ROWS, check_suffix, flat, neutralise, write_batches
from pipeline.store.workbooks import FIXED_DATE, workbook

WORKING = pa.schema([*LABELLED, pa.field("_part", pa.int32()), pa.field("_own", pa.string())])
"""The columns of a batch under way: the contract's, the number of the part of the input that the row stands
in, and the row's own cells as JSON.
"""
_TITLE = "recommendations"
_ODD_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))


@dataclass
class Part:
    """A sheet of the input, or a table of a sheet.

    Attributes:
        sheet: the worksheet's name, "" where the input has no sheets.
        names: of its own columns, each once.
        widths: of these columns in the sheet, by place; those that are not set are missing.
        kinds: what each column was seen to hold ("int", "float", "bool", "date", "str").
    """

    sheet: str
    names: tuple[str, ...]
    widths: Mapping[int, float] = field(default_factory=dict)
    kinds: dict[str, set[str]] = field(default_factory=dict)

    def pack(self, cells: Sequence[Any]) -> str:
        """The own cells of a row as they are kept in a batch. Times are marked, since JSON has none."""
        for name, cell in zip(self.names, cells, strict=True):
            if cell is not None and cell != "":
                self.kinds.setdefault(name, set()).add(_kind(cell))
        return json.dumps(cells, default=_marked, ensure_ascii=True)

    @property
    def used(self) -> tuple[str, ...]:
        """The columns that are written: all but those that have neither a heading nor a content."""
        return tuple(name for name in self.names if name in self.kinds or not name.startswith("Column "))


def _kind(cell: Any) -> str:
    if isinstance(cell, bool):
        return "bool"
    if isinstance(cell, int):
        return "int" if abs(cell) < 2**63 else "str"
    if isinstance(cell, float):
        return "float"
    return "date" if isinstance(cell, dt.datetime) else "str"


def _marked(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return {"time": value.replace(tzinfo=None).isoformat()}
    return str(value)


def unpack(cells: str) -> list[Any]:
    """The own cells of a row, of which a batch holds the JSON."""
    return [
        dt.datetime.fromisoformat(cell["time"]) if isinstance(cell, dict) and set(cell) == {"time"} else cell
        for cell in json.loads(cells)
    ]


def write_labelled(out: Path, parts: Sequence[Part], batches: Iterable[pa.Table]) -> int:
    """Write batches in the columns `WORKING` to one file: the contract's columns, then the input's own.

    A workbook gets a sheet for each sheet of the input, in its order. In the other formats a column that
    several parts have stands once; it keeps its type where all of its cells have one, else it is text.

    Returns: the number of rows. Raises: StoreError.
    """
    if check_suffix(out) == ".xlsx":
        return _write_book(out, parts, batches)
    types = _types(parts)
    schema = pa.schema([*LABELLED, *(pa.field(name, kind) for name, kind in types.items())])
    return write_batches(out, schema, (_wide(batch, parts, types, schema) for batch in batches))


def _types(parts: Sequence[Part]) -> dict[str, pa.DataType]:
    kinds: dict[str, set[str]] = {}
    for part in parts:
        for name in part.used:
            kinds.setdefault(name, set()).update(part.kinds.get(name, set()))
    known = {
        frozenset({"int"}): pa.int64(),
        frozenset({"float"}): pa.float64(),
        frozenset({"int", "float"}): pa.float64(),
        frozenset({"bool"}): pa.bool_(),
    }
    return {name: known.get(frozenset(seen), pa.string()) for name, seen in kinds.items()}


def _wide(
    batch: pa.Table, parts: Sequence[Part], types: Mapping[str, pa.DataType], schema: pa.Schema
) -> pa.Table:
    own: dict[str, list[Any]] = {name: [None] * batch.num_rows for name in types}
    for row, part, cells in _own(batch, parts):
        for name, cell in zip(part.names, cells, strict=True):
            if name in own:
                own[name][row] = as_text(cell) if types[name] == pa.string() else cell
    columns = [batch[name] for name in LABELLED.names]
    return pa.table([*columns, *(pa.array(own[n], types[n]) for n in types)], schema=schema)


def as_text(cell: Any) -> str | None:
    """A cell as a person sees it; lists and objects of JSON as JSON."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return json.dumps(cell, ensure_ascii=False) if isinstance(cell, (list, dict)) else str(cell)


def _own(batch: pa.Table, parts: Sequence[Part]) -> Iterator[tuple[int, Part, list[Any]]]:
    """Row, part and own cells of the rows that have some."""
    pairs = zip(batch["_part"].to_pylist(), batch["_own"].to_pylist(), strict=True)
    for row, (place, cells) in enumerate(pairs):
        if place is not None and cells is not None:
            yield row, parts[place], unpack(cells)


def _write_book(out: Path, parts: Sequence[Part], batches: Iterable[pa.Table]) -> int:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    rows = 0
    with atomic_file(out) as temporary, workbook(temporary, options) as book:
        book.set_properties({"created": FIXED_DATE})
        sheets = _Sheets(book, out, parts)
        for batch in batches:
            rows += batch.num_rows
            places = batch["_part"].to_pylist()
            own = {row: cells for row, _, cells in _own(batch, parts)}
            columns = [[flat(n, v) for v in batch.column(n).to_pylist()] for n in LABELLED.names]
            lines = list(zip(*columns, strict=True))
            for place, group in groupby(range(len(lines)), key=lambda row: places[row]):
                sheets.write(place, [(lines[row], own.get(row, ())) for row in group])
        sheets.close()
    return rows


class _Sheets:
    """The sheets of a workbook that is being written: one for each sheet of the input."""

    def __init__(self, book: Any, path: Path, parts: Sequence[Part]) -> None:
        self._book, self._path, self._parts = book, path, parts
        self._bold = book.add_format({"bold": True})
        self._date = book.add_format({"num_format": "yyyy-mm-dd"})
        self._sheets: dict[int | None, tuple[Any, list[int], list[int]]] = {}
        self._titles: set[str] = set()

    def write(self, place: int | None, lines: Sequence[tuple[Sequence[Any], Sequence[Any]]]) -> None:
        if place not in self._sheets:
            self._sheets[place] = self._begin(place)
        sheet, last, kept = self._sheets[place]
        if last[0] + len(lines) > XLSX_ROWS:
            raise StoreError(
                str(self._path),
                f"a worksheet holds at most {XLSX_ROWS:,} rows.",
                "Write .parquet or .csv instead.",
            )
        for labels, own in lines:
            last[0] += 1
            for column, cell in enumerate(labels):
                self._cell(sheet, last[0], column, cell)
            for column, cell in enumerate((own[k] for k in kept) if own else (), len(labels)):
                self._cell(sheet, last[0], column, _untouched(cell))

    def _begin(self, place: int | None) -> tuple[Any, list[int], list[int]]:
        part = Part("", ()) if place is None else self._parts[place]
        sheet = self._book.add_worksheet(self._title(part.sheet or _TITLE))
        sheet.freeze_panes(1, 0)
        kept = [k for k, name in enumerate(part.names) if name in part.used]
        for column, k in enumerate(kept, len(LABELLED)):
            if k in part.widths:
                sheet.set_column(column, column, part.widths[k])
        for column, name in enumerate([*LABELLED.names, *(part.names[k] for k in kept)]):
            sheet.write_string(0, column, name[:XLSX_CELL], self._bold)
        return sheet, [0], kept

    def _title(self, wanted: str) -> str:
        plain = wanted.translate(_ODD_IN_TITLES).strip("' ")[:31] or _TITLE
        title, number = plain, 1
        while title.lower() in self._titles:
            number += 1
            title = f"{plain[:26]} ({number})"
        self._titles.add(title.lower())
        return title

    def _cell(self, sheet: Any, row: int, column: int, cell: Any) -> None:
        if isinstance(cell, str):
            sheet.write_string(row, column, cell[:XLSX_CELL])
        elif isinstance(cell, dt.datetime):
            sheet.write_datetime(row, column, cell, self._date)
        elif cell is not None:
            sheet.write(row, column, cell)

    def close(self) -> None:
        if not self._sheets:
            self._begin(None)


def _untouched(cell: Any) -> Any:
    """An own cell in a workbook. A list's dash ("- Chile") is left: a cell that is text is never run."""
    if isinstance(cell, (list, dict)):
        cell = as_text(cell)
    if isinstance(cell, dt.datetime) and cell.year < 1900:  # a worksheet's time begins there
        cell = as_text(cell)
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    if isinstance(cell, str):
        return cell if cell.startswith("- ") else neutralise(cell)
    if isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) >= 2**53:
        return str(cell)
    return cell
