"""Tables out of a PDF: OHCHR's lists as they are printed, with ruled cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from pipeline.sources.documents.kinds.list_layout import (
    begins_section,
    begins_with_number,
    columns_of,
    is_heading,
)

Row = list[str]

_SECTION = re.compile(
    r"\s(?=(?:Source\s+of\s+(?:the\s+)?position|Source\s+de\s+la\s+position|Fuente\s+de\s+la\s+posici[oó]n)\b)"
    r"|\n(?=\s*(?:general\s+)?(?:comments?|remarks?|commentaires?|observations?|remarques?|comentarios?|observaciones)"
    r"\s*:)",
    re.IGNORECASE,
)
_ITEM = re.compile(r"\s*(?:[-–•*]\s|[A-Z]\d{1,3}\s)")
_POSITION = re.compile(
    r"(?:not|partially|non|no|partiellement|parcialmente)?(?:supported|accepted|noted|rejected|pending|acceptées?"
    r"|appuyées?|notées?|rejetées?|aceptadas?|apoyadas?|anotadas?|rechazadas?|pendientes?)(?:/\w+)?",
    re.IGNORECASE,
)


def read_tables(path: Path) -> list[list[Row]]:
    """The rows of all pages as one table, without those cells that a page break divides in two.

    A line end inside a cell is kept only where a new name or section begins. Pages without ruled cells give
    nothing, and so does a PDF that is damaged: nothing is taken from the half of a table.
    """
    import pdfplumber

    rows: list[Row] = []
    try:
        with pdfplumber.open(path) as document:
            for page in document.pages:
                for table in page.extract_tables():
                    _take([[cell or "" for cell in row] for row in table], rows)
                page.close()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - pdfminer lets out whatever a damaged part makes its parser do
        return []
    return [rows] if rows else []


def _take(table: Sequence[Row], rows: list[Row]) -> None:
    heading = [heading_text(cell) for cell in table[0]] if table else []
    headed = columns_of(heading)
    if headed:
        rows.append(heading)
    for place, row in enumerate(table[1 if headed else 0 :]):
        if place == 0 and rows and _goes_on(row, rows):
            rows[-1] = [_joined(a, b) for a, b in zip(rows[-1], row, strict=False)]
        else:
            rows.append(row)
    for place in range(len(rows)):
        rows[place] = [cell_text(cell) for cell in rows[place]]


def _goes_on(row: Row, rows: list[Row]) -> bool:
    """Whether the first row of a page is the rest of a row of the page before: no number begins it."""
    while rows and columns_of(rows[-1]):
        last = rows.pop()
        if not rows:
            rows.append(last)
            return False
    filled = [cell for cell in row if cell.strip()]
    numbered = any(begins_with_number(cell) for cell in rows[-1])
    alone = len(filled) == 1 and row[0] == filled[0] and re.match(r"\W*[A-Z]", filled[0])
    return (
        len(row) == len(rows[-1])
        and numbered
        and not alone
        and not any(begins_with_number(cell) for cell in row)
    )


def _joined(before: str, after: str) -> str:
    return f"{before}\n{after}".strip() if after.strip() else before


def heading_text(cell: str) -> str:
    """A heading whose word a narrow column broke: "Positio|n"."""
    spaced, whole = " ".join(cell.split()), "".join(cell.split())
    return whole if is_heading(whole) and not is_heading(spaced) else spaced


def cell_text(cell: str) -> str:
    """A cell's text: lines joined, but for the beginnings of names and sections."""
    whole = "".join(cell.split())
    if _POSITION.fullmatch(whole):
        return whole
    lines: list[str] = []
    for line in re.sub(r"(?<=\w)-\n(?=\w)", "-", cell).split("\n"):
        new = _ITEM.match(line) or begins_section(line) or _SECTION.match(f"\n{line}")
        if new or not lines or begins_section(lines[-1]):
            lines.append(line.strip())
        else:
            lines[-1] += f" {line.strip()}"
    return _SECTION.sub("\n", "\n".join(lines))
