"""The text of a recommendation: cleaning for people, normalising for identity, hashing into ids."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_SPACE = re.compile(r"\s+")
# C0/C1 controls, zero-width marks, soft hyphens and lone surrogates carry no meaning in a recommendation.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff\ud800-\udfff]"
)
_NOT_ALNUM = re.compile(r"[\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `start` to `end` (exclusive) of a text."""

    start: int
    end: int


def clean(text: str) -> str:
    """Make a text fit to be read: HTML entities resolved, invisible characters dropped, white space
    single.
    """
    return _SPACE.sub(" ", _INVISIBLE.sub("", html.unescape(text))).strip()


def normalise(text: str) -> str:
    """Reduce a text to what identifies its wording: NFKC, lower case, letters and digits only.

    Line breaks, hyphens at line ends, spacing, case and punctuation do not count. Idempotent.

    >>> normalise("Ratify the Con-\\nvention (CEDAW)!") == normalise("ratify the convention, CEDAW")
    True
    >>> normalise("Élections №5")
    'électionsno5'
    """
    if text.isascii():
        return _NOT_ALNUM.sub("", text.lower())
    previous = None
    # Lower-casing and dropping marks can bring new compositions together, so repeat until nothing moves.
    while text != previous:
        previous = text
        text = _NOT_ALNUM.sub("", unicodedata.normalize("NFKC", text).lower())
    return text


def folded(word: str) -> str:
    """A word in lower case without accents.

    >>> folded("Élève"), folded("ŒUVRE"), folded("niñas")
    ('eleve', 'oeuvre', 'ninas')
    """
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.translate(_LIGATURES).lower())
    return "".join(c for c in parts if not unicodedata.combining(c))


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


def recommendation_id(state_iso: str, session: int | None, text: str) -> str:
    """`rec_id`: 20 hex digits for a wording within a review, independent of file and format.

    >>> recommendation_id("CHL", 18, "Ratify the Convention")
    'c678b3e8aa326eef94b0'
    >>> recommendation_id("CHL", 18, "ratify the  convention.") == recommendation_id(
    ...     "CHL", 18, "Ratify the Convention"
    ... )
    True

    Args:
        state_iso: ISO 3166-1 alpha-3 code of the State under Review, "" where unknown.
        session: UPR session, None where unknown.
        text: the wording; only its normalised form counts.
    """
    return _digest(state_iso, "" if session is None else str(session), normalise(text))


def row_id(rec_id: str, recommending_iso: Iterable[str], ordinal: int) -> str:
    """`row_id`: 20 hex digits, unique in a table.

    Args:
        rec_id: see `recommendation_id`.
        recommending_iso: ISO codes of the recommending States, in any order.
        ordinal: 0 for the first row equal in both, 1 for the next.
    """
    return _digest(rec_id, ",".join(sorted(recommending_iso)), str(ordinal))


def cycle_of(session: int | None) -> int | None:
    """The UPR cycle of a session: 1-12 are cycle 1, then 14 sessions a cycle (13-26, 27-40, 41-54).

    >>> [cycle_of(session) for session in (1, 12, 13, 26, 27, None)]
    [1, 1, 2, 2, 3, None]
    """
    if session is None:
        return None
    return 1 if session <= 12 else 2 + (session - 13) // 14
