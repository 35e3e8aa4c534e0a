"""Reported speech: "recommended that Benin ..." is the report's voice, and not the recommendation's."""

from __future__ import annotations

import re

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
VOICE_AGAIN = re.compile(
    r"[.;]\s+(?:and\s+)?(?:it\s+|they\s+)?(?:also,?\s+|further\s+|finally,?\s+)*"
    rf"(?={VOICE}\s+(?:that|to|the\s+(?:government|state|country|{'|'.join(ACTION_NOUNS)})|(?-i:[A-Z])\w+\s+to)\b)",
    re.IGNORECASE,
)
"""Where the report's voice begins anew, and with it another recommendation."""

THAT_AGAIN = re.compile(
    r",?\s+(?:and|as\s+well\s+as)\s+(?=that\s+(?:it|the\s+(?:state|government|country|authorities))\s+[a-z])",
    re.IGNORECASE,
)
"""Where it says "that the State" again: "recommended that Benin adopt a law, and that it pursue ..."."""


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
            rf"^(?:and\s+)?(?:it\s+|they\s+)?(?:(?:also|further|finally|additionally),?\s+)*{VOICE}\s+(?:(?:that|to|for)\s+)*(?:{wider}(?:,[^,]{{3,40}},)?\s+(?:(?:to|should)\s+)?|(?:to|that)\s+(?=\w))?(?=[a-z])"
            rf"|^(?:that\s+)?{subject}\s+should\s+",
            re.IGNORECASE,
        )
        self._that = re.compile(
            rf"^(?:and\s+)?(?:that\s+{wider}\s+(?:should\s+)?|{wider}\s+should\s+)(?=[a-z])", re.IGNORECASE
        )

    def retells(self, text: str, wordings: int) -> bool:
        """Whether an item retells several recommendations in the report's voice.

        Args: `wordings`, how many it was cut into.
        """
        opens = self._voice.match(text) or self._that.match(text)
        return bool(VOICE_AGAIN.search(text) or (wordings > 1 and opens))

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

    def is_comment(self, text: str) -> bool:
        """Whether a text begins as what the State under Review says itself does: "Andorra has ..."."""
        opening = text.lower().removeprefix("the ")
        comments = ("regarding recommendation", "regarding the recommendation")
        return opening.startswith((*(name.lower() for name in self._names), *comments))
