"""The comparison of a challenger with the model in use, on rows that neither was fitted on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.evaluation.assessment import Assessor
from pipeline.evaluation.metrics import Estimate, paired_difference
from pipeline.models.bundle import Predictions

COMPARED = ("action.accuracy", "tags.micro_f1")
"""Figures in which a challenger must not be worse than the champion."""


@dataclass(frozen=True)
class GateComparison:
    """Challenger less champion on some rows.

    Attributes:
        rows: how many.
        challenger, champion: figures, in shares.
        differences: with 95 % intervals.
    """

    rows: int
    challenger: Mapping[str, float]
    champion: Mapping[str, float]
    differences: Mapping[str, Estimate]


def compare(
    assessor: Assessor, rows: npt.NDArray[np.int64], challenger: Predictions, champion: Predictions
) -> GateComparison:
    """Compare both on the same rows. Args: predictions of these rows, in this order."""
    ours, theirs = (assessor.evaluation_of(found, rows) for found in (challenger, champion))
    differences = {
        name: paired_difference(name, ours, theirs, samples=assessor.samples, seed=assessor.seed)
        for name in COMPARED
    }
    figures = [
        {
            "action.accuracy": float((found.action == found.gold_action).mean()),
            "tags.micro_f1": 2
            * int((found.tags & found.gold_tags).sum())
            / max(1, int(found.tags.sum() + found.gold_tags.sum())),
        }
        for found in (ours, theirs)
    ]
    return GateComparison(len(rows), figures[0], figures[1], differences)


def possible_losses(differences: Mapping[str, Estimate], tolerated: float) -> list[str]:
    """The figures that the champion's successor may lose more of than is tolerated, in words.

    Judged by the lower end of each interval: a gain that may be chance promotes nobody. An undefined interval
    promotes nobody either.

    Args:
        differences: challenger less champion, in shares.
        tolerated: a share, 0 or more.
    """
    return [
        f"{name} may be worse than the champion's by more than {tolerated:.3f} (95 % interval "
        f"{d.low:+.4f} to {d.high:+.4f})"
        for name, d in differences.items()
        if not d.low > -tolerated
    ]


def gate_page(
    challenger: str, champion: str, verdict: str, reasons: Sequence[str], parts: Mapping[str, GateComparison]
) -> str:
    """The decision with its reasons and figures, as Markdown. Args: `parts`, by the rows they are of."""
    lines = [
        f"# {challenger}: {verdict}",
        "",
        f"Compared with the model in use, {champion}.",
        "",
        "## Reasons",
        "",
    ]
    lines += [f"- {reason}" for reason in reasons]
    lines += ["", "## Compared on rows that neither model was fitted on", ""]
    if not parts:
        lines.append("There was no comparison.")
    for name, found in parts.items():
        lines += [
            f"### {name} ({found.rows:,})",
            "",
            "| figure | challenger | model in use | difference (95 % interval) |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| {figure} | {found.challenger[figure]:.4f} | {found.champion[figure]:.4f} | "
            f"{d.value:+.4f} ({d.low:+.4f} to {d.high:+.4f}) |"
            for figure, d in found.differences.items()
        ]
        lines.append("")
    lines += [
        "Predictions of tuning rows and of decisions are by parts of a model that were fitted without the "
        "row and its wording (cross-fitted). The interval is a bootstrap over wordings; a challenger passes "
        "where its lower end is above the tolerated loss. The test session has no part in this.",
        "",
    ]
    return "\n".join(lines)
