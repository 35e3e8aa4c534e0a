"""The parts of one sentence of an item, in which States share words: "Accede to (Algeria)/sign (Chile) the
Convention (Peru)".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.sources.documents.wording.parts import COORDINATE, OPEN_END, Part
from pipeline.sources.documents.wording.verbs import (
    as_action,
    begins_with_verb,
    cites_recommendation,
    has_verb,
    is_adjunct,
    is_bare,
    object_of,
)

_FINAL = " \t\n;,.:*"
_LEADING = re.compile(r"^[\s;,.:/)\]*•–—-]+")
_THAT = re.compile(r"^\s*,?\s*(?:and\s+)?that\s+\w+\s", re.IGNORECASE)
_NAMED = re.compile(r"\bthe\s+(?=[A-Z])")
_TIED = re.compile(r"^\s*,?\s*(?:and|as\s+well\s+as)\b", re.IGNORECASE)
_SHARED_END = re.compile(r"/(?=\s*and\b)|,?\s+as\s+well\s+as\b|,\s+and\b|;")
_NOUN_NEXT = re.compile(
    r"^\s*(?![\s,;.:/)*&–—-])(?!(?:in|with|by|through|including|as|within|on|for|of|to|at|from|under|via|without|while|where|when|so|such|particularly"
    r"|especially|which|that|who|during|before|after|until|throughout|towards|and|or|but|also|namely|inter|aimed|based|thereby|if|notably|taking|regarding"
    r"|concerning|among|between|against|whose|both|specifically|per|pursuant|following|prior|according|because|due|since|upon|consistent|once|even)\b)"
    r"(?!\w+(?:ing|ly)\b)[^\W\d_]",
    re.IGNORECASE,
)
_TAKES_DIRECTLY = re.compile(
    r"(?i)\b(?:sign|signing|ratify|ratifying|join|joining|adopt|adopting|accept|accepting)\s*$"
)
"""Verbs after which the "of" of "the ratification (Peru) of the Covenant" has no place."""
_JOINED = re.compile(r"^\s*[,/]?\s*(?:and|as\s+well\s+as|but)\b|^\s*/|^\s*,")


@dataclass(frozen=True, slots=True)
class Wording:
    """One recommendation of an item.

    Attributes:
        text: without number and States.
        states: names as written; empty where the item names none.
        start, end: span in the item's text, the States included.
    """

    text: str
    states: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Clause:
    """A part of a sentence, complete.

    Attributes:
        own: its words.
        full: the same with what they lean on.
        leans: whether they mean nothing without the clause before ("in accordance with ...").
        ties: whether they may make one wording with it.
    """

    own: str
    full: str
    leans: bool
    ties: bool
    states: tuple[str, ...]
    start: int
    end: int


def read_sentence(group: Sequence[Part]) -> list[Wording]:
    """The wordings of the parts of one sentence, in the order in which they end."""
    return _Sentence().read(group)


class _Sentence:
    """Takes the parts one after the other; those that wait have no object yet."""

    def __init__(self) -> None:
        self._out: list[_Clause] = []
        self._waiting: list[Part] = []
        self._text = ""
        self._verbs = ""

    def read(self, group: Sequence[Part]) -> list[Wording]:
        """The wordings of the group."""
        for part, after in zip(group, (*group[1:], None), strict=True):
            self._take(part, after)
        self._release("")
        return _composed(self._out)

    def _take(self, part: Part, after: Part | None) -> None:
        verbal = begins_with_verb(part.text)
        if after is not None and part.states and is_adjunct(part.text) and (self._waiting or not self._text):
            self._wait_for(part)
        elif after is not None and part.states and (is_bare(part.text) or self._broken_off(part, after)):
            first = verbal or not (self._waiting or self._text)
            before = self._waiting[-1].text if self._waiting else self._text
            self._verbs = part.text if first else _glued(before, part.text)
            self._waiting.append(Part(self._verbs, part.states, part.start, part.end))
        elif self._waiting:
            # What stands after all States belongs to the last of them, what has States to the verbs alone.
            head = (self._waiting[-1].text if not part.states else self._verbs) or self._waiting[-1].text
            said = {state for waiting in self._waiting for state in waiting.states}
            self._release(_shared(head, part.text) if verbal else part.text, part.text)
            self._text = part.text if verbal else _glued(head, part.text)
            self._add(self._without_others(part, said, verbal), self._text, ties=False)
        elif (
            self._text
            and part.states
            and COORDINATE.match(part.text)
            and not verbal
            and _takes_objects(self._text)
        ):
            # One more object of the same verbs: "ratify the Covenant (Chile), the Convention (Peru)".
            self._text = _glued(_verbs_of(self._text), " " + _LEADING.sub("", _unjoined(part.text)))
            self._add(part, part.text, ties=False)
        elif self._text and not (
            part.states and ((verbal and _JOINED.match(part.text)) or _THAT.match(part.text))
        ):
            self._text = _glued(self._text, part.text)
            self._add(part, part.text, leans=True)
        else:
            self._text = part.text
            self._add(part, part.text)

    def _wait_for(self, part: Part) -> None:
        """ "As soon as possible (France)" between a verb and its object: the verb again, and when to act."""
        when = re.sub(r"^[\s,/]+", " ", part.text)
        text = _glued(self._verbs, when) if self._verbs else part.text
        self._waiting.append(Part(text, part.states, part.start, part.end))

    def _without_others(self, part: Part, said: set[str], verbal: bool) -> Part:
        """The part with the States that said the words before it; the others, if there are both, say its
        words alone.

        In "consider the possibility (Peru) of ratifying the Covenant (Peru, Chile)" Chile asks to ratify it.
        """
        others = tuple(state for state in part.states if state not in said)
        alone = None if verbal or not others else as_action(part.text)
        if alone is None:
            return part
        self._out.append(_Clause(alone, alone, False, False, others, part.start, part.end))
        return Part(part.text, tuple(state for state in part.states if state in said), part.start, part.end)

    @staticmethod
    def _broken_off(part: Part, after: Part) -> bool:
        """Whether the clause ends before its object: the next part begins with a bare noun, or this one with
        "of".
        """
        return bool(OPEN_END.search(part.text.rstrip())) or (
            bool(_NOUN_NEXT.match(after.text)) and not COORDINATE.match(after.text)
        )

    def _add(self, part: Part, own: str, *, leans: bool = False, ties: bool = True) -> None:
        if part.states or not self._out:
            self._out.append(_Clause(own, self._text, leans, ties, part.states, part.start, part.end))
        else:
            last = self._out[-1]
            self._out[-1] = _Clause(
                _glued(last.own, part.text),
                self._text,
                last.leans,
                last.ties,
                last.states,
                last.start,
                part.end,
            )

    def _release(self, shared: str, clause: str = "") -> None:
        """Give those that wait the object; one that is only an adverb gets the whole clause."""
        head = _SHARED_END.split(shared, maxsplit=1)[0] if shared else ""
        for part in self._waiting:
            rest = head if has_verb(part.text) else _SHARED_END.split(clause, maxsplit=1)[0]
            for text, states in _respectively(_glued(part.text, rest), part.states):
                self._out.append(_Clause(text, text, False, False, states, part.start, part.end))
        self._waiting, self._verbs = [], ""


def _composed(clauses: Sequence[_Clause]) -> list[Wording]:
    """What each State asks for in a sentence: clauses tied together that name it make one wording.

    In "ratify the Protocol (Chile, Benin) and establish a mechanism (Benin)" Chile asks for one thing and
    Benin for both.
    """
    asked: dict[tuple[int, ...], list[str]] = {}
    for state in dict.fromkeys(state for clause in clauses for state in clause.states):
        for run in _runs(clauses, state):
            asked.setdefault(run, []).append(state)
    asked |= {(k,): [] for k, clause in enumerate(clauses) if not clause.states}
    out: list[Wording] = []
    for places, states in asked.items():
        text = clauses[places[0]].full
        for earlier, place in pairwise(places):
            clause = clauses[place]
            text = clause.full if clause.leans and text == clauses[earlier].full else _glued(text, clause.own)
        for part, who in _respectively(text, tuple(states)):
            out.append(Wording(tidy(part), who, clauses[places[0]].start, clauses[places[-1]].end))
    return sorted(out, key=lambda wording: (wording.end, wording.start))


def _runs(clauses: Sequence[_Clause], state: str) -> list[tuple[int, ...]]:
    """The clauses that name a State, those side by side and tied together in one run."""
    runs: list[tuple[int, ...]] = []
    for place, clause in enumerate(clauses):
        if state not in clause.states:
            continue
        tied = clause.leans or _TIED.match(clause.own)
        # "Ratify the Protocol, as recommended in 2009 (Benin), and take measures (Benin)": the clause after
        # what was recommended before is another act.
        closed = place > 0 and cites_recommendation(clauses[place - 1].own) and not clause.leans
        if tied and runs and runs[-1][-1] == place - 1 and clause.ties and not closed:
            runs[-1] = (*runs[-1], place)
        else:
            runs.append((place,))
    return runs


def _respectively(text: str, states: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """ "Consider ratifying/ratify the Covenant" of two States is the first for the first State, and the
    second for the second.
    """
    ways = text.split("/")
    if (
        len(ways) != len(states)
        or len(ways) < 2
        or not all(is_bare(way) for way in ways[:-1])
        or not begins_with_verb(ways[-1])
    ):
        return [(text, states)]
    shared = object_of(ways[-1])
    return [
        *((_glued(way, " " + shared), (state,)) for way, state in zip(ways[:-1], states, strict=False)),
        (ways[-1], states[-1:]),
    ]


def _shared(before: str, clause: str) -> str:
    """The object that a broken-off clause shares with the next one."""
    shared = object_of(clause)
    named = re.search(r"\b(?:its|the)\s+[A-Z].*$", shared)
    return named.group() if named and OPEN_END.search(before.rstrip()) else shared


def _takes_objects(text: str) -> bool:
    """Whether a clause has a named object, such as another can stand for: "speed up ratification of the
    Covenant".
    """
    return bool(_NAMED.search(text)) or bool(re.match(r"(?:the\s|[A-Z])", object_of(text)))


def _verbs_of(text: str) -> str:
    """The beginning of a clause up to its object."""
    named = _NAMED.search(text)
    if named:
        return text[: named.start()]
    kept = object_of(text)
    return text[: text.rfind(kept)] if kept else text


def _glued(before: str, after: str) -> str:
    if re.match(r"\s*to\s+(?:the|its|an?|[A-Z])", after) and re.search(
        r"(?i)\b(?:sign|ratify|signing|ratifying|signature|ratification)\s*$", before
    ):
        after = re.sub(r"^\s*to\s+", " ", after)
    if _TAKES_DIRECTLY.search(before):
        after = re.sub(r"^\s*of\s+(?=the\s|its\s|an?\s|[A-Z])", " ", after)
    before = before.rstrip()
    if re.match(r"\s*[,;.]", after):
        return f"{before.rstrip(' ,;')}{after.lstrip()}"
    return f"{before} {after.lstrip()}"


def tidy(text: str) -> str:
    """The wording without the separators around it, white space single."""
    return " ".join(_LEADING.sub("", _unjoined(text)).rstrip(_FINAL).split())


def _unjoined(text: str) -> str:
    """Without the conjunction that tied the clause to the one before."""
    return re.sub(r"^[\s,;./]*(?:and|as\s+well\s+as)\s+(?=\w)", "", text, flags=re.IGNORECASE)
