"""What a release holds for those who draft: specific recommendations as examples, and how often such were
supported.

Only what people labelled counts. Sessions that models are tested on are left out: who drafts by them would
train later models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass

from pipeline.corpus.blinding import MASK
from pipeline.evaluation.intervals import wilson
from pipeline.release.site.entries import Entry

SPECIFIC = 5


@dataclass(frozen=True, slots=True)
class Support:
    """How often specific recommendations on an issue were supported, one counted for each recommending State.

    Attributes:
        issue: the tag.
        supported, answered: rows that were supported, and that were supported or noted.
        low, high: of the share, Wilson's interval of 95 %.
    """

    issue: str
    supported: int
    answered: int
    low: float
    high: float


def examples(known: Sequence[Entry], tested: Set[int], blind: Callable[[str], str]) -> list[int]:
    """The places of the wordings that are specific, were supported and name no State.

    Args: `tested`, sessions that models are tested on; `blind`, masks names of States.
    """
    return [
        place
        for place, entry in enumerate(known)
        if _counts(entry, tested) and entry.response == "Supported" and MASK not in blind(entry.text)
    ]


def support(known: Sequence[Entry], tested: Set[int]) -> Iterator[Support]:
    """The figures of each issue on which a specific recommendation was answered, in order of name."""
    supported: dict[str, int] = {}
    answered: dict[str, int] = {}
    for entry in known:
        if not _counts(entry, tested) or entry.response not in ("Supported", "Noted"):
            continue
        for issue in entry.issues:
            answered[issue] = answered.get(issue, 0) + entry.rows
            supported[issue] = supported.get(issue, 0) + (entry.response == "Supported") * entry.rows
    for issue in sorted(answered, key=str.casefold):
        share = wilson(supported[issue], answered[issue])
        yield Support(issue, supported[issue], answered[issue], share.low, share.high)


def _counts(entry: Entry, tested: Set[int]) -> bool:
    return entry.action == SPECIFIC and entry.people and entry.session not in tested
