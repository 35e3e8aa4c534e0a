"""Any table, sheet by sheet, as records with the input's own columns; what was understood is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from pipeline.corpus.schema import LABELLED
from pipeline.corpus.states import States
from pipeline.errors import SourceError
from pipeline.sources.documents.wording.responses import position_of
from pipeline.sources.records import Record
from pipeline.sources.tables.events import Event, ReadingNote, TableOptions
from pipeline.sources.tables.finding import (
    LOOKED_AT,
    Found,
    find_table,
    is_heading_row,
    letters,
)
from pipeline.sources.tables.headings import Layout, recognise
from pipeline.sources.tables.meanings import cut_states, meaning_of, recommendations_in, session_in
from pipeline.sources.tables.rows import SourceTable, TableRow, of_width
from pipeline.sources.tables.sheets import Row, Sheet
from pipeline.sources.tables.uhri import LAYOUT, OfTheReview, body_column
from pipeline.store.carried import Part
from pipeline.store.tables import armed

OWN_LAYOUT = "labelled"
"""The layout of configs/sources.yaml that this project's own tables have."""


class TableReader:
    """Reads the sheets of one file."""

    def __init__(
        self,
        path: Path,
        asked: TableOptions,
        layouts: Sequence[Layout],
        states: States,
        responses: Iterable[str],
    ) -> None:
        """Args: `responses`, the words for a State's position, in lower case."""
        self._path, self._asked, self._states = path, asked, states
        self._layouts = {layout.name: layout for layout in layouts}
        self._responses = frozenset(responses)
        self._count = 0
        self._parts = 0
        self._read = False

    def read(self, sheets: Iterator[Sheet]) -> Iterator[Event]:
        """Parts, records and what is told, in order.

        Raises: SourceError if no sheet can be used; of several, those that cannot are told.
        """
        wanted = {name.lower() for name in self._asked.sheets}
        names: list[str] = []
        faults: list[SourceError] = []
        for sheet in sheets:
            names.append(sheet.name)
            if wanted and sheet.name.lower() not in wanted:
                yield ReadingNote(f"{sheet.described}: not read, because --sheet names others")
                continue
            preview = list(islice(sheet.rows, LOOKED_AT + 1))
            if not preview:
                if sheet.name:
                    yield ReadingNote(f"{sheet.described}: not read, because it is empty")
                continue
            try:
                yield from self._sheet(sheet, preview)
            except SourceError as error:
                if not sheet.name:
                    raise
                faults.append(error)
                yield ReadingNote(f"{sheet.described}: not read, because {error.what}")
        missing = [name for name in self._asked.sheets if name.lower() not in {n.lower() for n in names}]
        if missing:
            raise SourceError(
                str(self._path),
                f"there is no sheet '{missing[0]}' (sheets: {', '.join(map(repr, names)) or 'none'}).",
                "Write the name as it stands in the workbook.",
            )
        if faults and not self._read:
            raise faults[0]
        if not self._read:
            what = "the workbook holds no table." if any(names) else "the file has no headings."
            raise SourceError(str(self._path), what, "Export it again.")

    def _sheet(self, sheet: Sheet, preview: list[Row]) -> Iterator[Event]:
        where = f"{self._path}, {sheet.described}" if sheet.name else str(self._path)
        headings = tuple(" ".join(cell.replace("\ufeff", "").split()) for cell in preview[0].cells)
        rows = chain(preview[1:], sheet.rows)
        if not self._asked.columns:
            body = body_column(headings)
            if body is not None:
                yield from self._uhri(sheet, headings, body, rows)
                return
            layout = self._known(headings)
            if layout is not None:
                unknown = layout.unknown(headings)
                if unknown:
                    shown = ", ".join(map(repr, unknown))
                    yield ReadingNote(f"columns that are not known, carried and not read: {shown}")
                yield from self._by_layout(layout, sheet, headings, rows)
                return
            if self._asked.strict:
                self._refuse(headings, preview, where)
        yield from self._free(sheet, preview, sheet.rows, where)

    def _refuse(self, headings: tuple[str, ...], preview: list[Row], where: str) -> None:
        """Say what is wrong with the headings, and how the table would be read if it were asked for."""
        try:
            recognise(self._layouts.values(), SourceTable(headings, iter(()), ""), where)
        except SourceError as error:
            try:
                found = find_table(preview, where, self._states, self._is_response, {})
            except SourceError:
                raise error from None
            mapping = " ".join(f"--column {f}='{found.headings[k]}'" for k, f in found.places.items())
            raise SourceError(where, error.what, f"{error.todo} Or read it so: {mapping}") from None
        raise SourceError(where, "a column is repeated.", "Delete one of the two.")

    def _known(self, headings: tuple[str, ...]) -> Layout | None:
        """The layout that these headings are of, all of them."""
        ours = self._layouts.get(OWN_LAYOUT)
        if ours and {"text", "row_id"} <= set(headings):
            return ours
        for layout in self._layouts.values():
            read = [field_ for _, field_ in layout.places(headings, self._asked.language)]
            whole = not layout.missing(headings) and (layout.tells or not layout.unknown(headings))
            if whole and len(read) == len(set(read)) and layout.name != LAYOUT:
                return layout
        return None

    def _uhri(
        self, sheet: Sheet, headings: tuple[str, ...], body: int, rows: Iterator[Row]
    ) -> Iterator[Event]:
        review = OfTheReview(body, others=self._asked.other_mechanisms)
        yield from self._by_layout(self._layouts[LAYOUT], sheet, headings, review.rows(rows))
        if review.told:
            yield ReadingNote(review.told)

    def _by_layout(
        self, layout: Layout, sheet: Sheet, headings: tuple[str, ...], rows: Iterator[Row]
    ) -> Iterator[Event]:
        yield ReadingNote(
            f"{layout.name}, {sheet.described}", described=True, may_be_empty=layout.name == OWN_LAYOUT
        )
        own = [
            k for k, name in enumerate(headings) if name not in LABELLED.names or layout.name != OWN_LAYOUT
        ]
        part, number = self._part(sheet, headings, own)
        if number is not None:
            yield part
        places = layout.places(headings, self._asked.language)
        for row in rows:
            cells, fault = self._fitted(row, len(headings), sheet.delimiter)
            self._count += 1
            record = layout.record(self._path.name, TableRow(self._count, cells, fault), places)
            yield self._carrying(record, row, own, number)

    def _part(self, sheet: Sheet, headings: Sequence[str], own: Sequence[int]) -> tuple[Part, int | None]:
        """A part with these columns, and its number; None where there are none, and so no part."""
        names: list[str] = []
        for k in own:
            plain = headings[k] or f"Column {letters(k)}"
            name = f"{plain} (input)" if plain in LABELLED.names else plain
            number = 1
            while name in names:
                number += 1
                name = f"{plain} ({number})"
            names.append(name)
        widths = {i: sheet.widths[k] for i, k in enumerate(own) if k in sheet.widths}
        self._read = True
        self._parts += bool(names)
        return Part(sheet.name, tuple(names), widths), self._parts - 1 if names else None

    def _carrying(self, record: Record, row: Row, own: Sequence[int], part: int | None) -> Record:
        values = tuple(row.values[k] if k < len(row.values) else None for k in own)
        return replace(record, part=part, own=values if part is not None else None)

    @staticmethod
    def _fitted(row: Row, width: int, delimiter: str) -> tuple[tuple[str, ...], str | None]:
        """The cells of a row, as many as headings; in a text file with a fault where they do not fit."""
        if delimiter:
            return of_width(row.cells, width, delimiter, row.fault)
        return (row.cells + ("",) * width)[:width], row.fault

    def _free(self, sheet: Sheet, preview: list[Row], rest: Iterator[Row], where: str) -> Iterator[Event]:
        """A table with headings of its own, and those that follow it in the sheet."""
        while preview:
            preview, rest = _single_column(sheet, preview, rest)
            found = find_table(preview, where, self._states, self._is_response, self._asked.columns)
            said = f"{sheet.described}: {found.described}"
            yield ReadingNote(". ".join((said, *found.told)), described=True)
            own = _own_columns(found)
            part, number = self._part(sheet, found.headings, own)
            if number is not None:
                yield part
            width = len(preview[found.first - 1].cells) if found.first else len(found.headings)
            heading = tuple(c.strip().lower() for c in preview[found.first - 1].cells) if found.first else ()
            rows = chain(preview[found.first :], rest)
            preview = []
            for row in rows:
                if is_heading_row(row.cells):
                    if tuple(c.strip().lower() for c in row.cells) == heading:
                        yield ReadingNote(
                            f"{sheet.described}: the headings stand once more after row {self._count}"
                        )
                        continue
                    rest = rows
                    preview = [row, *islice(rest, LOOKED_AT)]
                    break
                self._count += 1
                record = self._record(row, found, width, sheet.delimiter)
                yield self._carrying(record, row, own, number)

    def _record(self, row: Row, found: Found, width: int, delimiter: str) -> Record:
        cells, fault = self._fitted(row, width, delimiter)
        cells += ("",) * (len(found.headings) - width)
        values: dict[str, Any] = {}
        for place, name in found.places.items():
            cell = armed(cells[place])
            if name == "recommending_states":
                values[name] = cut_states(cell, self._states)
            elif name == "state_under_review":
                values[name] = re.sub(r"^[-–•]\s+", "", cell.strip())
            elif name == "session":
                values[name] = session_in(cell)
            elif name == "issues":
                values[name] = tuple(p.strip() for p in re.split(r"[;|\n]", cell) if p.strip())
            elif name == "paragraph":
                values[name] = cell.strip().rstrip(".):") or None
            elif name in ("symbol", "text_fr", "text_es"):
                values[name] = cell.strip() or None
            else:
                values[name] = cell
        if several := recommendations_in(values.get("text", "")):
            fault = fault or (
                f"The cell holds {several} recommendations on lines of their own; they are labelled as one. "
                "Give each a row of its own."
            )
        return Record(self._path.name, self._count, values.pop("text", None), fault=fault, **values)

    def _is_response(self, cell: str) -> bool:
        word = " ".join(cell.split()).lower()
        return word in self._responses or (len(word) < 80 and position_of(word) is not None)


