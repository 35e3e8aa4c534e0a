"""What the charts of a corpus share: intervals in words and as dots."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from pipeline.charts.drawing import PERCENT_AXIS, dot_lines, percent, records
from pipeline.charts.strings import interval_text, say

SHOWN = 20
"""Lines of a chart; its table has all."""
_LETTER = 0.074
"""Inches of a letter in 9 pt, on average, in the wider fonts of browsers."""


def interval_words(lines: Sequence[Mapping[str, Any]], of: str = "of") -> str:
    """What the intervals of some lines are, in words."""
    if all(e["by_people"] == e[of] for e in lines):
        return say("intervals.people")
    if all(_as_labelled(e) for e in lines):
        return say("intervals.as-labelled")
    return say("intervals.corrected")


def _as_labelled(line: Mapping[str, Any]) -> bool:
    """Whether the share of a line is that of the labels as they are, and not corrected."""
    name = "precise" if "precise" in line else "share"
    own = line["as_labelled" if name == "share" else "precise_as_labelled"]
    return bool(line[name] == own or math.isnan(own))


def cell(line: Mapping[str, Any]) -> str:
    """A share with its interval, as a cell of a table."""
    return f"{percent(line['share'])} ({interval_text(line['low'], line['high'])})"


def stretches(sessions: Sequence[int]) -> list[list[int]]:
    """Sessions in order, cut where some are missing between them: a line may not lead over what is not known.

    >>> stretches([16, 17, 18, 34])
    [[16, 17, 18], [34]]
    """
    found: list[list[int]] = []
    for session in sorted(sessions):
        if found and session == found[-1][-1] + 1:
            found[-1].append(session)
        else:
            found.append([session])
    return found


def known(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The lines whose share is defined."""
    return [line for line in records(table) if not math.isnan(line["share"])]


def dots(names: Sequence[str], lines: Sequence[Mapping[str, Any]], narrow: bool) -> Figure:
    """Shares with intervals, one a line, with as much room for the names as the longest needs."""
    left = 0.12 + _LETTER * max(len(name) for name in names)
    estimates = [(e["share"], e["low"], e["high"]) for e in lines]
    figure, axes = dot_lines(names, estimates, narrow, left, 0.0, lambda share: percent(share, 0))
    top = max(high for _, _, high in estimates)
    axes.set_xlim(0, min(1.0, max(0.05, math.ceil(top * 20) / 20)))
    axes.xaxis.set_major_formatter(PERCENT_AXIS)
    return figure
