"""Charts of the action categories: what States ask for, over time and by regional group."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from pipeline.charts.action_marks import precise_line, session_axis, stacked_bars
from pipeline.charts.drawing import (
    ACTION_COLOURS,
    INK,
    MUTED,
    NARROW,
    PERCENT_AXIS,
    WIDE,
    Chart,
    interval_text,
    panel,
    percent,
    records,
)
from pipeline.corpus.taxonomy import ACTIONS
from pipeline.evaluation.statistics import Counted, action_share, action_table, precise_share, session_table

_HEADER = ("Recommendations", *(f"{a} {name}" for a, name in ACTIONS.items()))


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
        axes.axhline(overall.value, color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
        precise_line(axes, lines, [False] * len(lines))
        return figure

    return Chart(
        "precise-over-time",
        f"{percent(overall.value, 0)} of recommendations ask for a specific action",
        (
            "Share of recommendations of category 5 (specific action) by session. Band: 95% interval "
            "(Wilson). Dashed: all sessions."
        ),
        f"Line chart. {percent(first['precise'])} in session {first['session']}, "
        f"{percent(last['precise'])} in session {last['session']}; "
        f"highest in session {most['session']}, {percent(most['precise'])}.",
        ("Session", "Recommendations", "Specific action", "95% interval"),
        tuple(
            (
                str(e["session"]),
                f"{e['recommendations']:,}",
                percent(e["precise"]),
                interval_text(e["precise_low"], e["precise_high"]),
            )
            for e in lines
        ),
        draw,
    )


def _shares(counted: Counted, by: str) -> tuple[pd.DataFrame, dict[str, int]]:
    """Shares, one row for each value of `by` and one column for each category, and the size of each row."""
    table = action_table(counted, by).dropna(subset=["share"])
    sizes = {str(e[by]): int(e["of"]) for e in records(table)}
    return table.pivot_table(index=by, columns="action", values="share"), sizes


def _table(shares: pd.DataFrame, sizes: dict[str, int]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (str(value), f"{sizes[str(value)]:,}", *(percent(float(s)) for s in line))
        for value, line in shares.iterrows()
    )


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
            axes.bar(
                list(shares.index), shares[action], bottom=base, color=ACTION_COLOURS[action], width=0.85
            )
            base = [b + float(s) for b, s in zip(base, shares[action], strict=True)]
        last = shares.iloc[-1]
        for action, y in zip(ACTIONS, _apart((last.cumsum() - last / 2).tolist(), 0.065), strict=True):
            for text, shift, colour in (
                ("■", 4, ACTION_COLOURS[action]),
                (f"{action} {ACTIONS[action]}", 15, INK),
            ):
                axes.annotate(
                    text,
                    (1, y),
                    (shift, 0),
                    xycoords=("axes fraction", "data"),
                    textcoords="offset points",
                    va="center",
                    color=colour,
                )
        axes.set_ylim(0, 1)
        axes.margins(x=0.01)
        session_axis(axes, len(shares))
        axes.yaxis.set_major_formatter(PERCENT_AXIS)
        return figure

    return Chart(
        "actions-by-session",
        (
            f"{ACTIONS[most]} action is the most frequent category, with {percent(overall[most], 0)} of "
            f"recommendations"
        ),
        "Share of the five action categories by session.",
        "Stacked columns by session. Over all sessions: "
        + ", ".join(f"{ACTIONS[a]} {percent(s)}" for a, s in overall.items())
        + ".",
        ("Session", *_HEADER),
        _table(shares, sizes),
        draw,
    )


def _apart(positions: Sequence[float], least: float) -> list[float]:
    """Rising positions in 0..1, moved so that neighbours are at least `least` apart."""
    moved: list[float] = []
    for position in positions:
        moved.append(max(position, moved[-1] + least) if moved else max(position, least / 2))
    # Positions above the top are moved down again, and those below them with them.
    top = 1 - least / 2
    for k in range(len(moved) - 1, -1, -1):
        moved[k] = min(moved[k], top)
        top = moved[k] - least
    return moved


def actions_by_region(counted: Counted, column: str) -> Chart | None:
    """Stacked shares of the categories, one bar for each regional group, ordered by name (not as a ranking).

    Args: `column`, "recommending_region" or "reviewed_region".
    """
    shares, sizes = _shares(counted, column)
    if shares.empty:
        return None
    verb = "made by" if column == "recommending_region" else "made to"
    least, most = percent(shares[5].min(), 0), percent(shares[5].max(), 0)
    spread = most if least == most else f"From {least} to {most}"
    bars = [{a: float(line[a]) for a in ACTIONS} for _, line in shares.iterrows()]
    return Chart(
        f"actions-by-{column.replace('_', '-')}",
        f"{spread} of recommendations {verb} States of a regional group ask for a specific action",
        (
            f"Share of the action categories in recommendations {verb} States of each regional group (number "
            f"of recommendations in brackets)."
        ),
        "Stacked bars by regional group. Specific action: "
        + ", ".join(f"{r} {percent(float(s))}" for r, s in zip(shares.index, shares[5], strict=True))
        + ".",
        ("Regional group", *_HEADER),
        _table(shares, sizes),
        lambda narrow: stacked_bars(
            [str(r) if narrow else f"{r} ({sizes[str(r)]:,})" for r in shares.index],
            bars,
            narrow,
            0.75 if narrow else 1.4,
            0.42,
        ),
    )
