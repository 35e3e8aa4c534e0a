"""OHCHR's lists and matrices of recommendations: tables ordered by theme, in DOCX and XLSX, in the layouts of
several years.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.corpus.brackets import BracketReader
from pipeline.corpus.states import States
from pipeline.corpus.text import normalise
from pipeline.errors import SourceError
from pipeline.sources.documents.kinds.chapter import inner_number
from pipeline.sources.documents.kinds.cover import Cover, session_of_symbol
from pipeline.sources.documents.kinds.list_layout import (
    Subjects,
    begins_with_number,
    columns_of,
    number_of,
    parts_of_text,
    plain_cell,
    subjects_in,
    theme_name,
)
from pipeline.sources.documents.kinds.working_group_report import Extracted
from pipeline.sources.documents.wording.item import WordingReader
from pipeline.sources.documents.wording.responses import position_of
from pipeline.sources.documents.wording.sentence import Wording
from pipeline.sources.records import Record, Reject

Table = Sequence[Sequence[str]]

_SYMBOL = re.compile(r"A/HRC/\d{1,3}/\d{1,3}")

NO_RECOMMENDATION = "it holds no recommendation."
"""What is told of a row in which nothing is found."""


def is_list(tables: Iterable[Table]) -> bool:
    """Whether one of the tables has the headings of such a list in its first rows."""
    return any(columns_of(row) for table in tables for row in list(table)[:15])


@dataclass(frozen=True, slots=True)
class _Entry:
    number: str
    wordings: tuple[Wording, ...]
    position: str | None
    source: str
    subjects: Subjects
    row: int


def read_list(file: str, tables: Sequence[Table], cover: Cover, states: States) -> Extracted:
    """The recommendations of a list, each once with all its themes.

    Args:
        file: name for records and messages.
        tables: rows of cell texts, paragraphs of a cell with line ends between them.
        cover: what the list's page headers say of State and session.
        states: by which the recommending States are known.

    Raises: SourceError if no table has the headings of such a list, or none of its rows holds a
        recommendation.
    """
    reader = _ListReader(file, states)
    for table in tables:
        reader.table(table)
    if not reader.known_layout:
        raise SourceError(
            file,
            "no table in it has the headings Recommendation and Position, or Recommendation and Theme.",
            "Give a report, an addendum, or an OHCHR list.",
        )
    if not reader.entries:
        raise SourceError(file, "the list holds no recommendation.", "Check that it is complete.")
    return Extracted(_records(file, reader.entries, cover), reader.problems)


class _ListReader:
    def __init__(self, file: str, states: States) -> None:
        self.entries: list[_Entry] = []
        self.problems: list[Reject] = []
        self.known_layout = False
        self._file = file
        self._brackets = BracketReader(states)
        self._wordings = WordingReader(self._brackets)
        self._columns: dict[str, int] = {}
        self._theme: tuple[str, ...] = ()
        self._row = 0

    def table(self, table: Table) -> None:
        for row in table:
            cells = [plain_cell(cell) for cell in row]
            heading = columns_of(cells)
            if heading:
                self._columns, self.known_layout = heading, True
                continue
            self._row += 1
            filled = list(dict.fromkeys(cell for cell in cells if cell))
            if not filled or not self._columns:
                continue
            if len(filled) == 1 and not begins_with_number(filled[0]) and not self._brackets.find(filled[0]):
                self._theme = (theme_name(filled[0]),)
                continue
            self._entry(cells)

    def _cell(self, cells: Sequence[str], name: str) -> str:
        place = self._columns.get(name)
        return cells[place] if place is not None and place < len(cells) else ""

    def _entry(self, cells: Sequence[str]) -> None:
        text, source, comment = parts_of_text(self._cell(cells, "text"))
        number, text = number_of(self._cell(cells, "number"), text)
        if comment:
            self._tell(f"{number or 'without number'}: a comment is left out.", comment)
        wordings = tuple(self._wordings.read(text))
        if not wordings:
            self._tell(NO_RECOMMENDATION, " | ".join(cells))
            return
        column = " ".join(self._cell(cells, "states").split())
        named = self._brackets.names(column) if column else ((), ())
        wordings = tuple(w if w.states else replace(w, states=named[0]) for w in wordings)
        if not any(w.states for w in wordings):
            self._tell(
                f"{number or 'without number'}: names no recommending State; it is kept without one.", text
            )
        position = " ".join(self._cell(cells, "position").split()).strip(" -–•*")
        if "position" in self._columns and position and position_of(position) is None:
            self._tell(
                f"{number or 'without number'}: '{position[:60]}' is no position; it counts as Pending.", text
            )
        self.entries.append(
            _Entry(
                number,
                wordings,
                position if "position" in self._columns else None,
                source or " ".join(self._cell(cells, "source").split()),
                self._subjects(cells),
                self._row,
            )
        )

    def _subjects(self, cells: Sequence[str]) -> Subjects:
        """What the row's own columns say; the heading above only where they name no theme."""
        own = Subjects()
        for name in ("themes", "persons", "sdgs"):
            own = own.joined(subjects_in(self._cell(cells, name), name))
        return own if own.themes else replace(own, themes=self._theme)

    def _tell(self, reason: str, text: str) -> None:
        self.problems.append(
            Reject(self._file, self._row, f"row {self._row} of the list, {reason}", text[:160])
        )


def _records(file: str, entries: Sequence[_Entry], cover: Cover) -> list[Record]:
    """One record a wording; what recurs under several themes is one, with the themes of all."""
    symbols = [found.group() for entry in entries if (found := _SYMBOL.search(entry.source))]
    symbol = cover.symbol or (max(symbols, key=symbols.count) if symbols else None)
    session = cover.session or (session_of_symbol(symbol) if symbol else None)
    merged: dict[tuple[str, str], Record] = {}
    for entry in entries:
        for wording in entry.wordings:
            number, text = inner_number(wording.text, entry.number)
            key = (number, normalise(text))
            earlier = merged.get(key)
            subjects = entry.subjects
            if earlier is not None:
                subjects = Subjects(
                    earlier.themes or (), earlier.affected_persons or (), earlier.sdgs or ()
                ).joined(subjects)
            merged[key] = Record(
                file=file,
                row=earlier.row if earlier else len(merged) + 1,
                text=earlier.text if earlier else text,
                state_under_review=cover.state.name if cover.state else "",
                recommending_states=earlier.recommending_states if earlier else wording.states,
                session=session,
                symbol=symbol,
                paragraph=number or None,
                response=earlier.response if earlier else _response(entry.position),
                response_raw=earlier.response_raw if earlier else entry.position or "",
                themes=subjects.themes,
                affected_persons=subjects.persons or None,
                sdgs=subjects.sdgs or None,
                position_source=(earlier.position_source if earlier else None) or entry.source or None,
            )
    return list(merged.values())


def _response(position: str | None) -> str:
    """The response of a cell: Pending where it is empty or not understood, "" without such a column."""
    return "" if position is None else position_of(position) or "Pending"
