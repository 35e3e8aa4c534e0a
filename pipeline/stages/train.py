"""Stage `train`: train and calibrate a model for each split, and choose its thresholds.

Session 18, the test session, is not used.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.corpus.coded import Corpus, corpus_from
from pipeline.corpus.splits import Split, waiting_in_words
from pipeline.errors import SettingsError, SourceError
from pipeline.models.bundle import Bundle
from pipeline.models.confidence import (
    Calibration,
    HeldOut,
    Thresholds,
    accept_threshold,
    best_tag_threshold,
    conformal_thresholds,
    fit_calibration,
    micro_f1,
)
from pipeline.models.cross_fitting import cross_fitted_scores, out_of_fold_scores
from pipeline.models.ensemble import EnsembleClassifier, fit_ensemble, network_scores
from pipeline.models.linear import Classifier, LinearClassifier, Scores, fit_linear
from pipeline.models.stacking import BaseScores
from pipeline.progress import Progress, silent
from pipeline.registry.tracking import Tracker
from pipeline.rules.labeller import RuleLabeller
from pipeline.settings import Settings
from pipeline.store.files import digest, write_json
from pipeline.store.locks import held
from pipeline.store.models import save_bundle
from pipeline.store.pretrained import load_pretrained
from pipeline.store.tables import read_parquet, write_parquet
from pipeline.store.vocabularies import load_blinder, load_codebook, load_taxonomy

if TYPE_CHECKING:
    from pipeline.models.network.training import Trained

STACKING_FOLDS = 10
"""Folds of the tuning part for the cross-fitted scores on which calibration and thresholds are chosen."""


@dataclass(frozen=True)
class TrainResult:
    """What was trained: by split, the bundle as stored.

    Attributes:
        waiting: coded rows that the session split neither trains on nor measures, in words; "" if there are
            none.
    """

    bundles: dict[str, Bundle]
    waiting: str


def run(corpus_path: Path, out: Path, settings: Settings, *, progress: Progress = silent) -> TrainResult:
    """Train on the corpus, once for each split.

    Writes the bundles `out`/session and `out`/random, and `out`/splits.parquet.

    `out`/out_of_fold.parquet holds what linear models say of training rows that they did not see, for slices
    and suspected errors.

    With `train.kind` ensemble, `out`/session is the one with the fast network and `out`/best that with the
    large one; the random split, which only serves comparisons, gets the linear model. Until all is done,
    checkpoints of the networks are in the folder `out`-checkpoints, and a training that was stopped goes
    on from them.

    Args:
        corpus_path: the table of `ingest`.
        out: folder.
        settings: splits, options of the model, limits of doubt. A model trained on fewer than
            `train.demo_below_rows` rows is marked as a demonstration.
        progress: shows the models as they are trained.

    Raises: SourceError if the corpus lacks rows for a part or a category; StoreError if another process
        trains into `out`.
    """
    with held(out, "Wait until it has ended, or name another --out."):
        return _run(corpus_path, out, settings, progress)


def _run(corpus_path: Path, out: Path, settings: Settings, progress: Progress) -> TrainResult:
    corpus = corpus_from(read_parquet(corpus_path), load_taxonomy(settings.taxonomy), settings.splits)
    checkpoints = out.parent / f"{out.name}-checkpoints"
    source = {"corpus_sha256": digest(corpus_path), "corpus_rows": len(corpus.texts)}
    bundles = {}
    for name in progress(corpus.splits, "splits trained", len(corpus.splits)):
        split = corpus.splits[name]
        work = _Work(corpus, split, settings, str(corpus_path))
        linear = work.linear()
        classifiers: dict[str, tuple[Classifier, Scores]] = {name: (linear, linear.score(work.tune_texts))}
        if settings.train.kind == "ensemble" and name == "session":
            classifiers = work.ensembles(linear, checkpoints, progress)
        for folder, (classifier, scores) in classifiers.items():
            bundles[folder] = save_bundle(out / folder, work.bundle(classifier, scores, source))
        if name == "session":
            write_parquet(out / "out_of_fold.parquet", work.out_of_fold_table())
    write_parquet(out / "splits.parquet", _splits_table(corpus))
    write_json(
        out / "splits.json", {name: split.digest(corpus.row_ids) for name, split in corpus.splits.items()}
    )
    if settings.train.kind == "ensemble":
        shutil.rmtree(checkpoints, ignore_errors=True)
    tune_sessions = bundles["session"].facts["tune_sessions"]
    return TrainResult(bundles, waiting_in_words(corpus.waiting(), tune_sessions))


class _Work:
    """A split of the corpus, ready to train and tune on."""

    def __init__(self, corpus: Corpus, split: Split, settings: Settings, where: str) -> None:
        self.train, self.tune = split.rows("train"), split.rows("tune")
        if not len(self.train) or not len(self.tune):
            raise SourceError(
                where,
                f"the {split.name} split has no rows to train or tune on.",
                "Check splits in configs/settings.yaml.",
            )
        self.corpus, self.split, self.settings, self.where = corpus, split, settings, where
        self.blinder, self.rules = load_blinder(), RuleLabeller(load_codebook(), corpus.taxonomy)
        self.train_texts = [self.blinder.blind(corpus.texts[i]) for i in self.train]
        self.tune_texts = [self.blinder.blind(corpus.texts[i]) for i in self.tune]
        self.tune_rules = self.rules.features(self.rules.label(self.tune_texts))

    def linear(self) -> LinearClassifier:
        """The linear model."""
        options = self.settings.train
        actions, tags = self.corpus.actions[self.train], self.corpus.tags[self.train]
        try:
            return fit_linear(self.train_texts, actions, tags, options.linear, options.seed)
        except ValueError as error:
            raise SourceError(
                self.where,
                f"the {self.split.name} split cannot be trained on ({error}).",
                "Add coded recommendations of it.",
            ) from error

    @cached_property
    def _out_of_fold(self) -> tuple[Scores, Calibration]:
        """Out-of-fold scores of the training rows by linear models, and the calibration of these scores."""
        train, options = self.train, self.settings.train
        actions, tags = self.corpus.actions[train], self.corpus.tags[train]
        groups = self.split.groups[train]
        scores = out_of_fold_scores(
            self.train_texts, actions, tags, groups, options.folds, options.seed, options.linear
        )
        return scores, fit_calibration(scores, actions, tags)

    def out_of_fold_table(self) -> pa.Table:
        """Calibrated out-of-fold probabilities of the training rows."""
        scores, calibration = self._out_of_fold
        return pa.table(
            {
                "row_id": [self.corpus.row_ids[i] for i in self.train],
                "action_probabilities": list(calibration.action(scores)),
                "tag_scores": list(calibration.tags(scores)),
                "known": scores.known,
            }
        )

    def _earlier(self) -> HeldOut | None:
        """Out-of-fold rows for prediction sets; only where training is a matter of earlier sessions."""
        if self.split.name != "session":
            return None
        scores, calibration = self._out_of_fold
        return HeldOut(calibration.action(scores), self.corpus.actions[self.train])

    def _networks(self, checkpoints: Path, progress: Progress) -> Trained:
        """Teachers and student, trained; their curves are kept in MLflow."""
        pretrained = load_pretrained(self.settings.train.network.pretrained)
        from pipeline.models.network.training import CodedTexts, NetworkTraining, Place

        corpus, train, tune = self.corpus, self.train, self.tune
        try:
            training = NetworkTraining(
                CodedTexts(self.train_texts, corpus.actions[train], corpus.tags[train]),
                pretrained,
                self.settings.train.network,
                self.settings.train.seed,
                Place(str(checkpoints), ("mlflow",), progress),
                CodedTexts(self.tune_texts, corpus.actions[tune], corpus.tags[tune]),
            )
        except ValueError as error:
            raise SettingsError("train.network", f"{error}.", "Correct configs/settings.yaml.") from error
        Tracker(self.settings).collect_curves()
        return training.run()

    def ensembles(
        self, linear: LinearClassifier, checkpoints: Path, progress: Progress
    ) -> dict[str, tuple[Classifier, Scores]]:
        """The ensembles "session" (with the student) and "best" (large networks), and their tuning scores."""
        trained = self._networks(checkpoints, progress)
        options = self.settings.train.network
        of_linear = linear.score(self.tune_texts)
        actions, tags = self.corpus.actions[self.tune], self.corpus.tags[self.tune]
        ensembles: dict[str, tuple[Classifier, Scores]] = {}
        for folder, networks, thresholds in (
            ("session", (trained.student,), (options.cascade_action, options.cascade_tag)),
            ("best", trained.teachers[: options.best_teachers], None),
        ):
            base = BaseScores(
                network_scores(networks, self.tune_texts, of_linear), of_linear, self.tune_rules
            )
            classifier = EnsembleClassifier(networks, linear, *fit_ensemble(base, actions, tags, thresholds))
            scores = cross_fitted_scores(
                base, actions, tags, self.split.groups[self.tune], STACKING_FOLDS, thresholds
            )
            ensembles[folder] = (classifier, scores)
        return ensembles

    def bundle(self, classifier: Classifier, scores: Scores, source: dict[str, Any]) -> Bundle:
        """The classifier with calibration and thresholds.

        They are chosen on `scores`: cross-fitted scores of the tuning part.
        """
        corpus, tune, settings = self.corpus, self.tune, self.settings
        calibration = fit_calibration(scores, corpus.actions[tune], corpus.tags[tune])
        probabilities, tag_scores = calibration.action(scores), calibration.tags(scores)
        right = probabilities.argmax(axis=1) + 1 == corpus.actions[tune]
        doubt = settings.train.doubt
        counts = corpus.tags[self.train].sum(axis=0)
        tag_limit = best_tag_threshold(tag_scores, corpus.tags[tune])
        held_out = {
            "action.accuracy": float(right.mean()),
            "tags.micro_f1": micro_f1(tag_scores >= tag_limit, corpus.tags[tune]),
        }
        thresholds = Thresholds(
            tag=tag_limit,
            action_set=conformal_thresholds(
                HeldOut(probabilities, corpus.actions[tune]), doubt.set_risk, self._earlier(), doubt.set_rows
            ),
            accept=accept_threshold(
                probabilities.max(axis=1), right, doubt.max_accepted_error, doubt.certainty
            ),
            close=doubt.close,
            disagree=doubt.disagree,
            rare_tag=doubt.rare_tag,
            known=doubt.known,
            min_words=doubt.min_words,
            max_chars=settings.ingest.max_text_chars,
            rare_tags=tuple(corpus.taxonomy.labels[i] for i in np.flatnonzero(counts < doubt.rare_tag_cases)),
        )
        facts = (
            source | _facts(corpus, self.split, settings, self.train, tune) | {"tuning_held_out": held_out}
        )
        demo = len(self.train) < settings.train.demo_below_rows
        return Bundle(
            classifier,
            calibration,
            thresholds,
            corpus.taxonomy,
            self.blinder,
            self.rules,
            "unsaved",
            demo,
            facts,
        )


def _facts(
    corpus: Corpus,
    split: Split,
    settings: Settings,
    train: npt.NDArray[np.int64],
    tune: npt.NDArray[np.int64],
) -> dict[str, Any]:
    """What the card says of the training: plain JSON, the same for the same input."""
    facts = {
        "split": split.name,
        "split_sha256": split.digest(corpus.row_ids),
        "train_rows": len(train),
        "tune_rows": len(tune),
        "train_sessions": sorted({int(corpus.sessions[i]) for i in train if corpus.sessions[i] is not None}),
        "tune_sessions": sorted({int(corpus.sessions[i]) for i in tune if corpus.sessions[i] is not None}),
        "settings": settings.train.model_dump(),
    }
    plain: dict[str, Any] = json.loads(json.dumps(facts))
    return plain


def _splits_table(corpus: Corpus) -> pa.Table:
    columns: dict[str, Any] = {
        "row_id": corpus.row_ids,
        "text_group": next(iter(corpus.splits.values())).groups,
    }
    for name, split in corpus.splits.items():
        columns[f"{name}_part"] = [part or None for part in split.parts.tolist()]
        columns[f"{name}_seen"] = split.seen
    return pa.table(columns)
