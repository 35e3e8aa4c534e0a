"""Stage `report`: one page, in one file, that shows a corpus, its labels and the model's quality.

It needs no network and no script. The same inputs give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.charts import Chart, corpus_charts, quality_charts
from pipeline.charts.doubts import session_tables, suspected_error_tables
from pipeline.charts.drawing import estimate_text, percent, stacked_text
from pipeline.charts.pages import environment
from pipeline.charts.treatment import treatment_tables
from pipeline.charts.trials import TitledTable, trial_tables
from pipeline.corpus.taxonomy import ACTIONS
from pipeline.errors import SourceError
from pipeline.evaluation.metrics import merge
from pipeline.evaluation.metrics.document import champion_beside
from pipeline.evaluation.statistics import (
    Counted,
    accepted_share,
    count_by_state,
    labelled_by_people,
    precise_share,
    recommending_states,
)
from pipeline.release.statistics.measured import as_labelled
from pipeline.release.statistics.shares import tables
from pipeline.store.files import read_json, write_text
from pipeline.store.tables import read_parquet
from pipeline.store.vocabularies import load_states

_FIGURES = (
    ("Action: accuracy", "action", "accuracy"),
    ("Action: macro-F1", "action", "macro_f1"),
    ("Action: quadratic weighted kappa", "action", "kappa"),
    ("Action: calibration error", "action", "calibration_error"),
    ("Tags: micro-F1", "tags", "micro_f1"),
    ("Tags: macro-F1", "tags", "macro_f1"),
    ("Tags: precision", "tags", "precision"),
    ("Tags: recall", "tags", "recall"),
    ("Tags: all tags of a text right", "tags", "subset_accuracy"),
    ("Tags: calibration error", "tags", "calibration_error"),
)

_COLUMNS = (
    ("{part} session, texts never seen", ("session", "{part}", "unseen")),
    ("{part} session, all rows", ("session", "{part}", "all")),
    ("Random split by text", ("random", "test", "all")),
    ("Voluntary pledges", ("session", "pledges", "all")),
)


@dataclass(frozen=True)
class ReportFacts:
    """Contents of a page: number of recommendations (one for each State) and charts, version of the model."""

    recommendations: int
    charts: int
    model_version: str | None


@dataclass(frozen=True)
class _MetricTable:
    header: Sequence[str]
    lines: Sequence[Sequence[str]]


@dataclass(frozen=True)
class _Measured:
    model: Mapping[str, Any]
    in_use: Mapping[str, Any]
    charts: Sequence[Chart]
    table: _MetricTable
    promises: _MetricTable | None
    trials: Sequence[TitledTable]
    suspected: Sequence[TitledTable]


def run(corpus: Path, evaluations: Sequence[Path], out: Path) -> ReportFacts:
    """Write the page.

    Args:
        corpus: a table in the project's columns (of `ingest`, or labelled).
        evaluations: documents of `evaluate` on one model (tune.json, test.json); none, and the page has no
            part on quality.
        out: the page, .html.

    Raises: SourceError if the table has no recommendation or the documents do not fit together; StoreError.
    """
    table = read_parquet(corpus)
    missing = {"kind", "session", "state_under_review", "recommending_states", "action", "issues"} - set(
        table.column_names
    )
    if missing:
        raise SourceError(
            str(corpus),
            f"lacks the columns {', '.join(sorted(missing))}.",
            "Give a table that `upr ingest` or `upr label` wrote.",
        )
    counted = count_by_state(table, load_states())
    if not len(counted):
        raise SourceError(
            str(corpus),
            "has no recommendations.",
            "Give a table that holds some; pledges alone make no report.",
        )
    quality = _measured(evaluations) if evaluations else None
    sections = corpus_charts(tables(as_labelled(counted)))
    page = environment().get_template("report.html.j2")
    text = page.render(
        facts=_facts(counted),
        source=_source(counted, _files(table)),
        actions=ACTIONS,
        sections=sections,
        quality=quality,
    )
    write_text(out, text)
    charts = sum(len(of_part) for _, _, of_part in sections)
    if quality is None:
        return ReportFacts(len(counted), charts, None)
    return ReportFacts(len(counted), charts + len(quality.charts), quality.model["version"])


def _files(table: pa.Table) -> list[str]:
    """Names of the files that the recommendations came from."""
    if "source_file" not in table.column_names:
        return []
    pairs = zip(table["source_file"].to_pylist(), table["kind"].to_pylist(), strict=True)
    return sorted({name for name, kind in pairs if name and kind != "pledge"})


def _measured(evaluations: Sequence[Path]) -> _Measured:
    """What the evaluation documents say, ready to be shown. Raises: SourceError."""
    documents = [read_json(path) for path in evaluations]
    where = ", ".join(map(str, evaluations))
    todo = "Give the documents of one `upr evaluate`."
    try:
        document = merge(documents)
        model = {
            key: document["model"].get(key) for key in ("version", "kind", "demo", "taxonomy", "trained_rows")
        }
        trials = [*session_tables(document), *trial_tables(document), *treatment_tables(document)]
        figures = (quality_charts(document), _quality_table(document), _promises(document))
        return _Measured(model, champion_beside(document), *figures, trials, suspected_error_tables(document))
    except KeyError as error:
        raise SourceError(where, f"lacks {error} of an evaluation document.", todo) from error
    except (ValueError, AttributeError, TypeError) as error:
        raise SourceError(where, f"cannot be shown ({error}).", todo) from error


def _facts(counted: Counted) -> list[tuple[str, str]]:
    sessions = counted.rows["session"].dropna()
    pairs = [(f"{len(counted):,}", "recommendations, one for each recommending State")]
    if len(sessions):
        pairs.append(
            (
                f"{sessions.nunique()}",
                f"sessions, from {sessions.min()} to {sessions.max()}"
                if sessions.nunique() > 1
                else "session",
            )
        )
    pairs.append((f"{counted.rows['reviewed'].nunique():,}", "States under review"))
    pairs.append((f"{recommending_states(counted):,}", "recommending States"))
    pairs.append((percent(precise_share(counted).value), "ask for a specific action"))
    if accepted_share(counted).defined:
        pairs.append((percent(accepted_share(counted).value), "of those answered are supported"))
    pairs.append((percent(labelled_by_people(counted).value, 0), "labelled by people"))
    return pairs


def _source(counted: Counted, files: Sequence[str]) -> str:
    people = labelled_by_people(counted).value
    who = (
        "labels by people"
        if people == 1
        else "labels by the model"
        if people == 0
        else f"{percent(people, 0)} of labels by people"
    )
    named = ", ".join(files[:6]) + (f" and {len(files) - 6} more files" if len(files) > 6 else "")
    return (
        f"{named or 'the labelled table'}; {who}. One row for each recommending State, without voluntary "
        f"pledges."
    )


def _quality_table(document: Mapping[str, Any]) -> _MetricTable:
    """The main figures: the headline's column first, then those that it is compared with."""
    part = document["headline"]["part"]
    named = {"test": "Test", "tune": "Tuning"}.get(part, part)
    found: list[tuple[str, Mapping[str, Any], bool]] = []
    for label, path in _COLUMNS:
        split, piece, rows = (p.format(part=part) for p in path)
        quality = document["splits"].get(split, {}).get(piece, {}).get(rows)
        if quality:
            found.append((f"{label.format(part=named)} ({quality['rows']:,})", quality, True))
    in_use = champion_beside(document).get("quality", {}).get("unseen")
    if in_use:
        found.insert(1, (f"Model in use, the same texts ({in_use['rows']:,})", in_use, True))
    baselines = document.get("baselines", {})
    found += [
        (f"{name.capitalize()} ({q['rows']:,})", q, False)
        for name, q in sorted(baselines.items(), reverse=True)
    ]
    lines = [
        (
            title,
            *(
                stacked_text(q[task][name]) if probable or name != "calibration_error" else "–"
                for _, q, probable in found
            ),
        )
        for title, task, name in _FIGURES
    ]
    return _MetricTable(("Figure and 95% interval", *(label for label, _, _ in found)), lines)


