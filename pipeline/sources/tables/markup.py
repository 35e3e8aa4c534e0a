"""Tables of web pages and of Excel's XML of 2003, which many programs export under the ending .xls."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits

Cells = tuple[Any, ...]

_PAGE = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|meta|body|table)\b", re.I | re.S)
_XML = re.compile(rb"\s*<\?xml\b[^>]*>")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_SHEET = "{urn:schemas-microsoft-com:office:spreadsheet}"
_HEAD = 4096
_BOM = b"\xef\xbb\xbf"
_WIDEST = 16_384
"""Columns of a sheet: a cell cannot span more."""


def tables_in_markup(path: Path, limits: DocumentLimits) -> list[tuple[str, list[Cells]]] | None:
    """The tables of a web page or of an Excel workbook in XML, whatever the file's ending.

    Returns: names and rows of cells; None where the file is neither. A cell that spans several columns or
        rows stands in the first, as in a workbook.
    Raises: SourceError where there is no table in it, or it is too large or damaged.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD).removeprefix(_BOM)
    xml = _XML.match(head)
    rest = head[xml.end() :] if xml else head
    book = xml is not None and b"urn:schemas-microsoft-com:office:spreadsheet" in rest
    if not book and not _PAGE.match(rest):
        return None
    if path.stat().st_size > limits.file_bytes:
        raise SourceError(
            str(path),
            "is too large for a table in HTML or XML.",
            "Save it as .xlsx or .csv from its program.",
        )
    content = path.read_bytes().removeprefix(_BOM)
    tables = list(_of_book(path, content) if book else _of_page(content))
    if not any(rows for _, rows in tables):
        raise SourceError(
            str(path),
            "is a web page without a table." if not book else "the workbook holds no table.",
            "Download the table itself, or save it as .xlsx or .csv.",
        )
    return tables


def _of_book(path: Path, content: bytes) -> Iterator[tuple[str, list[Cells]]]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(
            str(path), f"the workbook cannot be read ({error}).", "Save it again as .xlsx."
        ) from error
    for sheet in root.iter(f"{_SHEET}Worksheet"):
        rows = [_book_row(row) for row in sheet.iter(f"{_SHEET}Row")]
        yield sheet.get(f"{_SHEET}Name") or "", rows


def _book_row(row: Any) -> Cells:
    cells: list[Any] = []
    for cell in row.iterchildren(f"{_SHEET}Cell"):
        place = _number(cell.get(f"{_SHEET}Index"), len(cells) + 1)
        cells += [None] * (place - 1 - len(cells))
        data = cell.find(f"{_SHEET}Data")
        text = "" if data is None else "".join(data.itertext())
        number = data is not None and data.get(f"{_SHEET}Type") == "Number"
        cells.append((_value(text) if number else text) or None)
        cells += [None] * _number(cell.get(f"{_SHEET}MergeAcross"), 0)
    return tuple(cells[:_WIDEST])


def _value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _number(attribute: str | None, default: int) -> int:
    return min(int(attribute), _WIDEST) if attribute and attribute.strip().isdecimal() else default


def _of_page(content: bytes) -> Iterator[tuple[str, list[Cells]]]:
    from lxml import etree

    decoded = content.decode(_encoding(content), "replace").encode()
    root = etree.fromstring(decoded, etree.HTMLParser(encoding="utf-8", no_network=True))
    # A table that holds others arranges the page.
    tables = [] if root is None else [t for t in root.iter("table") if t.find(".//table") is None]
    for number, table in enumerate(tables, start=1):
        yield f"table {number}" if len(tables) > 1 else "", list(_page_rows(table))


def _encoding(content: bytes) -> str:
    named = _CHARSET.search(content[:_HEAD])
    try:
        if named:
            return codecs.lookup(named[1].decode("ascii")).name
    except LookupError:
        pass
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _page_rows(table: Any) -> Iterator[Cells]:
    covered: dict[int, int] = {}  # columns that a cell above reaches into, with the rows that are left of it
    for row in table.iter("tr"):
        cells: list[Any] = []
        below: dict[int, int] = {}
        for cell in row.iterchildren("td", "th"):
            while covered.get(len(cells)):
                cells.append(None)
            width = _number(cell.get("colspan"), 1) or 1
            reach = _number(cell.get("rowspan"), 1) - 1
            below |= {len(cells) + k: reach for k in range(width) if reach > 0}
            cells += [_text(cell) or None, *[None] * (width - 1)]
        covered = {k: left - 1 for k, left in covered.items() if left > 1} | below
        yield tuple(cells[:_WIDEST])


def _text(cell: Any) -> str:
    pieces: list[str] = []
    for element in cell.iter():
        if element.tag in ("br", "p", "li", "div") and pieces:
            pieces.append("\n")
        if isinstance(element.tag, str) and element.tag not in ("script", "style"):
            pieces.append(" ".join((element.text or "").split(" ")).replace("\n", " "))
        if element is not cell:
            pieces.append((element.tail or "").replace("\n", " "))
    lines = (" ".join(line.split()) for line in "".join(pieces).replace("\r", "").split("\n"))
    return "\n".join(line for line in lines if line)
