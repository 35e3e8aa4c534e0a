"""Parts of the charts of action categories: line of precise shares, bars, legend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from pipeline.charts.drawing import (
    ACCENT,
    ACTION_COLOURS,
    ACTION_INK,
    INK,
    NARROW,
    PERCENT_AXIS,
    WIDE,
    beside,
    panel,
    percent,
)
from pipeline.charts.marks import stretches
from pipeline.charts.strings import category, say
from pipeline.corpus.sessions import session_tick
from pipeline.corpus.taxonomy import ACTIONS

PRECISE_FIRST = tuple(sorted(ACTIONS, reverse=True))
"""Categories in the order of a bar's parts."""


_TICK = 0.55
"""Inches between sessions on an axis, so that their years do not touch."""


def session_axis(axes: Axes, sessions: int) -> None:
    """An axis of sessions: whole numbers with their years below, not too many."""
    axes.set_xlabel(say("axis"))
    wide = axes.get_window_extent().width / axes.figure.dpi
    axes.xaxis.set_major_locator(
        MaxNLocator(min(sessions, 10, int(wide / _TICK)), integer=True, min_n_ticks=1)
    )
    axes.xaxis.set_major_formatter(FuncFormatter(_tick))


def _tick(value: float, _: int | None) -> str:
    """The label of a place on an axis of sessions; an axis may begin before the first one."""
    return session_tick(round(value)) if value >= 1 else ""


def precise_line(axes: Axes, lines: Sequence[Mapping[str, Any]], hollow: Sequence[bool]) -> None:
    """The precise share by session with its interval as a band; the last and the highest value have labels.

    Args:
        lines: each with `session`, `precise`, `precise_low`, `precise_high`, `complete`, in order. A line is
            drawn through complete sessions that follow each other; others have a diamond and an interval.
        hollow: for each line, whether its marker is not filled.
    """
    by_session = {e["session"]: e for e in lines}
    whole = [e for e in lines if e["complete"]]
    last, most = (whole or lines)[-1], max(whole or lines, key=lambda e: e["precise"])
    highest = max(e["precise_high"] for e in lines)
    for stretch in stretches([e["session"] for e in whole]):
        own = [by_session[s] for s in stretch]
        low, high = ([e[end] for e in own] for end in ("precise_low", "precise_high"))
        axes.fill_between(stretch, low, high, color=ACCENT, alpha=0.2, linewidth=0)
        axes.plot(stretch, [e["precise"] for e in own], color=ACCENT, linewidth=2)
    for line, empty in zip(lines, hollow, strict=True):
        face = "white" if empty else ACCENT
        if len(stretches_with(line["session"], whole)) < 2:
            # The interval of a session without neighbours has no band to be seen in.
            ends = [line["precise_low"], line["precise_high"]]
            axes.plot([line["session"]] * 2, ends, color=ACCENT, alpha=0.4, linewidth=1.5)
        axes.plot(
            [line["session"]],
            [line["precise"]],
            marker="o" if line["complete"] else "D",
            markersize=4.5,
            color=ACCENT,
            markerfacecolor=face,
        )
    beside(axes, last["session"], last["precise"], percent(last["precise"]))
    if most is not last:
        # At the first session the label would reach into the scale.
        side = "left" if most is lines[0] else "center"
        axes.annotate(
            percent(most["precise"]),
            (most["session"], most["precise_high"]),
            (0, 3),
            textcoords="offset points",
            ha=side,
        )
    axes.set_ylim(0, max(0.5, 1.1 * highest))
    session_axis(axes, len(lines))
    axes.yaxis.set_major_formatter(PERCENT_AXIS)
    axes.grid(axis="y")


def stretches_with(session: int, whole: Sequence[Mapping[str, Any]]) -> list[int]:
    """The stretch of complete sessions that a session is part of; none for one that is not complete."""
    found = stretches([e["session"] for e in whole])
    return next((stretch for stretch in found if session in stretch), [])


def stacked_bars(
    names: Sequence[str], shares: Sequence[Mapping[int, float]], narrow: bool, left: float, pitch: float
) -> Figure:
    """Shares of the categories as stacked horizontal bars, the first at the top.

    Args:
        names: of the bars.
        shares: of each bar, by category.
        narrow: whether it is for a phone.
        left: width of the names, in inches.
        pitch: distance between bars, in inches.
    """
    height = pitch * len(shares) + (0.6 if narrow else 0.42)
    figure, axes = panel(NARROW if narrow else WIDE, height, left, 0.1, 0.05, 0.5 if narrow else 0.32)
    for place, line in enumerate(shares):
        start = 0.0
        for action in PRECISE_FIRST:
            axes.barh(place, line[action], left=start, color=ACTION_COLOURS[action], height=0.8)
            if line[action] > (0.13 if narrow else 0.06):
                middle, size = start + line[action] / 2, 9 if pitch > 0.4 else 8
                axes.text(
                    middle,
                    place,
                    percent(line[action], 0),
                    ha="center",
                    va="center",
                    color=ACTION_INK[action],
                    fontsize=size,
                )
            start += line[action]
    axes.set_yticks(range(len(names)), list(names), color=INK)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    _key(figure, narrow, left)
    return figure


def _key(figure: Figure, narrow: bool, left: float) -> None:
    """The categories above the bars, in the order of the bars' parts."""
    width, height = figure.get_size_inches()
    begin = 0.1 if narrow else left
    x, y = begin, height - 0.12
    for place, action in enumerate(PRECISE_FIRST):
        if narrow and place == 3:
            x, y = begin, y - 0.2
        figure.text(x / width, y / height, "■", color=ACTION_COLOURS[action], va="center")
        figure.text((x + 0.15) / width, y / height, category(action), va="center")
        x += 1.15
