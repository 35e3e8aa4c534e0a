"""What a page prints around its text: headers, footers, page numbers and footnotes, and how they are left
out.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from pipeline.sources.documents.pages.lines import Line

SYMBOL = (
    r"A/(?:HRC|\d{2})(?:/[A-Z]{1,5}(?:\.\d+)?)*(?:/S-\d+)?(?:/\d+)+"
    r"(?:/[A-Z]{3})?(?:/\d+)?(?:/(?:Add|Rev|Corr)\.?\s?\d+)*"
)
_RUNNING = re.compile(
    rf"""(?ix) ^\W* (?:
        (?:\d{{1,3}}\s+)? {SYMBOL} \s* \*{{0,3}}
        (?:\s*(?:page\s*)?\d{{1,3}})?  # symbol, alone or with the page
      | page \s* \d{{1,3}} | \d{{1,3}}                                          # page number
      | (?:\d{{1,3}}\s+)? GE\.?\s?\d\d-?\s?\d{{4,6}} (?:\s*\(\s*[EFSACR]\s*\))?
        (?:[\s\d]*) (?:\s*\d{{1,3}})? # job number
    ) \W* $"""
)
_NUMBERED = re.compile(r"^\d{1,3}\s?[.)]$")
"""The number of a paragraph whose text begins on the next line; a page number has no full stop."""
_MARGIN = 5
_ITEM = re.compile(r"^\d{1,3}\s?\.\s?\d{1,3}\b")


def body(lines: Sequence[Line]) -> list[Line]:
    """The lines that belong to the text, in order.

    Lines without a place on a page (DOCX) are all kept, since headers and footnotes are stored apart there.
    """
    pages: dict[int | None, list[Line]] = defaultdict(list)
    for line in lines:
        pages[line.page].append(line)
    size = _body_size(lines)
    repeated = _repeated(pages)
    kept: list[Line] = []
    for number, page in pages.items():
        if number is None or all(line.whole for line in page):
            kept += page
            continue
        notes = _footnotes(page, size)
        for place, line in enumerate(page):
            edge = place < _MARGIN or place >= len(page) - _MARGIN
            running = bool(_RUNNING.match(line.text)) and not _NUMBERED.match(line.text)
            if line in notes or (edge and (running or line.text in repeated)):
                continue
            kept.append(line)
    return kept


def _body_size(lines: Sequence[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _repeated(pages: dict[int | None, list[Line]]) -> set[str]:
    """Short texts that stand in the margin lines of at least four pages and a third of all."""
    seen: Counter[str] = Counter()
    for page in pages.values():
        edge = {
            line.text
            for line in (*page[:_MARGIN], *page[-_MARGIN:])
            if len(line.text) < 80 and not line.text.endswith((")", ";"))
        }
        seen.update(edge)
    needed = max(4, len(pages) / 3)
    return {text for text, count in seen.items() if count >= needed}


def _footnotes(page: Sequence[Line], size: float) -> set[Line]:
    """Small print at the foot of a page, and lines there that begin with a star."""
    by_height = sorted((line for line in page if not _RUNNING.match(line.text)), key=lambda line: line.bottom)
    small: list[Line] = []
    for line in by_height:
        starred = line.text.startswith("*")
        if not (line.size <= 0.95 * size or starred):
            break
        small.append(line)
    # A page of small print throughout, or a list in small print, is no footnote.
    if len(small) > 0.6 * len(by_height) or any(_ITEM.match(line.text) for line in small):
        return set()
    return set(small)
