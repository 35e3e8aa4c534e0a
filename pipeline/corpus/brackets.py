"""Brackets that name States: "(Portugal, Slovakia)", "(Spain; Chile)", "(Bolivia (Plurinational State
of))".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipeline.corpus.states import States

_SEPARATORS = re.compile(r"\s*[;,/]\s*|\s+-\s+")
_AND = re.compile(r"\s+(?:and|&|et|y|e|ainsi\s+que|así\s+como)\s+", re.IGNORECASE)
_LEADING = re.compile(r"^(?:(?:and|by|as|also|the|from|state\s+of|observer\s+state\s+of)\s+)+", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:las?|les?|el|los)\s+|^l\s?['’]\s?", re.IGNORECASE)
_TRAILING = re.compile(r"\s*(?:\*+|\d{1,2}|[.:])+$")
_FORMAL = re.compile(
    r"^([^()]+)\((?:the|[^()]*\b(?:republic|state|states|kingdom|federation|union|commonwealth|république|état"
    r"|royaume|fédération|república|estado|reino|federación)\b[^()]*)\)$",
    re.IGNORECASE,
)
_LONGEST = 1500
_INITIALS = {
    "UK": "United Kingdom", "USA": "United States", "US": "United States", "UAE": "United Arab Emirates",
    "DPRK": "DPR Korea",
    "DRC": "Democratic Republic of the Congo", "ROK": "Republic of Korea",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StateBracket:
    """A bracket (or several side by side) that names States.

    Attributes:
        start, end: its span in the text, brackets included.
        states: the names as written.
        unknown: what stands among the names and is none.
    """

    start: int
    end: int
    states: tuple[str, ...]
    unknown: tuple[str, ...]


class BracketReader:
    """Finds the brackets that name States."""

    def __init__(self, states: States) -> None:
        """Args: `states`, by whose spellings names are known."""
        self._states = states
        self._keys = {name.lower(): name for name in states.spellings}
        self._find = lru_cache(maxsize=4096)(self._find_uncached)

    def find(self, text: str) -> list[StateBracket]:
        """All such brackets in order; those with nothing but punctuation between them count as one."""
        found: list[StateBracket] = []
        for start, end in brackets(text):
            names, unknown = self.names(text[start + 1 : end - 1])
            if not names or len(unknown) > len(names):
                continue
            if found and re.fullmatch(r"[\s,;/&.]*(?:and|et|y)?\s*", text[found[-1].end : start]):
                last = found.pop()
                found.append(StateBracket(last.start, end, last.states + names, last.unknown + unknown))
            else:
                found.append(StateBracket(start, end, names, unknown))
        return found or self._unopened(text)

    def _unopened(self, text: str) -> list[StateBracket]:
        """A name at the end that closes a bracket which nothing opened: "... women Bangladesh);"."""
        closed = re.search(r"\)[\s;,.]*$", text)
        if closed is None or "(" in text[max(closed.start() - 80, 0) : closed.start()]:
            return []
        words = list(re.finditer(r"\S+", text[: closed.start()]))[-6:]
        for word in words:
            if known := self._find(text[word.start() : closed.start()]):
                return [StateBracket(word.start(), closed.start() + 1, (known,), ())]
        return []

    def names(self, content: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The States named in a bracket's content, and the pieces that are no State."""
        if len(content) > _LONGEST or not re.search(r"[^\W\d_]{2}", content):
            return (), ()
        content = " ".join(content.split())
        whole = self._find(content)
        if whole:
            return (whole,), ()
        names: list[str] = []
        unknown: list[str] = []
        pieces = [p for p in _SEPARATORS.split(content) if p.strip()]
        while pieces:
            # "Iran, Islamic Republic of" holds the separator itself.
            if len(pieces) > 1 and (pair := self._find(f"{pieces[0]}, {pieces[1]}")):
                names.append(pair)
                pieces = pieces[2:]
                continue
            good, bad = self._piece(pieces.pop(0))
            names += good
            unknown += bad
        if names and unknown:
            misspelt = {u: self._misspelt(u) for u in unknown}
            names += [found for found in misspelt.values() if found]
            unknown = [u for u in unknown if not misspelt[u]]
        elif len(unknown) == 1 and (near := self._misspelt(unknown[0], 88)):
            return (near,), ()
        return tuple(names), tuple(unknown)

    def _piece(self, piece: str) -> tuple[list[str], list[str]]:
        known = self._find(piece)
        if known:
            return [known], []
        for joint in _AND.finditer(piece):
            left, right = self._find(piece[: joint.start()]), piece[joint.end() :]
            if left:
                good, bad = self._piece(right)
                return [left, *good], bad
        words = piece.split()
        # "United Kingdom France": two names, and the comma between them lost.
        for cut in range(len(words) - 1, 0, -1):
            first, second = self._find(" ".join(words[:cut])), self._find(" ".join(words[cut:]))
            if first and second:
                return [first, second], []
        return [], [piece.strip()]

    def _find_uncached(self, name: str) -> str | None:
        """The name as written, without what surrounds it, if it is a State's."""
        plain = _TRAILING.sub("", _LEADING.sub("", name.strip(" .*"))).strip()
        # An ISO code in a bracket is more often an abbreviation ("CAN", "MAR") than a State.
        if plain.replace(".", "") in _INITIALS:
            return _INITIALS[plain.replace(".", "")]
        if plain.isascii() and len(plain) < 4:
            return None
        if self._states.find(plain):
            return plain
        bare = " ".join(plain.replace("(", " ").replace(")", " ").split())
        if self._states.find(bare):
            return plain
        # "Viet Nam (Socialist Republic of)": a form that no list has.
        formal = _FORMAL.match(plain)
        if formal and self._states.find(formal[1].strip()):
            return formal[1].strip()
        # "Le Chili", "el Perú"; the article of "El Salvador" is part of the name, and found above.
        article = _ARTICLE.match(plain)
        return self._find(plain[article.end() :]) if article else None

    def _misspelt(self, piece: str, cutoff: float = 84) -> str | None:
        from rapidfuzz import fuzz, process

        plain = _LEADING.sub("", piece.strip()).lower()
        if len(plain) < 5 or len(plain) > 60 or piece.isupper() or not piece.strip()[:1].isupper():
            return None
        best = process.extractOne(plain, self._keys.keys(), scorer=fuzz.ratio, score_cutoff=cutoff)
        return self._keys[best[0]] if best else None


def brackets(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the outermost round brackets; one that never closes ends at the first closing one, or is left
    out.
    """
    closing = _pairs(text)
    place = 0
    while (start := text.find("(", place)) >= 0:
        end = closing.get(start, 0)
        if not end:
            # Never closed: it ends at the first closing bracket, unless another opens before that.
            end, inner = text.find(")", start) + 1, text.find("(", start + 1)
            if not end:
                return
            if 0 <= inner < end:
                place = start + 1
                continue
        yield start, end
        place = end


def _pairs(text: str) -> dict[int, int]:
    """Where each opening bracket's own closing one ends."""
    open_: list[int] = []
    pairs: dict[int, int] = {}
    for found in re.finditer(r"[()]", text):
        if found.group() == "(":
            open_.append(found.start())
        elif open_:
            pairs[open_.pop()] = found.end()
    return pairs