def _promises(document: Mapping[str, Any]) -> _MetricTable | None:
    """Coverage of prediction sets and errors of accepted labels on the headline's part.

    There is a column for the evaluated model, and one for the model in use.
    """
    part = document["headline"]["part"]
    held = [_held(document.get("sets", {}).get(part), document.get("acceptance", {}).get(part))]
    if not held[0]:
        return None
    champion = champion_beside(document)
    if "sets" in champion:
        held.append(_held(champion["sets"], champion["acceptance"]))
    named = ("Measured",) if len(held) == 1 else ("Measured", "Measured, model in use")
    return _MetricTable(
        ("Figure (95% interval)", *named),
        [(what, *(values.get(what, "–") for values in held)) for what in held[0]],
    )


def _held(sets: Mapping[str, Any] | None, accepted: Mapping[str, Any] | None) -> dict[str, str]:
    lines: dict[str, str] = {}
    if accepted:
        lines["Accepted without review, share of rows"] = estimate_text(accepted["accepted"])
        lines["Wrong actions among the accepted"] = estimate_text(accepted["error"])
        lines["Wrong actions among those sent to review"] = estimate_text(accepted["error_of_referred"])
    if sets:
        lines["Prediction sets that contain the coders' action (coverage)"] = estimate_text(sets["coverage"])
        for category, found in sorted(sets["by_category"].items()):
            lines[f"– of category {category} {ACTIONS[int(category)]} ({found['support']:,})"] = (
                estimate_text(found)
            )
        lines["Categories in a set, on average"] = estimate_text(sets["mean_size"], 2)
    return lines
