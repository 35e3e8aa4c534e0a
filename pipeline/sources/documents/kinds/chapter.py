"""The chapter "Conclusions and/or recommendations": where it stands, and its numbered paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.sources.documents.pages.lines import DocumentText, Line
from pipeline.sources.documents.wording import three_languages as words
from pipeline.sources.documents.wording.reported import VOICE

_NUMERAL = r"(?:(?:[IVX]{1,4}|\d{1,2}|[A-C])\s?[.)]\s*)?"
_HEADING = re.compile(
    rf"^\W*{_NUMERAL}(?:conclusions?\s*(?:and\s*/?\s*or|and|/|&)\s*recommendations?|recommendations?\s*(?:and\s*/?\s*or|and)\s*conclusions?"
    r"|conclusions?\s+et\s*/?\s*(?:ou)?\s*recommandations?|conclusiones\s+y\s*/?\s*o?\s*recomendaciones)\W*\d?\W*$",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"(?:all\s+(?:the\s+)?|the\s+)?conclusions\s+and\s*/?\s*(?:or)?\s*recommendations\s+(?:contained|set\s+out|listed|made|included|appearing)\s+in\s+(?:the|this)"
    r"|(?:all\s+(?:the\s+)?|the\s+)?conclusions\s+and\s*/?\s*(?:or)?\s*recommendations\s+.{0,60}reflect\s+the\s+position"
    r"|toutes\s+les\s+conclusions\s+et|todas\s+las\s+conclusiones\s+y",
    re.IGNORECASE,
)
_NEXT_CHAPTER = re.compile(
    r"^(?:(?-i:III|IV|V)\s?\.\s+\S|(?-i:III|IV)\s?\.$|annex(?:es)?\W*(?:I|1)?\W*$|annexe\W*$|anexo\W*$"
    rf"|{words.PLEDGES}\W*$|{words.DELEGATION})",
    re.IGNORECASE,
)
_DOTTED = re.compile(
    r"(?:(?:recomm[ae]ndation|recomendaci[oó]n|para(?:graph|graphe|grafo)?|párrafo)\.?\s+)?"
    r"(\d{1,3})\s?\.\s?(\d{1,3})(?!\d)\s?[.)]?\s*(?=[^\d\s.,;)-]|$|\d{2,4}\s|\.\s?[A-ZÀ-Þ])",
    re.IGNORECASE,
)
_MISPRINTED = re.compile(r"(\d{1,3})\s?[-–—,:;]\s?(\d{1,3})(?!\d)\s?[.)]?\s*(?=\.?\s?[A-ZÀ-Þ])")
"""A number with another sign for its full stop: "82-5." """
STRAY = re.compile(r"\.\s*(?=[A-ZÀ-Þ])|o\s+(?=[a-z])")
"""What a slip of the hand leaves before the text: a second full stop, or "o" for "To"."""
_OPENING = re.compile(
    rf"(?:to|that|que|(?:also\s+|further\s+)?(?:{VOICE}))\s|qu[’']"
    r"|(?:(?:de|à|a)\s+|d[’'])[^\W\d_]+(?:[aei]r|re)(?:se)?\s"
)
"""Words with which a recommendation begins also in small letters."""
_PLAIN = re.compile(r"(\d{1,3})(?:(\s?[.)])\s*|\s+)(?=[^\s\d.,;:)%-]|$|\.\s?[A-ZÀ-Þ])")
_LETTERED = re.compile(
    r"(?:\(([a-z]{1,4})\)|([a-z]|[ivx]{2,5})\s?(?:\)|\.\s)|[(\[](\d{1,3})[)\]]|R\.?\s?(\d{1,3})[.:)])\s*(?=\S)"
)
"""What begins an item within a paragraph: "(b)", "b)", "b.", "(2)", "[2]", "R2."."""
_ENDED = re.compile(r"(?:[.;:,!?*)\]”»\"’]|[;,]\s*(?:and|or|et|ou|y|e|o))\W*$")


@dataclass(frozen=True, slots=True)
class Block:
    """A numbered paragraph of the chapter, an item of a list in it, or its heading.

    Attributes:
        kind: "paragraph" (134.), "item" (134.7, or 7. in the list of paragraph 86), or "heading" (before the
            first number).
        number: as it is cited: "134", "134.7", "86.7".
        parent: number of the paragraph whose list an item stands in, None for others.
        order: number within the list, None for others.
        start, end: span in the document's text, its printed number included.
        content: where the text after the number begins.
        printed: the number as it is printed, where it may differ from `number`.
    """

    kind: Literal["paragraph", "item", "heading"]
    number: str
    parent: int | None
    order: int | None
    start: int
    end: int
    content: int
    printed: str | None = None


def find_chapter(document: DocumentText) -> tuple[int, int] | None:
    """First and last-but-one line of the chapter, its heading included; None where there is none.

    A table of contents names the chapter as well, but with a page number or with no numbered paragraph after
    it.
    """
    lines = document.lines
    headings = [place for place in range(len(lines)) if _is_heading(lines, place)]
    for start in reversed(headings):
        end = next((k for k in range(start + 2, len(lines)) if _ends_chapter(lines, k)), len(lines))
        if any(
            _PLAIN.match(line.text) or _DOTTED.match(line.text)
            for line in lines[start + 1 : min(start + 40, end)]
        ):
            return start, end
    return None


def _is_heading(lines: Sequence[Line], place: int) -> bool:
    text = lines[place].text
    if _HEADING.match(text):
        return True
    following = lines[place + 1].text if place + 1 < len(lines) else ""
    return len(text) < 40 and bool(
        re.match(rf"^\W*{_NUMERAL}conclusions?\b", text, re.IGNORECASE)
        and _HEADING.match(f"{text} {following}")
    )


def _ends_chapter(lines: Sequence[Line], place: int) -> bool:
    text = lines[place].text
    if _NEXT_CHAPTER.match(text):
        return True
    following = lines[place + 1].text if place + 1 < len(lines) else ""
    numberless = re.sub(r"^\d{1,3}\s?\.?\s*", "", text)
    found = _DISCLAIMER.match(f"{numberless} {following}")
    return found is not None and found.end() > 20


class Paragraphs:
    """Cuts a chapter into its numbered paragraphs and items, following the numbers as a reader does."""

    def __init__(self, document: DocumentText, span: tuple[int, int]) -> None:
        """Args: `span`, first and last-but-one line of the chapter."""
        self._document = document
        self._first, self._last = span
        self._paragraph: int | None = None
        self._order = 0
        self._scheme: Literal["dotted", "plain"] | None = None
        self._seen: set[tuple[int, int]] = set()
        self._before = ""

    def blocks(self) -> Iterator[Block]:
        """The chapter's blocks in order, without gaps between their spans."""
        pending: Block | None = None
        end = self._document.starts[self._first] + len(self._document.lines[self._first].text)
        for place in range(self._first, self._last):
            line, start = self._document.lines[place], self._document.starts[place]
            opened = (
                self._open(line, start, place)
                if place > self._first
                else Block("heading", "", None, None, start, start, start)
            )
            if opened is not None:
                if pending is not None:
                    yield _closed(pending, end)
                pending = opened
            end = start + len(line.text)
            self._before = line.text
        if pending is not None:
            yield _closed(pending, end)

    def _open(self, line: Line, start: int, place: int) -> Block | None:
        ended = line.whole or bool(_ENDED.search(self._before)) or place == self._first + 1
        return self._dotted(line, start, ended) or self._plain(line, start, ended)

    def _dotted(self, line: Line, start: int, ended: bool) -> Block | None:
        found = _DOTTED.match(line.text)
        misprint = None if found else _MISPRINTED.match(line.text)
        found = found or misprint
        if found is None:
            return None
        parent, order = int(found[1]), int(found[2])
        rest = line.text[found.end() :]
        capital = not rest or not rest[0].islower() or bool(_OPENING.match(rest)) or bool(STRAY.match(rest))
        successor = order == self._order + 1 and parent == self._paragraph
        if misprint and not (successor and ended and self._scheme == "dotted"):
            return None
        if self._shares_list(line, parent):
            return self._renumbered(start, found)
        if not ((successor and (ended or capital)) or (ended and capital and self._plausible(parent, order))):
            return None
        printed = misprint.group().strip() if misprint else f"{parent}.{order}"
        if order == self._order + 1 and order > 1 and self._paragraph is not None:
            # The list goes on, whatever its first half says: "155.77" between 115.76 and 115.78 is a
            # printer's error.
            parent = self._paragraph
        self._paragraph, self._order, self._scheme = parent, order, "dotted"
        self._seen.add((parent, order))
        return Block("item", f"{parent}.{order}", parent, order, start, start, start + found.end(), printed)

    def _shares_list(self, line: Line, parent: int) -> bool:
        """Whether a number that the word processor counts belongs to the list of an earlier paragraph, which
        goes on under this one.
        """
        return (
            line.automatic
            and self._scheme == "dotted"
            and self._paragraph is not None
            and parent < self._paragraph
            and any(known == parent for known, _ in self._seen)
        )

    def _renumbered(self, start: int, found: re.Match[str]) -> Block:
        """The item with its own paragraph's number, counted from 1."""
        self._order += 1
        parent, order = self._paragraph or 0, self._order
        self._seen.add((parent, order))
        printed = f"{int(found[1])}.{int(found[2])}"
        return Block("item", f"{parent}.{order}", parent, order, start, start, start + found.end(), printed)

    def _plausible(self, parent: int, order: int) -> bool:
        known = {p for p, _ in self._seen}
        if self._paragraph is None or parent == self._paragraph or parent in known:
            return True
        # A new list whose introduction was not seen, or a number with a printer's error in its first half.
        return (self._paragraph < parent <= self._paragraph + 15 and order <= 3) or order == self._order + 1

    def _plain(self, line: Line, start: int, ended: bool) -> Block | None:
        found = _PLAIN.match(line.text)
        if found is None:
            return None
        number, marked, rest = int(found[1]), found[2] is not None, line.text[found.end() :]
        capital = (
            not rest
            or rest[0].isupper()
            or rest[0] in "“\"‘'(["
            or bool(_OPENING.match(rest))
            or bool(STRAY.match(rest))
            or bool(re.match(r"[a-z]\)\s", rest))
        )
        item = self._is_item(number, marked, ended, capital, rest)
        if item:
            self._order, self._scheme = number, "plain"
            parent = self._paragraph
            label = f"{parent}.{number}" if parent is not None else str(number)
            return Block("item", label, parent, number, start, start, start + found.end())
        if self._is_paragraph(number, marked, ended, capital):
            self._paragraph = number
            self._order = 0 if self._scheme != "plain" else self._order
            return Block("paragraph", str(number), None, None, start, start, start + found.end())
        return None

    def _is_item(self, number: int, marked: bool, ended: bool, capital: bool, rest: str) -> bool:
        if self._scheme == "dotted" or not capital or not (marked or ended):
            return False
        if self._paragraph is None:
            return False
        follows = number == self._order + 1 or (number == 1 and ended)
        if number == self._paragraph + 1 and follows:
            # The list has reached its own paragraph's number: only a paragraph speaks of the recommendations
            # as such.
            return not re.match(rf"{words.SPOKEN_OF}\b", rest, re.IGNORECASE)
        if follows:
            return self._scheme == "plain" or number == 1
        return self._scheme == "plain" and ended and marked and self._order < number <= self._order + 3

    def _is_paragraph(self, number: int, marked: bool, ended: bool, capital: bool) -> bool:
        if self._paragraph is None:
            return marked or capital
        return (
            capital
            and ended
            and self._paragraph < number <= self._paragraph + 3
            and (marked or number == self._paragraph + 1)
        )


