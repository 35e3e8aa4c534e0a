"""Charts of a model's quality, from evaluation documents (`pipeline.evaluation.metrics.document`)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from pipeline.charts.action_marks import session_axis
from pipeline.charts.drawing import (
    ACCENT,
    GRID,
    INK,
    MUTED,
    NARROW,
    ON_ACCENT,
    WIDE,
    Chart,
    beside,
    dot_lines,
    estimate_text,
    panel,
    percent,
)
from pipeline.charts.reliability import reliability
from pipeline.charts.treatment import SLICE_COLUMNS
from pipeline.corpus.taxonomy import ACTIONS
from pipeline.evaluation.metrics.document import champion_beside

Document = Mapping[str, Any]

_PREDICTIONS = {"out_of_fold": "held out by session", "tune": "tuning session", "test": "test session"}


def quality_charts(document: Document) -> list[Chart]:
    """All charts of a document, in the order of the page; those that it has no figures for are left out."""
    quality, rows = headline(document)
    charts: list[Chart | None] = []
    if quality is not None:
        champion = champion_beside(document)
        in_use = champion.get("quality", {}).get(document.get("headline", {}).get("rows"))
        models = [(quality, rows, ""), *([(in_use, rows, champion["version"])] if in_use else [])]
        charts = [
            confusion(quality, rows),
            *(reliability(*of, task) for task in ("action", "tags") for of in models),
            tag_quality(quality, rows),
        ]
    charts.append(quality_by_session(document))
    found = document.get("slices", {}).get("test") or document.get("slices", {}).get("tune") or {}
    charts += [quality_of_slices(column, found[column]) for column in SLICE_COLUMNS if column in found]
    return [c for c in charts if c is not None]


def headline(document: Document) -> tuple[Mapping[str, Any] | None, str]:
    """The quality that the document's headline names, and its rows in words; None where it is missing."""
    place = document.get("headline", {})
    split, part, rows = (
        place.get(k, d) for k, d in (("split", "session"), ("part", "test"), ("rows", "unseen"))
    )
    found = document.get("splits", {}).get(split, {}).get(part, {})
    quality = found.get(rows) or found.get("all")
    if quality is None:
        return None, ""
    what = "texts that do not occur in training" if found.get(rows) and rows == "unseen" else "all rows"
    return quality, f"{part} part of the {split} split, {what} ({quality['rows']:,} rows)"


def confusion(quality: Mapping[str, Any], rows: str) -> Chart | None:
    """Confusion matrix: gold (rows) and predicted category (columns); shade is the share of the row."""
    table: Sequence[Sequence[int]] = quality["action"]["confusion"]
    total = sum(map(sum, table))
    if not total:
        return None
    errors = {(g, p): table[g - 1][p - 1] for g in ACTIONS for p in ACTIONS if g != p}
    (gold, predicted), count = max(errors.items(), key=lambda item: item[1])

    def draw(narrow: bool) -> Figure:
        side = 3.1 if narrow else 3.8
        right = 0.1 if narrow else 1.9
        figure, axes = panel(NARROW if narrow else 1.15 + side + right, side, 1.15, right, 0.75, 0.35)
        for g in range(5):
            for p in range(5):
                share = table[g][p] / max(1, sum(table[g]))
                axes.add_patch(
                    Rectangle((p - 0.48, g - 0.47), 0.96, 0.94, facecolor=ACCENT, alpha=share, linewidth=0)
                )
                if table[g][p]:
                    axes.text(
                        p,
                        g,
                        f"{table[g][p]:,}",
                        ha="center",
                        va="center",
                        color=ON_ACCENT if share > 0.55 else INK,
                    )
            if not narrow:
                beside(axes, 4.5, g, estimate_text(quality["action"]["f1"][str(g + 1)], 2))
        if not narrow:
            axes.annotate(
                "F1 (95% interval)",
                (4.5, -0.5),
                (5, 5),
                textcoords="offset points",
                color=MUTED,
                annotation_clip=False,
            )
        axes.set_xlim(-0.5, 4.5)
        axes.set_ylim(4.5, -0.5)
        axes.set_xticks(range(5), [str(a) if narrow else f"{a}\n{n}" for a, n in ACTIONS.items()], fontsize=8)
        axes.set_yticks(range(5), [f"{a} {n}" for a, n in ACTIONS.items()], color=INK)
        axes.set_xlabel("predicted by the model")
        axes.set_ylabel("coded by people" if not narrow else "coded")
        axes.spines["bottom"].set_visible(False)
        return figure

    names = tuple(f"{a} {n}" for a, n in ACTIONS.items())
    right = percent(quality["action"]["accuracy"]["value"])
    return Chart(
        "confusion",
        f"{right} of actions are right; most frequent error: {ACTIONS[gold]} predicted as "
        f"{ACTIONS[predicted]} ({count:,})"
        if count
        else f"{right} of actions are right",
        (
            f"Recommendations by the coders' category (rows) and the model's (columns), {rows}. Shade: share "
            f"of the row."
        ),
        f"Table of 5 by 5 categories; {right} lie on the diagonal.",
        ("Coded", *(f"Predicted: {n}" for n in names), "F1 (95% interval)"),
        tuple(
            (name, *(f"{n:,}" for n in table[a - 1]), estimate_text(quality["action"]["f1"][str(a)]))
            for a, name in zip(ACTIONS, names, strict=True)
        ),
        draw,
    )


