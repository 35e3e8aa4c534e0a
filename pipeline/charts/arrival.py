"""Charts of an arrival report: the session beside those before it, and how far past estimates were off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from pipeline.charts.drawing import (
    ACCENT,
    INK,
    MUTED,
    NARROW,
    PERCENT_AXIS,
    WIDE,
    Chart,
    panel,
    percent,
)
from pipeline.charts.strings import category, heads, interval_text, say, tag
from pipeline.corpus.sessions import session_text, session_tick
from pipeline.store.names import sort_key
from pipeline.store.sentences import count, decimal

_SHOWN = 16
"""Tags in a chart; its table has all."""
_LETTER = 0.074
"""Inches of a letter in 9 pt, on average."""
Change = Mapping[str, Any]


def arrival_charts(document: Mapping[str, Any]) -> dict[str, list[Chart]]:
    """Charts by part of the page: "expected", "compared", "audit"; a part may be empty.

    Args: `document`, see `pipeline.arrival.document`.
    """
    compared, expected, weeks = document["compared"], document["expected"], document["audit"]["weeks"]
    charts: dict[str, list[Chart]] = {"expected": [], "compared": [], "audit": []}
    if expected and expected["past"]:
        charts["expected"].append(_past(expected))
    if compared:
        charts["compared"] += [
            _actions(document["session"], compared),
            _tags(document["session"], compared),
        ]
    if weeks:
        charts["audit"].append(_weeks(weeks, 1 - expected["promised_error"] if expected else None))
    return charts


def _actions(session: int, compared: Mapping[str, Any]) -> Chart:
    changes = [{**c, "label": category(int(c["label"]))} for c in compared["actions"]]
    return _changes(
        "actions-now",
        say("arrival.actions"),
        say("arrival.actions-what", session=session, sessions=_span(compared["sessions"])),
        changes,
        changes,
    )


def _tags(session: int, compared: Mapping[str, Any]) -> Chart:
    named = [{**c, "label": tag(c["label"])} for c in compared["tags"]]
    ordered = sorted(named, key=lambda c: (not c["differs"], -abs(c["points"])))
    shown = sorted(ordered[:_SHOWN], key=lambda c: -c["points"])
    return _changes(
        "tags-now",
        say("arrival.tags"),
        say(
            "arrival.tags-what",
            session=session,
            sessions=_span(compared["sessions"]),
            n=len(shown),
            all=len(ordered),
        ),
        shown,
        sorted(ordered, key=lambda c: sort_key(c["label"])),
    )


def _span(sessions: Sequence[int]) -> str:
    if len(sessions) == 1:
        return str(sessions[0])
    return say("arrival.span", first=sessions[0], last=sessions[-1])


def _changes(name: str, what: str, subtitle: str, shown: Sequence[Change], every: Sequence[Change]) -> Chart:
    differing = [c for c in every if c["differs"]]
    rising = [str(c["label"]) for c in differing if c["points"] > 0]
    falling = [str(c["label"]) for c in differing if c["points"] < 0]
    more, fewer = (
        say(f"arrival.{word}", names=_first(names)) if names else ""
        for word, names in (("rising", rising), ("falling", falling))
    )
    found = say("arrival.both", one=more, other=fewer) if more and fewer else more or fewer
    return Chart(
        name,
        say("arrival.headline", what=what, found=found or say("arrival.none-differs")),
        subtitle,
        say("arrival.pairs", found=found or say("arrival.no-difference")),
        (
            say("arrival.label"),
            say("arrival.now"),
            *heads("interval"),
            say("arrival.before"),
            say("arrival.points"),
            "p (Holm)",
        ),
        tuple(
            (
                str(c["label"]),
                percent(c["now"]["value"]),
                interval_text(c["now"]["low"], c["now"]["high"]),
                percent(c["before"]["value"]),
                _signed(c["points"]),
                decimal(c["p_value"], 3),
            )
            for c in every
        ),
        lambda narrow: _pairs(shown, narrow),
    )


def _first(names: Sequence[str]) -> str:
    """The first three names, and how many more there are."""
    shown = ", ".join(names[:3])
    return say("arrival.and-more", names=shown, n=len(names) - 3) if len(names) > 3 else shown


def _signed(points: float) -> str:
    """ "+1.5" or "-0.3", as the language writes it."""
    sign = "-" if f"{points:+.1f}".startswith("-") else "+"
    return sign + decimal(abs(points), 1)


def _pairs(changes: Sequence[Change], narrow: bool) -> Figure:
    names = [str(c["label"]) for c in changes]
    left = 0.12 + _LETTER * max(map(len, names))
    above = narrow and left > 1.5
    height = (0.42 if above else 0.27) * len(names) + 0.8
    figure, axes = panel(NARROW if narrow else WIDE, height, 0.15 if above else left, 0.3, 0.35, 0.35)
    for line, change in enumerate(changes):
        if above:
            axes.text(0, line - 0.45, names[line], va="center")
        now, before = change["now"], change["before"]
        axes.plot([now["low"], now["high"]], [line, line], color=ACCENT, linewidth=2.4, alpha=0.45)
        axes.plot([before["value"]], [line], "o", markersize=6, markerfacecolor="none", markeredgecolor=MUTED)
        axes.plot([now["value"]], [line], "o", markersize=5, color=ACCENT)
    axes.set_yticks([] if above else list(range(len(names))), [] if above else names, color=INK)
    axes.set_ylim(len(names) - 0.5, -0.9 if above else -0.5)
    axes.set_xlim(0, None)
    axes.xaxis.set_major_formatter(PERCENT_AXIS)
    axes.grid(axis="x")
    axes.spines["bottom"].set_visible(False)
    _legend(figure)
    return figure


def _legend(figure: Figure) -> None:
    marks = [
        Line2D([], [], marker="o", color=ACCENT, linewidth=2.4, label=say("arrival.legend-now")),
        Line2D(
            [],
            [],
            marker="o",
            color="none",
            markerfacecolor="none",
            markeredgecolor=MUTED,
            label=say("arrival.legend-before"),
        ),
    ]
    legend = figure.legend(
        handles=marks, loc="upper left", ncols=2, frameon=False, fontsize=8, borderpad=0, borderaxespad=0.1
    )
    for text in legend.get_texts():
        text.set_color(MUTED)


def _past(expected: Mapping[str, Any]) -> Chart:
    past = expected["past"]
    points = [100 * e["error"] for e in past]
    near = sum(abs(p) <= 1.5 for p in points)
    lines = tuple((session_text(e["session"]), _signed(p)) for e, p in zip(past, points, strict=True))
    return Chart(
        "past-estimates",
        say("arrival.past", n=near, all=len(points)),
        say("arrival.past-what"),
        say("arrival.past-alt", values=", ".join(": ".join(line) for line in lines)),
        (*heads("session"), say("arrival.past-head")),
        lines,
        lambda narrow: _dots_around_zero([e["session"] for e in past], points, narrow),
    )


def _dots_around_zero(sessions: Sequence[int], points: Sequence[float], narrow: bool) -> Figure:
    figure, axes = panel(NARROW if narrow else WIDE, 1.85, 0.5, 0.15, 0.5)
    axes.axhline(0, color=MUTED, linewidth=1)
    axes.vlines(sessions, 0, points, color=ACCENT, alpha=0.45, linewidth=2.4)
    axes.plot(sessions, points, "o", color=ACCENT, markersize=5)
    axes.set_xticks(list(sessions), [session_tick(session) for session in sessions])
    widest = max(2.0, float(np.ceil(np.abs(points).max())))
    axes.set_ylim(-widest, widest)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:+.0f}" if value else "0"))
    axes.grid(axis="y")
    axes.spines["bottom"].set_visible(False)
    return figure


def _weeks(weeks: Sequence[Mapping[str, Any]], promise: float | None) -> Chart:
    last = weeks[-1]["accuracy"]
    return Chart(
        "audit-weeks",
        say("arrival.weeks", share=percent(last["value"]), n=last["support"]),
        say("arrival.weeks-what")
        + (f" {say('arrival.weeks-line', share=percent(promise, 0))}" if promise else ""),
        say("dots", values=", ".join(f"{w['week']}: {percent(w['accuracy']['value'])}" for w in weeks)),
        (say("arrival.week"), say("arrival.confirmed"), *heads("interval"), say("arrival.labels")),
        tuple(
            (
                w["week"],
                percent(w["accuracy"]["value"]),
                interval_text(w["accuracy"]["low"], w["accuracy"]["high"]),
                count(w["accuracy"]["support"]),
            )
            for w in weeks
        ),
        lambda narrow: _weekly_dots(weeks, promise, narrow),
    )


def _weekly_dots(weeks: Sequence[Mapping[str, Any]], promise: float | None, narrow: bool) -> Figure:
    figure, axes = panel(NARROW if narrow else WIDE, 1.9, 0.5, 0.15, 0.35)
    places = np.arange(len(weeks))
    for place, week in zip(places, weeks, strict=True):
        found = week["accuracy"]
        axes.plot([place, place], [found["low"], found["high"]], color=ACCENT, alpha=0.45, linewidth=2.4)
        axes.plot([place], [found["value"]], "o", color=ACCENT, markersize=5)
    if promise is not None:
        axes.axhline(promise, color=MUTED, linewidth=1, linestyle="--")
    step = max(1, -(-len(weeks) // (3 if narrow else 8)))
    axes.set_xticks(places[::step], [w["week"] for w in weeks][::step])
    axes.set_xlim(-0.5, len(weeks) - 0.5)
    axes.yaxis.set_major_formatter(PERCENT_AXIS)
    axes.grid(axis="y")
    axes.spines["bottom"].set_visible(False)
    return figure
