"""The parts of one sentence of an item, in which States share words: "Accede to (Algeria)/sign (Chile) the
Convention (Peru)".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from pipeline.sources.documents.wording.parts import Part, patterns_of
from pipeline.sources.documents.wording.shared_words import shared_words
from pipeline.sources.documents.wording.verbs import Clauses
from pipeline.sources.documents.wording.vocabulary.choosing import VOCABULARIES, vocabulary_of
from pipeline.sources.documents.wording.vocabulary.words import Vocabulary

_FINAL = " \t\n;,.:*"
_LEADING = re.compile(r"^[\s;,.:/)\]*•–—-]+")
_JOINTS = {
    words.language: re.compile(rf"^[\s,;./]*(?:{words.ties}|and|as\s+well\s+as)\s+(?=\w)", re.IGNORECASE)
    for words in VOCABULARIES
}
"""A conjunction at the beginning. "Y" is one in Spanish, and none in French ("y compris")."""


class _Patterns:
    """How the parts of a sentence hang together, in the words of one language."""

    def __init__(self, words: Vocabulary) -> None:
        self.that = re.compile(rf"^\s*,?\s*(?:(?:{words.ties})\s+)?{words.that_}\w+\s", re.IGNORECASE)
        self.tied = re.compile(rf"^\s*,?\s*(?:{words.ties})\b", re.IGNORECASE)
        self.noun_next = re.compile(
            rf"^\s*(?![\s,;.:/)*&–—-])(?!(?:{words.no_object})\b)(?!\w+(?:{words.no_object_ending})\b)[^\W\d_]",
            re.IGNORECASE,
        )
        self.joined = re.compile(rf"^\s*[,/]?\s*(?:{words.contrast})\b|^\s*/|^\s*,")


_patterns_of = cache(_Patterns)


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


def read_sentence(group: Sequence[Part], clauses: Clauses) -> list[Wording]:
    """The wordings of the parts of one sentence, in the order in which they end."""
    return _Sentence(clauses).read(group)


class _Sentence:
    """Takes the parts one after the other; those that wait have no object yet."""

    def __init__(self, clauses: Clauses) -> None:
        self._clauses = clauses
        self._shared = shared_words(clauses)
        self._patterns, self._parts = _patterns_of(clauses.words), patterns_of(clauses.words)
        self._out: list[_Clause] = []
        self._waiting: list[Part] = []
        self._text = ""
        self._verbs = ""

    def read(self, group: Sequence[Part]) -> list[Wording]:
        """The wordings of the group."""
        for part, after in zip(group, (*group[1:], None), strict=True):
            self._take(part, after)
        self._release("")
        return self._composed()

    def _take(self, part: Part, after: Part | None) -> None:
        verbal = self._clauses.begins_with_verb(part.text)
        if (
            after is not None
            and part.states
            and self._clauses.is_adjunct(part.text)
            and (self._waiting or not self._text)
        ):
            self._wait_for(part)
        elif (
            after is not None
            and part.states
            and (self._clauses.is_bare(part.text) or self._broken_off(part, after))
        ):
            first = verbal or not (self._waiting or self._text)
            before = self._waiting[-1].text if self._waiting else self._text
            self._verbs = part.text if first else self._shared.glued(before, part.text)
            self._waiting.append(Part(self._verbs, part.states, part.start, part.end))
        elif self._waiting:
            # What stands after all States belongs to the last of them, what has States to the verbs alone.
            head = (self._waiting[-1].text if not part.states else self._verbs) or self._waiting[-1].text
            said = {state for waiting in self._waiting for state in waiting.states}
            self._release(self._shared.object_for(head, part.text) if verbal else part.text, part.text)
            self._text = part.text if verbal else self._shared.glued(head, part.text)
            self._add(self._without_others(part, said, verbal), self._text, ties=False)
        elif (
            self._text
            and part.states
            and self._parts.coordinate.match(part.text)
            and not verbal
            and self._shared.takes_objects(self._text)
        ):
            # One more object of the same verbs: "ratify the Covenant (Chile), the Convention (Peru)".
            self._text = self._shared.glued(
                self._shared.verbs_of(self._text), " " + _LEADING.sub("", _unjoined(part.text))
            )
            self._add(part, part.text, ties=False)
        elif self._text and not (
            part.states
            and ((verbal and self._patterns.joined.match(part.text)) or self._patterns.that.match(part.text))
        ):
            self._text = self._shared.glued(self._text, part.text)
            self._add(part, part.text, leans=True)
        else:
            self._text = part.text
            self._add(part, part.text)

    def _wait_for(self, part: Part) -> None:
        """ "As soon as possible (France)" between a verb and its object: the verb again, and when to act."""
        when = re.sub(r"^[\s,/]+", " ", part.text)
        text = f"{self._verbs.rstrip()} {when.lstrip()}" if self._verbs else part.text
        self._waiting.append(Part(text, part.states, part.start, part.end))

    def _without_others(self, part: Part, said: set[str], verbal: bool) -> Part:
        """The part with the States that said the words before it; the others, if there are both, say its
        words alone.

        In "consider the possibility (Peru) of ratifying the Covenant (Peru, Chile)" Chile asks to ratify it.
        """
        others = tuple(state for state in part.states if state not in said)
        alone = None if verbal or not others else self._clauses.as_action(part.text)
        if alone is None:
            return part
        self._out.append(_Clause(alone, alone, False, False, others, part.start, part.end))
        return Part(part.text, tuple(state for state in part.states if state in said), part.start, part.end)

    def _broken_off(self, part: Part, after: Part) -> bool:
        """Whether the clause ends before its object: the next part begins with a bare noun, or this one with
        "of".
        """
        return bool(self._parts.open_end.search(part.text.rstrip())) or (
            bool(self._patterns.noun_next.match(after.text)) and not self._parts.coordinate.match(after.text)
        )

    def _add(self, part: Part, own: str, *, leans: bool = False, ties: bool = True) -> None:
        if part.states or not self._out:
            self._out.append(_Clause(own, self._text, leans, ties, part.states, part.start, part.end))
        else:
            last = self._out[-1]
            self._out[-1] = _Clause(
                self._shared.glued(last.own, part.text),
                self._text,
                last.leans,
                last.ties,
                last.states,
                last.start,
                part.end,
            )

    def _release(self, shared: str, clause: str = "") -> None:
        """Give those that wait the object; one that is only an adverb gets the whole clause."""
        head = self._shared.head(shared)
        for part in self._waiting:
            rest = head if self._clauses.has_verb(part.text) else self._shared.head(clause)
            for text, states in self._shared.respectively(self._shared.glued(part.text, rest), part.states):
                self._out.append(_Clause(text, text, False, False, states, part.start, part.end))
        self._waiting, self._verbs = [], ""

    def _composed(self) -> list[Wording]:
        """What each State asks for in a sentence: clauses tied together that name it make one wording.

        In "ratify the Protocol (Chile, Benin) and establish a mechanism (Benin)" Chile asks for one thing and
        Benin for both.
        """
        clauses = self._out
        asked: dict[tuple[int, ...], list[str]] = {}
        for state in dict.fromkeys(state for clause in clauses for state in clause.states):
            for run in self._runs(state):
                asked.setdefault(run, []).append(state)
        asked |= {(k,): [] for k, clause in enumerate(clauses) if not clause.states}
        out: list[Wording] = []
        for places, states in asked.items():
            text = clauses[places[0]].full
            for earlier, place in pairwise(places):
                clause = clauses[place]
                text = (
                    clause.full
                    if clause.leans and text == clauses[earlier].full
                    else self._shared.glued(text, clause.own)
                )
            for part, who in self._shared.respectively(text, tuple(states)):
                out.append(Wording(tidy(part), who, clauses[places[0]].start, clauses[places[-1]].end))
        return sorted(out, key=lambda wording: (wording.end, wording.start))

    def _runs(self, state: str) -> list[tuple[int, ...]]:
        """The clauses that name a State, those side by side and tied together in one run."""
        runs: list[tuple[int, ...]] = []
        for place, clause in enumerate(self._out):
            if state not in clause.states:
                continue
            tied = clause.leans or self._patterns.tied.match(clause.own)
            # "Ratify the Protocol, as recommended in 2009 (Benin), and take measures (Benin)": the clause
            # after what was recommended before is another act.
            closed = (
                place > 0
                and self._clauses.cites_recommendation(self._out[place - 1].own)
                and not clause.leans
            )
            if tied and runs and runs[-1][-1] == place - 1 and clause.ties and not closed:
                runs[-1] = (*runs[-1], place)
            else:
                runs.append((place,))
        return runs


def tidy(text: str) -> str:
    """The wording without the separators around it, white space single."""
    return " ".join(_LEADING.sub("", _unjoined(text)).rstrip(_FINAL).split())


def _unjoined(text: str) -> str:
    """Without the conjunction that tied the clause to the one before."""
    return _JOINTS[vocabulary_of(text).language].sub("", text)
