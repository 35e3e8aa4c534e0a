"""Why a draft has its category, and what would make it specific, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.corpus.taxonomy import ACTIONS

WAYS_IN_WORDS = {
    1: (
        "Ask the State under review itself to act: what is addressed to others, or asks for help or for "
        "information, is minimal action.",
        "Begin with the verb of an act: adopt, amend, ratify, abolish, establish.",
    ),
    2: (
        "Say what shall be done next, and not only that it shall go on: 'Continue and adopt ...' is coded by "
        "its second verb.",
        "Name the act by which it goes on: 'by adopting ...', 'by establishing ...'.",
    ),
    3: (
        "Ask for the act itself, where you want it, and not for its consideration: 'Ratify ...' instead of "
        "'Consider ratifying ...'. This asks for more than your draft does.",
    ),
    4: (
        "Name the act: adopt, amend, ratify, abolish, establish, investigate.",
        "Name the law, the treaty or the body that the act is about.",
        "Or keep the sentence and end it with 'by' and the act: 'by amending ...', 'by establishing ...'.",
    ),
    5: (),
}
"""What makes a draft of each category specific, by the codebook."""


def action_name(action: int) -> str:
    """A category as people say it: "general action"."""
    return f"{ACTIONS[action].lower()} action"


@dataclass(frozen=True, slots=True)
class Basis:
    """What the category of a draft rests on, for a sentence in any language.

    Attributes:
        kind: "leading", "object", "two-verbs" or "by-way": a rule of the codebook gives the category of the
            model; "model": no rule does.
        action: the model's category.
        words: that the category depends on, in order; none where the model names none.
        object: what the verb is about, where the kind is "object"; else "".
        rule_action: the category by the rules; None where none applies.
    """

    kind: str
    action: int
    words: tuple[str, ...]
    object: str
    rule_action: int | None


_KINDS = {
    "object of the verb": "object",
    "two leading verbs": "two-verbs",
    "general by way of specific": "by-way",
}


def basis_of(
    action: int, words: Sequence[str], rule_action: int | None, rule: str, rule_words: Sequence[str]
) -> Basis:
    """What the category of a draft rests on.

    Args:
        action: the model's category; `words`, that it depends on.
        rule_action: the category by the codebook's rules, None where none applies.
        rule: which rule gave it; `rule_words`, that it depends on, in order.
    """
    if rule_action != action or not rule_words:
        return Basis("model", action, tuple(words), "", rule_action)
    kind = _KINDS.get(rule, "leading")
    if kind in ("object", "two-verbs"):
        about = rule_words[-1] if kind == "object" else ""
        return Basis(kind, action, (rule_words[0],), about, rule_action)
    return Basis(kind, action, tuple(rule_words), "", rule_action)


def _quoted(words: Sequence[str]) -> str:
    return " … ".join(f"“{word}”" for word in words)


def why(basis: Basis) -> str:
    """Why a draft has its category, in a sentence.

    >>> why(basis_of(4, ["Strengthen"], 4, "leading verb", ["Strengthen"]))
    '“Strengthen” asks for general action.'
    """
    name, words = action_name(basis.action), _quoted(basis.words)
    if basis.kind == "model":
        rules = basis.rule_action
        by_rules = "no leading verb of the codebook" if rules is None else action_name(rules)
        by_words = f" by {words}" if words else ""
        return f"The model reads it as {name}{by_words}; the codebook's rules alone see {by_rules}."
    if basis.kind == "object":
        return f"{words} asks for {name} here, because of what it is about: “{basis.object}”."
    if basis.kind == "two-verbs":
        return f"Of two leading verbs the second counts, and {words} asks for {name}."
    if basis.kind == "by-way":
        return f"{words}: the act that is named counts, and it is {name}."
    return f"{words} asks for {name}."
