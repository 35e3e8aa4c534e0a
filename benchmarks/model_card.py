"""A model's card: what it is worth on rows that it never saw, measured from its own files.

    python -m benchmarks.model_card MODEL_FOLDER CORPUS_PARQUET [--twin FOLDER | --evaluation FOLDER]

Writes figures.json and CARD.md into the model's folder. CORPUS_PARQUET is the table of `upr ingest` over the
real corpus. A final model has learned all coded sessions: its figures are those of its evaluated twin, by
default the one in models/trained, and of its own held-out predictions. --evaluation takes the twin's from the
tune.json and test.json of `upr evaluate`, which the run of a version keeps (its artefacts in `evaluation`). A
test checks that the figures of a model in the repository are still those of its card.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.unlearned import evaluated, unlearned
from pipeline import settings
from pipeline.corpus.coded import Corpus, corpus_from
from pipeline.errors import ModelError, UprError
from pipeline.evaluation.assessment import Assessor
from pipeline.evaluation.metrics import acceptance, set_quality, to_plain
from pipeline.models.bundle import Predictions
from pipeline.store.descriptions import CARD, FIGURES, Description, described
from pipeline.store.files import read_json, write_json, write_text
from pipeline.store.models import load_bundle
from pipeline.store.tables import read_parquet
from pipeline.store.vocabularies import load_states, load_taxonomy

_SHOWN = {
    "action accuracy": ("action", "accuracy"),
    "action macro-F1": ("action", "macro_f1"),
    "quadratic weighted kappa": ("action", "kappa"),
    "expected calibration error": ("action", "calibration_error"),
    "tags micro-F1": ("tags", "micro_f1"),
    "tags macro-F1": ("tags", "macro_f1"),
}


def real_corpus(path: Path) -> Corpus:
    """The corpus with its splits, from the table of `ingest`."""
    chosen = settings.load()
    return corpus_from(read_parquet(path), load_taxonomy(chosen.taxonomy), chosen.splits)


def figures(
    folder: Path,
    corpus: Corpus,
    twin: Path | None = None,
    samples: int = 1000,
    evaluation: Path | None = None,
) -> dict[str, Any]:
    """Figures of the tuning and the test part and of pledges: all rows and rows of unseen wording, sets,
    acceptance. Those of a final model are of its evaluated twin; added are those of its own held-out
    predictions of the sessions that its limits rest on.

    Args:
        twin: the folder of the evaluated twin; None to look where `upr train` writes it.
        samples: bootstrap resamples.
        evaluation: what `upr evaluate` wrote of the twin; then the twin itself is not needed.

    Raises: ModelError if the twin is not there, or if a part was learned.
    """
    model, split = described(folder), corpus.splits["session"]
    assessor = Assessor(corpus, load_states(), samples, 0, 15)
    document: dict[str, Any] = {
        "model": model.version,
        "figures_of": model.facts.get("evaluated_twin", model.version),
        "split_sha256": split.digest(corpus.row_ids),
    }
    if evaluation is None:
        source = evaluated(folder, twin)
        bundle = load_bundle(source)
        for part in ("tune", "test", "pledges"):
            rows = split.rows(part)
            if len(rows):
                document[part] = _part(assessor, unlearned(source, bundle, corpus, rows), rows)
    else:
        document |= _of_evaluation(evaluation, model)
    if "evaluated_twin" in model.facts:
        document["held_out"] = _held_out(folder, assessor)
    return document


def _of_evaluation(folder: Path, model: Description) -> dict[str, Any]:
    """The same parts, as `upr evaluate` wrote them. Raises: ModelError if they are of another model."""
    tune, test = (read_json(folder / f"{part}.json") for part in ("tune", "test"))
    found: dict[str, Any] = {}
    for part, document in (("tune", tune), ("test", test), ("pledges", test)):
        if document["model"].get("final_version") != model.version:
            what = f"the evaluation is of {document['model'].get('final_version')}, not of {model.version}."
            raise ModelError(str(folder), what, "Name the folder of its own run.")
        if part in document["splits"]["session"]:
            found[part] = dict(document["splits"]["session"][part])
        if part in document["sets"]:
            found[part] |= {"sets": document["sets"][part], "accepted": document["acceptance"][part]}
    return found


def _part(assessor: Assessor, predictions: Predictions, rows: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Figures of the predictions of some rows."""
    corpus = assessor.corpus
    split, actions = corpus.splits["session"], corpus.actions[rows]
    unseen = np.flatnonzero(~split.seen[rows])
    sets = set_quality(actions, predictions.action_sets, split.groups[rows], samples=assessor.samples)
    return {
        "all": to_plain(assessor.measure(assessor.evaluation_of(predictions, rows))),
        "unseen": to_plain(assessor.measure(assessor.evaluation_of(predictions.take(unseen), rows[unseen]))),
        "sets": to_plain(sets),
        "accepted": to_plain(acceptance(actions, predictions.action, predictions.accepted)),
    }


def _held_out(folder: Path, assessor: Assessor) -> dict[str, Any]:
    """Figures of a final model's held-out predictions, by session."""
    bundle, corpus = load_bundle(folder), assessor.corpus
    sessions = np.array([session or 0 for session in corpus.sessions])
    coded = ~np.isin(corpus.splits["session"].parts, ("", "pledges"))
    found = {}
    for session in bundle.facts["tune_sessions"]:
        rows = np.flatnonzero(coded & (sessions == session))
        found[f"session_{session}"] = _part(assessor, unlearned(folder, bundle, corpus, rows), rows)
    return found


def _estimate(value: Mapping[str, Any] | None) -> str:
    if value is None or value["value"] is None:
        return "–"
    return f"{value['value']:.3f} ({value['low']:.3f} to {value['high']:.3f})"


