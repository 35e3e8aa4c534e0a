"""Sheets of cells, as they stand in a workbook, a text file or a list of JSON objects."""

from __future__ import annotations

import datetime as dt
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits
from pipeline.sources.documents.pages.archive import Archive
from pipeline.sources.tables.encoding import is_text
from pipeline.sources.tables.markup import tables_in_markup
from pipeline.sources.tables.rows import BOOK_SUFFIXES, SourceTable, TableRow, of_width, open_text
from pipeline.store.carried import as_text

_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True)
class Row:
    """A row of a sheet: its cells as they are, the same as text, and what could not be read in it."""

    values: tuple[Any, ...]
    cells: tuple[str, ...]
    fault: str | None = None


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name ("" where there is but one without a name), its rows that hold anything, how it was
    read, the widths of its columns by place, and what separates the cells of a text file.
    """

    name: str
    rows: Iterator[Row]
    described: str
    widths: Mapping[int, float] = field(default_factory=dict)
    delimiter: str = ""


def open_sheets(
    path: Path, limits: DocumentLimits, encoding: str = "auto", delimiter: str = "auto"
) -> Iterator[Sheet]:
    """The sheets of a .csv, .tsv or workbook, in order. What the bytes are decides, and not the ending alone:
    many programs export a web page or a text file as .xls.

    Raises: SourceError.
    """
    marked = tables_in_markup(path, limits)
    if marked is not None:
        return iter([_marked(name, rows) for name, rows in marked])
    book = path.suffix.lower() in BOOK_SUFFIXES
    if book and not is_text(path):
        return iter(list(_book(path, limits)))
    form, rows = open_text(path, encoding, delimiter)
    described = f"a text file and no workbook: {form}" if book else str(form)
    return iter(
        [Sheet("", (Row(cells, cells, fault) for cells, fault in rows), described, delimiter=form.delimiter)]
    )


def _marked(name: str, rows: Iterable[Sequence[Any]]) -> Sheet:
    return Sheet(name, _filled(rows), f"worksheet '{name}' in HTML or XML" if name else "a table in HTML")


def open_tables(
    path: Path, limits: DocumentLimits, encoding: str = "auto", delimiter: str = "auto"
) -> list[SourceTable]:
    """The same sheets as tables, whose first rows are headings; at least one. Raises: SourceError."""
    tables = [_table(path, sheet) for sheet in open_sheets(path, limits, encoding, delimiter)]
    filled = [table for table in tables if table is not None]
    if not filled:
        book = path.suffix.lower() in BOOK_SUFFIXES
        what = "the workbook holds no table." if book else "the file has no headings."
        raise SourceError(str(path), what, "Export it again.")
    return filled


def _table(path: Path, sheet: Sheet) -> SourceTable | None:
    """A sheet as a table, None where it holds nothing."""
    first = next(sheet.rows, None)
    if first is None:
        return None
    if first.fault and not first.cells:
        raise SourceError(str(path), f"the headings cannot be read. {first.fault}", "Export the file again.")
    headings = tuple(cell.replace("\ufeff", "").strip() for cell in first.cells)
    return SourceTable(headings, _data_rows(sheet, len(headings)), sheet.described)


def _data_rows(sheet: Sheet, width: int) -> Iterator[TableRow]:
    for number, row in enumerate(sheet.rows, start=1):
        if sheet.delimiter:
            yield TableRow(number, *of_width(row.cells, width, sheet.delimiter, row.fault))
        else:
            yield TableRow(number, (row.cells + ("",) * width)[:width], row.fault)


def sheet_of_objects(
    rows: Iterable[Mapping[str, Any]], described: str, names: Sequence[str] | None = None
) -> Sheet:
    """Objects of JSON as a sheet: the keys are its first row. Args: `names`, the keys, if known."""
    if names is None:
        rows = list(rows)
        names = tuple(dict.fromkeys(name for row in rows for name in row))
    head = Row(tuple(names), tuple(names))
    return Sheet("", chain([head], (_object(row, names) for row in rows)), described)


_NAMES = ("name", "label", "title", "value")


def _object(row: Mapping[str, Any], names: Sequence[str]) -> Row:
    values = tuple(row.get(name) for name in names)
    return Row(values, tuple(_listed(value) for value in values))


def _name_of(value: Any) -> Any:
    """What an object in a cell is called ({"id": 3, "name": "Peru"}); other values as they are."""
    names = value if isinstance(value, dict) else {}
    return next((names[key] for key in _NAMES if isinstance(names.get(key), str)), value)


def _listed(value: Any) -> str:
    value = [_name_of(v) for v in value] if isinstance(value, list) else _name_of(value)
    if isinstance(value, list) and all(isinstance(v, (str, int, float)) for v in value):
        return "\n".join(f"- {v}" for v in value)
    return as_text(value) or ""


def _book(path: Path, limits: DocumentLimits) -> Iterator[Sheet]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    if not path.stat().st_size:
        raise SourceError(str(path), "the file is empty.", "Export it again.")
    if path.suffix.lower() != ".xls" and zipfile.is_zipfile(path):
        Archive(path, limits)
    widths = _widths(path)
    try:
        book = CalamineWorkbook.from_path(path)
        for place, about in enumerate(book.sheets_metadata):
            sheet = book.get_sheet_by_index(place)
            hidden = "" if about.visible == SheetVisibleEnum.Visible else " (hidden)"
            described = f"worksheet '{about.name}'{hidden}"
            yield Sheet(about.name, _filled(_rows(sheet)), described, widths.get(about.name, {}))
    except (CalamineError, ValueError, OSError) as error:
        locked = "password" in str(error).lower()
        raise SourceError(
            str(path),
            "the workbook is protected by a password."
            if locked
            else f"the workbook cannot be read ({error}).",
            "Save it without one." if locked else "Download or save it again; it may be cut off.",
        ) from error


def _rows(sheet: Any) -> Iterator[list[Any]]:
    """The rows of a worksheet, made one by one: all cells of a large one at once take gigabytes."""
    before = [None] * sheet.start[1] if sheet.start else []
    for row in sheet.iter_rows():
        yield [*before, *row]


def _filled(rows: Iterable[Sequence[Any]]) -> Iterator[Row]:
    for row in rows:
        values = tuple(_value(value) for value in row)
        cells = tuple(as_text(value) or "" for value in values)
        if any(cell.strip() for cell in cells):
            yield Row(values, cells)


def _value(value: Any) -> Any:
    """A worksheet's value: whole numbers without ".0", days as times, other kinds of time as text."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001
    if isinstance(value, (str, int, float, bool, dt.datetime)):
        return value or None if isinstance(value, str) else value
    return None if value is None else str(value)


