"""How a general draft becomes specific by the codebook's own way, and which edits are never proposed.

The codebook codes a general action that names a specific one as specific ("Improve ... by amending ...").
So a rewrite leaves the draft as it is and names an act at its end. It is proposed only where model and rules
code it as specific and give the same tags as before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.corpus.blinding import MASK
from pipeline.models.bundle import Bundle
from pipeline.models.decision import label_texts

SPECIFIC = 5
WAYS: tuple[tuple[str, str], ...] = (
    ("amend the law", "by amending the relevant legislation"),
    ("adopt a law", "by adopting legislation to this end"),
    ("adopt a programme", "by adopting and implementing a programme to this end"),
    ("set up a body", "by establishing a mechanism for this purpose"),
    ("publish results", "by publishing the results every year"),
    ("collect data", "by collecting and publishing data on progress"),
)
"""An act in a few words, and how a sentence names it. The order is that of proposals."""
SHOWN = 3

_END = re.compile(r"[\s.;,:]*$")
_WORD = re.compile(r"\w+(?:[-'’]\w+)*")
_NEGATIONS = frozenset(
    (
        "no",
        "not",
        "never",
        "none",
        "neither",
        "nor",
        "without",
        "except",
        "unless",
        "refrain",
        "cease",
        "stop",
    )
)
_NUMBER = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A draft with a specific act named.

    Attributes:
        way: the act in a few words.
        text: the whole sentence.
        added: what was added to the draft.
    """

    way: str
    text: str
    added: str


def rewritten(draft: str, added: str) -> str:
    """A draft with words added at its end, before the final stop.

    >>> rewritten("Strengthen the protection of women.", "by adopting legislation to this end")
    'Strengthen the protection of women, by adopting legislation to this end.'
    """
    end = _END.search(draft)
    kept = draft[: end.start()] if end else draft
    return f"{kept}, {added}{'.' if draft.rstrip().endswith('.') else ''}"


def forbidden_edits(draft: str, proposed: str, bundle: Bundle) -> list[str]:
    """The edits from a draft to a proposal that would change what the drafter means; none, if it may be
    shown.

    Forbidden are: to take away or change a word, to add one elsewhere than at the end, to negate or except,
    to name a number or a date, to name a State or a people, and to add an issue of its own.
    """
    before, after = _WORD.findall(draft), _WORD.findall(proposed)
    if after[: len(before)] != before:
        return ["words of the draft are taken away, changed, or moved"]
    added = after[len(before) :]
    words = " ".join(added)
    found = []
    if _NEGATIONS & {word.lower() for word in added}:
        found.append("something is negated or excepted")
    if _NUMBER.search(words):
        found.append("a number or a date is set")
    if MASK in bundle.blinder.blind(words):
        found.append("a State or a people is named")
    if bundle.rules.label([words])[0].tags:
        found.append("an issue is added")
    return found


def proposals(draft: str, tags: Sequence[str], bundle: Bundle, shown: int = SHOWN) -> list[Rewrite]:
    """Rewrites of a draft that model and rules both code as specific, with the tags that they gave before.

    Args:
        draft: a recommendation in English, cleaned.
        tags: the model's tags of the draft.
        shown: how many are wanted at most.
    """
    candidates = [Rewrite(way, rewritten(draft, added), added) for way, added in WAYS]
    labels = label_texts(bundle, [c.text for c in candidates], ["en"] * len(candidates))
    seen = [bundle.seen(text) for text in (draft, *(candidate.text for candidate in candidates))]
    before, *after = bundle.rules.label(seen)
    good = [
        candidate
        for candidate, label, rule in zip(candidates, labels, after, strict=True)
        if label.action == rule.action == SPECIFIC
        and set(label.issues) == set(tags)
        and set(rule.tags) == set(before.tags)
        and not forbidden_edits(draft, candidate.text, bundle)
    ]
    return good[:shown]
