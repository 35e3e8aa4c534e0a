"""The figures that UPR Info publishes after a session, computed from the one table.

They are counted as UPR Info counts: one row for each recommending State, without voluntary pledges. A row
with an unknown recommending State counts as a recommendation, but not as a State. Shares have Wilson's
interval, which treats the rows as a random sample; it expresses sampling variation, not the certainty of the
labels.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.corpus.states import States
from pipeline.corpus.taxonomy import ACTIONS
from pipeline.evaluation.intervals import UNDEFINED, Z95, Estimate, wilson

PRECISE = 5
"""The category that UPR Info calls precise: a specific action."""

MCMAHON: Mapping[int, int] = {1: 1, 2: 2, 3: 4, 4: 3, 5: 5}
"""The codebook's category as a level of E. R. McMahon (2012): there 3 is general and 4 is considering."""

ANSWERED = ("Supported", "Noted")
"""Responses that count in a share of acceptance; pending and missing ones do not."""

_COLUMNS = (
    "kind",
    "state_under_review",
    "recommending_states",
    "session",
    "cycle",
    "response",
    "action",
    "issues",
    "label_source",
)


@dataclass(frozen=True)
class Counted:
    """The rows that figures are computed from.

    Attributes:
        rows: one a recommendation and recommending State. Columns: session, cycle, reviewed, reviewed_region,
            recommending, recommending_region, response, action (all null where unknown), issues (list),
            by_people (whether an expert or a reviewer gave the labels).
    """

    rows: pd.DataFrame

    def sessions(self, first: int, last: int | None = None) -> Counted:
        """The recommendations of a session, or of all from `first` to `last`."""
        return Counted(self.rows[self.rows["session"].between(first, first if last is None else last)])

    def where(self, column: str, value: str | int) -> Counted:
        """The recommendations with this value."""
        return Counted(self.rows[self.rows[column] == value])

    def __len__(self) -> int:
        """Recommendations, as UPR Info counts."""
        return len(self.rows)


def count_by_state(table: pa.Table, states: States) -> Counted:
    """The recommendations of a table in the project's columns, one for each recommending State.

    Args: `states`, whose regional groups are used.
    """
    frame = table.select([c for c in _COLUMNS if c in table.column_names]).to_pandas()
    frame = frame.reindex(columns=list(_COLUMNS))
    frame = frame[frame["kind"] != "pledge"].explode("recommending_states", ignore_index=True)
    regions = {s.name: s.region for s in states.all}
    rows = pd.DataFrame(
        {
            "session": frame["session"].astype("Int64"),
            "cycle": frame["cycle"].astype("Int64"),
            "reviewed": frame["state_under_review"],
            "reviewed_region": frame["state_under_review"].map(regions),
            "recommending": frame["recommending_states"],
            "recommending_region": frame["recommending_states"].map(regions),
            "response": frame["response"],
            "action": frame["action"].astype("Int64"),
            "issues": [[] if _absent(tags) else list(tags) for tags in frame["issues"]],
            "by_people": frame["label_source"].isin(["expert", "reviewed"]),
        }
    )
    return Counted(rows)


