"""Stage `train`: a model for each split, trained, calibrated and given its limits; session 18 is never looked at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.bundle import Bundle
from pipeline.classifiers import fit_linear
from pipeline.confidence import Limits, accept_limit, best_tag_limit, conformal_limits, fit_calibration
from pipeline.corpus import Corpus, corpus_from
from pipeline.errors import SourceError
from pipeline.progress import Progress, silent
from pipeline.settings import Settings
from pipeline.splits import Split
from pipeline.store.files import digest, write_json
from pipeline.store.models import save_bundle
from pipeline.store.tables import read_parquet, write_parquet
from pipeline.store.vocabularies import load_blinder, load_codebook, load_taxonomy


@dataclass(frozen=True)
class TrainReport:
    """What was trained: by split, the bundle as stored."""

    bundles: dict[str, Bundle]


def run(corpus_path: Path, out: Path, settings: Settings, *, progress: Progress = silent) -> TrainReport:
    """Train on the corpus, once for each split, into `out`/session and `out`/random, with `out`/splits.parquet.

    Args:
        corpus_path: the table of `ingest`.
        out: folder.
        settings: splits, options of the model, limits of doubt. A model trained on fewer than `train.demo_below_rows`
            rows is marked as a demonstration.
        progress: shows the models as they are trained.

    Raises: SourceError if the corpus lacks rows for a part or a category.
    """
    corpus = corpus_from(read_parquet(corpus_path), load_taxonomy(settings.taxonomy), settings.splits)
    source = {"corpus_sha256": digest(corpus_path), "corpus_rows": len(corpus.texts)}
    bundles = {}
    for name in progress(corpus.splits, "models trained", len(corpus.splits)):
        bundles[name] = save_bundle(out / name, _train_one(corpus, corpus.splits[name], settings, source, str(corpus_path)))
    write_parquet(out / "splits.parquet", _splits_table(corpus))
    write_json(out / "splits.json", {name: split.digest(corpus.row_ids) for name, split in corpus.splits.items()})
    return TrainReport(bundles)


def _train_one(corpus: Corpus, split: Split, settings: Settings, source: dict[str, Any], where: str) -> Bundle:
    train, tune = split.rows("train"), split.rows("tune")
    if not len(train) or not len(tune):
        raise SourceError(where, f"the {split.name} split has no rows to train or tune on.", "Check splits in configs/settings.yaml.")
    blinder = load_blinder()
    blinded = [blinder.blind(corpus.texts[i]) for i in train]
    options = settings.train.linear.model_dump()
    try:
        classifier = fit_linear(blinded, corpus.actions[train], corpus.tags[train], seed=settings.train.seed, **options)
    except ValueError as error:
        raise SourceError(where, f"the {split.name} split cannot be trained on ({error}).", "Add coded recommendations of it.") from error
    scores = classifier.score([blinder.blind(corpus.texts[i]) for i in tune])
    calibration = fit_calibration(scores, corpus.actions[tune], corpus.tags[tune])
    probabilities, tag_scores = calibration.action(scores), calibration.tags(scores)
    right = probabilities.argmax(axis=1) + 1 == corpus.actions[tune]
    doubt = settings.train.doubt
    counts = corpus.tags[train].sum(axis=0)
    limits = Limits(
        tag=best_tag_limit(tag_scores, corpus.tags[tune]),
        action_set=conformal_limits(probabilities, corpus.actions[tune], doubt.set_risk),
        accept=accept_limit(probabilities.max(axis=1), right, doubt.max_accepted_error, doubt.certainty),
        close=doubt.close,
        disagree=doubt.disagree,
        rare_tag=doubt.rare_tag,
        known=doubt.known,
        min_words=doubt.min_words,
        max_chars=settings.ingest.max_text_chars,
        rare_tags=tuple(corpus.taxonomy.labels[i] for i in np.flatnonzero(counts < doubt.rare_tag_cases)),
    )
    facts = source | _facts(corpus, split, settings, train, tune)
    demo = len(train) < settings.train.demo_below_rows
    return Bundle(classifier, calibration, limits, corpus.taxonomy, blinder, load_codebook(), "unsaved", demo, facts)


def _facts(
    corpus: Corpus, split: Split, settings: Settings, train: npt.NDArray[np.int64], tune: npt.NDArray[np.int64]
) -> dict[str, Any]:
    """What the card says of the training: plain JSON, the same for the same input."""
    facts = {
        "split": split.name,
        "split_sha256": split.digest(corpus.row_ids),
        "train_rows": len(train),
        "tune_rows": len(tune),
        "train_sessions": sorted({int(corpus.sessions[i]) for i in train if corpus.sessions[i] is not None}),  # type: ignore[arg-type]
        "tune_sessions": sorted({int(corpus.sessions[i]) for i in tune if corpus.sessions[i] is not None}),  # type: ignore[arg-type]
        "settings": settings.train.model_dump(),
    }
    plain: dict[str, Any] = json.loads(json.dumps(facts))
    return plain


def _splits_table(corpus: Corpus) -> pa.Table:
    columns: dict[str, Any] = {"row_id": corpus.row_ids, "text_group": next(iter(corpus.splits.values())).groups}
    for name, split in corpus.splits.items():
        columns[f"{name}_part"] = [part or None for part in split.parts.tolist()]
        columns[f"{name}_seen"] = split.seen
    return pa.table(columns)
