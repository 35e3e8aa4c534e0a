"""What is asked on each issue, how specifically, over time, and what States answer.

A row belongs to the issues that its labels name, as they stand. Shares of action categories within an issue
are corrected for the model's errors in the category, and not for those in the tag.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd

from pipeline.release.statistics.measured import Measured
from pipeline.release.statistics.shares import SHARE, action_lines, response_counts, share_line

OVER_TIME = ("issue", "session", *SHARE, "supported", "noted", "pending", "unknown")


def actions_by_issue(rows: Measured) -> pd.DataFrame:
    """Share of each category among the recommendations that carry a tag; five lines a tag that occurs."""
    lines = []
    for tag, places in _places(rows).items():
        lines += [(tag, *line) for line in action_lines(rows.take(places))]
    return pd.DataFrame(lines, columns=["issue", "action", "name", *SHARE])


def issues_over_time(rows: Measured) -> pd.DataFrame:
    """Share of each tag that occurs in every session, also where it is 0, and the responses to it."""
    tags = [tag for tag in rows.tags if tag in _places(rows)]
    lines = []
    for session, group in rows.groups("session"):
        there = _places(group)
        for tag in tags:
            own = group.rows.iloc[there.get(tag, np.zeros(0, dtype=np.int64))]
            estimate = group.tag_share(rows.tags.index(tag))
            shares = share_line(estimate, len(own), len(group), group.by_people)
            lines.append((tag, session, *shares, *response_counts(own)))
    table = pd.DataFrame(lines, columns=list(OVER_TIME))
    return table.sort_values(["issue", "session"], kind="stable", ignore_index=True)


def _places(rows: Measured) -> dict[str, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Tag to the places of the rows that carry it, in the order of tags; those that occur."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, tags in enumerate(rows.rows["issues"]):
        for tag in tags:
            found[tag].append(place)
    return {tag: np.array(found[tag], dtype=np.int64) for tag in rows.tags if tag in found}
