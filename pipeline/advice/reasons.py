"""Why a draft has its category, and what would make it specific, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

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


def _quoted(words: Sequence[str]) -> str:
    return " … ".join(f"“{word}”" for word in words)


def why(
    action: int, words: Sequence[str], rule_action: int | None, rule: str, rule_words: Sequence[str]
) -> str:
    """Why a draft has its category, in a sentence.

    Args:
        action: the model's category.
        words: that the model's category depends on.
        rule_action: the category by the codebook's rules, None where none applies.
        rule: which rule gave it.
        rule_words: that it depends on, in order.

    >>> why(4, ["Strengthen"], 4, "leading verb", ["Strengthen"])
    '“Strengthen” asks for general action.'
    """
    name = action_name(action)
    if rule_action != action or not rule_words:
        by_rules = "no leading verb of the codebook" if rule_action is None else action_name(rule_action)
        basis = f" by {_quoted(words)}" if words else ""
        return f"The model reads it as {name}{basis}; the codebook's rules alone see {by_rules}."
    if rule == "object of the verb":
        return f"“{rule_words[0]}” asks for {name} here, because of what it is about: “{rule_words[-1]}”."
    if rule == "two leading verbs":
        return f"Of two leading verbs the second counts, and “{rule_words[0]}” asks for {name}."
    if rule == "general by way of specific":
        return f"{_quoted(rule_words)}: the act that is named counts, and it is {name}."
    return f"{_quoted(rule_words)} asks for {name}."
