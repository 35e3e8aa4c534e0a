"""The text of an item in parts, each with the States that follow it in brackets; and which parts make one
sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.corpus.brackets import StateBracket
from pipeline.sources.documents.wording.verbs import begins_with_verb, is_bare

_HARD = re.compile(r"^\s*[;.•]|^\s*[,:]?\s*(?:\([a-z]\)|\d\))\s")
_CAPITAL = re.compile(r"^\s*(?:[A-Z][a-z]|Further\s)")
_SUBJECT = re.compile(r"^\s*,?\s*[A-Z][a-z]+\b(?=.*\b(?:should|must)\b)")
_CARRIES_ON = re.compile(
    r"^\s*[;.]\s*(?:as\s+(?:recommended|suggested)|in\s+(?:accordance|line|conformity|particular)|including|inter\s+alia|with\s+a\s+view"
    r"|so\s+(?:that|as\s+to)|in\s+order\s+to|thereby)\b"
)
COORDINATE = re.compile(
    r"^\s*[,;]?\s*(?:and\s+|as\s+well\s+as\s+)?the\s+(?=[A-Z]|\w+\s+[A-Z])|^\s*[,;]\s*(?:and\s+)?(?=[A-Z]{3,})"
)
OPEN_END = re.compile(r"\b(?:of|to|the|on|with|for|from|into|possibility)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """The text before a bracket of States, with these; none for what follows the last bracket."""

    text: str
    states: tuple[str, ...]
    start: int
    end: int


def parts_of(text: str, found: Sequence[StateBracket]) -> list[Part]:
    """The text before each bracket with the bracket's States; what follows the last one is a part without
    States.
    """
    parts, place = [], 0
    for bracket in found:
        parts.append(Part(text[place : bracket.start], bracket.states, place, bracket.end))
        place = bracket.end
    if re.search(r"[^\W\d_]{2}", re.sub(r"(?i)\b(?:and|or)\b", "", text[place:])):
        parts.append(Part(text[place:], (), place, len(text)))
    return parts


def groups(parts: Sequence[Part]) -> list[list[Part]]:
    """Parts that make one sentence together: cut at semicolons, full stops, and between alternatives ("...
    (Chile) / Ratify ...").
    """
    groups: list[list[Part]] = [[parts[0]]]
    for part in parts[1:]:
        before = groups[-1][-1]
        hard = _HARD.match(part.text) and not COORDINATE.match(part.text) and not _CARRIES_ON.match(part.text)
        other = (
            part.text.lstrip().startswith("/")
            and part.states
            and not is_bare(before.text)
            and not is_bare(part.text)
        )
        # "... in this regard. (Chad) Declare ...": the full stop stands before the bracket, or is forgotten.
        verb = _CAPITAL.match(part.text) and not is_bare(before.text) and begins_with_verb(part.text)
        new = bool(part.states) and bool(verb or _SUBJECT.match(part.text))
        if (
            hard
            or new
            or (other and begins_with_verb(part.text) and not OPEN_END.search(before.text.rstrip()))
        ):
            groups.append([part])
        else:
            groups[-1].append(part)
    return groups
