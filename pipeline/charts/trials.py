"""Tables of the evaluation page on behaviour tests, and on faithfulness of evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.charts.drawing import stacked_text
from pipeline.evaluation.metrics.document import champion_beside

_SHOWN = 5
"""Failing cases shown of a class of wording."""


@dataclass(frozen=True)
class TitledTable:
    """A table with its title and texts.

    Attributes:
        name: short, for anchors.
        title: the finding or the subject.
        subtitle: what is measured, and on which rows.
        header, lines: the table; the first column names the line.
        more: heading of a second table that is folded away, "" where there is none, with its own header and
            lines.
        kind: "prose" where cells hold sentences, "worded" where some hold words, "" for figures.
    """

    name: str
    title: str
    subtitle: str
    header: Sequence[str]
    lines: Sequence[Sequence[str]]
    more: str = ""
    more_header: Sequence[str] = ()
    more_lines: Sequence[Sequence[str]] = ()
    kind: str = ""


def trial_tables(document: Mapping[str, Any]) -> list[TitledTable]:
    """The tables of an evaluation document, for the evaluated model and the model in use."""
    in_use = champion_beside(document)
    tables = (
        _behaviour(document.get("behaviour"), in_use.get("behaviour", ())),
        _evidence(document.get("evidence"), in_use.get("evidence")),
    )
    return [table for table in tables if table is not None]


def _behaviour(
    classes: Sequence[Mapping[str, Any]] | None, in_use: Sequence[Mapping[str, Any]]
) -> TitledTable | None:
    if not classes:
        return None
    others = {found["name"]: found["model"]["passed"] for found in in_use}
    lines, failing = [], []
    for found in classes:
        model, rules = found["model"], found["rules"]
        floor = "–" if found["floor"] is None else f"{found['floor']:.2f}"
        estimate = model["passed"]
        beside = [stacked_text(others[found["name"]]) if found["name"] in others else "–"] if others else []
        figures = (
            f"{estimate['support']:,}",
            stacked_text(estimate),
            *beside,
            f"{rules['passed']['value']:.3f}",
            floor,
        )
        lines.append((f"{found['name']}\n{found['rule']}", *figures))
        failing += [(text, wrong, found["name"]) for text, wrong in model["failures"][:_SHOWN]]
    total = sum(found["model"]["passed"]["support"] for found in classes)
    return TitledTable(
        "behaviour",
        "Behaviour tests: labels of sentences for each rule of the codebook",
        f"Share of {total:,} test cases, written for this project, that pass, by class; for models with its "
        f"exact 95% interval. A model below a floor is not promoted. "
        "Where the coded rows differ from the codebook, the model follows the rows.",
        ("Class of wording", "Cases", "Model", *(("In use",) if others else ()), "Rules", "Floor"),
        lines,
        f"Cases that the model fails, up to {_SHOWN} a class" if failing else "",
        ("Text", "What is wrong", "Class"),
        failing,
    )


def _evidence(found: Mapping[str, Any] | None, in_use: Mapping[str, Any] | None) -> TitledTable | None:
    if not found:
        return None
    names = (("action", "Evidence for the action"), ("tags", "Evidence for a tag"))
    whose = [(found, ""), *([(in_use, ", model in use")] if in_use else [])]
    lines = [
        (
            f"{title}{model} ({figures['gain']['support']:,})",
            *(stacked_text(figures[name], 2) for name in ("evidence", "random", "gain")),
            stacked_text(figures["won"]),
        )
        for of, model in whose
        for key, title in names
        for figures in (of[key],)
    ]
    return TitledTable(
        "evidence",
        "Faithfulness: whether labels depend on the words shown as evidence",
        f"Decrease of the label's log odds without these words, on {found['texts']:,} random texts of the "
        f"tuning session; beside it the decrease without as many random words of the same text (mean of five "
        "draws). 95% intervals: bootstrap over texts.",
        (
            "Evidence for (labels)",
            "Without evidence",
            "Without random words",
            "Difference",
            "Share of labels where the evidence matters more",
        ),
        lines,
    )
