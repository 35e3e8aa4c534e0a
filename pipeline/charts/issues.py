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
    panel,
    percent,
    records,
)
from pipeline.charts.marks import SHOWN, cell, dots, interval_words, known, stretches
from pipeline.charts.strings import (
    category,
    category_word,
    heads,
    interval_text,
    responses_of_many,
    say,
    tag,
)
from pipeline.corpus.sessions import session_text, session_tick
from pipeline.store.sentences import count

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
        say("tags.title", tag=tag(top["issue"]), share=percent(top["share"], 0)),
        say("tags.what", n=len(shown), all=len(found), interval=interval_words(found)),
        say("dots", values=", ".join(f"{tag(e['issue'])} {percent(e['share'])}" for e in shown[:5])),
        heads("tag", "recommendations", "share", "interval"),
        tuple(
            (tag(e["issue"]), count(e["count"]), percent(e["share"]), interval_text(e["low"], e["high"]))
            for e in found
        ),
        lambda narrow: dots([tag(e["issue"]) for e in shown], shown, narrow),
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
    moves = (
        say(
            "tags-over-time.value",
            tag=tag(n),
            first=percent(first[n]["share"]),
            last=percent(last[n]["share"]),
        )
        for n in names
    )
    return Chart(
        "tags-over-time",
        say(
            "tags-over-time.title",
            tag=tag(mover),
            first_share=percent(first[mover]["share"], 0),
            first=ends[0],
            last_share=percent(last[mover]["share"], 0),
            last=ends[1],
        )
        if len(whole) > 1
        else say("tags-over-time.in-part"),
        say("tags-over-time.what", interval=interval)
        + ("" if len(whole) == len(sessions) else f" {say('diamonds')}"),
        say("tags-over-time.alt", values="; ".join(moves)),
        (*heads("session"), *(tag(n) for n in names)),
        tuple(
            (session_text(s), *(cell(lines[n, s]) if (n, s) in lines else "–" for n in names))
            for s in sessions
        ),
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
    pitch = 1.55
    height = pitch * -(-len(names) // columns) + 0.1
    cell = (width - 0.1) / columns
    figure = Figure(figsize=(width, height))
    figure.patch.set_alpha(0)
    top = 1.05 * max(e["high"] for (n, _), e in lines.items() if n in names)
    for k, name in enumerate(names):
        left, bottom = 0.45 + cell * (k % columns), height - pitch * (k // columns) - 1.12
        axes = figure.add_axes((left / width, bottom / height, (cell - 0.85) / width, 0.85 / height))
        axes.patch.set_alpha(0)
        own = {s: lines[name, s] for s in sessions if (name, s) in lines}
        _tag_line(axes, own, complete)
        labelled = ([s for s in own if s in complete] or list(own))[-1]
        beside(axes, labelled, own[labelled]["share"], percent(own[labelled]["share"], 0))
        letters = 24 if narrow else 32
        title = tag(name)
        title = title if len(title) <= letters else title[: letters - 1] + "…"
        axes.set_title(title, fontsize=8 if narrow else 9, loc="left", x=-0.2, color=INK, pad=4)
        axes.set_ylim(0, top)
        axes.set_xlim(sessions[0], sessions[-1])
        axes.yaxis.set_major_formatter(PERCENT_AXIS)
        axes.yaxis.set_major_locator(MaxNLocator(3))
        ends = [sessions[0], sessions[-1]]
        axes.set_xticks(ends, [session_tick(s) for s in ends])
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
    diamonds = "" if len(whole) == len(sessions) else f" {say('diamonds')}"
    ends = {
        "first": session_text(first),
        "first_share": percent(own[first]["share"]),
        "last": session_text(last),
        "last_share": percent(own[last]["share"]),
    }
    return Chart(
        "over-time",
        say("over-time.title", **ends) if len(whole) > 1 else say("over-time.in-part"),
        say("over-time.what", interval=interval_words(list(own.values()))) + diamonds,
        say("over-time.alt", **ends),
        (
            *heads("session", "recommendations", "on-issue", "share", "interval"),
            *(responses_of_many(word) for word in RESPONSES),
            *heads("people"),
        ),
        tuple(
            (
                session_text(session)
                if session in complete
                else say("in-part-year", session=session_text(session)),
                count(line["of"]),
                count(line["count"]),
                percent(line["share"]),
                interval_text(line["low"], line["high"]),
                *(count(line[word.lower()]) for word in RESPONSES),
                count(line["by_people"]),
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
    axes.set_xticks(shown, [session_tick(s) for s in shown])
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
    named = [_subject(e, action) for e in shown]
    order = sorted(range(len(shown)), key=lambda i: -shown[i]["share"])
    best, worst = order[0], order[-1]
    within = [category_word(e["action"]) if action else name for name, e in zip(named, shown, strict=True)]
    values = (f"{n} {percent(e['share'])}" for n, e in list(zip(named, shown, strict=True))[:8])
    return Chart(
        f"acceptance-by-{by}",
        say(
            f"acceptance.{by}.title",
            best=within[best],
            best_share=percent(shown[best]["share"], 0),
            worst=within[worst],
            worst_share=percent(shown[worst]["share"], 0),
        ),
        say(f"acceptance.{by}.what", n=len(shown), interval=interval_words(found)),
        say("dots", values="; ".join(values)),
        (
            *heads("category" if action else "tag"),
            *(responses_of_many(word) for word in RESPONSES),
            *heads("supported", "interval"),
        ),
        tuple(
            (
                _subject(e, action),
                *(count(e[word.lower()]) for word in RESPONSES),
                percent(e["share"]),
                interval_text(e["low"], e["high"]),
            )
            for e in (found if action else sorted(found, key=lambda e: -e["share"]))
        ),
        lambda narrow: dots(named, shown, narrow),
    )


def _subject(line: Mapping[str, Any], action: bool) -> str:
    """What a line of the responses is about: a category or a tag."""
    return category(line["action"]) if action else tag(line["issue"])
