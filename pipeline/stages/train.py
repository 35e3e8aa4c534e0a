"""Stage `train`: train a model without the test session, to be measured, and once more on all coded rows.

One recipe makes both: the evaluated twin, which knows nothing of the test session, and the final model, which
is registered with the twin's figures. The depth (`train.depth`) says what of the model in use stays.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.corpus.coded import Corpus, corpus_from
from pipeline.corpus.splits import waiting_in_words
from pipeline.errors import SettingsError, SourceError
from pipeline.models.bundle import Bundle
from pipeline.models.ensemble import EnsembleClassifier
from pipeline.models.limits import Limits
from pipeline.models.training import Fitted, Start, Training, TrainingOptions, unfitted
from pipeline.progress import Progress, silent
from pipeline.registry.choosing import choose_model
from pipeline.registry.networks import TrainedNetworks, finetuned_networks, new_networks, new_rows
from pipeline.registry.runs import CURVES
from pipeline.registry.server import check_answers
from pipeline.registry.versions import CHAMPION
from pipeline.rules.labeller import RuleLabeller
from pipeline.settings import Settings
from pipeline.store.descriptions import described
from pipeline.store.files import digest, write_json
from pipeline.store.held_out import HeldOutRows, write_held_out
from pipeline.store.locks import held
from pipeline.store.models import load_bundle, save_bundle
from pipeline.store.tables import read_parquet, write_parquet
from pipeline.store.vocabularies import load_blinder, load_codebook, load_taxonomy


@dataclass(frozen=True)
class TrainResult:
    """What was trained.

    Attributes:
        bundles: as stored, by folder: "session" (the evaluated twin), "final", "random"; with new networks
            also "best/session" and "best/final".
        told: what a person should know of the rows, in sentences.
    """

    bundles: dict[str, Bundle]
    told: tuple[str, ...]


def run(
    corpus_path: Path, out: Path, settings: Settings, *, model: str = "champion", progress: Progress = silent
) -> TrainResult:
    """Train on the corpus.

    Writes the bundles `out`/session (the evaluated twin), `out`/final and `out`/random (a linear model of the
    random split, for comparison), with what the recipes say of rows that they were not fitted on beside the
    first two; `out`/splits.parquet; and `out`/out_of_fold.parquet, what linear models say of training rows
    that they did not see, for slices and suspected errors.

    With `train.depth` full, networks are trained: those models have the fast one, and `out`/best is a folder
    of the same shape for the large ones. Until all is done, checkpoints of the networks are in the folder
    `out`-checkpoints, and a training that was stopped goes on from them.

    Args:
        corpus_path: the table of `ingest`.
        out: folder.
        settings: splits, options of the model, limits of doubt. With fewer than `train.demo_below_rows`
            training rows and no depth full, the model is a small linear one and marked as a demonstration.
        model: whose kind and networks are refreshed; see `choose_model`.
        progress: shows the models as they are trained.

    Raises: SourceError if the corpus lacks rows for a part or a category; ModelError for `model`; StoreError
        if another process trains into `out`.
    """
    if model == CHAMPION or settings.train.depth != "refresh":
        check_answers(settings.tracking_uri)
    with held(out, "Wait until it has ended, or name another --out."):
        return _run(corpus_path, out, settings, model, progress)


def _run(corpus_path: Path, out: Path, settings: Settings, model: str, progress: Progress) -> TrainResult:
    corpus = corpus_from(read_parquet(corpus_path), load_taxonomy(settings.taxonomy), settings.splits)
    rules = RuleLabeller(load_codebook(), corpus.taxonomy)
    training = Training(corpus, load_blinder(), rules, options_of(settings))
    _check_parts(training, corpus_path)
    checkpoints = out.parent / f"{out.name}-checkpoints"
    found = _starts(training, settings, model, checkpoints, progress)
    starts = found.by_folder
    source = {
        "corpus_sha256": digest(corpus_path),
        # By this one DVC names the rows.
        "corpus_md5": digest(corpus_path, "md5"),
        "corpus_rows": len(corpus.texts),
        "settings": settings.train.used(),
    }
    bundles: dict[str, Bundle] = {}
    try:
        for folder in progress(starts, "models trained", len(starts)):
            twin, final = training.twin_and_final(starts[folder])
            bundles |= _saved(out, folder, twin, final, corpus, source)
        bundles["random"] = save_bundle(out / "random", _with(training.random(), source))
        write_parquet(out / "out_of_fold.parquet", _out_of_fold_table(training))
    except ValueError as error:
        what = f"the corpus cannot be trained on ({error})."
        raise SourceError(str(corpus_path), what, "Add coded recommendations.") from error
    write_parquet(out / "splits.parquet", _splits_table(corpus))
    digests = {name: part.digest(corpus.row_ids) for name, part in corpus.splits.items()}
    write_json(out / "splits.json", digests)
    if found.curves:
        write_json(out / CURVES, found.curves)
    if "best" in starts:
        shutil.rmtree(out / "best" / "random", ignore_errors=True)  # of an earlier training
        for name in ("random", "out_of_fold.parquet", "splits.parquet", "splits.json", CURVES):
            place = out / name
            (shutil.copytree if place.is_dir() else shutil.copy)(place, out / "best" / name)
    shutil.rmtree(checkpoints, ignore_errors=True)
    return TrainResult(bundles, (*found.told, *_told(training)))


def _check_parts(training: Training, corpus_path: Path) -> None:
    """Raises: SourceError if no rows train or tune."""
    for part in ("train", "tune"):
        if not (training.split.parts == part).any():
            coded = sorted({int(s) for s in training.rows.sessions[training.coded] if s})
            what = (
                f"the session split has no rows to {part} on; coded recommendations are of sessions "
                f"{', '.join(map(str, coded)) or 'none'}."
            )
            todo = "Add coded sessions: one tests, one tunes, earlier ones train; or name them under splits."
            raise SourceError(str(corpus_path), what, todo)


def options_of(settings: Settings) -> TrainingOptions:
    """The options of a training, of the settings."""
    train = settings.train
    return TrainingOptions(
        linear=train.linear,
        refresh=train.refresh,
        doubt=train.doubt,
        seed=train.seed,
        folds=train.folds,
        session_rows=settings.splits.session_rows,
        max_chars=settings.ingest.max_text_chars,
        demo_below_rows=train.demo_below_rows,
    )


@dataclass(frozen=True)
class _Starts:
    """What the models begin with, by folder: "" for the models of `out`, "best" for the large ones; the
    curves of networks that were trained, as a file keeps them; and what a person should know.
    """

    by_folder: Mapping[str, Start]
    curves: Mapping[str, Any] = field(default_factory=dict)
    told: tuple[str, ...] = ()


def _starts(
    training: Training, settings: Settings, model: str, checkpoints: Path, progress: Progress
) -> _Starts:
    depth = settings.train.depth
    if depth == "full":
        return _full(training, settings, checkpoints, progress)
    if int(training.twin_rows().sum()) < settings.train.demo_below_rows:
        return _Starts({"": Start()})
    choice = choose_model(model, settings)
    bundle = load_bundle(choice.folder)
    facts = {"depth": depth, "started_from": bundle.version}
    if not isinstance(bundle.classifier, EnsembleClassifier):
        if depth == "finetune":
            what = f"{bundle.version} ({choice.origin}) has no networks that could go on learning."
            raise SettingsError("train.depth", what, "Use the depth refresh.")
        return _Starts({"": Start(facts=facts)})
    if bundle.taxonomy.labels != training.corpus.taxonomy.labels:
        raise SettingsError(
            "taxonomy",
            f"the networks of {bundle.version} ({choice.origin}) label by taxonomy "
            f"{bundle.taxonomy.version}, and the settings name {settings.taxonomy}.",
            "Train new networks: upr train --depth full.",
        )
    known = bundle.facts.get("network_sessions") or bundle.facts["train_sessions"]
    figures = bundle.facts.get("tuning_held_out", {})
    limits = Limits(bundle.calibration, bundle.thresholds, figures)
    new = {int(s) for s in training.rows.sessions[new_rows(training, known)]}
    if depth == "refresh" or not new:
        told = f"The networks of {bundle.version} know all sessions that train, and stay as they are."
        start = Start(bundle.classifier, known, limits, facts | {"depth": "refresh"})
        return _Starts({"": start}, told=() if depth == "refresh" else (told,))
    old = bundle.classifier
    source = described(choice.folder), old.networks
    found = finetuned_networks(training, source, known, settings, checkpoints, progress)
    ensemble = EnsembleClassifier(found.fast, old.linear, old.weights, old.cascade)
    start = Start(ensemble, sorted({*known, *new}), limits, {**facts, **found.facts})
    return _Starts({"": start}, _kept_curves(found), found.told)


def _full(training: Training, settings: Settings, checkpoints: Path, progress: Progress) -> _Starts:
    """New networks, the fast one and the large ones, with no meta-model yet."""
    options = settings.train.network
    trained = new_networks(training, settings, checkpoints, progress)
    corpus = training.corpus
    rows = corpus.splits["session"].rows("train")
    known = sorted({corpus.sessions[i] or 0 for i in rows.tolist()} - {0})
    limits = (options.cascade_action, options.cascade_tag)
    facts = {"depth": "full"}
    fast = unfitted(trained.fast, limits, len(corpus.taxonomy.tags))
    large = unfitted(trained.best, None, len(corpus.taxonomy.tags))
    return _Starts(
        {"": Start(fast, known, None, facts), "best": Start(large, known, None, facts)},
        _kept_curves(trained),
        trained.told,
    )


def _kept_curves(trained: TrainedNetworks) -> dict[str, Any]:
    return {"training": trained.training, "networks": trained.curves}


def _saved(
    out: Path, folder: str, twin: Fitted, final: Fitted, corpus: Corpus, source: Mapping[str, Any]
) -> dict[str, Bundle]:
    """Both models in their folders; the final one names its twin."""
    place = out / folder
    saved = {"session": save_bundle(place / "session", _with(twin.bundle, source))}
    named = {"evaluated_twin": saved["session"].version, "twin_sessions": twin.bundle.facts["train_sessions"]}
    saved["final"] = save_bundle(place / "final", _with(final.bundle, {**source, **named}))
    for name, fitted in (("session", twin), ("final", final)):
        predicted = fitted.held_out
        rows = HeldOutRows(
            [corpus.row_ids[i] for i in fitted.rows.tolist()],
            fitted.decided,
            predicted.action_probabilities,
            predicted.tag_scores,
            predicted.known,
        )
        write_held_out(place / name, rows)
    return {f"{folder}/{name}" if folder else name: bundle for name, bundle in saved.items()}


def _with(bundle: Bundle, facts: Mapping[str, Any]) -> Bundle:
    return Bundle(**{**vars(bundle), "facts": {**bundle.facts, **facts}})


def _told(training: Training) -> list[str]:
    """What a person should know of the rows, in sentences."""
    corpus = training.corpus
    told = [waiting_in_words(training.waiting())]
    decisions, superseded = int(training.rows.decided.sum()), training.superseded()
    if decisions:
        told.append(
            f"{decisions:,} decisions of reviewers train the model; {superseded:,} older codes of the same "
            f"wordings differ from them and do not train."
        )
    for same in training.contradicting():
        rows = ", ".join(corpus.row_ids[i] for i in same)
        told.append(
            f"Decisions on the same wording contradict each other, and all of them train: rows {rows}."
        )
    return [sentence for sentence in told if sentence]


def _out_of_fold_table(training: Training) -> pa.Table:
    """Calibrated out-of-fold probabilities of the training rows."""
    train, scores, calibration = training.out_of_fold
    return pa.table(
        {
            "row_id": [training.corpus.row_ids[i] for i in train],
            "action_probabilities": list(calibration.action(scores)),
            "tag_scores": list(calibration.tags(scores)),
            "known": scores.known,
        }
    )


def _splits_table(corpus: Corpus) -> pa.Table:
    columns: dict[str, Any] = {
        "row_id": corpus.row_ids,
        "text_group": next(iter(corpus.splits.values())).groups,
    }
    for name, split in corpus.splits.items():
        columns[f"{name}_part"] = [part or None for part in split.parts.tolist()]
        columns[f"{name}_seen"] = split.seen
    return pa.table(columns)
