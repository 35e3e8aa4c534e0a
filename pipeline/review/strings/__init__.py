"""Everything the desk says to people, in one file a language; numbers and plurals by the language's rules."""

from __future__ import annotations

from pipeline.corpus.taxonomy import ACTIONS
from pipeline.store import names
from pipeline.store.sentences import Sentence, Sentences, count, filled, language, speaking

__all__ = [
    "LANGUAGES",
    "Sentence",
    "asked_language",
    "count",
    "filled",
    "forms",
    "language",
    "load_strings",
    "reason_in_words",
    "rule_in_words",
    "say",
    "sentence",
    "speaking",
]

LANGUAGES = names.LANGUAGES
"""Languages that the desk speaks; the first where nothing else is asked for."""


class _OfTheDesk(Sentences):
    def _load(self, wanted: str = LANGUAGES[0]) -> dict[str, Sentence]:
        # Names of categories are of the vocabulary, where also other pages take them from.
        named = {f"action.name.{n}": names.action_name(n, wanted) for n in ACTIONS}
        return super()._load(wanted) | named


_DESK = _OfTheDesk(__name__)
load_strings, sentence, forms, say = _DESK.load, _DESK.sentence, _DESK.forms, _DESK.say


def asked_language(accepted: str) -> str | None:
    """The language of the desk that a browser likes best, from its Accept-Language header; None for none."""
    from babel import negotiate_locale

    ranked = []
    for place, part in enumerate(accepted[:500].split(",")):
        name, _, quality = part.strip().partition(";q=")
        try:
            ranked.append((-float(quality or 1), place, name.strip().replace("-", "_")))
        except ValueError:
            continue
    return negotiate_locale([name for _, _, name in sorted(ranked)], LANGUAGES)


def reason_in_words(code: str) -> str:
    """A reason for review as people read it; a reason of others is a sentence already, and stays."""
    key = f"reason.{code}"
    return say(key) if key in load_strings() else code


def rule_in_words(rule: str, action: str) -> str:
    """What the codebook's rules say, by the name of the rule that says it."""
    key = f"rule.{rule.replace(' ', '-')}"
    return say(key if key in load_strings() else "rule.other", action=action)
