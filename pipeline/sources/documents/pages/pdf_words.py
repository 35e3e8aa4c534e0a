"""The words of a PDF, line by line, with their places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_GAP = 6.0
"""Points between words from which on they stand in different cells of a heading."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or several without a gap between them: text, left and right end in points."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class WordLine:
    """The words of a line of a page, from left to right, and how far below the page's top they end."""

    words: tuple[Word, ...]
    bottom: float = 0.0

    @property
    def text(self) -> str:
        """The words with a space between them."""
        return " ".join(word.text for word in self.words)


def pages_of_words(path: Path) -> list[list[WordLine]]:
    """The lines of each page, from top to bottom; none of a damaged PDF."""
    import pdfplumber

    pages: list[list[WordLine]] = []
    try:
        with pdfplumber.open(path) as document:
            for page in document.pages:
                words = sorted(page.extract_words(), key=lambda word: (word["bottom"], word["x0"]))
                pages.append(list(_lines([(w["bottom"], Word(w["text"], w["x0"], w["x1"])) for w in words])))
                page.close()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - pdfminer lets out whatever a damaged part makes its parser do
        return []
    return pages


def _lines(words: Sequence[tuple[float, Word]]) -> Iterator[WordLine]:
    held: list[Word] = []
    before = 0.0
    for bottom, word in words:
        if held and bottom - before > 3:
            yield WordLine(tuple(sorted(held, key=lambda w: w.left)), before)
            held = []
        held.append(word)
        before = bottom
    if held:
        yield WordLine(tuple(sorted(held, key=lambda w: w.left)), before)


def cut_at_gaps(line: WordLine) -> list[Word]:
    """A line cut where more white space stands than between two words."""
    cells: list[Word] = []
    for word in line.words:
        if cells and word.left - cells[-1].right < _GAP:
            cells[-1] = Word(f"{cells[-1].text} {word.text}", cells[-1].left, word.right)
        else:
            cells.append(word)
    return cells
