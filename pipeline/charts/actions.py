"""Charts of the action categories: what States ask for, over time, by regional group and by State."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from pipeline.charts.action_marks import precise_line, stacked_bars
from pipeline.charts.drawing import NARROW, WIDE, Chart, panel, percent, records
from pipeline.charts.marks import SHOWN, cell, dots, interval_words, known
from pipeline.charts.strings import category, category_word, heads, interval_text, region, say, state
from pipeline.corpus.sessions import session_text
from pipeline.corpus.taxonomy import ACTIONS
from pipeline.store.names import action_name, sort_key
from pipeline.store.sentences import count, language


def precise_over_time(table: pd.DataFrame) -> Chart | None:
    """Share of category 5 by session with its interval; hollow where a model labelled more than half."""
    lines = [e for e in records(table) if not math.isnan(e["precise"])]
    if len(lines) < 2:
        return None
    whole = [e for e in lines if e["complete"]]
    first, last = (whole or lines)[0], (whole or lines)[-1]
    most = max(whole or lines, key=lambda e: e["precise"])
    machine = [e["by_people"] < e["recommendations"] for e in lines]

    def draw(narrow: bool) -> Figure:
        figure, axes = panel(NARROW if narrow else WIDE, 2.95, 0.5, 0.6, 0.6, 0.2)
        precise_line(axes, lines, machine)
        return figure

    title = "in-part" if len(whole) < 2 else "highest-before" if most is not last else "highest-now"
    what = [say("precise.what", interval=interval_words(lines, "recommendations"))]
    what += [say("precise.hollow")] if any(machine) else []
    what += [say("precise.diamonds")] if len(whole) < len(lines) else []
    return Chart(
        "precise-over-time",
        say(
            f"precise.{title}",
            most=most["session"],
            highest=percent(most["precise"], 0),
            latest=percent(last["precise"], 0),
            last=last["session"],
        ),
        " ".join(what),
        say(
            "precise.alt",
            first_share=percent(first["precise"]),
            first=first["session"],
            last_share=percent(last["precise"]),
            last=last["session"],
        ),
        heads("session", "reviews", "recommendations", "precise", "interval", "people"),
        tuple(
            (
                _session(e["session"], e["complete"]),
                count(e["reviewed_states"]),
                count(e["recommendations"]),
                percent(e["precise"]),
                interval_text(e["precise_low"], e["precise_high"]),
                count(e["by_people"]),
            )
            for e in lines
        ),
        draw,
    )


def _session(session: int, complete: bool) -> str:
    shown = session_text(session)
    return shown if complete else say("in-part-year", session=shown)


def _shown(value: int, session: bool) -> str:
    """A session with its year, or the number of a cycle."""
    return session_text(value) if session else str(value)


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

    sessions = by == "session"
    few = len(shares) < 6 and not sessions
    named = {v: say(f"actions.{by}.bar", value=v) if few else _shown(v, sessions) for v in shares}
    names = [f"{name}{'' if v in complete else '*'}" for v, name in named.items()]
    bars = [{a: line[a]["share"] for a in ACTIONS} for line in shares.values()]
    values = ", ".join(f"{action_name(a, language())} {percent(shares[last][a]['share'])}" for a in ACTIONS)
    return Chart(
        f"actions-by-{by}",
        say(
            f"actions.{by}.title" if last in complete else f"actions.{by}.in-part",
            share=percent(shares[last][most]["share"], 0),
            last=last,
            action=most,
            name=category_word(most),
        ),
        say(f"actions.{by}.what") + ("" if set(shares) <= set(complete) else f" {say(f'actions.{by}.star')}"),
        say(f"actions.{by}.alt", last=last, values=values),
        (*heads(by, "recommendations"), *(category(a) for a in ACTIONS)),
        tuple(
            (_shown(v, sessions), count(line[5]["of"]), *(cell(line[a]) for a in ACTIONS))
            for v, line in shares.items()
        ),
        lambda narrow: stacked_bars(names, bars, narrow, 0.95 if sessions else 0.75, 0.3),
    )


def precise_dots(table: pd.DataFrame, by: str) -> Chart | None:
    """Precise share of regional groups, or of the States with most recommendations, with intervals.

    In the order of their names: the figures are there to be looked up, and nobody is ranked by them.
    """
    states = not by.endswith("region")
    named = [(state(e[by]) if states else region(e[by]), e) for e in known(table) if e["action"] == 5]
    found = sorted(named, key=lambda pair: sort_key(pair[0]))
    if len(found) < 2:
        return None
    often = {e[by] for _, e in sorted(found, key=lambda pair: -pair[1]["of"])[:SHOWN]}
    shown = [(name, e) for name, e in found if e[by] in often]
    shares = [e["share"] for _, e in shown]
    lines = [e for _, e in found]
    return Chart(
        f"precise-by-{by.replace('_', '-')}{'-state' if states else ''}",
        say(f"precise-by.{by}.title", least=percent(min(shares), 0), most=percent(max(shares), 0)),
        say(f"precise-by.{by}.what", n=len(shown), interval=interval_words(lines)),
        say("dots", values="; ".join(f"{name} {percent(e['share'])}" for name, e in shown[:8])),
        heads("state" if states else "region", "recommendations", "precise", "interval", "people"),
        tuple(
            (
                name,
                count(e["of"]),
                percent(e["share"]),
                interval_text(e["low"], e["high"]),
                count(e["by_people"]),
            )
            for name, e in found
        ),
        lambda narrow: dots(
            [f"{name} ({count(e['of'])})" for name, e in shown], [e for _, e in shown], narrow
        ),
    )
