"""Charts of the action categories: what States ask for, over time, by regional group and by State."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from pipeline.charts.action_marks import precise_line, stacked_bars
from pipeline.charts.drawing import NARROW, WIDE, Chart, interval_text, panel, percent, records
from pipeline.charts.marks import SHOWN, cell, dots, interval_words, known
from pipeline.corpus.taxonomy import ACTIONS


def precise_over_time(table: pd.DataFrame) -> Chart | None:
    """Share of category 5 by session with its interval; hollow where a model labelled more than half."""
    lines = [e for e in records(table) if not math.isnan(e["precise"])]
    if len(lines) < 2:
        return None
    whole = [e for e in lines if e["complete"]]
    first, last = (whole or lines)[0], (whole or lines)[-1]
    most = max(whole or lines, key=lambda e: e["precise"])
    machine = [e["by_people"] < e["recommendations"] for e in lines]

    interval = interval_words(lines, "recommendations")

    def draw(narrow: bool) -> Figure:
        figure, axes = panel(NARROW if narrow else WIDE, 2.8, 0.5, 0.6, 0.45, 0.2)
        precise_line(axes, lines, machine)
        return figure

    hollow = " Hollow: sessions that a model labelled, in whole or in part." if any(machine) else ""
    part = (
        " Diamonds: sessions of which only some reviews are in the data; no line leads to them, nor over "
        "sessions that are missing."
        if len(whole) < len(lines)
        else ""
    )
    return Chart(
        "precise-over-time",
        f"The share of precise recommendations was highest in session {most['session']}, "
        f"{percent(most['precise'], 0)}, "
        f"and {'was' if most is not last else 'is'} "
        f"{percent(last['precise'], 0)} in session {last['session']}"
        if len(whole) > 1
        else "The share of precise recommendations, in sessions of which some reviews are missing here",
        f"Share of recommendations that ask for a specific action (category 5). Band: {interval}{hollow}"
        + part,
        (
            f"Line chart. {percent(first['precise'])} in session {first['session']}, "
            f"{percent(last['precise'])} in session {last['session']}."
        ),
        ("Session", "Reviews", "Recommendations", "Precise", "95% interval", "Labelled by people"),
        tuple(
            (
                str(e["session"]) + ("" if e["complete"] else " (in part)"),
                f"{e['reviewed_states']:,}",
                f"{e['recommendations']:,}",
                percent(e["precise"]),
                interval_text(e["precise_low"], e["precise_high"]),
                f"{e['by_people']:,}",
            )
            for e in lines
        ),
        draw,
    )


def action_bars(table: pd.DataFrame, by: str, complete: Collection[int]) -> Chart | None:
    """Shares of the five categories, a bar a session or cycle.

    Args: `complete`, the sessions or cycles that may make a headline; others are marked as in part.
    """
    found = known(table)
    if not found:
        return None
    shares: dict[Any, dict[int, dict[str, Any]]] = {}
    for line in found:
        shares.setdefault(line[by], {})[line["action"]] = line
    last = ([value for value in shares if value in complete] or list(shares))[-1]
    most = max(ACTIONS, key=lambda a: shares[last][a]["share"])

    first = by.capitalize() if len(shares) < 6 else ""
    names = [f"{first} {v}{'' if v in complete else '*'}".strip() for v in shares]
    bars = [{a: line[a]["share"] for a in ACTIONS} for line in shares.values()]
    return Chart(
        f"actions-by-{by}",
        (
            f"{percent(shares[last][most]['share'], 0)} in {by} {last} are of category {most}, "
            f"{ACTIONS[most].lower()} action"
            if last in complete
            else f"What recommendations ask for, by {by}; of each {by} this data holds a part of the reviews"
        ),
        f"Share of the five action categories by {by}. The table has the intervals."
        + ("" if set(shares) <= set(complete) else f" *: only some reviews of the {by} are in the data."),
        f"Stacked bars by {by}. In {by} {last}: "
        + ", ".join(f"{ACTIONS[a]} {percent(shares[last][a]['share'])}" for a in ACTIONS)
        + ".",
        (by.capitalize(), "Recommendations", *(f"{a} {n}" for a, n in ACTIONS.items())),
        tuple(
            (str(v), f"{line[5]['of']:,}", *(cell(line[a]) for a in ACTIONS)) for v, line in shares.items()
        ),
        lambda narrow: stacked_bars(names, bars, narrow, 0.75, 0.3),
    )


def precise_dots(table: pd.DataFrame, by: str) -> Chart | None:
    """Precise share of regional groups, or of the States with most recommendations, with intervals.

    In the order of their names: the figures are there to be looked up, and nobody is ranked by them.
    """
    found = sorted((e for e in known(table) if e["action"] == 5), key=lambda e: str(e[by]))
    if len(found) < 2:
        return None
    giving, states = by.startswith("recommending"), not by.endswith("region")
    often = {e[by] for e in sorted(found, key=lambda e: -e["of"])[:SHOWN]}
    shown = [e for e in found if e[by] in often]
    least, most = min(e["share"] for e in shown), max(e["share"] for e in shown)
    verb = "made by" if giving else "made to"
    which = (
        f"the {len(shown)} States that {'made' if giving else 'received'} most"
        if states
        else "the States of each regional group"
    )
    return Chart(
        f"precise-by-{by.replace('_', '-')}{'-state' if states else ''}",
        f"From {percent(least, 0)} to {percent(most, 0)} of recommendations {verb} "
        f"{'each of these States' if states else 'the States of a regional group'} are precise",
        f"Share of recommendations of category 5 (specific action) {verb} {which}, in the order of their "
        f"names; in brackets: "
        f"recommendations. Bars: {interval_words(found)}",
        "Dots with intervals. " + "; ".join(f"{e[by]} {percent(e['share'])}" for e in shown[:8]) + ".",
        (
            "State" if states else "Regional group",
            "Recommendations",
            "Precise",
            "95% interval",
            "Labelled by people",
        ),
        tuple(
            (
                str(e[by]),
                f"{e['of']:,}",
                percent(e["share"]),
                interval_text(e["low"], e["high"]),
                f"{e['by_people']:,}",
            )
            for e in found
        ),
        lambda narrow: dots([f"{e[by]} ({e['of']:,})" for e in shown], shown, narrow),
    )
