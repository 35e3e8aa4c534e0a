"""Reported speech: "recommended that Benin ..." is the report's voice, and not the recommendation's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from pipeline.corpus.states import State
from pipeline.corpus.text import folded
from pipeline.sources.documents.wording.verbs import Clauses, clauses_of
from pipeline.sources.documents.wording.vocabulary.choosing import VOCABULARIES
from pipeline.sources.documents.wording.vocabulary.words import Vocabulary

VOICE = "|".join(words.voice for words in VOCABULARIES)
"""The verbs with which reports retell what was recommended, in whatever language."""


_WORD = re.compile(r"[^\W\d_]+")


@cache
def speech_of(clauses: Clauses) -> Speech:
    """The reader of reported speech of a language; there is one of each."""
    return Speech(clauses)


class Speech:
    """Where the report's voice begins anew, and with it another recommendation."""

    def __init__(self, clauses: Clauses) -> None:
        """Args: `clauses`, the reader of the same language."""
        words = clauses.words
        self._words = words
        tie = rf"(?:(?:{words.ties})\s+)?(?:{words.it_})?(?:{words.also_})*"
        anew = rf"(?={words.voice}\s+{words.asked})"
        self._again = re.compile(rf"(?:[.;]\s+{tie}|,\s+(?!{words.that_}){tie}){anew}", re.IGNORECASE)
        self._that_again = re.compile(words.that_again, re.IGNORECASE)
        self._that = re.compile(rf"(?<!\w){words.that_}", re.IGNORECASE)
        self._voice = re.compile(words.voice, re.IGNORECASE)
        self._ends_joint = re.compile(rf"(?:[,;.]|\b(?:{words.ties}))\s*$", re.IGNORECASE)
        self._preamble = re.compile(rf"(?:{words.preamble})\b", re.IGNORECASE)
        self._aside = re.compile(rf"\b(?:{words.ties}),[^,]{{3,60}}$")
        self._asked = re.compile(
            rf"\b{words.voice}\s+(?:{words.that_}|{words.binders_}|{words.article_})", re.IGNORECASE
        )

    def voices_again(self, text: str) -> list[re.Match[str]]:
        """Where the report's voice begins anew. After a comma it does so only if something was asked before:
        in "While noting the efforts, recommended that ..." it begins there for the first time.
        """
        preamble = self._preamble.match(text)
        return [
            found
            for found in self._again.finditer(text)
            if not found.group().startswith(",")
            or not (
                self._aside.search(text, 0, found.start())
                or (preamble and not self._asked.search(text, 0, found.start()))
            )
        ]

    def thats_again(self, text: str) -> list[re.Match[str]]:
        """Where it says "that" again: "recommended that Benin adopt a law, and that it pursue ..."."""
        return [found for found in self._that_again.finditer(text) if self._tells(found, text)]

    def _tells(self, found: re.Match[str], text: str) -> bool:
        """Whether "that" begins an act, where only the form of its verb tells: not after a relative clause,
        which it may go on with.
        """
        verb = found.groupdict().get("verb")
        if verb is None or found.group()[0] in ";.":
            return True
        before = [that.start() for that in self._that.finditer(text, 0, found.start())]
        act = not before or self._begins_act(text[: before[-1]], first=len(before) == 1)
        return act and self._words.told_base(folded(verb), "") is not None

    def _begins_act(self, before: str, first: bool) -> bool:
        """Whether "that" behind a text begins an act, and no relative clause: behind a comma or "and", or as
        the first, where no act was named.
        """
        if self._ends_joint.search(before):
            return True
        voices = list(self._voice.finditer(before))
        asked = before[voices[-1].end() :] if voices else before
        return first and not any(folded(word) in self._words.verbs for word in _WORD.findall(asked))