def _widths(path: Path) -> dict[str, dict[int, float]]:
    """The widths of columns in an .xlsx, by sheet and place; empty where they cannot be found."""
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return {}
    try:
        with zipfile.ZipFile(path) as archive:
            targets = {
                relation.get("Id"): relation.get("Target")
                for relation in _elements(archive, "xl/_rels/workbook.xml.rels", "Relationship", "")
            }
            sheets = _elements(archive, "xl/workbook.xml", f"{_MAIN}sheet", f"{_MAIN}definedNames")
            return {
                str(sheet.get("name")): _columns(archive, str(targets.get(sheet.get(_REL), "")))
                for sheet in sheets
            }
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        KeyError,
        ValueError,
        RuntimeError,
        NotImplementedError,
        SyntaxError,
    ):
        return {}


def _columns(archive: zipfile.ZipFile, target: str) -> dict[int, float]:
    name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    widths = {}
    for column in _elements(archive, name, f"{_MAIN}col", f"{_MAIN}sheetData"):
        first, last = int(column.get("min", "1")), int(column.get("max", "1"))
        width = float(column.get("width", "0"))
        if 0 < width < 256:
            widths.update(dict.fromkeys(range(first - 1, min(last, first + 500)), width))
    return widths


def _elements(archive: zipfile.ZipFile, name: str, tag: str, until: str) -> Iterator[Any]:
    """The elements of a tag in a part, up to the beginning of another. Entities are never resolved."""
    from lxml import etree

    with archive.open(name) as part:
        events = etree.iterparse(part, ("start",), resolve_entities=False, no_network=True, load_dtd=False)
        for _, element in events:
            if element.tag == until:
                return
            if element.tag == tag or (not until and str(element.tag).endswith(f"}}{tag}")):
                yield element
