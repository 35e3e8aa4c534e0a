"""Rows of tables, and delimited text in any encoding and dialect, read row by row."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.sources.tables.encoding import TextFormat, detect_in
from pipeline.store.files import explain

TEXT_SUFFIXES = (".csv", ".tsv")
BOOK_SUFFIXES = (".xls", ".xlsx", ".xlsm", ".ods")


@dataclass(frozen=True)
class TableRow:
    """A data row: its 1-based number, its cells as text (as many as headings), and what could not be read in
    it.
    """

    number: int
    cells: tuple[str, ...]
    fault: str | None = None


@dataclass(frozen=True)
class SourceTable:
    """A table: its headings, its rows (read as they are asked for), and how it was read, for the person."""

    headings: tuple[str, ...]
    rows: Iterator[TableRow]
    described: str


def open_text(
    path: Path, encoding: str = "auto", delimiter: str = "auto"
) -> tuple[TextFormat, Iterator[tuple[tuple[str, ...], str | None]]]:
    """A delimited text file: how it is written, and its rows that hold anything, each with what could not be
    read in it. A row that cannot be cut into cells has none.

    Raises: SourceError if the file is empty, or of another kind; StoreError.
    """
    form = detect_in(path, encoding, delimiter)
    # The module's limit is for the whole process; a cell that is too long is judged by its row later.
    csv.field_size_limit(sys.maxsize)
    # A byte that is no letter is kept where letters are single bytes or more; UTF-16 knows no such escape.
    errors = "replace" if "16" in form.encoding else "surrogateescape"
    try:
        file = io.TextIOWrapper(path.open("rb"), encoding=form.encoding, errors=errors, newline="")
    except OSError as error:
        raise explain(path, error) from error
    lines = _Lines(file)
    return form, _raw_rows(csv.reader(lines, delimiter=form.delimiter), lines, form)


class _Lines:
    """The lines of a file, which remembers those of the row at hand and can take them back."""

    def __init__(self, file: Iterator[str]) -> None:
        self._file = file
        self._again: list[str] = []
        self.taken: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._file)
        self.taken.append(line)
        return line

    def take_back(self) -> None:
        """Give all lines of the row at hand but its first once more."""
        self._again.extend(reversed(self.taken[1:]))


def _unclosed(lines: list[str], delimiter: str) -> bool:
    """Whether a row of several lines came about by a quotation mark that is not closed properly."""
    try:
        return len(lines) > 1 and not next(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return True


def _raw_rows(
    rows: Iterator[list[str]], lines: _Lines, form: TextFormat
) -> Iterator[tuple[tuple[str, ...], str | None]]:
    first = True
    while True:
        lines.taken.clear()
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield (), f"The row cannot be read ({error}). Export it again."
            continue
        # Separators alone are no heading, but a row of blanks may be one that somebody left empty.
        if not any(cell.strip() for cell in cells) if first else not any(cells):
            continue
        first = False
        if _unclosed(lines.taken, form.delimiter):
            # The rows that follow must not vanish in this one's cell.
            lines.take_back()
            yield (), "A quotation mark in the row is not closed. Close it, or double it inside a cell."
            continue
        fault = None
        if any(_undecoded(cell, form.encoding) for cell in cells if not cell.isascii()):
            fault = (
                f"The row holds bytes that are not {form.encoding}. Export it again, or name the "
                f"right --encoding."
            )
        yield tuple(cells), fault


def _undecoded(cell: str, encoding: str) -> bool:
    """Whether a cell holds what stands for bytes that are none of the encoding's letters."""
    if "16" in encoding:
        return "\ufffd" in cell
    return any("\ud800" <= c <= "\udfff" for c in cell)


def of_width(
    cells: tuple[str, ...], width: int, delimiter: str, fault: str | None
) -> tuple[tuple[str, ...], str | None]:
    """A row of a text file with as many cells as its headings, and its fault where they do not fit."""
    if not cells or len(cells) == width:
        return cells or ("",) * width, fault
    if width == 1:  # a single column of texts needs no separator, so what looks like one is text
        return (delimiter.join(cells),), fault
    wrong = f"The row has {len(cells)} cells, the heading {width}. Quote cells that hold the separator."
    return (cells + ("",) * width)[:width], fault or wrong