def _closed(block: Block, end: int) -> Block:
    return replace(block, end=end)


def read_item(text: str) -> tuple[str | None, int]:
    """The number a paragraph begins with ("118.4", "7"), and where its text begins; None and 0 where it has
    none.
    """
    found = _DOTTED.match(text)
    if found:
        return f"{int(found[1])}.{int(found[2])}", found.end()
    plain = _PLAIN.match(text)
    return (str(int(plain[1])), plain.end()) if plain and plain[2] else (None, 0)


def inner_number(text: str, number: str) -> tuple[str, str]:
    """Number and text of a wording that begins with a number or letter of its own.

    "118.17. Consider ..." inside paragraph 118.16 is 118.17; "(b) Consider ..." inside paragraph 84 is 84(b).

    Args:
        text: the wording.
        number: of the paragraph it stands in; kept where the wording has none of its own, or one of another
            list.
    """
    found = _DOTTED.match(text)
    if found and number.split(".")[0] == str(int(found[1])) and len(text) > found.end():
        return f"{int(found[1])}.{int(found[2])}", text[found.end() :]
    inner = _LETTERED.match(text)
    if inner and number:
        letter, order = inner[1] or inner[2], inner[3] or inner[4]
        own = f"{number}.{int(order)}" if order and "." not in number else f"{number}({letter or order})"
        return own, text[inner.end() :]
    return number, text
