"""Charts of the issue tags, and of the responses to recommendations."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pipeline.charts.drawing import (
    ACCENT,
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
from pipeline.charts.marks import SHOWN, cell, dots, interval_words, known, stretches
from pipeline.corpus.sessions import session_text, year_of

RESPONSES = ("Supported", "Noted", "Pending", "Unknown")
"""What became of a recommendation; each that was made is one of these."""


def tag_dots(table: pd.DataFrame) -> Chart | None:
    """The most frequent tags with intervals; the table has all."""
    found = [e for e in known(table) if e["count"]]
    if not found:
        return None
    shown, top = found[:SHOWN], found[0]
    return Chart(
        "tags",
        f"{top['issue']} is the most frequent issue, in {percent(top['share'], 0)} of recommendations",
        (
            f"Share of recommendations that carry the tag: the {len(shown)} most frequent of {len(found)} "
            f"tags. Bars: {interval_words(found)}"
        ),
        "Dots with intervals. " + ", ".join(f"{e['issue']} {percent(e['share'])}" for e in shown[:5]) + ".",
        ("Issue tag", "Recommendations", "Share", "95% interval"),
        tuple(
            (e["issue"], f"{e['count']:,}", percent(e["share"]), interval_text(e["low"], e["high"]))
            for e in found
        ),
        lambda narrow: dots([e["issue"] for e in shown], shown, narrow),
    )


def tags_over_time(table: pd.DataFrame, overall: pd.DataFrame, complete: Collection[int]) -> Chart | None:
    """The six most frequent tags by session, a small panel each, with intervals.

    Args: `complete`, the sessions that lines lead through and that may make a headline.
    """
    names = list(overall[overall["count"] > 0]["issue"][:6])
    sessions = sorted(int(s) for s in table["session"].unique())
    if len(names) < 2 or len(sessions) < 4:
        return None
    lines = {(e["issue"], e["session"]): e for e in records(table)}
    interval = interval_words(list(lines.values()))
    whole = [s for s in sessions if s in complete]
    ends = (whole or sessions)[0], (whole or sessions)[-1]
    first, last = ({n: lines.get((n, end), {"share": 0.0}) for n in names} for end in ends)
    mover = max(names, key=lambda n: abs(last[n]["share"] - first[n]["share"]))
    return Chart(
        "tags-over-time",
        f"{mover}: {percent(first[mover]['share'], 0)} of recommendations in session {ends[0]}, "
        f"{percent(last[mover]['share'], 0)} in session {ends[1]}"
        if len(whole) > 1
        else "The most frequent issues, in sessions of which this data holds a part of the reviews",
        (
            f"Share of recommendations that carry the tag, by session: the six most frequent tags. Band: "
            f"{interval}"
            + (
                ""
                if len(whole) == len(sessions)
                else " Diamonds: sessions that are not complete in the data."
            )
        ),
        "Small line charts. "
        + "; ".join(f"{n}: {percent(first[n]['share'])} to {percent(last[n]['share'])}" for n in names)
        + ".",
        ("Session", *names),
        tuple((str(s), *(cell(lines[n, s]) if (n, s) in lines else "–" for n in names)) for s in sessions),
        lambda narrow: _small_panels(names, sessions, lines, complete, narrow),
    )


def _small_panels(
    names: Sequence[str],
    sessions: Sequence[int],
    lines: Mapping[Any, Mapping[str, Any]],
    complete: Collection[int],
    narrow: bool,
) -> Figure:
    columns, width = (2, NARROW) if narrow else (3, WIDE)
    height = 1.4 * -(-len(names) // columns) + 0.1
    cell = (width - 0.1) / columns
    figure = Figure(figsize=(width, height))
    figure.patch.set_alpha(0)
    top = 1.05 * max(e["high"] for (n, _), e in lines.items() if n in names)
    for k, name in enumerate(names):
        left, bottom = 0.45 + cell * (k % columns), height - 1.4 * (k // columns) - 1.12
        axes = figure.add_axes((left / width, bottom / height, (cell - 0.85) / width, 0.85 / height))
        axes.patch.set_alpha(0)
        own = {s: lines[name, s] for s in sessions if (name, s) in lines}
        _tag_line(axes, own, complete)
        labelled = ([s for s in own if s in complete] or list(own))[-1]
        beside(axes, labelled, own[labelled]["share"], percent(own[labelled]["share"], 0))
        letters = 24 if narrow else 32
        title = name if len(name) <= letters else name[: letters - 1] + "…"
        axes.set_title(title, fontsize=8 if narrow else 9, loc="left", x=-0.2, color=INK, pad=4)
        axes.set_ylim(0, top)
        axes.set_xlim(sessions[0], sessions[-1])
        axes.yaxis.set_major_formatter(PERCENT_AXIS)
        axes.yaxis.set_major_locator(MaxNLocator(3))
        axes.set_xticks([sessions[0], sessions[-1]])
        axes.tick_params(labelcolor=MUTED, labelsize=8)
        axes.grid(axis="y")
    return figure


def _tag_line(axes: Axes, own: Mapping[int, Mapping[str, Any]], complete: Collection[int]) -> None:
    """A tag's share by session: lines through complete sessions in a row, diamonds for the others."""
    for stretch in stretches([s for s in own if s in complete]):
        low, high = ([own[s][end] for s in stretch] for end in ("low", "high"))
        axes.fill_between(stretch, low, high, color=ACCENT, alpha=0.2, linewidth=0)
        mark = "o" if len(stretch) == 1 else None
        axes.plot(stretch, [own[s]["share"] for s in stretch], marker=mark, color=ACCENT, lw=1.6, ms=3)
    for session in own.keys() - set(complete):
        axes.plot([session], [own[session]["share"]], "D", color=ACCENT, markersize=3, fillstyle="none")


