"""Charts of a release, drawn from its tables (`figures`), so that every interval accounts for the model's errors."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
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
    dot_lines,
    interval_text,
    panel,
    percent,
    records,
)
from pipeline.taxonomy import ACTIONS

Tables = Mapping[str, pd.DataFrame]

GROUPS = {
    "Africa": "the African group",
    "Asia": "the Asian group",
    "EEG": "the Eastern European group",
    "GRULAC": "the Latin American and Caribbean group",
    "WEOG": "the Western group",
    "Observer": "observers",
}
_SHOWN = 20
_INTERVAL = "95% interval; where a model labelled, it accounts for the model's measured errors."


def release_charts(tables: Tables) -> list[tuple[str, str, list[Chart]]]:
    """Anchor, title and charts of each part of the page, in order; charts with nothing to show are left out."""
    parts: list[tuple[str, str, list[Chart | None]]] = [
        (
            "asked",
            "What States ask for",
            [
                precise_over_time(tables["sessions"]),
                action_bars(tables["actions_by_session"], "session"),
                action_bars(tables["actions_by_cycle"], "cycle"),
                precise_dots(tables["actions_by_recommending_region"], "recommending_region"),
                precise_dots(tables["actions_by_reviewed_region"], "reviewed_region"),
                precise_dots(tables["actions_by_recommending_state"], "recommending"),
                precise_dots(tables["actions_by_reviewed_state"], "reviewed"),
            ],
        ),
        ("issues", "What it is about", [tag_dots(tables["issues"]), tags_over_time(tables["issues_by_session"], tables["issues"])]),
        (
            "answers",
            "What becomes of it",
            [acceptance(tables["acceptance_by_action"], "action"), acceptance(tables["acceptance_by_issue"], "issue")],
        ),
    ]
    return [(anchor, title, [c for c in charts if c is not None]) for anchor, title, charts in parts]


def _cell(line: Mapping[str, Any]) -> str:
    return f"{percent(line['share'])} ({interval_text(line['low'], line['high'])})"


def _known(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [line for line in records(table) if not math.isnan(line["share"])]


def precise_over_time(table: pd.DataFrame) -> Chart | None:
    """Share of category 5 by session with its interval; hollow where a model labelled more than half."""
    lines = [e for e in records(table) if not math.isnan(e["precise"])]
    if len(lines) < 2:
        return None
    first, last = lines[0], lines[-1]
    most = max(lines, key=lambda e: e["precise"])
    machine = [e["by_people"] < e["recommendations"] for e in lines]

    def draw(narrow: bool) -> Figure:
        figure, axes = panel(NARROW if narrow else WIDE, 2.8, 0.5, 0.6, 0.45, 0.2)
        sessions = [e["session"] for e in lines]
        axes.fill_between(
            sessions, [e["precise_low"] for e in lines], [e["precise_high"] for e in lines], color=ACCENT, alpha=0.2, linewidth=0
        )
        axes.plot(sessions, [e["precise"] for e in lines], color=ACCENT, linewidth=2)
        for line, by_machine in zip(lines, machine, strict=True):
            face = "white" if by_machine else ACCENT
            axes.plot([line["session"]], [line["precise"]], marker="o", markersize=5, color=ACCENT, markerfacecolor=face)
        beside(axes, last["session"], last["precise"], percent(last["precise"]))
        if most is not last:
            side = "left" if most is first else "center"
            axes.annotate(percent(most["precise"]), (most["session"], most["precise_high"]), (0, 3), textcoords="offset points", ha=side)
        axes.set_ylim(0, max(0.5, 1.1 * max(e["precise_high"] for e in lines)))
        axes.set_xlabel("Session of the Universal Periodic Review")
        axes.xaxis.set_major_locator(MaxNLocator(min(len(lines), 10), integer=True, min_n_ticks=1))
        axes.yaxis.set_major_formatter(PERCENT_AXIS)
        axes.grid(axis="y")
        return figure

    hollow = " Hollow: sessions that a model labelled, in whole or in part." if any(machine) else ""
    return Chart(
        "precise-over-time",
        f"The share of precise recommendations was highest in session {most['session']}, {percent(most['precise'], 0)}, "
        f"and {'was' if most is not last else 'is'} {percent(last['precise'], 0)} in session {last['session']}",
        f"Share of recommendations that ask for a specific action (category 5). Band: {_INTERVAL}{hollow}",
        f"Line chart. {percent(first['precise'])} in session {first['session']}, {percent(last['precise'])} in session {last['session']}.",
        ("Session", "Recommendations", "Precise", "95% interval", "Labelled by people"),
        tuple(
            (
                str(e["session"]),
                f"{e['recommendations']:,}",
                percent(e["precise"]),
                interval_text(e["precise_low"], e["precise_high"]),
                f"{e['by_people']:,}",
            )
            for e in lines
        ),
        draw,
    )


def action_bars(table: pd.DataFrame, by: str) -> Chart | None:
    """Shares of the five categories, a bar a session or cycle."""
    found = _known(table)
    if not found:
        return None
    shares: dict[Any, dict[int, dict[str, Any]]] = {}
    for line in found:
        shares.setdefault(line[by], {})[line["action"]] = line
    last = list(shares)[-1]
    most = max(ACTIONS, key=lambda a: shares[last][a]["share"])

    def draw(narrow: bool) -> Figure:
        figure, axes = panel(NARROW if narrow else WIDE, 0.3 * len(shares) + 0.75, 0.75, 0.1, 0.05, 0.5 if narrow else 0.35)
        for place, line in enumerate(shares.values()):
            start = 0.0
            for action in (5, 4, 3, 2, 1):
                width = line[action]["share"]
                axes.barh(place, width, left=start, color=ACTION_COLOURS[action], height=0.8)
                if width > (0.13 if narrow else 0.06):
                    axes.text(start + width / 2, place, percent(width, 0), ha="center", va="center", color=ACTION_INK[action], fontsize=8)
                start += width
        axes.set_yticks(range(len(shares)), [f"{by.capitalize() if len(shares) < 6 else ''} {v}".strip() for v in shares], color=INK)
        axes.set_ylim(len(shares) - 0.5, -0.5)
        axes.set_xlim(0, 1)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        _key(figure, narrow)
        return figure

    return Chart(
        f"actions-by-{by}",
        f"{percent(shares[last][most]['share'], 0)} of the recommendations of {by} {last} are of category {most}, {ACTIONS[most].lower()} action",
        f"Share of the five action categories by {by}. The table has the intervals.",
        f"Stacked bars by {by}. In {by} {last}: " + ", ".join(f"{ACTIONS[a]} {percent(shares[last][a]['share'])}" for a in ACTIONS) + ".",
        (by.capitalize(), "Recommendations", *(f"{a} {n}" for a, n in ACTIONS.items())),
        tuple((str(v), f"{line[5]['of']:,}", *(_cell(line[a]) for a in ACTIONS)) for v, line in shares.items()),
        draw,
    )


def _key(figure: Figure, narrow: bool) -> None:
    width, height = figure.get_size_inches()
    x, y = 0.1, height - 0.12
    for place, action in enumerate((5, 4, 3, 2, 1)):
        if narrow and place == 3:
            x, y = 0.1, y - 0.2
        figure.text(x / width, y / height, "■", color=ACTION_COLOURS[action], va="center")
        figure.text((x + 0.15) / width, y / height, f"{action} {ACTIONS[action]}", va="center")
        x += 1.15


def precise_dots(table: pd.DataFrame, by: str) -> Chart | None:
    """Precise share of regional groups, or of the States with most recommendations, with intervals; the table has all."""
    found = [e for e in _known(table) if e["action"] == 5]
    if len(found) < 2:
        return None
    giving, states = by.startswith("recommending"), not by.endswith("region")
    shown = sorted(sorted(found, key=lambda e: -e["of"])[:_SHOWN], key=lambda e: -e["share"])
    best, worst = shown[0], shown[-1]
    who = (lambda e: str(e[by])) if states else (lambda e: GROUPS.get(e[by], e[by]))
    verb = "made by" if giving else "made to"
    which = f"the {len(shown)} States that {'made' if giving else 'received'} most" if states else "the States of each regional group"
    return Chart(
        f"precise-by-{by.replace('_', '-')}{'-state' if states else ''}",
        f"{percent(best['share'], 0)} of recommendations {verb} {who(best)} are precise, {percent(worst['share'], 0)} of those {verb} {who(worst)}",
        f"Share of recommendations of category 5 (specific action) {verb} {which}; number of recommendations in brackets. Bars: {_INTERVAL}",
        "Dots with intervals. " + "; ".join(f"{e[by]} {percent(e['share'])}" for e in shown[:8]) + ".",
        ("State" if states else "Regional group", "Recommendations", "Precise", "95% interval", "Labelled by people"),
        tuple(
            (str(e[by]), f"{e['of']:,}", percent(e["share"]), interval_text(e["low"], e["high"]), f"{e['by_people']:,}")
            for e in sorted(found, key=lambda e: -e["share"])
        ),
        lambda narrow: _dots([f"{e[by]} ({e['of']:,})" for e in shown], shown, narrow, 1.9 if states else 1.45),
    )


def _dots(names: Sequence[str], lines: Sequence[Mapping[str, Any]], narrow: bool, left: float) -> Figure:
    estimates = [(e["share"], e["low"], e["high"]) for e in lines]
    figure, axes = dot_lines(names, estimates, narrow, left, 0.0, lambda share: percent(share, 0))
    top = max(high for _, _, high in estimates)
    axes.set_xlim(0, min(1.0, max(0.05, math.ceil(top * 20) / 20)))
    axes.xaxis.set_major_formatter(PERCENT_AXIS)
    return figure


def tag_dots(table: pd.DataFrame) -> Chart | None:
    """The most frequent tags with intervals; the table has all."""
    found = [e for e in _known(table) if e["count"]]
    if not found:
        return None
    shown, top = found[:_SHOWN], found[0]
    return Chart(
        "tags",
        f"{top['issue']} is the most frequent issue, in {percent(top['share'], 0)} of recommendations",
        f"Share of recommendations that carry the tag: the {len(shown)} most frequent of {len(found)} tags. Bars: {_INTERVAL}",
        "Dots with intervals. " + ", ".join(f"{e['issue']} {percent(e['share'])}" for e in shown[:5]) + ".",
        ("Issue tag", "Recommendations", "Share", "95% interval"),
        tuple((e["issue"], f"{e['count']:,}", percent(e["share"]), interval_text(e["low"], e["high"])) for e in found),
        lambda narrow: _dots([e["issue"] for e in shown], shown, narrow, 2.75),
    )


def tags_over_time(table: pd.DataFrame, overall: pd.DataFrame) -> Chart | None:
    """The six most frequent tags by session, a small panel each, with intervals."""
    names = list(overall[overall["count"] > 0]["issue"][:6])
    sessions = sorted(int(s) for s in table["session"].unique())
    if len(names) < 2 or len(sessions) < 4:
        return None
    lines = {(e["issue"], e["session"]): e for e in records(table)}
    last = {n: lines.get((n, sessions[-1]), {"share": 0.0, "low": 0.0, "high": 0.0, "count": 0}) for n in names}
    first = {n: lines.get((n, sessions[0]), {"share": 0.0}) for n in names}
    mover = max(names, key=lambda n: abs(last[n]["share"] - first[n]["share"]))
    return Chart(
        "tags-over-time",
        f"{mover}: {percent(first[mover]['share'], 0)} of recommendations in session {sessions[0]}, "
        f"{percent(last[mover]['share'], 0)} in session {sessions[-1]}",
        f"Share of recommendations that carry the tag, by session: the six most frequent tags. Band: {_INTERVAL}",
        "Small line charts. " + "; ".join(f"{n}: {percent(first[n]['share'])} to {percent(last[n]['share'])}" for n in names) + ".",
        ("Session", *names),
        tuple((str(s), *(_cell(lines[n, s]) if (n, s) in lines else "–" for n in names)) for s in sessions),
        lambda narrow: _small_panels(names, sessions, lines, narrow),
    )


def _small_panels(names: Sequence[str], sessions: Sequence[int], lines: Mapping[Any, Mapping[str, Any]], narrow: bool) -> Figure:
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
        there = [s for s in sessions if (name, s) in lines]
        own = [lines[name, s] for s in there]
        axes.fill_between(there, [e["low"] for e in own], [e["high"] for e in own], color=ACCENT, alpha=0.2, linewidth=0)
        axes.plot(there, [e["share"] for e in own], color=ACCENT, linewidth=1.6)
        beside(axes, there[-1], own[-1]["share"], percent(own[-1]["share"], 0))
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


def acceptance(table: pd.DataFrame, by: str) -> Chart | None:
    """Share supported of those answered, by category or by tag."""
    found = _known(table)
    if len(found) < 2:
        return None
    action = by == "action"
    shown = found if action else sorted(sorted(found, key=lambda e: -e["of"])[:_SHOWN], key=lambda e: -e["share"])
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
        f"Share supported among recommendations that were supported or noted, by {subject}. Bars: {_INTERVAL}",
        "Dots with intervals. " + "; ".join(f"{n} {percent(e['share'])}" for n, e in list(zip(named, shown, strict=True))[:8]) + ".",
        ("Category" if action else "Issue tag", "Supported", "Noted", "Share supported", "95% interval"),
        tuple(
            (
                f"{e['action']} {e['name']}" if action else str(e["issue"]),
                f"{e['supported']:,}",
                f"{e['noted']:,}",
                percent(e["share"]),
                interval_text(e["low"], e["high"]),
            )
            for e in (found if action else sorted(found, key=lambda e: -e["share"]))
        ),
        lambda narrow: _dots(named, shown, narrow, 1.45 if action else 2.75),
    )
