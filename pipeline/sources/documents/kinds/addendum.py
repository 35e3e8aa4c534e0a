"""Addenda to reports: which recommendations the State supports after all, and which it notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.sources.documents.pages.lines import DocumentText
from pipeline.sources.documents.wording.responses import (
    Position,
    numbers_in,
    position_of,
    speaks_of_recommendations,
)

_OPENING = re.compile(
    r"^\W*(?:\d{1,3}\.\s+(?=\D))?(?:recommendations?\s*(?:nos?\.?\s*)?)?((?:\d{1,3}\s?\.\s?\d{1,3}\s*(?:[-–—]\s*(?:\d{1,3}\s?\.\s?)?\d{1,3})?\s*(?:,|and|&|;|to)?\s*)+)[.:)]?\s*",
    re.IGNORECASE,
)
_VERDICT = re.compile(
    r"^\W*(?:is\s+|are\s+)?(?:not\s+|partially\s+|partly\s+|fully\s+)?(?:accept|support|noted|notes?\b|reject|take[sn]?\s+note|enjoy|does\s+not|cannot|agree)",
    re.IGNORECASE,
)
_WORD = r"(?:not\s+|partially\s+|partly\s+|fully\s+)?(?:accepted|supported|noted|rejected)"
_PAIR = re.compile(rf"(?<![\d.])(\d{{1,3}}\s?\.\s?\d{{1,3}})\s*[:.–—-]?\s+\(?({_WORD})\b", re.IGNORECASE)
_LISTS = re.compile(r"(?i)\b(?:following|these|below|listed)\b")


def read_positions(
    document: DocumentText, tables: Sequence[Sequence[Sequence[str]]] = ()
) -> dict[str, Position]:
    """Paragraph number of the report -> final position.

    Args:
        document: the text.
        tables: rows of cells, where the format has tables; a row may hold numbers in one cell and the
            position in another.

    A statement that lists numbers ("The Government accepts the following recommendations: 122.1, 122.17-18")
    decides; a heading ("Noted recommendations") decides for the numbers below it that no statement named;
    what stands beside a number ("122.9 Noted.") decides for that number.
    """
    stated: dict[str, Position] = {}
    own: dict[str, Position] = {}
    under: dict[str, Position] = {}
    heading: Position | None = None
    for numbers, position in _in_tables(tables):
        own |= dict.fromkeys(numbers, position)
    for text in _units(document):
        pairs = _PAIR.findall(text)
        if len(pairs) > 1:
            own |= {numbers_in(number)[0]: said for number, word in pairs if (said := position_of(word))}
            continue
        opening = _OPENING.match(text)
        rest = text[opening.end() :] if opening else text
        if opening:
            verdict = position_of(rest[:160]) if _VERDICT.match(rest) else None
            for number in numbers_in(opening[1]):
                if verdict:
                    own.setdefault(number, verdict)
                elif heading:
                    under.setdefault(number, heading)
            continue
        heading = _statement(text, heading, stated)
    return under | stated | own


def _in_tables(tables: Sequence[Sequence[Sequence[str]]]) -> Iterator[tuple[list[str], Position]]:
    for row in (row for table in tables for row in table):
        first = row[0].strip() if row else ""
        opening = _OPENING.match(first)
        if opening is None:
            continue
        said = (position_of(cell) for cell in row[1:] if len(cell) < 200 and _VERDICT.match(cell))
        position = next((p for p in said if p), None)
        if position and position != "Pending":
            yield numbers_in(opening[1]), position


def _statement(text: str, heading: Position | None, stated: dict[str, Position]) -> Position | None:
    """Take what a paragraph states; return the heading that is in force after it."""
    position = position_of(text) if speaks_of_recommendations(text) or len(text) < 90 else None
    if position in (None, "Pending"):
        return heading
    if not numbers_in(text):
        # A heading, or "The following recommendations enjoy the support of ...:" before a list.
        short = len(text) < 120 and not text.rstrip().endswith(".")
        return position if short or _LISTS.search(text) else heading
    for sentence in re.split(r"(?<=[.;])\s+(?=[A-Z])", text):
        said = position_of(sentence) or position
        if (
            said
            and said != "Pending"
            and not re.search(
                r"(?i)\b(?:see|refer|referred|response\s+to|under)\s+(?:also\s+)?recommendations?\b", sentence
            )
        ):
            for number in numbers_in(sentence):
                stated.setdefault(number, said)
    return position if _LISTS.search(text) else heading


def _units(document: DocumentText) -> Iterator[str]:
    """Paragraphs of the document: lines until one ends a sentence short, or a number or heading begins."""
    pending: list[str] = []
    for line in document.lines:
        starts = re.match(
            r"^\W*(?:recommendations?\s+)?\d{1,3}\s?\.\s?\d{1,3}\b|^\d{1,3}\.\s|^[A-Z\d][.)]\s", line.text
        )
        carries_list = pending and re.search(r"[,–—-]\s*$|\band\s*$", pending[-1])
        if pending and (line.whole or (starts and not carries_list) or _closed(pending, line.text)):
            yield document_join(pending, document)
            pending = []
        pending.append(line.text)
    if pending:
        yield document_join(pending, document)


def _closed(pending: Sequence[str], following: str) -> bool:
    """Whether the paragraph is over: a sentence ended and a new one begins, or a heading stands alone."""
    last = pending[-1].rstrip()
    if last.endswith((".", ":", ";")):
        return bool(re.match(r"^\W*[A-Z\d]", following)) and (len(last) < 75 or last.endswith(":"))
    whole = " ".join(pending)
    heading = (
        len(pending) <= 2 and len(whole) < 130 and not numbers_in(whole) and position_of(whole) is not None
    )
    return heading and following[:1].isdigit()


def document_join(pieces: Sequence[str], document: DocumentText) -> str:
    """Lines as one paragraph; a range keeps its dash at a line's end."""
    from pipeline.sources.documents.pages.lines import join

    return join(pieces, document.words)
