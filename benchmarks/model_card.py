"""A model's card: what it is worth on rows that it never saw, measured from its own files.

    python -m benchmarks.model_card MODEL_FOLDER CORPUS_PARQUET

Writes figures.json and CARD.md into the model's folder. CORPUS_PARQUET is the table of `upr ingest` over the
real corpus. A test checks that the figures of a model in the repository are still those of its card.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pipeline import settings
from pipeline.corpus.coded import Corpus, corpus_from
from pipeline.errors import UprError
from pipeline.evaluation.assessment import Assessor
from pipeline.evaluation.metrics import acceptance, set_quality, to_plain
from pipeline.models.bundle import Bundle
from pipeline.store.descriptions import CARD, FIGURES
from pipeline.store.files import write_json, write_text
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


def figures(bundle: Bundle, corpus: Corpus, samples: int = 1000) -> dict[str, Any]:
    """Figures of the tuning and the test part and of pledges: all rows and rows of unseen wording, sets,
    acceptance.
    """
    split = corpus.splits["session"]
    assessor = Assessor(corpus, load_states(), samples, 0, 15)
    document: dict[str, Any] = {"model": bundle.version, "split_sha256": split.digest(corpus.row_ids)}
    for part in ("tune", "test", "pledges"):
        rows = split.rows(part)
        if not len(rows):
            continue
        started = time.perf_counter()
        predictions = bundle.predict([corpus.texts[i] for i in rows])
        seconds = time.perf_counter() - started
        unseen = np.flatnonzero(~split.seen[rows])
        document[part] = {
            "all": to_plain(assessor.measure(assessor.evaluation_of(predictions, rows))),
            "unseen": to_plain(
                assessor.measure(assessor.evaluation_of(predictions.take(unseen), rows[unseen]))
            ),
            "sets": to_plain(
                set_quality(
                    corpus.actions[rows], predictions.action_sets, split.groups[rows], samples=samples
                )
            ),
            "accepted": to_plain(acceptance(corpus.actions[rows], predictions.action, predictions.accepted)),
        }
        document.setdefault("texts_a_second_in_one_process", {})[part] = round(len(rows) / seconds)
    return document


def _estimate(value: Mapping[str, Any] | None) -> str:
    if value is None or value["value"] is None:
        return "–"
    return f"{value['value']:.3f} ({value['low']:.3f} to {value['high']:.3f})"


def card(bundle: Bundle, document: Mapping[str, Any], megabytes: float) -> str:
    """The card as Markdown."""
    facts = bundle.facts
    trained, tuned = facts["train_sessions"], facts["tune_sessions"]
    lines = [
        f"# Model card: {bundle.version}",
        "",
        (
            f"Kind: {bundle.classifier.kind}. Taxonomy {bundle.taxonomy.version}. {megabytes:.1f} MB. Labels "
            f"the action category (1 to 5)"
        ),
        "and the issue tags of UPR recommendations in English, blind to States.",
        "",
        (
            f"Trained on {facts['train_rows']:,} coded rows of sessions {trained[0]} to {trained[-1]}; "
            f"calibrated, weighed and"
        ),
        (
            f"given its limits on {facts['tune_rows']:,} rows of session {tuned[0]}. Session 18 was only "
            f"measured on."
        ),
        "Figures with 95 % intervals (bootstrap by wording; Clopper-Pearson for shares).",
        "",
        "| | session 17, all | session 18, all | session 18, unseen wording | pledges |",
        "|---|---|---|---|---|",
    ]
    for name, (task, figure) in _SHOWN.items():
        parts = [document.get(part, {}).get(rows, {}).get(task, {}).get(figure) for part, rows in _COLUMNS]
        lines.append(f"| {name} | {' | '.join(_estimate(part) for part in parts)} |")
    held_out = facts["tuning_held_out"]
    test = document["test"]
    accepted = test["accepted"]
    by_category = ", ".join(f"{c}: {_estimate(e)}" for c, e in test["sets"]["by_category"].items())
    lines += [
        "",
        (
            "An ensemble's meta-model is fitted on session 17, so its column is slightly optimistic. "
            "Cross-fitted there, by ten folds of wordings:"
        ),
        f"action accuracy {held_out['action.accuracy']:.3f}, tags micro-F1 {held_out['tags.micro_f1']:.3f}.",
        "",
        (
            f"Prediction sets on session 18: coverage {_estimate(test['sets']['coverage'])}, mean size "
            f"{_estimate(test['sets']['mean_size'])};"
        ),
        f"by category {by_category}.",
        "",
        (
            f"Accepted without review on session 18, by confidence of the action alone: "
            f"{_estimate(accepted['accepted'])}, wrong among"
        ),
        (
            f"them {_estimate(accepted['error'])}, wrong among the rest "
            f"{_estimate(accepted['error_of_referred'])}."
        ),
        "",
        (
            "Intended use: coding UPR recommendations together with people, who see what the model doubts. "
            "Not for texts of another kind,"
        ),
        (
            "other languages, or judgements about a State. Category 1 is rare (11 rows in session 18), and "
            "its figures are uncertain."
        ),
        "Recommendations of later years name issues that this taxonomy has no tag for.",
        "",
        (
            f"These figures: `python -m benchmarks.model_card`, written to {FIGURES}. What was tried: "
            f"docs/experiments.md."
        ),
        "",
    ]
    return "\n".join(lines)


_COLUMNS = (("tune", "all"), ("test", "all"), ("test", "unseen"), ("pledges", "all"))


def main() -> int:
    """Write a model's card."""
    parser = argparse.ArgumentParser(description="Measure a model and write its card into its folder.")
    parser.add_argument("model", type=Path)
    parser.add_argument("corpus", type=Path)
    arguments = parser.parse_args()
    try:
        bundle = load_bundle(arguments.model)
        document = figures(bundle, real_corpus(arguments.corpus))
        size = sum(path.stat().st_size for path in arguments.model.iterdir()) / 1e6
        write_json(arguments.model / FIGURES, document)
        write_text(arguments.model / CARD, card(bundle, document, size))
    except UprError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
