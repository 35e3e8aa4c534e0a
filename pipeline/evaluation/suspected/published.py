"""Which published statistics would change if suspected coding errors were corrected.

The figures are those that UPR Info publishes after a session and in its statements, and those of E. R.
McMahon (2012) that are based on the same codes. For sessions and cycles without a published figure, the same
kinds of figures are computed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.corpus.taxonomy import ACTIONS
from pipeline.evaluation.statistics import (
    MCMAHON,
    PRECISE,
    Counted,
    action_share,
    issue_share,
    mean_action,
)

SHARE_POINTS = 0.15
"""The corpus reproduces published shares within so many percentage points; a smaller move is no change."""
MEAN_LEVELS = 0.01
"""McMahon's means are printed with two decimals."""

_PRINTED_SESSIONS = (1, 4, 5, 13, 14, 15, 16, 17, 18)
_PRINTED_WINDOWS = ((1, 2), (11, 12), (13, 16))
"""UPR Info's oral statement at the 25th session of the Human Rights Council (2014)."""
_PRINTED_TOP_ISSUES = (16, 17)
_TOP = 3
_RANKS = 10
_MCMAHON_SESSIONS = (1, 12)
_MCMAHON_GROUPS = (("Africa", None), ("Asia", None), ("EEG", None), ("Asia", "Asia"), ("EEG", "EEG"))


@dataclass(frozen=True)
class Statistic:
    """A figure computed from the codes as they are and from the corrected codes.

    Attributes:
        name: what it counts.
        where: over which recommendations.
        unit: "percent", "level" (of McMahon's scale) or "rank" (the names, most frequent first, in
            `coded_order` and `corrected_order`).
        printed: UPR Info or McMahon printed it.
        coded, corrected: the figure; 0 for ranks.
        coded_order, corrected_order: the ranking; empty for others.
    """

    name: str
    where: str
    unit: str
    printed: bool
    coded: float
    corrected: float
    coded_order: tuple[str, ...] = ()
    corrected_order: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether it changes by more than 0.15 points, by more than 0.01 of a level, or in its order."""
        if self.unit == "rank":
            return self.coded_order != self.corrected_order
        return (
            abs(self.corrected - self.coded)
            > (SHARE_POINTS if self.unit == "percent" else MEAN_LEVELS) + 1e-9
        )


def compare(coded: Counted, corrected: Counted) -> list[Statistic]:
    """Every figure, from both. Args: the same recommendations in the same order, with either codes."""
    sessions = sorted(int(s) for s in coded.rows["session"].dropna().unique())
    return [
        *_precise(coded, corrected, sessions),
        *_actions(coded, corrected),
        *_top_issues(coded, corrected, sessions),
        *_means(coded, corrected),
    ]


def _precise(coded: Counted, corrected: Counted, sessions: list[int]) -> Iterator[Statistic]:
    name = f"Precise recommendations (category {PRECISE} {ACTIONS[PRECISE]})"
    windows = [(s, s) for s in sessions] + [
        w for w in _PRINTED_WINDOWS if set(range(w[0], w[1] + 1)) <= set(sessions)
    ]
    for first, last in windows:
        where = f"session {first}" if first == last else f"sessions {first} to {last}"
        printed = first in _PRINTED_SESSIONS if first == last else True
        shares = [100 * action_share(c.sessions(first, last), PRECISE).value for c in (coded, corrected)]
        yield Statistic(name, where, "percent", printed, shares[0], shares[1])


def _actions(coded: Counted, corrected: Counted) -> Iterator[Statistic]:
    cycles = sorted(int(c) for c in coded.rows["cycle"].dropna().unique())
    pairs = [("all sessions", coded, corrected)]
    pairs += [(f"cycle {c}", coded.where("cycle", c), corrected.where("cycle", c)) for c in cycles]
    for where, before, after in pairs:
        for action, name in ACTIONS.items():
            shares = (100 * action_share(before, action).value, 100 * action_share(after, action).value)
            yield Statistic(f"Share of category {action} {name}", where, "percent", False, *shares)


def _top_issues(coded: Counted, corrected: Counted, sessions: list[int]) -> Iterator[Statistic]:
    for session in sessions:
        before, after = coded.sessions(session), corrected.sessions(session)
        orders = (_order(before, _TOP), _order(after, _TOP))
        printed = session in _PRINTED_TOP_ISSUES
        for issue in orders[0]:
            shares = (100 * issue_share(before, issue).value, 100 * issue_share(after, issue).value)
            yield Statistic(f"Share of {issue}", f"session {session}", "percent", printed, *shares)
        yield Statistic(
            "The three most frequent issues", f"session {session}", "rank", printed, 0.0, 0.0, *orders
        )
    yield Statistic(
        "The ten most frequent issues",
        "all sessions",
        "rank",
        False,
        0.0,
        0.0,
        _order(coded, _RANKS),
        _order(corrected, _RANKS),
    )


def _order(counted: Counted, places: int) -> tuple[str, ...]:
    counts = Counter(tag for tags in counted.rows["issues"] for tag in tags)
    return tuple(sorted(counts, key=lambda tag: (-counts[tag], tag))[:places])


def _means(coded: Counted, corrected: Counted) -> Iterator[Statistic]:
    for giver, receiver in _MCMAHON_GROUPS:
        means = []
        for counted in (coded, corrected):
            part = counted.sessions(*_MCMAHON_SESSIONS).where("recommending_region", giver)
            means.append(
                mean_action(part if receiver is None else part.where("reviewed_region", receiver), MCMAHON)
            )
        if all(m.defined for m in means):
            where = (
                f"from {giver} to {receiver or 'all'}, sessions {_MCMAHON_SESSIONS[0]} to "
                f"{_MCMAHON_SESSIONS[1]}"
            )
            yield Statistic(
                "Mean action on McMahon's scale", where, "level", True, means[0].value, means[1].value
            )
