"""Reported speech: "recommended that Benin ..." is the report's voice, and not the recommendation's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.corpus.states import State
from pipeline.sources.documents.wording.verbs import (
    ACTION_NOUNS,
    as_action,
    begins_with_verb,
    in_base_form,
)

VOICE = (
    r"(?:recommend(?:ed|s)|encourag(?:ed|es)|urg(?:ed|es)|invit(?:ed|es)|call(?:ed|s)\s+(?:up)?on"
    r"|request(?:ed|s)|suggest(?:ed|s)|asked|asks)"
)
"""The verbs with which reports retell what was recommended."""
_ANEW = (
    rf"(?={VOICE}\s+(?:that|to|the\s+(?:government|state|country|authorities|{'|'.join(ACTION_NOUNS)})"
    r"|(?-i:[A-Z])\w+\s+to|it\s+to|further\s+(?:action|steps|measures|efforts))\b)"
)
_TIE = r"(?:and\s+|as\s+well\s+as\s+)?(?:it\s+(?:was\s+)?|they\s+)?(?:also,?\s+|further\s+|finally,?\s+)*"
VOICE_AGAIN = re.compile(rf"(?:[.;]\s+{_TIE}|,\s+(?!that\b){_TIE}){_ANEW}", re.IGNORECASE)
"""Where the report's voice begins anew, and with it another recommendation."""

_JOINT = r"(?:[,;.]\s+(?:(?:and|as\s+well\s+as)\s+)?|\s+(?:and|as\s+well\s+as)\s+)"
THAT_AGAIN = re.compile(
    rf"{_JOINT}(?=that\s+(?:it|the\s+(?:state|government|country|authorities))\s+[a-z])"
    r"|[;.]\s+(?:and\s+)?(?=that\s+\w)",
    re.IGNORECASE,
)
"""Where it says "that" again: "recommended that Benin adopt a law, and that it pursue ..."."""
_PREAMBLE = re.compile(
    r"(?:while|not(?:ing|ed)|take\s+note|welcomed|commended|having|bearing|considering|welcoming|commending|recognizing|acknowledging|taking|given|in|with|as)\b",
    re.IGNORECASE,
)


def voices_again(text: str) -> list[re.Match[str]]:
    """Where the report's voice begins anew. After a comma it does so only if something was asked before: in
    "While noting the efforts, recommended that ..." it begins there for the first time.
    """
    preamble = _PREAMBLE.match(text)
    return [
        found
        for found in VOICE_AGAIN.finditer(text)
        if not found.group().startswith(",")
        or not (
            _ASIDE.search(text, 0, found.start()) or (preamble and not _ASKED.search(text, 0, found.start()))
        )
    ]


_ASIDE = re.compile(r"\band,[^,]{3,60}$")
_ASKED = re.compile(rf"\b{VOICE}\s+(?:that|to|the)\b", re.IGNORECASE)


class ReportedSpeech:
    """Takes the report's voice off the beginning of wordings."""

    def __init__(self, state: State | None) -> None:
        """Args: `state`, the State under Review, None if it is not known."""
        self._names = (state.name, state.un_name, *state.aliases) if state else ()
        names = "|".join(re.escape(n) for n in self._names)
        government = r"the\s+government"
        subject = rf"(?:{government}(?:\s+of\s+(?:{names}))?|{names})" if names else government
        wider = rf"(?:{subject}|the\s+(?:state|country|authorities)(?:\s+under\s+review)?|it)"
        self._voice = re.compile(
            rf"^(?:and\s+)?(?:it\s+(?:was\s+)?|they\s+)?(?:(?:also|further|finally|additionally),?\s+)*{VOICE}\s+(?:(?:that|to|for)\s+)*(?:{wider}(?:,[^,]{{3,40}},)?\s+(?:(?:to|should)\s+)?|(?:to|that)\s+(?=\w))?(?=[a-z])"
            rf"|^(?:that\s+)?{subject}\s+should\s+",
            re.IGNORECASE,
        )
        self._that = re.compile(
            rf"^(?:and\s+)?(?:that\s+{wider}\s+(?:should\s+)?|{wider}\s+should\s+)(?=[a-z])", re.IGNORECASE
        )

    def retells(self, text: str, wordings: Sequence[str]) -> bool:
        """Whether an item retells several recommendations in the report's voice.

        Args: `wordings`, what it was cut into.
        """
        several = len(wordings) > 1
        opens = any(self._voice.match(first) for first in (text, *wordings[:1])) or any(
            self._that.match(one) for one in (text, *wordings)
        )
        return bool(voices_again(text) or (several and opens))

    def own_words(self, text: str, among_others: bool) -> str:
        """A wording without "Recommended that Benin ...", where what remains says what to do: "recommends the
        continuation of the talks" is "continue the talks".

        Args: `among_others`, whether the item retells several (see `retells`). Only then the report also says
            "That Benin ..." and "the continuation of the talks"; alone, these are the words of the
            recommending State.
        """
        found = self._voice.match(text) or (self._that.match(text) if among_others else None)
        rest = text[found.end() :].strip() if found else text if among_others else ""
        plain = in_base_form(rest) if found else rest
        if begins_with_verb(plain):
            return plain
        return (as_action(plain) if plain else None) or text

    def asks(self, text: str) -> bool:
        """Whether a text asks for an action, itself or in the report's voice."""
        return bool(text) and begins_with_verb(self.own_words(text, among_others=True))

    def is_comment(self, text: str) -> bool:
        """Whether a text begins as what the State under Review says itself does: "Andorra has ..."."""
        opening = text.lower().removeprefix("the ")
        comments = ("regarding recommendation", "regarding the recommendation")
        return opening.startswith((*(name.lower() for name in self._names), *comments))
