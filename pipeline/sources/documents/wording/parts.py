"""The text of an item in parts, each with the States that follow it in brackets; and which parts make one
sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.corpus.brackets import StateBracket
from pipeline.sources.documents.wording.verbs import Clauses
from pipeline.sources.documents.wording.vocabulary.words import Vocabulary

_JOINTS = r"(?i)\b(?:and|or|et|ou|y|e|o|u)\b"
"""The small words that may stand alone between brackets, in whatever language."""


class _Patterns:
    """Where the sentences of an item part, in the words of one language."""

    def __init__(self, words: Vocabulary) -> None:
        self.hard = re.compile(r"^\s*[;.•]|^\s*[,:]?\s*(?:\(?[a-z]\)|\d\))\s")
        self.capital = re.compile(rf"^\s*(?:[A-ZÀ-Þ][^\W\d_A-ZÀ-Þ]|[A-ZÀ-Þ]['’]|(?i:{words.further}))")
        self.subject = re.compile(rf"^\s*,?\s*[A-ZÀ-Þ][^\W\d_]+\b(?=.*\b(?:{words.must})\b)")
        self.carries_on = re.compile(rf"^\s*[;.]\s*(?:{words.carries_on})\b")
        # Names begin with a capital, so case counts here.
        self.coordinate = re.compile(
            rf"^\s*[,;]?\s*(?:(?:{words.ties})\s+)?{words.article_}(?=[A-ZÀ-Þ]|\w+\s+[A-ZÀ-Þ])"
            rf"|^\s*[,;]\s*(?:(?:{words.ties})\s+)?(?=[A-Z]{{3,}})"
        )
        self.open_end = re.compile(rf"{words.open_end}$", re.IGNORECASE)


patterns_of = cache(_Patterns)
"""The patterns of a vocabulary; there is one set of each."""


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
    if re.search(r"[^\W\d_]{2}", re.sub(_JOINTS, "", text[place:])):
        parts.append(Part(text[place:], (), place, len(text)))
    return parts


def groups(parts: Sequence[Part], clauses: Clauses) -> list[list[Part]]:
    """Parts that make one sentence together: cut at semicolons, full stops, and between alternatives ("...
    (Chile) / Ratify ...").
    """
    patterns = patterns_of(clauses.words)
    groups: list[list[Part]] = [[parts[0]]]
    for part in parts[1:]:
        before = groups[-1][-1]
        hard = (
            patterns.hard.match(part.text)
            and not patterns.coordinate.match(part.text)
            and not patterns.carries_on.match(part.text)
        )
        verbal, closed = clauses.begins_with_verb(part.text), not clauses.is_bare(before.text)
        other = (
            part.text.lstrip().startswith("/") and part.states and closed and not clauses.is_bare(part.text)
        )
        # "... in this regard. (Chad) Declare ...": the full stop stands before the bracket, or is forgotten.
        verb = patterns.capital.match(part.text) and closed and verbal
        new = bool(part.states) and bool(verb or patterns.subject.match(part.text))
        if hard or new or (other and verbal and not patterns.open_end.search(before.text.rstrip())):
            groups.append([part])
        else:
            groups[-1].append(part)
    return groups
