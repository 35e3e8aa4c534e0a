"""Charts of quality by session and by slice, from evaluation documents."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from pipeline.charts.action_marks import session_axis
from pipeline.charts.drawing import (
    ACCENT,
    GRID,
    NARROW,
    WIDE,
    Chart,
    estimate_dots,
    estimate_text,
    number,
    panel,
    percent,
)
from pipeline.charts.treatment import SLICE_COLUMNS
from pipeline.corpus.sessions import session_text

Document = Mapping[str, Any]

_PREDICTIONS = {"out_of_fold": "held out by session", "tune": "tuning session", "test": "test session"}


def quality_by_session(document: Document) -> Chart | None:
    """Accuracy of the action and micro-F1 of the tags by session, over all predictions the document has."""
    found: dict[int, tuple[str, Mapping[str, Any]]] = {}
    for whose in _PREDICTIONS:
        slices = document.get("slices", {}).get(whose, {}).get("session", {}).get("slices", {})
        found.update({int(s): (whose, q["figures"]) for s, q in slices.items() if s.isdigit()})
    if len(found) < 2:
        return None
    sessions = sorted(found)
    kinds = [w for w in _PREDICTIONS if any(f[0] == w for f in found.values())]
    lines = {"action.accuracy": "action, accuracy", "tags.micro_f1": "tags, micro-F1"}

    def draw(narrow: bool) -> Figure:
        figure, axes = panel(NARROW if narrow else WIDE, 3.05, 0.5, 0.2, 0.6, 0.3)
        lowest = 1.0
        for (name, label), colour, marker, shift in zip(
            lines.items(), (ACCENT, "#d55e00"), ("o", "s"), (-0.06, 0.06), strict=True
        ):
            x = [s + shift for s in sessions]
            y = [number(found[s][1][name]["value"]) for s in sessions]
            ends = [(number(found[s][1][name]["low"]), number(found[s][1][name]["high"])) for s in sessions]
            axes.plot(
                x,
                y,
                color=colour,
                marker=marker,
                markersize=4.5,
                linewidth=1.6 if len(sessions) > 2 else 0,
                label=label,
                clip_on=False,
            )
            for place, (low, high) in zip(x, ends, strict=True):
                axes.plot([place, place], [low, high], color=colour, linewidth=2, alpha=0.4)
            lowest = min([lowest, *(low for low, _ in ends if not math.isnan(low))])
        axes.set_ylim(max(0.0, math.floor(20 * lowest - 0.5) / 20), 1.0)
        axes.set_xlim(sessions[0] - 0.6, sessions[-1] + 0.6)
        session_axis(axes, len(sessions))
        if len(sessions) < 8:
            axes.set_xticks(sessions)
        axes.grid(axis="y", color=GRID)
        axes.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1.0),
            ncols=2,
            frameon=False,
            borderaxespad=0.2,
            handletextpad=0.4,
            columnspacing=1.2,
        )
        return figure

    values = [
        f[1]["action.accuracy"]["value"]
        for f in found.values()
        if f[1]["action.accuracy"]["value"] is not None
    ]
    return Chart(
        "quality-by-session",
        f"Action accuracy lies between {percent(min(values))} and {percent(max(values))} from session to "
        f"session"
        if values
        else "Quality by session",
        (
            f"All rows of each session, with 95% interval (bootstrap by text). Predictions: "
            f"{', '.join(_who(found, w) for w in kinds)}."
        ),
        "Two lines by session: accuracy of the action and micro-F1 of the tags.",
        ("Session", "Predictions", *lines.values()),
        tuple(
            (session_text(s), _PREDICTIONS[found[s][0]], *(estimate_text(found[s][1][n]) for n in lines))
            for s in sessions
        ),
        draw,
    )


def _who(found: Mapping[int, tuple[str, Any]], whose: str) -> str:
    """ "test session 18"."""
    return f"{_PREDICTIONS[whose]} {_runs(sorted(s for s, f in found.items() if f[0] == whose))}"


def _runs(sessions: Sequence[int]) -> str:
    """ "1 to 16", or "3, 7" where there are gaps."""
    whole = len(sessions) > 2 and sessions == list(range(sessions[0], sessions[-1] + 1))
    return f"{sessions[0]} to {sessions[-1]}" if whole else ", ".join(map(str, sessions))


def quality_of_slices(column: str, slices: Mapping[str, Any]) -> Chart | None:
    """Action accuracy of the slices of a column; the table has the tags as well, the subtitle the tests."""
    found = {
        n: q for n, q in slices["slices"].items() if q["figures"]["action.accuracy"]["value"] is not None
    }
    if len(found) < 2:
        return None
    gap = slices["gaps"]["action.accuracy"]
    if gap is None:
        title, tested = (
            f"Too few rows to compare by {SLICE_COLUMNS[column]}",
            f"Fewer than two slices have {slices['least_rows']} rows.",
        )
    else:
        size, pairs = gap["size"], len(gap["comparisons"])
        title = (
            f"Action accuracy differs by {100 * size['value']:.1f} points at most by {SLICE_COLUMNS[column]}"
        )
        tested = (
            f"Largest gap: {gap['best']} against {gap['worst']}, {100 * size['value']:.1f} points "
            f"({100 * size['low']:.1f} to {100 * size['high']:.1f}); {gap['significant']} of {pairs} "
            f"pairs differ "
            f"significantly (bootstrap, Holm, 5%). Slices under {slices['least_rows']} rows are not compared."
        )
    names = ("action.accuracy", "action.macro_f1", "tags.micro_f1", "tags.macro_f1")
    return Chart(
        f"slices-{column.replace('_', '-')}",
        title,
        f"Accuracy of the action with 95% interval (bootstrap by text); number of rows in brackets. {tested}",
        "Dot chart. "
        + ", ".join(f"{n} {q['figures']['action.accuracy']['value']:.3f}" for n, q in found.items())
        + ".",
        (
            column.replace("_", " ").capitalize(),
            "Rows",
            "Accuracy",
            "Macro-F1",
            "Tags micro-F1",
            "Tags macro-F1",
        ),
        tuple(
            (n, f"{q['rows']:,}", *(estimate_text(q["figures"][m]) for m in names)) for n, q in found.items()
        ),
        lambda narrow: estimate_dots(
            [(f"{n} ({q['rows']:,})", q["figures"]["action.accuracy"]) for n, q in found.items()],
            narrow,
            1.75,
        ),
    )
