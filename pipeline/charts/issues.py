"""Charts of the issue tags, and of the responses to recommendations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pipeline.charts.drawing import (
    ACCENT,
    INK,
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
from pipeline.corpus.taxonomy import ACTIONS
from pipeline.evaluation.statistics import Counted, acceptance_table, accepted_share, issue_share, issue_table

_SHOWN_TAGS = 20
_WILSON = "Bars: 95% interval (Wilson)."


def tag_frequencies(counted: Counted) -> Chart | None:
    """The most frequent tags as bars; the table has all."""
    lines = records(issue_table(counted))
    if not lines:
        return None
    shown = lines[:_SHOWN_TAGS]
    top = lines[0]
    return Chart(
        "tags",
        f"{top['issue']} is the most frequent issue, in {percent(top['share'], 0)} of recommendations",
        f"Share of recommendations that carry the tag: the {len(shown)} most frequent of {len(lines)} tags. "
        "A recommendation can carry several.",
        "Bar chart. " + ", ".join(f"{line['issue']} {percent(line['share'])}" for line in lines[:5]) + ".",
        ("Issue tag", "Recommendations", "Share", "95% interval"),
        tuple(
            (e["issue"], f"{e['count']:,}", percent(e["share"]), interval_text(e["low"], e["high"]))
            for e in lines
        ),
        lambda narrow: _bars([e["issue"] for e in shown], [e["share"] for e in shown], narrow),
    )


def _bars(names: Sequence[str], shares: Sequence[float], narrow: bool) -> Figure:
    """Bars with their names: beside them, or above them on a phone."""
    height = (0.34 if narrow else 0.22) * len(names) + 0.2
    figure, axes = panel(NARROW if narrow else WIDE, height, 0.1 if narrow else 3.15, 0.6, 0.1)
    places = list(range(len(names)))
    axes.barh(places, shares, color=ACCENT, height=0.38 if narrow else 0.72)
    for line, (name, share) in enumerate(zip(names, shares, strict=True)):
        beside(axes, share, line, percent(share))
        if narrow:
            axes.text(0, line - 0.46, name, va="center")
    axes.set_yticks([] if narrow else places, [] if narrow else names, color=INK)
    axes.set_ylim(len(names) - 0.5, -0.75 if narrow else -0.5)
    axes.set_xlim(0, max(shares))
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    return figure


def tags_over_time(counted: Counted) -> Chart | None:
    """The six most frequent tags by session, one small panel each; None for fewer than four sessions."""
    names = [line["issue"] for line in records(issue_table(counted))[:6]]
    sessions = sorted(int(s) for s in counted.rows["session"].dropna().unique())
    if len(names) < 2 or len(sessions) < 4:
        return None
    table = issue_table(counted, "session").pivot_table(index="session", columns="issue", values="share")
    shares = table.reindex(index=sessions, columns=names).fillna(0.0)
    middle = sessions[len(sessions) // 2]
    early, late = counted.sessions(sessions[0], middle - 1), counted.sessions(middle, sessions[-1])
    halves = {n: (issue_share(early, n).value, issue_share(late, n).value) for n in names}
    mover = max(names, key=lambda n: abs(halves[n][1] - halves[n][0]))
    before, after = halves[mover]
    return Chart(
        "tags-over-time",
        (
            f"{mover} {'rose' if after > before else 'fell'} most, from {percent(before)} before session "
            f"{middle} to {percent(after)} since"
        ),
        (
            "Share of recommendations that carry the tag, by session: the six most frequent tags. "
            "Figure: the "
            "last session."
        ),
        "Line charts. "
        + "; ".join(
            f"{n}: {percent(halves[n][0])} before session {middle}, {percent(halves[n][1])} since"
            for n in names
        )
        + ".",
        ("Session", *names),
        tuple((str(s), *(percent(float(shares.loc[s, n])) for n in names)) for s in sessions),
        lambda narrow: _small_panels(shares, narrow),
    )


def _small_panels(shares: pd.DataFrame, narrow: bool) -> Figure:
    columns, width = (2, NARROW) if narrow else (3, WIDE)
    names, sessions = list(shares.columns), list(shares.index)
    height = 1.4 * -(-len(names) // columns) + 0.1
    cell = (width - 0.1) / columns
    figure = Figure(figsize=(width, height))
    figure.patch.set_alpha(0)
    top = float(shares.to_numpy().max()) * 1.1
    for k, name in enumerate(names):
        left, bottom = 0.1 + cell * (k % columns) + 0.35, height - 1.4 * (k // columns) - 1.12
        axes = figure.add_axes((left / width, bottom / height, (cell - 0.85) / width, 0.85 / height))
        axes.patch.set_alpha(0)
        axes.plot(sessions, shares[name], color=ACCENT, linewidth=1.8)
        beside(axes, sessions[-1], float(shares[name].iloc[-1]), percent(float(shares[name].iloc[-1]), 0))
        letters = 24 if narrow else 30
        axes.set_title(
            name if len(name) <= letters else name[: letters - 1] + "…",
            fontsize=8 if narrow else 9,
            loc="left",
            x=-0.2,
            color=INK,
            pad=4,
        )
        axes.set_ylim(0, top)
        axes.set_xlim(sessions[0], sessions[-1])
        axes.yaxis.set_major_formatter(PERCENT_AXIS)
        axes.yaxis.set_major_locator(MaxNLocator(3))
        axes.set_xticks([sessions[0], sessions[-1]])
        axes.grid(axis="y")
    return figure


def acceptance_by_action(counted: Counted) -> Chart | None:
    """Share supported by category, with intervals."""
    lines = [e for e in records(acceptance_table(counted, "action")) if e["of"]]
    if not lines:
        return None
    names = [f"{e['action']} {ACTIONS[e['action']]}" for e in lines]
    least = min(lines, key=lambda e: e["share"])
    return Chart(
        "acceptance-by-action",
        f"{ACTIONS[least['action']]} action is supported least: {percent(least['share'], 0)}, "
        f"against {percent(accepted_share(counted).value, 0)} of all recommendations",
        f"Share supported of the recommendations that were supported or noted, by action category. {_WILSON}",
        "Dot chart. "
        + ", ".join(f"{n} {percent(e['share'])}" for n, e in zip(names, lines, strict=True))
        + ".",
        ("Action category", "Supported", "Noted", "Share supported", "95% interval"),
        tuple(_acceptance_line(n, e) for n, e in zip(names, lines, strict=True)),
        lambda narrow: _acceptance_figure(names, lines, narrow, 1.2),
    )


def acceptance_by_tag(counted: Counted) -> Chart | None:
    """Share supported by tag, for the most frequent tags; the table has all."""
    lines = sorted(
        (e for e in records(acceptance_table(counted, "issue")) if e["of"]),
        key=lambda e: (-e["share"], e["issue"]),
    )
    if len(lines) < 2:
        return None
    frequent = {e["issue"] for e in sorted(lines, key=lambda e: (-e["of"], e["issue"]))[:_SHOWN_TAGS]}
    shown = [e for e in lines if e["issue"] in frequent]
    first, last = shown[0], shown[-1]
    return Chart(
        "acceptance-by-tag",
        (
            f"{first['issue']} is supported most ({percent(first['share'], 0)}), {last['issue']} least "
            f"({percent(last['share'], 0)})"
        ),
        (
            f"Share supported of the recommendations that were supported or noted: the {len(shown)} most "
            f"frequent tags. {_WILSON}"
        ),
        "Dot chart. " + ", ".join(f"{e['issue']} {percent(e['share'])}" for e in shown) + ".",
        ("Issue tag", "Supported", "Noted", "Share supported", "95% interval"),
        tuple(_acceptance_line(e["issue"], e) for e in lines),
        lambda narrow: _acceptance_figure([e["issue"] for e in shown], shown, narrow, 3.15),
    )


def _acceptance_line(name: str, line: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        name,
        f"{line['supported']:,}",
        f"{line['noted']:,}",
        percent(line["share"]),
        interval_text(line["low"], line["high"]),
    )


def _acceptance_figure(
    names: Sequence[str], lines: Sequence[Mapping[str, Any]], narrow: bool, left: float
) -> Figure:
    estimates = [(e["share"], e["low"], e["high"]) for e in lines]
    figure, axes = dot_lines(names, estimates, narrow, left, 0.0, lambda share: percent(share, 0))
    axes.xaxis.set_major_formatter(PERCENT_AXIS)
    return figure
