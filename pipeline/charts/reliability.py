"""Reliability diagrams: whether predicted probabilities equal the observed frequencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from pipeline.charts.drawing import ACCENT, MUTED, NARROW, PERCENT_AXIS, Chart, estimate_text, panel, percent
from pipeline.evaluation.intervals import wilson


def reliability(quality: Mapping[str, Any], rows: str, in_use: str, task: str) -> Chart | None:
    """Predicted probability and the share that is right, in bins.

    Args: `in_use`, the version of the model in use if the figures are its, else "".
    """
    bins = [b for b in quality[task]["reliability"] if b["cases"]]
    error = quality[task]["calibration_error"]
    if not bins or error["value"] is None:
        return None
    most = max(b["cases"] for b in bins)

    def draw(narrow: bool) -> Figure:
        side = 3.1 if narrow else 3.6
        figure, axes = panel(NARROW if narrow else side + 0.5, side, 0.65, 0.15, 0.45, 0.15)
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.text(0.3, 0.33, "well calibrated", rotation=45, rotation_mode="anchor", color=MUTED, fontsize=8)
        for b in bins:
            share = wilson(round(b["observed"] * b["cases"]), b["cases"])
            axes.plot([b["confidence"]] * 2, [share.low, share.high], color=ACCENT, linewidth=2, alpha=0.35)
        sizes = [12 + 110 * b["cases"] / most for b in bins]
        axes.scatter(
            [b["confidence"] for b in bins],
            [b["observed"] for b in bins],
            s=sizes,
            color=ACCENT,
            clip_on=False,
        )
        axes.set_xlim(0, 1.03)
        axes.set_ylim(0, 1.03)
        axes.set_xlabel("predicted probability")
        axes.set_ylabel("share that is right")
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
        axes.set_yticks([0.25, 0.5, 0.75, 1])
        axes.xaxis.set_major_formatter(PERCENT_AXIS)
        axes.yaxis.set_major_formatter(PERCENT_AXIS)
        axes.grid()
        return figure

    what = "action category" if task == "action" else "issue tags with a score of 0.05 or more"
    labels = ("action" if task == "action" else "tags") + (" by the model in use" if in_use else "")
    whose = f"Model in use, {in_use}; {rows}" if in_use else f"{rows[:1].upper()}{rows[1:]}"
    return Chart(
        f"reliability-{task}{'-in-use' if in_use else ''}",
        f"Probabilities of the {labels} are off by {100 * error['value']:.1f} points on average",
        f"{what.capitalize()}: mean probability and share right in {len(quality[task]['reliability'])} "
        f"bins of equal width. "
        f"Larger dots stand for more cases; bars: 95% interval (Wilson). {whose}. "
        f"Expected calibration error {estimate_text(error)}.",
        "Dots near the diagonal mean that the probabilities are well calibrated. "
        f"Largest bin: mean probability {percent(_largest(bins)['confidence'])}, "
        f"share right {percent(_largest(bins)['observed'])}.",
        ("Probability from", "to", "Cases", "Mean probability", "Share right"),
        tuple(
            (
                percent(b["low"], 0),
                percent(b["high"], 0),
                f"{b['cases']:,}",
                percent(b["confidence"]),
                percent(b["observed"]),
            )
            for b in bins
        ),
        draw,
    )


def _largest(bins: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return max(bins, key=lambda b: b["cases"])