def card(model: Description, document: Mapping[str, Any], megabytes: float) -> str:
    """The card as Markdown."""
    test = document["test"]
    by_category = ", ".join(f"{c}: {_estimate(e)}" for c, e in test["sets"]["by_category"].items())
    return "\n".join(
        [
            f"# Model card: {model.version}",
            "",
            f"Kind: {model.kind}. Taxonomy {model.taxonomy}. {megabytes:.1f} MB. Labels the action category "
            "(1 to 5)",
            "and the issue tags of UPR recommendations in English, blind to States.",
            "",
            *_training(model, document),
            "Figures with 95 % intervals (bootstrap by wording; Clopper-Pearson for shares).",
            "",
            "| | session 17, all | session 18, all | session 18, unseen wording | pledges |",
            "|---|---|---|---|---|",
            *_table(document),
            "",
            *_of_session_17(model),
            "",
            f"Prediction sets on session 18: coverage {_estimate(test['sets']['coverage'])}, mean size "
            f"{_estimate(test['sets']['mean_size'])};",
            f"by category {by_category}.",
            "",
            "Accepted without review on session 18, by confidence of the action alone: "
            + _accepted(test["accepted"], "\n"),
            "",
            *_own(document),
            "Intended use: coding UPR recommendations together with people, who see what the model doubts. "
            "Not for texts of another kind,",
            "other languages, or judgements about a State. Category 1 is rare (11 rows in session 18), and "
            "its figures are uncertain.",
            "Recommendations of later years name issues that this taxonomy has no tag for.",
            "",
            f"These figures: `python -m benchmarks.model_card`, written to {FIGURES}. What was tried: "
            f"docs/experiments.md.",
            "",
        ]
    )


def _table(document: Mapping[str, Any]) -> Iterator[str]:
    for name, (task, figure) in _SHOWN.items():
        parts = [document.get(part, {}).get(rows, {}).get(task, {}).get(figure) for part, rows in _COLUMNS]
        yield f"| {name} | {' | '.join(_estimate(part) for part in parts)} |"


def _training(model: Description, document: Mapping[str, Any]) -> list[str]:
    """What it was fitted on, and whose figures these are."""
    facts = model.facts
    trained, tuned = facts["train_sessions"], facts["tune_sessions"]
    if document["figures_of"] == model.version:
        return [
            f"Trained on {facts['train_rows']:,} coded rows of sessions {trained[0]} to {trained[-1]}; "
            "calibrated, weighed and",
            f"given its limits on {facts['tune_rows']:,} rows of session {tuned[0]}. Session 18 was only "
            "measured on.",
        ]
    networks = facts["network_sessions"]
    return [
        f"Fitted on {facts['train_rows']:,} coded rows of sessions {model.sessions()}, its network on "
        f"sessions {networks[0]} to {networks[-1]};",
        f"calibrated, weighed and given its limits on held-out predictions of {facts['tune_rows']:,} rows of "
        f"sessions {tuned[0]} to {tuned[-1]}.",
        "",
        "It learned every coded session, so nothing is left to measure it on. The figures are those of its",
        f"evaluated twin, {document['figures_of']}, which did not learn session 18: the same recipe on",
        "sessions 1 to 17. No part that predicts a row of session 17 was fitted on that row (cross-fitted).",
    ]


def _of_session_17(model: Description) -> list[str]:
    if model.facts.get("evaluated_twin"):
        return ["The twin's limits rest on the held-out predictions of session 17 in the first column."]
    held_out = model.facts["tuning_held_out"]
    return [
        "An ensemble's meta-model is fitted on session 17, so its column is slightly optimistic. "
        "Cross-fitted there, by ten folds of wordings:",
        f"action accuracy {held_out['action.accuracy']:.3f}, tags micro-F1 {held_out['tags.micro_f1']:.3f}.",
    ]


def _accepted(found: Mapping[str, Any], space: str = " ") -> str:
    return (
        f"{_estimate(found['accepted'])}, wrong among{space}them {_estimate(found['error'])}, "
        f"wrong among the rest {_estimate(found['error_of_referred'])}."
    )


def _own(document: Mapping[str, Any]) -> list[str]:
    """What the limits of a final model accept, of its held-out predictions."""
    if "held_out" not in document:
        return []
    lines = [
        "The model's own limits rest on more sessions than the twin's. Of its held-out predictions (by parts "
        "that were fitted",
        "without the row and its wording; the limits themselves were chosen on these rows) they accept:",
        "",
    ]
    for session, part in document["held_out"].items():
        lines.append(f"- session {session.removeprefix('session_')}: {_accepted(part['accepted'])}")
    return [*lines, ""]


_COLUMNS = (("tune", "all"), ("test", "all"), ("test", "unseen"), ("pledges", "all"))


def main() -> int:
    """Write a model's card."""
    parser = argparse.ArgumentParser(description="Measure a model and write its card into its folder.")
    parser.add_argument("model", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument(
        "--twin", type=Path, help="folder of its evaluated twin (default: models/trained/session)"
    )
    parser.add_argument("--evaluation", type=Path, help="folder with what `upr evaluate` wrote of the twin")
    arguments = parser.parse_args()
    try:
        document = figures(
            arguments.model,
            real_corpus(arguments.corpus),
            arguments.twin,
            evaluation=arguments.evaluation,
        )
        size = sum(path.stat().st_size for path in arguments.model.iterdir()) / 1e6
        write_json(arguments.model / FIGURES, document)
        write_text(arguments.model / CARD, card(described(arguments.model), document, size))
    except UprError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
