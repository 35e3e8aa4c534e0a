"""OHCHR's lists and matrices of recommendations: tables ordered by theme, in DOCX and XLSX, in the layouts of
several years.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.corpus.brackets import BracketReader
from pipeline.corpus.states import States
from pipeline.corpus.text import normalise
from pipeline.errors import SourceError
from pipeline.sources.documents.kinds.chapter import inner_number
from pipeline.sources.documents.kinds.cover import Cover
from pipeline.sources.documents.kinds.working_group_report import Extracted
from pipeline.sources.documents.wording.item import WordingReader
from pipeline.sources.documents.wording.responses import position_of
from pipeline.sources.documents.wording.sentence import Wording
from pipeline.sources.records import Record, Reject

Table = Sequence[Sequence[str]]

_HEADINGS: Mapping[str, re.Pattern[str]] = {
    "text": re.compile(
        r"^(?:full\s+)?(?:text\s+of\s+(?:the\s+)?)?recommendations?(?:\s+(?:made|and\s+recommending.*|received|text))?$|^accepted\s+recommendations?$",
        re.I,
    ),
    "states": re.compile(
        r"^(?!recommendations?\b).*recommending\s+(?:states?|countr)|^(?:states?|countr(?:y|ies)|made\s+by|proposed\s+by|delegations?)(?:\s*\(s\))?$",
        re.I,
    ),
    "position": re.compile(
        r"position|^(?:response|reply|status|acceptance|answer)\b|^(?:supported\s*/\s*noted|accepted\s*/\s*noted)",
        re.I,
    ),
    "themes": re.compile(r"themes?\b|^(?:issues?|topics?|rights?\b.*affected|cluster)", re.I),
    "number": re.compile(
        r"^(?:no\.?|nos\.?|n[o°º]\.?|number|#|para(?:graph)?\.?(?:\s+(?:no|number)\.?)?|ref(?:erence)?\.?|rec(?:ommendation)?\.?\s*(?:no|number|#)\.?)$",
        re.I,
    ),
    "source": re.compile(r"^source\b|source\s+of\s+position", re.I),
}
_ORDER = ("number", "source", "position", "states", "themes", "text")
_NUMBER = re.compile(
    r"^\W*(?:(?:recommendation|para(?:graph)?)\.?\s*)?(\d{1,3}\s?\.\s?\d{1,3}(?:\s?\.\s?\d{1,3})?|\d{1,3}\s?\([a-z]{1,3}\)|\d{1,3}(?=\s?[.)]\s))\s?[.):]?\s*",
    re.I,
)
_SOURCE = re.compile(r"\s*\(?\bsource\s+of\s+(?:the\s+)?position\s*:?\s*(.*)$", re.IGNORECASE | re.DOTALL)
_THEME = re.compile(r"^\s*themes?\s*:\s*(.+)$", re.IGNORECASE | re.DOTALL)
_SECTION = re.compile(
    r"^\W*(sdgs?|sustainable\s+development\s+goals?|affected\s+persons?|persons?\s+affected|groups?)\s*:\s*(.*)$",
    re.IGNORECASE,
)
_SYMBOL = re.compile(r"A/HRC/\d{1,3}/\d{1,3}")


def columns_of(row: Sequence[str]) -> dict[str, int] | None:
    """Which cell of a heading row is what; None if the row is no heading of such a list."""
    found: dict[str, int] = {}
    for place, cell in enumerate(row):
        heading = " ".join(cell.split()).strip(" :*")
        for name in _ORDER:
            if heading and len(heading) < 60 and name not in found and _HEADINGS[name].search(heading):
                found[name] = place
                break
    return (
        found
        if "text" in found and len(found) > 1 and ({"position", "themes", "states"} & set(found))
        else None
    )


def is_list(tables: Iterable[Table]) -> bool:
    """Whether one of the tables has the headings of such a list in its first rows."""
    return any(columns_of(row) for table in tables for row in list(table)[:15])


@dataclass(frozen=True, slots=True)
class _Entry:
    number: str
    wordings: tuple[Wording, ...]
    position: str
    source: str
    themes: tuple[str, ...]
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
        for cells in table:
            heading = columns_of(cells)
            if heading:
                self._columns, self.known_layout = heading, True
                continue
            self._row += 1
            filled = list(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))
            if not filled or not self._columns:
                continue
            if len(filled) == 1 and not _NUMBER.match(filled[0]) and not self._brackets.find(filled[0]):
                theme = _THEME.match(filled[0])
                self._theme = (" ".join((theme[1] if theme else filled[0]).split()),)
                continue
            self._entry(cells)

    def _entry(self, cells: Sequence[str]) -> None:
        def cell(name: str) -> str:
            place = self._columns.get(name)
            return cells[place] if place is not None and place < len(cells) else ""

        whole = cell("text")
        sourced = _SOURCE.search(whole)
        text = " ".join((whole[: sourced.start()] if sourced else whole).split())
        source = " ".join((sourced[1] if sourced else cell("source")).split())
        number, text = _number(cell("number"), text)
        wordings = tuple(self._wordings.read(text))
        if not wordings:
            self.problems.append(
                Reject(
                    self._file,
                    self._row,
                    f"row {self._row} of the list holds no recommendation.",
                    " | ".join(cells)[:160],
                )
            )
            return
        named = self._brackets.names(" ".join(cell("states").split())) if cell("states").strip() else ((), ())
        wordings = tuple(w if w.states else replace(w, states=named[0]) for w in wordings)
        if not any(w.states for w in wordings):
            reason = (
                f"row {self._row} of the list, {number or 'without number'}: names no recommending "
                f"State; it is kept without one."
            )
            self.problems.append(Reject(self._file, self._row, reason, text[:160]))
        themes = tuple(dict.fromkeys((*self._theme, *themes_in(cell("themes")))))
        self.entries.append(
            _Entry(number, wordings, " ".join(cell("position").split()), source, themes, self._row)
        )


def _number(own: str, text: str) -> tuple[str, str]:
    """Number and text, where the number has a column or stands before the text."""
    if own.strip() and (found := _NUMBER.match(f"{own.strip()} ")):
        inner = _NUMBER.match(text)
        rest = text[inner.end() :] if inner and _plain(inner[1]) == _plain(found[1]) else text
        return _plain(found[1]), rest
    if found := _NUMBER.match(text):
        return _plain(found[1]), text[found.end() :]
    return "", text


def _plain(number: str) -> str:
    return re.sub(r"\s+", "", number)


def themes_in(cell: str) -> tuple[str, ...]:
    """The themes of a cell, one a line. Goals and affected persons keep what they are: "Affected persons:
    women".
    """
    themes: dict[str, None] = {}
    section = ""
    for line in re.split(r"[\n;]", cell):
        text = " ".join(line.split())
        found = _SECTION.match(text)
        if found:
            section, text = found[1][:1].upper() + found[1][1:].rstrip(), found[2]
        text = re.sub(r"^[-–•*]\s*", "", text).strip()
        if text:
            themes[f"{section}: {text}" if section else text] = None
    return tuple(themes)


def _records(file: str, entries: Sequence[_Entry], cover: Cover) -> list[Record]:
    """One record a wording; what recurs under several themes is one, with the themes of all."""
    symbols = [found.group() for entry in entries if (found := _SYMBOL.search(entry.source))]
    symbol = cover.symbol or (max(symbols, key=symbols.count) if symbols else None)
    merged: dict[tuple[str, str], Record] = {}
    for entry in entries:
        for wording in entry.wordings:
            number, text = inner_number(wording.text, entry.number)
            key = (number, normalise(text))
            earlier = merged.get(key)
            if earlier is not None:
                themes = tuple(dict.fromkeys((*(earlier.themes or ()), *entry.themes)))
                merged[key] = replace(earlier, themes=themes)
                continue
            merged[key] = Record(
                file=file,
                row=len(merged) + 1,
                text=text,
                state_under_review=cover.state.name if cover.state else "",
                recommending_states=wording.states,
                session=cover.session,
                symbol=symbol,
                paragraph=number or None,
                response=position_of(entry.position) or "",
                themes=entry.themes,
                position_source=entry.source or None,
            )
    return list(merged.values())