def _absent(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def precise_share(counted: Counted) -> Estimate:
    """Share of recommendations of category 5 among those with a category."""
    return action_share(counted, PRECISE)


def action_share(counted: Counted, action: int) -> Estimate:
    """Share of recommendations of a category among those with a category."""
    known = counted.rows["action"].dropna()
    return wilson(int((known == action).sum()), len(known))


def issue_share(counted: Counted, issue: str) -> Estimate:
    """Share of recommendations that carry a tag, alone or among others."""
    return wilson(sum(issue in tags for tags in counted.rows["issues"]), len(counted))


def recommending_states(counted: Counted) -> int:
    """How many States made a recommendation."""
    return int(counted.rows["recommending"].nunique())


def response_counts(counted: Counted) -> dict[str, int]:
    """Recommendations by response; those without one are left out."""
    return {str(k): int(n) for k, n in counted.rows["response"].value_counts().sort_index().items()}


def accepted_share(counted: Counted) -> Estimate:
    """Share supported among recommendations that were supported or noted."""
    answered = counted.rows["response"][counted.rows["response"].isin(ANSWERED)]
    return wilson(int((answered == "Supported").sum()), len(answered))


def labelled_by_people(counted: Counted) -> Estimate:
    """Share of recommendations whose labels an expert or a reviewer gave."""
    return wilson(int(counted.rows["by_people"].sum()), len(counted))


def mean_action(counted: Counted, scale: Mapping[int, int] | None = None) -> Estimate:
    """Mean category, with the 95 % interval of a mean (normal).

    Args: `scale`, category to level; `MCMAHON` for figures comparable with his tables. By default the
        codebook's own.
    """
    levels = counted.rows["action"].dropna().astype("int64")
    if scale is not None:
        levels = levels.map(scale)
    if levels.empty:
        return UNDEFINED
    mean = float(levels.mean())
    half = Z95 * float(levels.std(ddof=1)) / math.sqrt(len(levels)) if len(levels) > 1 else 0.0
    return Estimate(mean, mean - half, mean + half, len(levels))


def action_table(counted: Counted, by: str) -> pd.DataFrame:
    """Actions by a column ("session", "cycle", "recommending_region", "reviewed", ...).

    Returns: `by`, action (1..5), name, count, share, low, high, of (recommendations with a category). Every
        value has five lines.
    """
    lines = []
    for value, group in _groups(counted, by):
        known = group.rows["action"].dropna()
        for action, name in ACTIONS.items():
            share = wilson(int((known == action).sum()), len(known))
            lines.append((value, action, name, int((known == action).sum()), *_interval(share)))
    return pd.DataFrame(lines, columns=[by, "action", "name", "count", "share", "low", "high", "of"])


def issue_table(counted: Counted, by: str | None = None) -> pd.DataFrame:
    """Tags, most frequent first, over all recommendations or by a column.

    Returns: (`by`,) issue, count, share, low, high, of. Only tags that occur.
    """
    lines = []
    for value, group in [("", counted)] if by is None else _groups(counted, by):
        counts = group.rows["issues"].explode().value_counts()
        for issue, count in sorted(counts.items(), key=lambda item: (-item[1], str(item[0]))):
            lines.append((value, issue, int(count), *_interval(wilson(int(count), len(group)))))
    table = pd.DataFrame(lines, columns=[by or "", "issue", "count", "share", "low", "high", "of"])
    return table if by is not None else table.drop(columns="")


def acceptance_table(counted: Counted, by: str) -> pd.DataFrame:
    """Share supported among those supported or noted, by a column.

    By "issue", it is over the recommendations that have the tag.

    Returns: `by`, supported, noted, share, low, high, of.
    """
    source = (
        Counted(counted.rows.explode("issues").rename(columns={"issues": "issue"}))
        if by == "issue"
        else counted
    )
    lines = []
    for value, group in _groups(source, by):
        responses = response_counts(group)
        lines.append(
            (
                value,
                responses.get("Supported", 0),
                responses.get("Noted", 0),
                *_interval(accepted_share(group)),
            )
        )
    return pd.DataFrame(lines, columns=[by, "supported", "noted", "share", "low", "high", "of"])


def session_table(counted: Counted) -> pd.DataFrame:
    """One line a session: recommendations, States in both roles, shares with intervals, share by people."""
    lines = []
    for session, group in _groups(counted, "session"):
        precise, accepted = precise_share(group), accepted_share(group)
        states = (recommending_states(group), int(group.rows["reviewed"].nunique()))
        shares = (precise.value, precise.low, precise.high, accepted.value, accepted.low, accepted.high)
        lines.append((session, len(group), *states, *shares, labelled_by_people(group).value))
    return pd.DataFrame(
        lines,
        columns=[
            "session",
            "recommendations",
            "recommending_states",
            "reviewed_states",
            "precise",
            "precise_low",
            "precise_high",
            "supported",
            "supported_low",
            "supported_high",
            "by_people",
        ],
    )


def _groups(counted: Counted, by: str) -> Iterable[tuple[str | int, Counted]]:
    """Each value of a column with its recommendations, in order; rows without a value belong to none."""
    for value, rows in counted.rows.groupby(by, sort=True):
        yield (int(value) if isinstance(value, (int, np.integer)) else str(value)), Counted(rows)


def _interval(estimate: Estimate) -> tuple[float, float, float, int]:
    return estimate.value, estimate.low, estimate.high, estimate.support
