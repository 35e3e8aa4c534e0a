"""The lines of a document, and the one text they make."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page, or a paragraph of a document without lines.

    Attributes:
        text: what stands there, letters and their accents composed (NFC); a hyphen that divides a word at the
            end of the line is kept as "-".
        page: 1-based, None where the format has no pages.
        number: 1-based line of the page, or paragraph of the document.
        whole: True where the line is a paragraph of its own (DOCX), so that nothing before belongs to it.
        size: size of the letters in points, 0 where unknown.
        left, bottom: place on the page in points from its lower left corner, 0 where unknown.
        automatic: whether the number before the text is one that the word processor counts.
    """

    text: str
    page: int | None
    number: int
    whole: bool = False
    size: float = 0.0
    left: float = 0.0
    bottom: float = 0.0
    automatic: bool = False

    def __post_init__(self) -> None:
        """Compose the letters: files from some systems hold "e" and its accent apart."""
        if not unicodedata.is_normalized("NFC", self.text):
            object.__setattr__(self, "text", unicodedata.normalize("NFC", self.text))


_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@dataclass(frozen=True)
class DocumentText:
    """Lines in reading order, joined by line ends into one text in which character spans are counted."""

    lines: tuple[Line, ...]
    text: str = field(init=False)
    starts: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Join the lines and keep where each begins."""
        starts, place = [], 0
        for line in self.lines:
            starts.append(place)
            place += len(line.text) + 1
        object.__setattr__(self, "text", "\n".join(line.text for line in self.lines))
        object.__setattr__(self, "starts", tuple(starts))

    def line_at(self, char: int) -> Line:
        """The line that holds the character at `char`."""
        return self.lines[max(bisect_right(self.starts, char) - 1, 0)]

    @cached_property
    def words(self) -> frozenset[str]:
        """Words that stand in the document undivided, in lower case, hyphenated ones among them."""
        found: set[str] = set()
        for line in self.lines:
            inner = line.text if line.whole else line.text.rstrip().removesuffix("-")
            words = [w.group().lower() for w in _WORD.finditer(inner)]
            # A word cut by the line's end is no evidence for either spelling.
            found.update(words[:-1] if inner != line.text.rstrip() and not line.whole else words)
        return frozenset(found)

    def flow(self, start: int, end: int) -> str:
        """The text of a span as one paragraph: line ends gone, words divided at them whole again."""
        return join(self.text[start:end].split("\n"), self.words)


def join(pieces: Sequence[str], words: Iterable[str] = frozenset()) -> str:
    """Lines as one paragraph. A hyphen at a line's end stays if the hyphenated word is known, or both halves
    are.

    Args:
        pieces: the lines in order.
        words: known words in lower case, by which the hyphens are judged.
    """
    known = words if isinstance(words, (set, frozenset)) else frozenset(words)
    out = ""
    for piece in pieces:
        text = " ".join(piece.split())
        if not text:
            continue
        out = _append(out, text, known)
    return out


def _append(out: str, text: str, known: frozenset[str] | set[str]) -> str:
    if not out:
        return text
    # Only the end is looked at: a text may be long.
    before, after = re.search(r"([^\W\d_]+(?:-[^\W\d_]+)*)-$", out[-80:]), re.match(r"[^\W\d_]+", text)
    if before is None or after is None:
        # "2007-" and "2015": a range; a slash joins as well.
        return out + text if re.search(r"(?:\d[-–]|\w[-–]|/)$", out[-2:]) else f"{out} {text}"
    if after.group()[0].isupper():
        return out + text
    left, right = before.group(1).lower(), after.group().lower()
    if right in {"and", "or", "to"} or (right in {"et", "ou", "y", "o"} and left + right not in known):
        # "long- and short-term" lost its hyphen's space to the line's end.
        return f"{out} {text}"
    if f"{left}-{right}" in known or (
        left + right not in known and left.rsplit("-", 1)[-1] in known and right in known
    ):
        return out + text
    return out[:-1] + text if left + right in known or right not in known else out + text
