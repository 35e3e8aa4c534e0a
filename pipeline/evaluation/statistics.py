"""The figures that UPR Info publishes after a session, computed from the one table.

They are counted as UPR Info counts: one row for each recommending State, without voluntary pledges. A row
with an unknown recommending State counts as a recommendation, but not as a State. Shares have Wilson's
interval, which treats the rows as a random sample; it expresses sampling variation, not the certainty of the
labels.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from pipeline.corpus.schema import PEOPLE
from pipeline.corpus.states import States
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
            "by_people": frame["label_source"].isin(PEOPLE),
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
