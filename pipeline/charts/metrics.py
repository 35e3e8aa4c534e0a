"""Charts of a model's quality, from evaluation documents (`pipeline.evaluation.metrics.document`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from pipeline.charts.drawing import (
    ACCENT,
    INK,
    MUTED,
    NARROW,
    ON_ACCENT,
    Chart,
    beside,
    estimate_dots,
    estimate_text,
    panel,
    percent,
)
from pipeline.charts.reliability import reliability
from pipeline.charts.slices import quality_by_session, quality_of_slices
from pipeline.charts.treatment import SLICE_COLUMNS
from pipeline.corpus.taxonomy import ACTIONS
from pipeline.evaluation.metrics.document import champion_beside

Document = Mapping[str, Any]


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
        lambda narrow: estimate_dots([(f"{tag} ({f['support']:,})", f) for tag, f in figures], narrow, 3.4),
    )


def _ends(figure: Mapping[str, Any]) -> str:
    return "–" if figure["low"] is None else f"{figure['low']:.3f} to {figure['high']:.3f}"
