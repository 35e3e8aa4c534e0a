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
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.unlearned import evaluated, unlearned
from pipeline import settings
from pipeline.corpus.coded import Corpus, corpus_from
from pipeline.errors import UprError
from pipeline.evaluation.assessment import Assessor
from pipeline.evaluation.metrics import acceptance, set_quality, to_plain
from pipeline.models.bundle import Predictions
from pipeline.registry.cards import card, evaluation_figures
from pipeline.store.descriptions import CARD, FIGURES, described
from pipeline.store.files import write_json, write_text
from pipeline.store.models import load_bundle
from pipeline.store.tables import read_parquet
from pipeline.store.vocabularies import load_states, load_taxonomy


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
        "test_session": max(corpus.sessions[row] or 0 for row in split.rows("test")),
    }
    if evaluation is None:
        source = evaluated(folder, twin)
        bundle = load_bundle(source)
        for part in ("tune", "test", "pledges"):
            rows = split.rows(part)
            if len(rows):
                document[part] = _part(assessor, unlearned(source, bundle, corpus, rows), rows)
    else:
        document |= evaluation_figures(evaluation, model)
    if "evaluated_twin" in model.facts:
        document["held_out"] = _held_out(folder, assessor)
    return document


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
