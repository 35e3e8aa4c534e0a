"""Where anybody's table begins, and which column is what: found from headings and contents, and said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from pipeline.corpus.states import States
from pipeline.errors import SourceError
from pipeline.sources.tables.meanings import fits, meaning_of, reads_like_a_recommendation
from pipeline.sources.tables.sheets import Row

LOOKED_AT = 200
"""Rows in which the headings and the contents of columns are looked at."""
_HEADINGS_WITHIN = 30
_LONGEST_HEADING = 100
_PROSE = 0.5
_TEXTS = ("text", "text_fr", "text_es")


@dataclass(frozen=True)
class Found:
    """How a table is understood.

    Attributes:
        headings: one a column, each once; a column without one is "Column A" and so on.
        places: column to what it means.
        first: the row of the sheet's rows where the data begin.
        told: what a person should know of how it was understood, in sentences.
    """

    headings: tuple[str, ...]
    places: Mapping[int, str]
    first: int
    told: tuple[str, ...]

    @property
    def described(self) -> str:
        """What is read from which column."""
        used = ", ".join(f"{field} from '{self.headings[place]}'" for place, field in self.places.items())
        where = f"headings in row {self.first} (blank ones not counted)" if self.first else "no headings"
        return f"{where}; {used}"


def find_table(
    rows: Sequence[Row],
    where: str,
    states: States,
    is_response: Callable[[str], bool],
    asked: Mapping[str, str],
) -> Found:
    """Understand a sheet by its first rows.

    Args:
        rows: the first rows that hold anything (at most `LOOKED_AT` are looked at).
        where: the sheet, for messages.
        states: by which columns of States are known.
        is_response: whether a cell is a word for a State's position.
        asked: field to heading, as the person told; wins over what is found.

    Raises: SourceError if no column can be the text, or a column asked for is not there.
    """
    width = max((len(row.cells) for row in rows), default=0)
    table = [tuple(" ".join(c.split()) for c in (*r.cells, *("",) * (width - len(r.cells)))) for r in rows]
    first = _heading_row(table, asked)
    named = _named(table, first, width)
    if asked and first is None:
        _check_asked(asked, named, where)
    begin = 0 if first is None else first + 1
    # Another table may follow in the sheet; its columns say nothing of these.
    body = list(takewhile(lambda cells: not is_heading_row(cells), table[begin:][:LOOKED_AT]))
    columns = [[cells[k] if k < len(cells) else "" for cells in body] for k in range(width)]
    above = [next(cell for cell in row if cell) for row in table[: first or 0] if any(row)]
    told: list[str] = []
    if above:
        told.append(f"above the headings, and not read: {'; '.join(repr(cell[:60]) for cell in above[:3])}")
    places = _places(named, columns, states, is_response, asked, told)
    if "text" not in places.values():
        shown = ", ".join(f"'{name}'" for name in named[:12]) or "none"
        raise SourceError(
            where,
            f"the columns are not those of a known table, and no column reads like recommendations "
            f"(columns: {shown}).",
            "Name the column of texts: --column text=HEADING.",
        )
    return Found(named, places, 0 if first is None else first + 1, tuple(told))


def is_heading_row(cells: Sequence[str]) -> bool:
    """Whether a row in the middle of a sheet begins another table: it names a text and more."""
    filled = [" ".join(cell.split()) for cell in cells if cell.strip()]
    if len(filled) < 2 or any(len(cell) > 60 for cell in filled):
        return False
    meanings = {meaning for cell in filled if (meaning := meaning_of(cell))}
    return "text" in meanings and len(meanings) > 1


def _heading_row(table: Sequence[Sequence[str]], asked: Mapping[str, str]) -> int | None:
    """The first row that names a text and more, else the one that names most."""
    wanted = {" ".join(heading.split()).lower() for heading in asked.values()}
    best, place = 0.0, None
    for number, cells in enumerate(table[:_HEADINGS_WITHIN]):
        filled = [cell for cell in cells if cell]
        if wanted and wanted <= {cell.lower() for cell in filled}:
            return number
        if any(len(cell) > _LONGEST_HEADING for cell in filled):
            continue
        meanings = {meaning for cell in filled if (meaning := meaning_of(cell))}
        if "text" in meanings and len(meanings) > 1 and not wanted:
            return number + _further_heading(table, number)
        score = len(meanings) + 2 * ("text" in meanings) + 0.01 * min(len(filled), 20)
        if meanings and ("text" in meanings or len(meanings) > 1) and score > best:
            best, place = score, number
    if place is None and not wanted:
        return _plain_heading_row(table)
    return place


def _further_heading(table: Sequence[Sequence[str]], first: int) -> int:
    """1 where the headings go on in the next row (merged cells above, single ones below), else 0."""
    if first + 1 >= len(table):
        return 0
    below = table[first + 1]
    filled = [cell for cell in below if cell]
    text = next(k for k, cell in enumerate(table[first]) if meaning_of(cell) == "text")
    meanings = {meaning for cell in filled if (meaning := meaning_of(cell))}
    goes_on = not below[text] and bool(meanings) and all(len(cell) < 40 for cell in filled)
    return int(goes_on or ("text" in meanings and is_heading_row(below)))


def _plain_heading_row(table: Sequence[Sequence[str]]) -> int | None:
    """The first row that is as wide as the table and holds no recommendation, where no heading is known."""
    if len(table) < 2:
        return None
    wide = sorted(sum(1 for cell in row if cell) for row in table)[len(table) // 2]
    for number, row in enumerate(table[:_HEADINGS_WITHIN]):
        filled = [cell for cell in row if cell]
        if len(filled) >= wide:
            prose = any(len(c) > _LONGEST_HEADING or reads_like_a_recommendation(c) >= _PROSE for c in filled)
            return None if prose else number
    return None


def _named(table: Sequence[Sequence[str]], first: int | None, width: int) -> tuple[str, ...]:
    """A name for each column; a cell that the row above covers (merged headings) takes its name."""
    cells = list(table[first]) if first is not None else [""] * width
    above = table[first - 1] if first else ()
    if sum(1 for cell in above if cell) > 1:
        cells = [cell or over for cell, over in zip(cells, above, strict=True)]
    names: list[str] = []
    taken: set[str] = set()
    for place, cell in enumerate(cells):
        name, number = cell or f"Column {letters(place)}", 1
        while name.lower() in taken:
            number += 1
            name = f"{cell} ({number})"
        taken.add(name.lower())
        names.append(name)
    return tuple(names)


def letters(place: int) -> str:
    """The letters of a column in a spreadsheet, counted from 0."""
    return (letters(place // 26 - 1) if place > 25 else "") + chr(ord("A") + place % 26)


def _check_asked(asked: Mapping[str, str], named: Iterable[str], where: str) -> None:
    known = {name.lower() for name in named}
    missing = [heading for heading in asked.values() if " ".join(heading.split()).lower() not in known]
    if missing:
        raise SourceError(
            where,
            f"there is no column '{missing[0]}' (columns: {', '.join(list(named)[:12]) or 'none'}).",
            "Write the heading as it stands in the table.",
        )


def _places(
    named: Sequence[str],
    columns: Sequence[Sequence[str]],
    states: States,
    is_response: Callable[[str], bool],
    asked: Mapping[str, str],
    told: list[str],
) -> dict[int, str]:
    """Column to meaning, the text first; what was not used although its heading means something is told."""
    lower = [name.lower() for name in named]
    fixed = {lower.index(" ".join(h.split()).lower()): field for field, h in asked.items()}
    meanings = {k: m for k, name in enumerate(named) if k not in fixed and (m := meaning_of(name))}
    taken = set(fixed.values())
    places: dict[int, str] = dict(fixed)
    if "text" not in taken and (text := _text_column(columns, meanings, fixed)) is not None:
        places[text] = "text"
        if meanings.pop(text, None) not in _TEXTS:
            told.append(f"'{named[text]}' is taken for the text, because it reads like recommendations")
    meanings = _with_states(meanings, taken, columns)
    for place, meaning in meanings.items():
        if place in places:
            continue
        if meaning in places.values():
            told.append(
                f"'{named[place]}' ({letters(place)}) is not read: another column is the {meaning} already"
            )
        elif not any(cell.strip() for cell in columns[place]):
            continue
        elif not fits(_tested(meaning), columns[place], states, is_response):
            shown = next(cell for cell in columns[place] if cell.strip())
            told.append(f"'{named[place]}' is carried and not read: '{shown[:40]}' is no {meaning}")
        else:
            places[place] = meaning
    return dict(sorted(places.items(), key=lambda item: (item[1] != "text", item[0])))


def _tested(meaning: str) -> str:
    return "state" if meaning in ("state_under_review", "recommending_states") else meaning


def _text_column(
    columns: Sequence[Sequence[str]], meanings: Mapping[int, str], fixed: Mapping[int, str]
) -> int | None:
    """The column of texts: one whose heading says so, and of several the one that reads most like it."""
    scores: dict[int, float] = {}
    for place, cells in enumerate(columns):
        filled = [cell for cell in cells if cell.strip()]
        if place in fixed or (meanings.get(place, "text") not in _TEXTS):
            continue
        reads = sum(map(reads_like_a_recommendation, filled)) / len(filled) if filled else 0.0
        named = {"text": 1.0, "text_fr": 0.8, "text_es": 0.8}.get(meanings.get(place, ""), 0.0)
        lettered = any(any(c.isalpha() for c in cell) for cell in filled)
        if (named and lettered) or (reads >= _PROSE and 3 * len(filled) >= len(cells)):
            scores[place] = named + reads * (1 if named else 0.9)
    return max(scores, key=lambda place: (scores[place], -place)) if scores else None


def _with_states(
    meanings: Mapping[int, str], taken: Iterable[str], columns: Sequence[Sequence[str]]
) -> dict[int, str]:
    """A column headed "Country" holds the recommending States, unless another does, or it says the same in
    all of several rows.
    """
    known = {*meanings.values(), *taken}
    result: dict[int, str] = {}
    for place, meaning in meanings.items():
        filled = [cell.strip() for cell in columns[place] if cell.strip()]
        same = len(filled) > 1 and len(set(filled)) == 1
        if meaning == "state":
            reviewed = "recommending_states" in known or (same and "state_under_review" not in known)
            result[place] = "state_under_review" if reviewed else "recommending_states"
        else:
            result[place] = meaning
    return result
