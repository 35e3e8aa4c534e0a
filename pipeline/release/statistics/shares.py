"""Published shares as tables; each interval accounts for the model's measured errors.

In every table `count` and `as_labelled` take labels as they stand; `share`, `low` and `high` are corrected
(see `correction`), and are `as_labelled` with Wilson's interval where people labelled everything; `of` is
what the share is of, `by_people` how many of these a person labelled.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd

from pipeline.corpus.sessions import is_complete
from pipeline.corpus.taxonomy import ACTIONS
from pipeline.evaluation.intervals import Estimate, wilson
from pipeline.evaluation.statistics import ANSWERED, Counted, accepted_share, recommending_states
from pipeline.release.statistics.measured import Measured

PRECISE = 5
SHARE = ("count", "as_labelled", "share", "low", "high", "of", "by_people")


def share_line(
    estimate: Estimate, count: int, of: int, by_people: int
) -> tuple[int, float, float, float, float, int, int]:
    """The figures of a share, in the order of `SHARE`."""
    return count, count / of if of else math.nan, estimate.value, estimate.low, estimate.high, of, by_people


def action_table(rows: Measured, by: str) -> pd.DataFrame:
    """Share of each category by a column; five lines a value."""
    lines = [(value, *line) for value, group in rows.groups(by) for line in action_lines(group)]
    return pd.DataFrame(lines, columns=[by, "action", "name", *SHARE])


def action_lines(rows: Measured) -> list[tuple[object, ...]]:
    """Category, its name and the figures of its share, for each category."""
    known = rows.rows["action"].dropna()
    people = int((rows.rows["by_people"] & rows.rows["action"].notna()).sum())
    counts = {action: int((known == action).sum()) for action in ACTIONS}
    return [
        (action, name, *share_line(rows.action_share(action), counts[action], len(known), people))
        for action, name in ACTIONS.items()
    ]


def issue_table(rows: Measured, by: str | None = None) -> pd.DataFrame:
    """Share of recommendations with each tag, most frequent first; by a column, only tags that occur."""
    lines = []
    for value, group in [("", rows)] if by is None else rows.groups(by):
        counts = _counts(group)
        order = sorted(range(len(group.tags)), key=lambda t: (-counts[t], group.tags[t]))
        lines += [
            (
                value,
                group.tags[tag],
                *share_line(group.tag_share(tag), counts[tag], len(group), group.by_people),
            )
            for tag in order
            if counts[tag] or by is None
        ]
    table = pd.DataFrame(lines, columns=[by or "", "issue", *SHARE])
    return table if by is not None else table.drop(columns="")


def _counts(group: Measured) -> list[int]:
    found = group.rows["issues"].explode().value_counts()
    return [int(found.get(tag, 0)) for tag in group.tags]


def _acceptance(
    rows: Measured, has: Callable[[Measured], list[tuple[object, pd.Series, Estimate]]]
) -> list[tuple[object, ...]]:
    lines: list[tuple[object, ...]] = []
    for value, carries, estimate in has(rows):
        chosen = rows.rows[carries.to_numpy(dtype=bool)]
        if len(chosen):
            lines.append((value, *_responses(chosen, estimate)))
    return lines


def _responses(rows: pd.DataFrame, estimate: Estimate) -> tuple[object, ...]:
    """The figures of a line of acceptance, in the order of `_ACCEPTANCE`."""
    supported, noted, pending, unknown = response_counts(rows)
    answered = rows["response"].isin(ANSWERED)
    line = share_line(estimate, supported, supported + noted, int(rows["by_people"][answered].sum()))
    return supported, noted, pending, unknown, *line[1:]


def response_counts(rows: pd.DataFrame) -> tuple[int, int, int, int]:
    """Recommendations supported, noted, pending, and without a known response; together they are all rows."""
    found = rows["response"].value_counts()
    supported, noted, pending = (int(found.get(word, 0)) for word in ("Supported", "Noted", "Pending"))
    return supported, noted, pending, len(rows) - supported - noted - pending


_ACCEPTANCE = ("supported", "noted", "pending", "unknown", *SHARE[1:])


def acceptance_by_action(rows: Measured) -> pd.DataFrame:
    """Share supported of those supported or noted, by category.

    `of` counts the rows supported or noted; `pending` and `unknown` are not part of it.
    """
    lines = _acceptance(
        rows, lambda r: [(a, r.rows["action"].eq(a).fillna(False), r.accepted_of_action(a)) for a in ACTIONS]
    )
    table = pd.DataFrame(lines, columns=["action", *_ACCEPTANCE])
    table.insert(1, "name", [ACTIONS[int(a)] for a in table["action"]])
    return table


def acceptance_by_issue(rows: Measured) -> pd.DataFrame:
    """The same by tag."""
    exploded = rows.rows["issues"].map(frozenset)
    lines = _acceptance(
        rows,
        lambda r: [
            (tag, exploded.map(lambda tags, t=tag: t in tags), r.accepted_of_tag(i))
            for i, tag in enumerate(r.tags)
        ],
    )
    return pd.DataFrame(lines, columns=["issue", *_ACCEPTANCE])


def acceptance_by(rows: Measured, by: str) -> pd.DataFrame:
    """Share supported by a column that no model labels: nothing to correct."""
    lines = []
    for value, group in rows.groups(by):
        supported, noted, _, _ = response_counts(group.rows)
        lines.append((value, *_responses(group.rows, wilson(supported, supported + noted))))
    return pd.DataFrame(lines, columns=[by, *_ACCEPTANCE])


def mean_action_between_regions(rows: Measured) -> pd.DataFrame:
    """Mean category from each recommending regional group to each reviewed one and to the world.

    It is given on the codebook's scale and on McMahon's (2012).
    """
    lines = []
    for giver, given in rows.groups("recommending_region"):
        for receiver, group in [*given.groups("reviewed_region"), ("World", given)]:
            own, theirs = group.mean_action(), group.mean_action(mcmahon=True)
            lines.append(
                (
                    giver,
                    receiver,
                    own.value,
                    own.low,
                    own.high,
                    theirs.value,
                    theirs.low,
                    theirs.high,
                    own.support,
                    group.by_people,
                )
            )
    columns = ["mean", "low", "high", "mcmahon_mean", "mcmahon_low", "mcmahon_high", "of", "by_people"]
    return pd.DataFrame(lines, columns=["recommending_region", "reviewed_region", *columns])


def mean_action_by_cycle(rows: Measured) -> pd.DataFrame:
    """`mean_action_between_regions` of every cycle ("1", "2") and of all sessions ("all")."""
    parts: list[tuple[str, Measured]] = [("all", rows), *((str(c), part) for c, part in rows.groups("cycle"))]
    found = []
    for cycle, part in parts:
        table = mean_action_between_regions(part)
        table.insert(0, "cycle", pd.Series([cycle] * len(table), dtype=object))
        found.append(table)
    return pd.concat([found[0], *(table for table in found[1:] if len(table))], ignore_index=True)


def reviews(rows: Measured) -> pd.DataFrame:
    """One line a review, that is, a State under review and a session; as `overview_by`.

    A State that was reviewed in several cycles has a line for each.
    """
    found = []
    for state, group in rows.groups("reviewed"):
        table = overview_by(group, "session").drop(columns=["reviewed_states", "complete"])
        table.insert(0, "reviewed", pd.Series([state] * len(table), dtype=object))
        found.append(table)
    empty = overview_by(rows, "session").drop(columns=["reviewed_states", "complete"]).iloc[:0]
    empty.insert(0, "reviewed", pd.Series([], dtype=object))
    return pd.concat(found, ignore_index=True) if found else empty


def overview_by(rows: Measured, by: str) -> pd.DataFrame:
    """One line a session, cycle, or State in a role: how many, how precise, how much of it accepted.

    Of a session also whether all its reviews are there (`complete`).
    """
    lines = []
    for value, group in rows.groups(by):
        precise, accepted = group.action_share(PRECISE), accepted_share(Counted(group.rows))
        known = group.rows["action"].dropna()
        states = (recommending_states(Counted(group.rows)), int(group.rows["reviewed"].nunique()))
        shares = (
            float((known == PRECISE).mean()) if len(known) else math.nan,
            precise.value,
            precise.low,
            precise.high,
        )
        lines.append(
            (
                value,
                len(group),
                *states,
                *shares,
                accepted.value,
                accepted.low,
                accepted.high,
                *response_counts(group.rows),
                group.by_people,
            )
        )
    names = [
        "precise_as_labelled",
        "precise",
        "precise_low",
        "precise_high",
        "supported",
        "supported_low",
        "supported_high",
        "supported_count",
        "noted_count",
        "pending_count",
        "unknown_count",
        "by_people",
    ]
    table = pd.DataFrame(
        lines, columns=[by, "recommendations", "recommending_states", "reviewed_states", *names]
    )
    if by == "session":
        reviews = zip(table["session"], table["reviewed_states"], strict=True)
        table["complete"] = pd.Series([is_complete(int(s), int(n)) for s, n in reviews], dtype=bool)
    return table


def pairs(rows: Measured) -> pd.DataFrame:
    """How often each State spoke to each."""
    known = rows.rows.dropna(subset=["recommending", "reviewed"])
    counted = known.groupby(["recommending", "reviewed"], sort=True).size()
    return counted.rename("count").reset_index()


def tables(rows: Measured) -> dict[str, pd.DataFrame]:
    """Every table by name: statistics/<name>.csv."""
    return {
        "sessions": overview_by(rows, "session"),
        "cycles": overview_by(rows, "cycle"),
        "recommending_states": overview_by(rows, "recommending"),
        "reviewed_states": overview_by(rows, "reviewed"),
        "pairs": pairs(rows),
        "actions_by_session": action_table(rows, "session"),
        "actions_by_cycle": action_table(rows, "cycle"),
        "actions_by_recommending_region": action_table(rows, "recommending_region"),
        "actions_by_reviewed_region": action_table(rows, "reviewed_region"),
        "actions_by_recommending_state": action_table(rows, "recommending"),
        "actions_by_reviewed_state": action_table(rows, "reviewed"),
        "mean_action_between_regions": mean_action_by_cycle(rows),
        "reviews": reviews(rows),
        "issues": issue_table(rows),
        "issues_by_session": issue_table(rows, "session"),
        "issues_by_cycle": issue_table(rows, "cycle"),
        "issues_by_recommending_region": issue_table(rows, "recommending_region"),
        "issues_by_reviewed_region": issue_table(rows, "reviewed_region"),
        "issues_by_recommending_state": issue_table(rows, "recommending"),
        "issues_by_reviewed_state": issue_table(rows, "reviewed"),
        "acceptance_by_action": acceptance_by_action(rows),
        "acceptance_by_issue": acceptance_by_issue(rows),
        "acceptance_by_session": acceptance_by(rows, "session"),
        "acceptance_by_recommending_region": acceptance_by(rows, "recommending_region"),
        "acceptance_by_reviewed_region": acceptance_by(rows, "reviewed_region"),
    }


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    """A table as it is written: shares to six places, so that the last bits of a sum do not count."""
    return table.round({c: 6 for c in table.columns if table[c].dtype.kind == "f"})