def tag_quality(quality: Mapping[str, Any], rows: str) -> Chart | None:
    """F1 of each tag with its interval, best first."""
    figures = [(tag, f) for tag, f in quality["tags"]["f1"].items() if f["value"] is not None]
    if not figures:
        return None
    figures.sort(key=lambda item: (-item[1]["value"], item[0]))
    missing = quality["tags"]["without_support"]
    macro = quality["tags"]["macro_f1"]
    good = sum(f["value"] >= 0.8 for _, f in figures)
    return Chart(
        "tag-f1",
        f"{good} of {len(figures)} tags reach an F1 of 0.80",
        f"F1 of each tag with 95% interval (bootstrap by text), {rows}. Number in brackets: "
        f"recommendations that carry the tag. "
        f"Mean {estimate_text(macro)}."
        + (f" Tags that do not occur here are left out: {', '.join(missing)}." if missing else ""),
        f"Dot chart of {len(figures)} tags, from {figures[0][0]} with {figures[0][1]['value']:.2f} "
        f"to {figures[-1][0]} with {figures[-1][1]['value']:.2f}.",
        ("Issue tag", "F1", "95% interval", "Recommendations"),
        tuple((tag, f"{f['value']:.3f}", _ends(f), f"{f['support']:,}") for tag, f in figures),
        lambda narrow: _dot_figure([(f"{tag} ({f['support']:,})", f) for tag, f in figures], narrow, 3.4),
    )


def _ends(figure: Mapping[str, Any]) -> str:
    return "–" if figure["low"] is None else f"{figure['low']:.3f} to {figure['high']:.3f}"


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _dot_figure(figures: Sequence[tuple[str, Mapping[str, Any]]], narrow: bool, left: float) -> Figure:
    """Estimates, one a line; the axis begins where the lowest interval allows."""
    estimates = [(_number(f["value"]), _number(f["low"]), _number(f["high"])) for _, f in figures]
    lowest = min((low for _, low, _ in estimates if not math.isnan(low)), default=0.0)
    start = min(0.8, math.floor(10 * lowest) / 10)
    return dot_lines(
        [name for name, _ in figures], estimates, narrow, left, start, lambda value: f"{value:.2f}"
    )[0]


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
        figure, axes = panel(NARROW if narrow else WIDE, 2.9, 0.5, 0.2, 0.45, 0.3)
        lowest = 1.0
        for (name, label), colour, marker, shift in zip(
            lines.items(), (ACCENT, "#d55e00"), ("o", "s"), (-0.06, 0.06), strict=True
        ):
            x = [s + shift for s in sessions]
            y = [_number(found[s][1][name]["value"]) for s in sessions]
            ends = [(_number(found[s][1][name]["low"]), _number(found[s][1][name]["high"])) for s in sessions]
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
            (str(s), _PREDICTIONS[found[s][0]], *(estimate_text(found[s][1][n]) for n in lines))
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
        lambda narrow: _dot_figure(
            [(f"{n} ({q['rows']:,})", q["figures"]["action.accuracy"]) for n, q in found.items()],
            narrow,
            1.75,
        ),
    )