def share_over_time(table: pd.DataFrame, complete: Collection[int]) -> Chart | None:
    """The share of one tag by session, with years.

    Args:
        table: a line a session, with the columns of a share.
        complete: the sessions that make a line; others are diamonds, and no headline.
    """
    own = {int(line["session"]): line for line in known(table)}
    sessions = sorted(own)
    if len(sessions) < 2:
        return None
    whole = [session for session in sessions if session in complete]
    first, last = (whole or sessions)[0], (whole or sessions)[-1]
    diamonds = "" if len(whole) == len(sessions) else " Diamonds: sessions that are not complete in the data."
    return Chart(
        "over-time",
        f"{percent(own[first]['share'])} of recommendations in session {session_text(first)}, "
        f"{percent(own[last]['share'])} in session {session_text(last)}"
        if len(whole) > 1
        else "The share of the issue, in sessions of which this data holds a part of the reviews",
        f"Share of a session's recommendations that carry the tag. Band: {interval_words(list(own.values()))}"
        + diamonds,
        f"Line chart. {percent(own[first]['share'])} in session {session_text(first)}, "
        f"{percent(own[last]['share'])} in session {session_text(last)}.",
        (
            "Session",
            "Recommendations",
            "On this issue",
            "Share",
            "95% interval",
            *RESPONSES,
            "Labelled by people",
        ),
        tuple(
            (
                session_text(session) + ("" if session in complete else ", in part"),
                f"{line['of']:,}",
                f"{line['count']:,}",
                percent(line["share"]),
                interval_text(line["low"], line["high"]),
                *(f"{line[word.lower()]:,}" for word in RESPONSES),
                f"{line['by_people']:,}",
            )
            for session, line in sorted(own.items())
        ),
        lambda narrow: _one_panel(own, complete, narrow),
    )


def _one_panel(own: Mapping[int, Mapping[str, Any]], complete: Collection[int], narrow: bool) -> Figure:
    figure, axes = panel(NARROW if narrow else WIDE, 2.3, 0.5, 0.6, 0.5, 0.15)
    sessions = sorted(own)
    _tag_line(axes, own, complete)
    labelled = ([s for s in sessions if s in complete] or sessions)[-1]
    beside(axes, labelled, own[labelled]["share"], percent(own[labelled]["share"]))
    axes.set_ylim(0, max(0.01, 1.1 * max(line["high"] for line in own.values())))
    axes.yaxis.set_major_formatter(PERCENT_AXIS)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    step = -(-len(sessions) // (4 if narrow else 9))
    shown = sessions[::step]
    axes.set_xticks(shown, [f"{s}\n{year_of(s) or ''}" for s in shown])
    axes.grid(axis="y")
    return figure


def acceptance(table: pd.DataFrame, by: str) -> Chart | None:
    """Share supported of those answered, by category or by tag."""
    found = known(table)
    if len(found) < 2:
        return None
    action = by == "action"
    shown = (
        found if action else sorted(sorted(found, key=lambda e: -e["of"])[:SHOWN], key=lambda e: -e["share"])
    )
    named = [f"{e['action']} {e['name']}" if action else str(e["issue"]) for e in shown]
    order = sorted(range(len(shown)), key=lambda i: -shown[i]["share"])
    best, worst = order[0], order[-1]
    subject = "action category" if action else f"issue: the {len(shown)} most frequent tags"
    return Chart(
        f"acceptance-by-{by}",
        f"{percent(shown[best]['share'], 0)} of answered recommendations on {named[best]} are supported, "
        f"{percent(shown[worst]['share'], 0)} of those on {named[worst]}"
        if not action
        else f"{percent(shown[best]['share'], 0)} of {named[best][2:].lower()} actions are supported, "
        f"{percent(shown[worst]['share'], 0)} of {named[worst][2:].lower()} ones",
        (
            f"Share supported among recommendations that were supported or noted, by {subject}; pending and "
            f"unknown responses are not part of the share. Bars: {interval_words(found)}"
        ),
        "Dots with intervals. "
        + "; ".join(f"{n} {percent(e['share'])}" for n, e in list(zip(named, shown, strict=True))[:8])
        + ".",
        (
            "Category" if action else "Issue tag",
            *RESPONSES,
            "Share supported of supported and noted",
            "95% interval",
        ),
        tuple(
            (
                f"{e['action']} {e['name']}" if action else str(e["issue"]),
                *(f"{e[word.lower()]:,}" for word in RESPONSES),
                percent(e["share"]),
                interval_text(e["low"], e["high"]),
            )
            for e in (found if action else sorted(found, key=lambda e: -e["share"]))
        ),
        lambda narrow: dots(named, shown, narrow),
    )