class ReportedSpeech:
    """Takes the report's voice off the beginning of wordings."""

    def __init__(self, state: State | None) -> None:
        """Args: `state`, the State under Review, None if it is not known."""
        names = (state.name, state.un_name, *state.aliases) if state else ()
        self._comments = re.compile(_COMMENTS.format(names=_alternatives(names) or r"(?!)"), re.IGNORECASE)
        self._names, self._translations = names, state.translations if state else ()
        self._voices: dict[str, _Voice] = {}

    def retells(self, text: str, wordings: Sequence[str]) -> bool:
        """Whether an item retells several recommendations in the report's voice.

        Args: `wordings`, what it was cut into.
        """
        clauses = clauses_of(text)
        voice = self._voice(clauses.words)
        several = len(wordings) > 1
        opens = any(voice.opening.match(first) for first in (text, *wordings[:1])) or any(
            voice.that.match(one) for one in (text, *wordings)
        )
        return bool(speech_of(clauses).voices_again(text) or (several and opens))

    def own_words(self, text: str, among_others: bool) -> str:
        """A wording without "Recommended that Benin ...", where what remains says what to do: "recommends the
        continuation of the talks" is "continue the talks".

        Args: `among_others`, whether the item retells several (see `retells`). Only then the report also says
            "That Benin ..." and "the continuation of the talks"; alone, these are the words of the
            recommending State.
        """
        clauses = clauses_of(text)
        voice = self._voice(clauses.words)
        found = voice.opening.match(text) or (voice.that.match(text) if among_others else None)
        rest = text[found.end() :].strip() if found else text if among_others else ""
        plain = clauses.in_base_form(rest) if found else rest
        if clauses.begins_with_verb(plain):
            return plain
        return (clauses.as_action(plain) if plain else None) or text

    def _voice(self, words: Vocabulary) -> _Voice:
        """The patterns of a language, made when it is first met: most documents are in one."""
        if words.language not in self._voices:
            names = self._names if words.language == "en" else (*self._names, *self._translations)
            self._voices[words.language] = _Voice(words, names)
        return self._voices[words.language]

    def asks(self, text: str) -> bool:
        """Whether a text asks for an action, itself or in the report's voice."""
        return bool(text) and clauses_of(text).begins_with_verb(self.own_words(text, among_others=True))

    def is_comment(self, text: str) -> bool:
        """Whether a text begins as what the State under Review says itself does: "Andorra has ..."."""
        return self._comments.match(text) is not None


_COMMENTS = (
    r"(?:the\s+|la\s+|les?\s+|l[’']|el\s+|los\s+|las\s+)?(?:{names}|regarding\s+(?:the\s+)?recommendation"
    r"|concernant\s+(?:la\s+)?recommandation|(?:en\s+cuanto\s+a|respecto\s+(?:a|de))\s+(?:la\s+)?recomendaci[oó]n)"
)


def _alternatives(names: Sequence[str]) -> str:
    return "|".join(re.escape(name) for name in names)


class _Voice:
    """What a report says of a State before it says what is asked of it, in the words of one language."""

    def __init__(self, words: Vocabulary, names: Sequence[str]) -> None:
        known = words.government.format(names=_alternatives(names) or r"(?!)")
        subject = rf"(?:{known})"
        wider = rf"(?:{known}|{words.state})"
        tie, that, letter = rf"(?:(?:{words.ties})\s+)?", words.that_, r"(?=[^\W\d_])"
        self.opening = re.compile(
            rf"^{tie}(?:{words.it_})?(?:{words.also_})*{words.voice}\s+(?:{words.binders_})*"
            rf"(?:{wider}(?:,[^,]{{3,40}},)?\s+(?:{words.asks_to_})?|(?:{words.to_}|{that})(?=\w))?{letter}"
            rf"|^(?:{that})?{subject}\s+(?:{words.should_})",
            re.IGNORECASE,
        )
        self.that = re.compile(
            rf"^{tie}(?:{that}{wider}\s+(?:{words.should_})?|{words.that_it_}|{wider}\s+(?:{words.should_})){letter}",
            re.IGNORECASE,
        )
