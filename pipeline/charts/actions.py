"""Charts of the action categories: what States ask for, over time and by regional group."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pipeline.charts.drawing import (
    ACCENT,
    ACTION_COLOURS,
    ACTION_INK,
    INK,
    MUTED,
    NARROW,
    PERCENT_AXIS,
    WIDE,
    Chart,
    beside,
    interval_text,
    panel,
    percent,
    records,
)
from pipeline.statistics import Counted, action_share, action_table, precise_share, session_table
from pipeline.taxonomy import ACTIONS

_GROUPS = {
    "Africa": "the African group",
    "Asia": "the Asian group",
    "EEG": "the Eastern European group",
    "GRULAC": "the Latin American and Caribbean group",
    "WEOG": "the Western group",
    "Observer": "no group (observers)",
}

_HEADER = ("Recommendations", *(f"{a} {name}" for a, name in ACTIONS.items()))


def session_axis(axes: Axes, sessions: int) -> None:
    """An axis of sessions: whole numbers, not too many."""
    axes.set_xlabel("Session of the Universal Periodic Review")
    axes.xaxis.set_major_locator(MaxNLocator(min(sessions, 10), integer=True, min_n_ticks=1))


def precise_over_time(counted: Counted) -> Chart | None:
    """Share of category 5 by session, with its interval as a band."""
    lines = [e for e in records(session_table(counted)) if e["precise"] == e["precise"]]
    if not lines:
        return None
    overall = precise_share(counted)
    first, last = lines[0], lines[-1]
    most = max(lines, key=lambda e: e["precise"])

    def draw(narrow: bool) -> Figure:
        figure, axes = panel(NARROW if narrow else WIDE, 2.7, 0.5, 0.6, 0.45)
        sessions = [e["session"] for e in lines]
        axes.fill_between(
            sessions, [e["precise_low"] for e in lines], [e["precise_high"] for e in lines], color=ACCENT, alpha=0.2, linewidth=0
        )
        axes.axhline(overall.value, color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.plot(sessions, [e["precise"] for e in lines], color=ACCENT, linewidth=2, marker="o", markersize=4)
        beside(axes, last["session"], last["precise"], percent(last["precise"]))
        if most is not last:
            # At the first session the label would reach into the scale.
            side = "left" if most is first else "center"
            axes.annotate(percent(most["precise"]), (most["session"], most["precise_high"]), (0, 3), textcoords="offset points", ha=side)
        axes.set_ylim(0, max(0.5, 1.1 * max(e["precise_high"] for e in lines)))
        session_axis(axes, len(lines))
        axes.yaxis.set_major_formatter(PERCENT_AXIS)
        axes.grid(axis="y")
        return figure

    return Chart(
        "precise-over-time",
        f"{percent(overall.value, 0)} of recommendations ask for a specific action",
        "Share of recommendations of category 5 (specific action) by session. Band: 95% interval (Wilson). Dashed: all sessions.",
        f"Line chart. {percent(first['precise'])} in session {first['session']}, {percent(last['precise'])} in session {last['session']}; "
        f"highest in session {most['session']}, {percent(most['precise'])}.",
        ("Session", "Recommendations", "Specific action", "95% interval"),
        tuple(
            (str(e["session"]), f"{e['recommendations']:,}", percent(e["precise"]), interval_text(e["precise_low"], e["precise_high"]))
            for e in lines
        ),
        draw,
    )


def _shares(counted: Counted, by: str) -> tuple[pd.DataFrame, dict[str, int]]:
    """Shares with a line a value of `by` and a column a category; and how many recommendations each line stands on."""
    table = action_table(counted, by).dropna(subset=["share"])
    sizes = {str(e[by]): int(e["of"]) for e in records(table)}
    return table.pivot_table(index=by, columns="action", values="share"), sizes


def _table(shares: pd.DataFrame, sizes: dict[str, int]) -> tuple[tuple[str, ...], ...]:
    return tuple((str(value), f"{sizes[str(value)]:,}", *(percent(float(s)) for s in line)) for value, line in shares.iterrows())


def actions_by_session(counted: Counted) -> Chart | None:
    """Stacked shares of the categories, one column a session."""
    shares, sizes = _shares(counted, "session")
    if shares.empty:
        return None
    overall = {a: action_share(counted, a).value for a in ACTIONS}
    most = max(overall, key=lambda a: overall[a])

    def draw(narrow: bool) -> Figure:
        figure, axes = panel(NARROW if narrow else WIDE, 3.3, 0.5, 1.1, 0.45)
        base = [0.0] * len(shares)
        for action in ACTIONS:
            axes.bar(list(shares.index), shares[action], bottom=base, color=ACTION_COLOURS[action], width=0.85)
            base = [b + float(s) for b, s in zip(base, shares[action], strict=True)]
        last = shares.iloc[-1]
        for action, y in zip(ACTIONS, _apart((last.cumsum() - last / 2).tolist(), 0.065), strict=True):
            for text, shift, colour in (("■", 4, ACTION_COLOURS[action]), (f"{action} {ACTIONS[action]}", 15, INK)):
                axes.annotate(
                    text, (1, y), (shift, 0), xycoords=("axes fraction", "data"), textcoords="offset points", va="center", color=colour
                )
        axes.set_ylim(0, 1)
        axes.margins(x=0.01)
        session_axis(axes, len(shares))
        axes.yaxis.set_major_formatter(PERCENT_AXIS)
        return figure

    return Chart(
        "actions-by-session",
        f"{ACTIONS[most]} action is the most frequent category, with {percent(overall[most], 0)} of recommendations",
        "Share of the five action categories by session.",
        "Stacked columns by session. Over all sessions: " + ", ".join(f"{ACTIONS[a]} {percent(s)}" for a, s in overall.items()) + ".",
        ("Session", *_HEADER),
        _table(shares, sizes),
        draw,
    )


def _apart(positions: Sequence[float], least: float) -> list[float]:
    """Rising positions in 0..1 moved just enough to leave `least` between them."""
    moved: list[float] = []
    for position in positions:
        moved.append(max(position, moved[-1] + least) if moved else max(position, least / 2))
    # What was pushed over the top comes down again, pushing those beneath.
    top = 1 - least / 2
    for k in range(len(moved) - 1, -1, -1):
        moved[k] = min(moved[k], top)
        top = moved[k] - least
    return moved


def actions_by_region(counted: Counted, column: str) -> Chart | None:
    """Stacked shares of the categories, one bar a regional group, most specific first.

    Args: `column`, "recommending_region" or "reviewed_region".
    """
    shares, sizes = _shares(counted, column)
    if shares.empty:
        return None
    specific = dict(zip(shares.index, shares[5].tolist(), strict=True))
    shares = shares.loc[sorted(specific, key=lambda region: -specific[region])]
    giving = column == "recommending_region"
    best, worst = shares.index[0], shares.index[-1]
    title = (
        f"States of {_GROUPS.get(best, best)} {'make' if giving else 'receive'} the largest share of specific recommendations, "
        f"those of {_GROUPS.get(worst, worst)} the smallest"
    )
    return Chart(
        f"actions-by-{column.replace('_', '-')}",
        title if best != worst else f"States of {_GROUPS.get(best, best)}: {percent(specific[best], 0)} specific action",
        f"Share of the action categories in recommendations {'made by' if giving else 'made to'} States of each regional group"
        " (number of recommendations in brackets).",
        "Stacked bars by regional group. Specific action: "
        + ", ".join(f"{r} {percent(float(s))}" for r, s in zip(shares.index, shares[5], strict=True))
        + ".",
        ("Regional group", *_HEADER),
        _table(shares, sizes),
        lambda narrow: _stacked_bars(shares, sizes, narrow),
    )


def _stacked_bars(shares: pd.DataFrame, sizes: dict[str, int], narrow: bool) -> Figure:
    figure, axes = panel(
        NARROW if narrow else WIDE,
        0.42 * len(shares) + (0.6 if narrow else 0.42),
        0.75 if narrow else 1.4,
        0.1,
        0.05,
        0.5 if narrow else 0.32,
    )
    start = [0.0] * len(shares)
    for action in (5, 4, 3, 2, 1):
        widths = [float(s) for s in shares[action]]
        axes.barh(range(len(shares)), widths, left=start, color=ACTION_COLOURS[action], height=0.78)
        for line, (left, width) in enumerate(zip(start, widths, strict=True)):
            if width > (0.13 if narrow else 0.06):
                axes.text(left + width / 2, line, percent(width, 0), ha="center", va="center", color=ACTION_INK[action])
        start = [left + width for left, width in zip(start, widths, strict=True)]
    names = [str(r) if narrow else f"{r} ({sizes[str(r)]:,})" for r in shares.index]
    axes.set_yticks(range(len(shares)), names, color=INK)
    axes.set_ylim(len(shares) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    _legend(figure, narrow)
    return figure


def _legend(figure: Figure, narrow: bool) -> None:
    """The categories above the bars, in the order of the bars' parts."""
    width, height = figure.get_size_inches()
    begin = 0.1 if narrow else 1.4
    x, y = begin, height - 0.12
    for place, action in enumerate((5, 4, 3, 2, 1)):
        if narrow and place == 3:
            x, y = begin, y - 0.2
        figure.text(x / width, y / height, "■", color=ACTION_COLOURS[action], va="center")
        figure.text((x + 0.15) / width, y / height, f"{action} {ACTIONS[action]}", va="center")
        x += 1.15
