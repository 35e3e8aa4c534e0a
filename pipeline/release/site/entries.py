"""The recommendations of a release as its pages show them: each wording of a review once, with its States."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.corpus.schema import PEOPLE

_COLUMNS = (
    "rec_key",
    "response",
    "action",
    "issues",
    "label_source",
    "paragraph",
    "symbol",
    "implementation",
    "state_under_review",
    "state_under_review_iso",
    "session",
    "text",
    "recommending_state",
)
LETTERS = 8
"""Of a rec_key, as it stands in links within a page: a page has many."""
_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Entry:
    """Rows that differ by their recommending State only.

    Attributes:
        anchor: unique on the page of the State under review: the first `LETTERS` of the rec_key (all of it
            where another one there begins so, too), with "-2", "-3" where rows of one wording differ in more
            than the State.
        key: rec_key.
        reviewed, iso: State under review, "" where not known.
        session: None where not known.
        text: the wording.
        by: recommending States by name, each once.
        rows: how many rows of recommendations.parquet it stands for.
        issues, action, response, paragraph, symbol: as in these rows.
        people: whether a person gave action and issues.
        implementation: what others report of it.
    """

    anchor: str
    key: str
    reviewed: str
    iso: str
    session: int | None
    text: str
    by: tuple[str, ...]
    rows: int
    issues: tuple[str, ...]
    action: int | None
    response: str | None
    paragraph: str | None
    symbol: str | None
    people: bool
    implementation: tuple[str, ...] = ()


def entries(recommendations: pa.Table) -> list[Entry]:
    """Every recommendation, in order of State under review, session (latest first) and paragraph.

    Args: recommendations.parquet; its pledges are left out, since no State recommended them.
    """
    table = recommendations.filter(pc.equal(recommendations["kind"], "recommendation"))
    states: dict[tuple[Any, ...], dict[str, None]] = {}
    rows: Counter[tuple[Any, ...]] = Counter()
    texts: dict[tuple[Any, ...], str] = {}
    for *own, text, by in zip(*(table[n].to_pylist() for n in _COLUMNS), strict=True):
        own[3], own[7] = tuple(own[3] or ()), tuple(own[7] or ())
        shown = tuple(own)
        texts.setdefault(shown, text or "")
        states.setdefault(shown, {})
        rows[shown] += 1
        if by:
            states[shown][by] = None
    seen: Counter[Any] = Counter()
    # Of a key and the State under review.
    begin = Counter((key[:LETTERS], reviewed) for key, reviewed in {(shown[0], shown[8]) for shown in texts})
    found = []
    for shown, text in texts.items():
        key, response, action, issues, source, paragraph, symbol, reports, reviewed, iso, session = shown
        seen[key] += 1
        short = key[:LETTERS] if begin[key[:LETTERS], reviewed] == 1 else key
        anchor = f"{short}-{seen[key]}" if seen[key] > 1 else short
        found.append(
            Entry(
                anchor,
                str(key),
                str(reviewed or ""),
                str(iso or ""),
                session,
                text,
                tuple(states[shown]),
                rows[shown],
                issues,
                action,
                response,
                paragraph,
                symbol,
                source in PEOPLE,
                reports,
            )
        )
    return sorted(found, key=_order)


def _order(entry: Entry) -> tuple[object, ...]:
    numbers = [int(n) for n in _NUMBERS.findall(entry.paragraph or "")]
    return (entry.reviewed, -(entry.session or 0), not numbers, numbers)


@dataclass(frozen=True, slots=True)
class Link:
    """An earlier or later wording that a recommendation is linked with, as a page shows it.

    Attributes:
        anchor: of its first row, on the page of the same State.
        session: of its review.
        relation: same, near, or perhaps.
        responses: what the State answered, each answer once; "" for none that is known.
    """

    anchor: str
    session: int
    relation: str
    responses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Followed:
    """A recommendation in its thread.

    Attributes:
        reviews: how many reviews asked it, this one included; 1 where it is linked by "perhaps" only.
        earlier, later: oldest first; `perhaps` is offered for readers to judge, and is in neither.
        perhaps: the earlier wording that it perhaps repeats.
    """

    reviews: int
    earlier: tuple[Link, ...]
    later: tuple[Link, ...]
    perhaps: Link | None


def followed(known: Sequence[Entry], threads: pa.Table) -> dict[str, Followed]:
    """rec_key to its thread, for wordings that are linked with another. Args: `threads`, threads.parquet."""
    responses: dict[str, dict[str, None]] = defaultdict(dict)
    anchors: dict[str, str] = {}
    for entry in known:
        responses[entry.key][(entry.response or "").lower()] = None
        if "-" not in entry.anchor:
            anchors[entry.key] = entry.anchor
    names = ("rec_key", "relation", "repeats", "session", "order")
    sessions: dict[str, int] = {}
    reviews: dict[str, int] = {}
    before: dict[str, tuple[str, str]] = {}
    perhaps: dict[str, str] = {}
    after: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for key, relation, earlier, session, order in zip(*(threads[n].to_pylist() for n in names), strict=True):
        sessions[key] = session
        reviews[key] = max(order or 1, reviews.get(key, 1))
        if relation == "perhaps":
            perhaps[key] = earlier
        elif earlier is not None:
            before[key] = (earlier, relation)
            after[earlier].append((key, relation))
    sessions |= {entry.key: entry.session for entry in known if entry.session is not None}

    def link(key: str, relation: str) -> Link:
        return Link(anchors[key], sessions[key], relation, tuple(responses[key]))

    found = {}
    for key in reviews:
        earlier_links, at = [], key
        while at in before:
            at, relation = before[at]
            earlier_links.append(link(at, relation))
        later = sorted((link(k, r) for k, r in after[key]), key=lambda each: (each.session, each.anchor))
        offered = link(perhaps[key], "perhaps") if key in perhaps else None
        found[key] = Followed(reviews[key], tuple(reversed(earlier_links)), tuple(later), offered)
    return found


def by_state(known: Sequence[Entry]) -> tuple[Mapping[str, list[Entry]], Mapping[str, list[Entry]]]:
    """Entries by State under review, and by recommending State."""
    received: dict[str, list[Entry]] = defaultdict(list)
    made: dict[str, list[Entry]] = defaultdict(list)
    for entry in known:
        received[entry.reviewed].append(entry)
        for name in entry.by:
            made[name].append(entry)
    return received, made