def _single_column(sheet: Sheet, preview: list[Row], rest: Iterator[Row]) -> tuple[list[Row], Iterator[Row]]:
    """The rows of a text file that is no table but texts, whose commas cut nothing: its first line has no
    separator, or its lines are cut into different numbers of cells and none of them names a column.
    """
    widths = {len(row.cells) for row in preview}
    named = any(is_heading_row(row.cells) for row in preview)
    if not sheet.delimiter or widths == {1} or named or (len(preview[0].cells) > 1 and len(widths) == 1):
        return preview, rest
    if len(preview[0].cells) > 1 and _named_at_all(preview):
        return preview, rest

    def whole(row: Row) -> Row:
        text = sheet.delimiter.join(row.cells)
        return Row((text,), (text,), row.fault)

    return [whole(row) for row in preview], map(whole, rest)


def _named_at_all(rows: Sequence[Row]) -> bool:
    return any(len(r.cells) > 1 and any(meaning_of(cell) for cell in r.cells) for r in rows[:30])


def _own_columns(found: Found) -> list[int]:
    """The columns that are carried: all, but one that has the name of the contract's column it is read as."""
    return [k for k, name in enumerate(found.headings) if found.places.get(k) != name]


def responses_known(responses: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """The words for a State's position, in lower case."""
    return (word.lower() for words in responses.values() for word in words)
