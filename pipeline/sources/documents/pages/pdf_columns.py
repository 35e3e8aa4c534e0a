"""Tables of a PDF that have no ruled lines: columns told apart by their headings and the white space between
them, rows by their numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from pathlib import Path

from pipeline.errors import SourceError
from pipeline.sources.documents.kinds.list_layout import begins_section, columns_of
from pipeline.sources.documents.pages.pdf_tables import Row, cell_text, heading_text
from pipeline.sources.documents.pages.pdf_words import Word, WordLine, cut_at_gaps, pages_of_words
from pipeline.sources.documents.wording.responses import position_of

_NARROWEST = 5.0
"""Points of white space between two columns, at least."""
_HEADING_LINES = 5
_APART = 20.0
"""Points between a running head and the text, at least."""
_NUMBER = re.compile(r"\d{1,3}\s?\.\s?\d{1,3}(?:\s?\.\s?\d{1,3})?\s?[.:)]?")
_BEGINS = re.compile(
    r"(?P<prefix>\d{1,3})\s?\.\s?\d{1,3}(?:\s?\.\s?\d{1,3})?(?![\d%])\s*[.:)]?(?=\s*[^\W\d_]|\s*$)"
)
_ENDED = re.compile(r"[)\].;:]\s*$")
_PAGE = re.compile(r"(?:page\s+)?\d{1,4}(?:\s*(?:/|of|de)\s*\d{1,4})?|GE\.\d\S*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Heading:
    """The lines of a heading, its cells with their left and right ends, and what each column is."""

    lines: tuple[str, ...]
    cells: tuple[Word, ...]
    columns: Mapping[str, int]


@dataclass
class _Cells:
    """A row while it is read: the lines of each cell; a title has one cell."""

    lines: list[list[WordLine]] = field(default_factory=list)
    title: bool = False


def read_unruled(path: Path) -> list[Row]:
    """The rows of a table without ruled lines, the headings first; none where no line holds such headings.

    Raises: SourceError where there are headings, and columns or rows cannot be told apart.
    """
    pages = _without_running_heads(pages_of_words(path))
    places = ((k, n) for k, page in enumerate(pages) for n in range(len(page)))
    found = next(((k, n, heading) for k, n in places if (heading := _heading(pages[k], n))), None)
    if found is None:
        return []
    first, place, heading = found
    below = [pages[first][place + len(heading.lines) :], *pages[first + 1 :]]
    body = [line for page in below for line in _without(page, heading.lines)]
    edges = _edges(heading, body)
    if edges is None:
        raise _refused(path.name, "the white space between its columns is not clear")
    rows = _rows(body, heading, edges)
    if rows is None:
        raise _refused(path.name, "it is not clear where its rows begin")
    table = [[heading_text(cell.text) for cell in heading.cells]]
    right = [
        max((line.words[-1].right for row in rows if not row.title for line in row.lines[k]), default=0.0)
        for k in range(len(heading.cells))
    ]
    table += [_texts(row, heading, right) for row in rows]
    place_of_position = heading.columns.get("position")
    if place_of_position is not None and not _are_positions([row[place_of_position] for row in table[1:]]):
        raise _refused(path.name, "what stands under its positions are none")
    return table


def _refused(name: str, why: str) -> SourceError:
    return SourceError(
        name,
        f"holds a table without ruled lines, and {why}; it is not read.",
        "Give the DOCX or XLSX that it was printed from, or print it with borders.",
    )


def _without_running_heads(pages: Sequence[Sequence[WordLine]]) -> list[list[WordLine]]:
    """The pages without page numbers, and without lines that come again at the same height of several pages,
    apart from what stands above or below them.
    """

    def sign(line: WordLine) -> tuple[str, int]:
        return re.sub(r"^\d+|\d+$", "#", line.text), round(line.bottom)

    often = Counter(sign(line) for page in pages for line in {*page[:2], *page[-2:]})

    def runs(page: Sequence[WordLine], place: int) -> bool:
        line = page[place]
        inner = page[place + 1 : place + 2] if place < 2 else page[place - 1 : place]
        apart = not inner or abs(inner[0].bottom - line.bottom) > _APART
        if _heading(page, place) is not None or not apart:
            return False
        return _PAGE.fullmatch(line.text) is not None or (
            often[sign(line)] > 1 and 2 * often[sign(line)] > len(pages)
        )

    kept = []
    for page in pages:
        ends = {*range(2), *range(len(page) - 2, len(page))}
        kept.append([line for k, line in enumerate(page) if k not in ends or not runs(page, k)])
    return kept


def _heading(page: Sequence[WordLine], place: int) -> _Heading | None:
    """The heading that begins at a line: with as many of the next lines as make most cells known."""
    best: _Heading | None = None
    cells: list[Word] = []
    for count, line in enumerate(page[place : place + _HEADING_LINES], start=1):
        cells = _with(cells, cut_at_gaps(line))
        columns = columns_of([heading_text(cell.text) for cell in cells])
        whole = columns and len(columns) == len(cells)
        if columns and whole and (best is None or len(columns) > len(best.columns)):
            best = _Heading(tuple(x.text for x in page[place : place + count]), tuple(cells), columns)
    return best


def _with(cells: list[Word], below: Sequence[Word]) -> list[Word]:
    """The cells of a heading with those of its next line, each put under the one that it overlaps."""
    joined = list(cells)
    for cell in below:
        over = next((k for k, c in enumerate(joined) if cell.left < c.right and c.left < cell.right), None)
        if over is None:
            joined.append(cell)
        else:
            c = joined[over]
            joined[over] = Word(f"{c.text}\n{cell.text}", min(c.left, cell.left), max(c.right, cell.right))
    return sorted(joined, key=lambda c: c.left)


def _without(page: Sequence[WordLine], heading: Sequence[str]) -> Iterator[WordLine]:
    """The lines of a page without headings that come again."""
    k = 0
    while k < len(page):
        if tuple(line.text for line in page[k : k + len(heading)]) == tuple(heading):
            k += len(heading)
        else:
            yield page[k]
            k += 1


def _edges(heading: _Heading, body: Sequence[WordLine]) -> list[float] | None:
    """Where each column but the first begins: in the middle of the widest white space between it and the one
    before; None where there is none. Titles, which reach over several columns, are set aside.
    """
    words = [word for line in body if not _reaches_over(line, heading) for word in line.words]
    most = 1 if len(body) > 100 else 0
    edges: list[float] = []
    for before, after in pairwise(heading.cells):
        low, high = int(before.left) + 1, int(after.left) + 1
        crossed = Counter(x for w in words for x in range(max(int(w.left), low), min(int(w.right) + 1, high)))
        free = [x for x in range(low, high) if crossed[x] <= most]
        # Points next to each other keep their distance to their place in the list.
        runs = [[x for _, x in run] for _, run in groupby(enumerate(free), lambda pair: pair[1] - pair[0])]
        widest = max(runs, key=len, default=[])
        if len(widest) < _NARROWEST:
            return None
        edges.append(widest[len(widest) // 2])
    return edges


def _reaches_over(line: WordLine, heading: _Heading) -> bool:
    """Whether words without a gap stand under two headings."""
    pairs = list(pairwise(heading.cells))
    return any(
        cell.left <= before.right and cell.right >= after.left
        for cell in cut_at_gaps(line)
        for before, after in pairs
    )


def _rows(body: Sequence[WordLine], heading: _Heading, edges: Sequence[float]) -> list[_Cells] | None:
    """The lines as rows; None where a line stands before the first number."""
    rows: list[_Cells] = []
    prefix: str | None = None
    for line in body:
        cells = _placed(line, edges)
        begins = _begins(cells, heading.columns, prefix)
        if begins:
            prefix = begins
            rows.append(_Cells([[cell] if cell.words else [] for cell in cells]))
        elif _is_title(line, cells, rows, heading):
            rows.append(_Cells([[line]], title=True))
        elif not rows:
            return None
        elif rows[-1].title:
            if sum(1 for cell in cells if cell.words) > 1:
                return None
            rows[-1].lines[0].append(line)
        else:
            for held, cell in zip(rows[-1].lines, cells, strict=True):
                held.extend([cell] if cell.words else [])
    return rows


def _placed(line: WordLine, edges: Sequence[float]) -> list[WordLine]:
    """The words of a line by column."""
    columns: list[list[Word]] = [[] for _ in range(len(edges) + 1)]
    for word in line.words:
        columns[sum(word.left >= edge for edge in edges)].append(word)
    return [WordLine(tuple(words)) for words in columns]


def _begins(cells: Sequence[WordLine], columns: Mapping[str, int], prefix: str | None) -> str | None:
    """The paragraph of the number with which a row begins here; None if none does."""
    if "number" in columns:
        number = cells[columns["number"]].text
        return number.split(".")[0] if _NUMBER.fullmatch(number) else None
    found = _BEGINS.match(cells[columns["text"]].text)
    return found["prefix"] if found and prefix in (None, found["prefix"]) else None


def _is_title(line: WordLine, cells: Sequence[WordLine], rows: Sequence[_Cells], heading: _Heading) -> bool:
    """Whether a line is the title of the rows that follow: it reaches over columns, stands where a number
    should, or stands alone after a recommendation that has ended.
    """
    if _reaches_over(line, heading):
        return True
    columns = heading.columns
    if "number" in columns:
        return bool(cells[columns["number"]].words)
    if [k for k, cell in enumerate(cells) if cell.words] != [columns["text"]]:
        return False
    last = rows[-1].lines[columns["text"]] if rows and not rows[-1].title else []
    ended = not rows or bool(last and _ENDED.search(last[-1].text))
    named = re.match(r"\W*th[eè]m(?:e|a)s?\b", line.text, re.IGNORECASE)
    about_the_last = begins_section(line.text) or _source(line.text)
    return ended and line.text[:1].isupper() and bool(named or not about_the_last)


def _source(text: str) -> bool:
    return re.match(r"\W*(?:source\s+of|comments?|remarks?)\b", text, re.IGNORECASE) is not None


def _texts(row: _Cells, heading: _Heading, right: Sequence[float]) -> Row:
    """The cells of a row as text: in columns of names each paragraph is a name of its own.

    Args: `right`, the right end of each column.
    """
    if row.title:
        return [" ".join(line.text for line in row.lines[0]), *[""] * (len(heading.cells) - 1)]
    names = {heading.columns[name] for name in ("themes", "persons", "sdgs") if name in heading.columns}
    return [
        cell_text("\n".join(_items(lines, right[k]) if k in names else (line.text for line in lines)))
        for k, lines in enumerate(row.lines)
    ]


def _items(lines: Sequence[WordLine], right: float) -> Iterator[str]:
    """Lines of a column of names, with a mark where one ended although the next word had had room."""
    for before, line in pairwise((None, *lines)):
        assert line is not None  # noqa: S101
        room = right - before.words[-1].right if before else 0.0
        first = line.words[0]
        new = before is None or room > first.right - first.left + 3
        yield f"- {line.text}" if new and line.text[:1].isupper() else line.text


def _are_positions(cells: Sequence[str]) -> bool:
    """Whether nearly all cells that hold anything are words for a position."""
    filled = [cell for cell in cells if cell.strip()]
    return 10 * sum(position_of(cell) is not None for cell in filled) >= 9 * len(filled)
