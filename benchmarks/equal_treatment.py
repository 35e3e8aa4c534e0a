"""How far regions and other slices lie apart out of fold, for ensembles as shipped; `upr train` asks linear
models there.

    python -m benchmarks.equal_treatment CORPUS_PARQUET [--folds 3]

CORPUS_PARQUET is the table of `upr ingest` over the real corpus. Each fold of the wordings of sessions 1 to
16 is coded by an ensemble that learned from the others; session 17 by the evaluated twin of models/shipped
(held-out predictions), whose limits cut them all. Needs the extra `train-encoder`, and some 15 minutes a fold
on two cores.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from functools import reduce
from pathlib import Path

import numpy as np

from benchmarks.model_card import real_corpus
from benchmarks.peers import PeerTexts
from benchmarks.peers.measured import coded
from benchmarks.peers.own import Ensemble
from benchmarks.unlearned import load_evaluated, unlearned
from pipeline import settings
from pipeline.corpus.coded import Corpus
from pipeline.evaluation.assessment import Assessor
from pipeline.evaluation.metrics.slices import Slices
from pipeline.models.bundle import Predictions
from pipeline.store.vocabularies import load_states


def out_of_fold(corpus: Corpus, folds: int) -> Predictions:
    """Predictions of the training rows, in their order, each by an ensemble that had not seen its wording."""
    train, tune = coded(corpus, "session", "train"), coded(corpus, "session", "tune")
    fold = train.groups % folds
    parts = []
    for left_out in range(folds):
        ensemble = Ensemble()
        ensemble.fit(_some(train, fold != left_out), tune)
        parts.append(ensemble.bundle.predict(_some(train, fold == left_out).texts))
        print(f"fold {left_out + 1} of {folds} done", flush=True)
    order = np.argsort(np.concatenate([np.flatnonzero(fold == left_out) for left_out in range(folds)]))
    return reduce(Predictions.followed_by, parts).take(order)


def _some(rows: PeerTexts, mask: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> PeerTexts:
    places = np.flatnonzero(mask)
    return PeerTexts(
        [rows.texts[i] for i in places.tolist()], rows.actions[places], rows.tags[places], rows.groups[places]
    )


def shown(name: str, slices: Slices) -> str:
    """Figures and gaps of a column's slices, to be read."""
    lines = [name]
    for label, found in slices.slices.items():
        action, tags = found.figures["action.accuracy"], found.figures["tags.micro_f1"]
        lines.append(
            f"  {label:<18}{found.rows:>7,} rows   action {100 * action.value:.1f}   tags "
            f"{100 * tags.value:.1f}"
        )
    for metric, gap in slices.gaps.items():
        if gap is not None:
            size = gap.size
            lines.append(
                f"  {metric}: {gap.best} and {gap.worst} lie {100 * size.value:.1f} points apart"
                f" ({100 * size.low:.1f} to {100 * size.high:.1f}); pairs that differ: {gap.significant} "
                f"of {len(gap.comparisons)}"
            )
    return "\n".join(lines)


def main() -> None:
    """Train, code and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--folds", type=int, default=3, help="ensembles to train (default: 3)")
    options = parser.parse_args()
    chosen = settings.load()
    corpus = real_corpus(options.corpus)
    folder, shipped = load_evaluated("shipped")
    assessor = Assessor(
        corpus,
        load_states(),
        chosen.evaluate.bootstrap_samples,
        chosen.evaluate.seed,
        chosen.evaluate.calibration_bins,
    )
    unseen = replace(out_of_fold(corpus, options.folds), thresholds=shipped.thresholds)
    tune = corpus.splits["session"].rows("tune")
    predictions = shipped.predict(corpus.texts).replaced(tune, unlearned(folder, shipped, corpus, tune))
    found = assessor.out_of_fold_slices(unseen, predictions)
    for name, slices in found.items():
        print(shown(name, slices))


if __name__ == "__main__":
    main()
