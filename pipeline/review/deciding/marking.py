"""The words that decided, marked in the text. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

ACTION = "action"


@dataclass(frozen=True)
class Piece:
    """A stretch of text and what it speaks for: "action", tags, or nothing."""

    text: str
    speaks_for: tuple[str, ...]


def pieces(text: str, spans: Iterable[Sequence[object]]) -> list[Piece]:
    """Cut a text where spans begin and end. The pieces joined are the text, whatever the spans.

    Args:
        spans: (start, end, what); those out of the text, or empty, do not count.
    """
    known = [
        (a, b, str(what))
        for a, b, what in spans
        if isinstance(a, int) and isinstance(b, int) and 0 <= a < b <= len(text)
    ]
    cuts = sorted({0, len(text), *(a for a, _, _ in known), *(b for _, b, _ in known)})
    return [
        Piece(text[start:end], tuple(dict.fromkeys(what for a, b, what in known if a <= start and end <= b)))
        for start, end in pairwise(cuts)
    ]
