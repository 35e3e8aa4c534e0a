"""Whether an extracted wording is a whole recommendation: with its beginning, a verb and an object."""

from __future__ import annotations

import re

from pipeline.sources.documents.wording.verbs import clauses_in
from pipeline.sources.documents.wording.vocabulary.english import ENGLISH

_FRAGMENT = re.compile(
    r"^\W*(?:so\s+that|so\s+as\s+to|in\s+order\s+to(?![^,)]*[,)])|as\s+well\s+as|and|or|but|which|whose|of|thereby|such\s+as)\b",
    re.IGNORECASE,
)


_CLAUSES = clauses_in(ENGLISH)
_VOICE_FIRST = re.compile(r"^(?:recommend(?:ed|s)?|suggest(?:ed|s)?)\s+(?!that\b|to\b)", re.IGNORECASE)
_STATEMENT = re.compile(
    r"\b(?:should|must|shall|need|needs|be|is|are|was|were|been|has|have|call|calls|called)\b", re.IGNORECASE
)
_CLAUSE = re.compile(r"[,;:.)]\s+")
_ACT = re.compile(
    r"^(?:to\s+(?-i:[a-z])|(?:the\s+|an?\s+)?(?:\w+\s+)?\w+(?:tion|ment|sion|ance)\s+(?:of|to|in)\b)|\bby\s+\w+ing\b",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"(?:in|on|at|by|for|from|of|with|within|without|under|through|during|as)\b", re.IGNORECASE
)


def asks_for_an_act(text: str) -> bool:
    """Whether a text asks for something: it or one of its clauses begins with a verb; it names an act
    ("prompt adoption of ..."); or it is a statement ("laws should be enacted").
    """
    voice = _VOICE_FIRST.match(text)
    own = text[voice.end() :] if voice else text
    clauses = [own, *(own[cut.end() :] for cut in _CLAUSE.finditer(own))]
    if (
        _ACT.search(own)
        or _STATEMENT.search(own)
        or any(_CLAUSES.begins_with_verb(_CLAUSES.in_base_form(c)) for c in clauses)
    ):
        return True
    return _CLAUSES.has_verb(own) and not _PREPOSITION.match(own)


def lacks(text: str) -> str | None:
    """What an extracted recommendation lacks to be one: its beginning, a verb, or an object; None if nothing.

    Args: `text`, in English.
    """
    if _FRAGMENT.match(text) or _CLAUSES.cites_recommendation(text):
        return "its beginning"
    if not asks_for_an_act(text):
        return "a verb"
    rest = _CLAUSES.object_of(text)
    if not rest.strip(" .,;:/") or _CLAUSES.is_adjunct(rest):
        return "an object"
    return None
