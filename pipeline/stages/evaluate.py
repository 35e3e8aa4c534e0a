"""Stage `evaluate`: measure the trained models on rows that they were not trained on, and log an MLflow run.

Two separate documents are written, since `register` may read only the first: `tune.json` (the tuning part, by
which models are chosen) and `test.json` (the test part, which is only reported).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from pipeline.charts import quality_plots
from pipeline.corpus.coded import Corpus, corpus_from
from pipeline.errors import SourceError
from pipeline.evaluation.assessment import Assessor, flat_metrics
from pipeline.evaluation.base_models import base_model_figures
from pipeline.evaluation.baselines import baselines
from pipeline.evaluation.behaviour import behaviour_document
from pipeline.evaluation.evidence_quality import model_evidence_quality
from pipeline.evaluation.exchangeability import session_tests
from pipeline.evaluation.metrics import to_plain
from pipeline.evaluation.suspected.inquiry import find_suspected_errors
from pipeline.models.bundle import Bundle, Predictions
from pipeline.progress import Progress, silent
from pipeline.registry.choosing import model_folder
from pipeline.registry.records import training_record
from pipeline.registry.runs import CURVES
from pipeline.registry.tracking import Tracker
from pipeline.registry.versions import CHAMPION
from pipeline.settings import Settings
from pipeline.store.behaviours import load_behaviours
from pipeline.store.descriptions import Description, described
from pipeline.store.files import atomic_file, digest, read_json, write_json
from pipeline.store.held_out import read_held_out
from pipeline.store.models import load_bundle
from pipeline.store.tables import read_parquet, write_batches, write_parquet
from pipeline.store.vocabularies import config_path, load_states, read_yaml

_EXAMPLES = [
    "Consider ratifying the Convention against Torture",
    "Continue its efforts to promote the right to education",
]


@dataclass(frozen=True)
class EvaluateResult:
    """The two documents, and the MLflow run that holds them."""

    tune: dict[str, Any]
    test: dict[str, Any]
    run_id: str


def run(
    corpus_path: Path, models: Path, out: Path, settings: Settings, *, progress: Progress = silent
) -> EvaluateResult:
    """Evaluate the models of `train` into the folder `out`, and log a run.

    Writes tune.json, test.json, metrics.json (flat, for dvc), predictions.parquet, suspected_errors.parquet
    and .csv, plots/*.svg and run.json.

    Raises: SourceError if the models were trained on another corpus; ModelError; StoreError; SettingsError
        for MLflow.
    """
    tracker = Tracker(settings)
    bundles = {name: load_bundle(models / name) for name in ("session", "random")}
    session, final = bundles["session"], described(models / "final")
    corpus_sha = digest(corpus_path)
    if session.facts.get("corpus_sha256") != corpus_sha:
        raise SourceError(
            str(corpus_path),
            "the models were trained on another corpus.",
            "Run `upr train` on this one first.",
        )
    corpus = corpus_from(read_parquet(corpus_path), session.taxonomy, settings.splits)
    assessor = Assessor(
        corpus,
        load_states(),
        settings.evaluate.bootstrap_samples,
        settings.evaluate.seed,
        settings.evaluate.calibration_bins,
    )
    predictions = {
        name: (corpus.splits[name], bundle.predict(corpus.texts))
        for name, bundle in progress(bundles.items(), "models evaluated", len(bundles))
    }
    predictions["session"] = (
        corpus.splits["session"],
        _held_out(models / "session", corpus, predictions["session"][1]),
    )
    facts = _model_facts(session, final)
    tune, test = (
        assessor.tune_document(facts, predictions["session"]),
        assessor.test_document(facts, predictions),
    )
    out_of_fold = _out_of_fold(models, corpus, session)
    tune["slices"]["out_of_fold"] = to_plain(
        assessor.out_of_fold_slices(out_of_fold, predictions["session"][1])
    )
    tune["baselines"] = baselines(assessor, session, "tune")
    test["baselines"] = baselines(assessor, session, "test")
    test["base_models"] = base_model_figures(assessor, session, corpus.splits["session"].rows("test"))
    test |= _champion(assessor, session, final, settings)
    tune |= _trials(session, corpus, settings)
    test |= _doubts(assessor, session, predictions["session"][1], out_of_fold, settings, out)
    metrics = flat_metrics(tune, test)
    write_parquet(out / "predictions.parquet", _predictions_table(corpus, session, predictions["session"][1]))
    artifacts = _write_documents(out, tune, test, metrics)
    curves = read_json(models / CURVES) if (models / CURVES).is_file() else {}
    record = training_record(
        settings, final, session, corpus, corpus_path, (tune, test), metrics, artifacts, curves
    )
    run_id = tracker.log_run(record, models / "final", pd.DataFrame({"text": _EXAMPLES}))
    logged = {"run_id": run_id, "model_version": final.version, "evaluated_twin": session.version}
    write_json(out / "run.json", logged | {"tracking_uri": settings.tracking_uri})
    return EvaluateResult(tune, test, run_id)


def _write_documents(
    out: Path, tune: dict[str, Any], test: dict[str, Any], metrics: dict[str, float | None]
) -> dict[str, list[Path]]:
    """Write figures and plots. Returns: those that MLflow keeps, by artifact folder."""
    for name, document in (("tune", tune), ("test", test), ("metrics", metrics)):
        write_json(out / f"{name}.json", document)
    plots = []
    for name, picture in quality_plots(tune, test).items():
        plots.append(out / "plots" / name)
        with atomic_file(plots[-1]) as temporary:
            temporary.write_bytes(picture)
    return {"evaluation": [out / "tune.json", out / "test.json"], "plots": plots}


def _held_out(folder: Path, corpus: Corpus, predictions: Predictions) -> Predictions:
    """Predictions of the whole corpus, in which those of tuning rows are by parts that were not fitted on the
    row: the model itself was, at last.
    """
    found = read_held_out(folder)
    if found is None:
        return predictions
    tune = set(corpus.splits["session"].rows("tune").tolist())
    at = {row_id: place for place, row_id in enumerate(corpus.row_ids)}
    pairs = [(at[row_id], place) for row_id, place in found.places().items() if at.get(row_id) in tune]
    rows, places = (
        np.array(side, dtype=np.int64) for side in (zip(*pairs, strict=True) if pairs else ([], []))
    )
    kept = Predictions(found.action, found.tags, found.known, predictions.thresholds)
    return predictions.replaced(rows, kept.take(places))


def _out_of_fold(models: Path, corpus: Corpus, session: Bundle) -> Predictions:
    """Out-of-fold predictions of the training rows, in row order, with the thresholds of `session`."""
    table = read_parquet(models / "out_of_fold.parquet")
    place = {row_id: i for i, row_id in enumerate(table["row_id"].to_pylist())}
    order = np.array(
        [place[corpus.row_ids[i]] for i in corpus.splits["session"].rows("train")], dtype=np.int64
    )
    matrices = [
        np.array(table[name].to_pylist(), dtype=np.float32)[order]
        for name in ("action_probabilities", "tag_scores")
    ]
    return Predictions(
        matrices[0], matrices[1], table["known"].to_numpy()[order].astype(np.float32), session.thresholds
    )


def _champion(assessor: Assessor, session: Bundle, final: Description, settings: Settings) -> dict[str, Any]:
    """Version and figures of the model in use; empty where this is the evaluated model.

    A model that was trained on other rows is measured by the held-out predictions that it keeps; without
    them it has no figures, since it may have learned from the test part. In a fresh registry the model in
    use is the shipped one, which `register` will make champion.
    """
    folder = model_folder(CHAMPION, settings)
    champion = load_bundle(folder)
    if champion.version in (session.version, final.version):
        return {}
    found: dict[str, Any] = {"version": champion.version}
    if champion.taxonomy.labels == session.taxonomy.labels:
        same = champion.facts.get("split_sha256") == session.facts["split_sha256"]
        tested = (
            _test_rows(champion, assessor.corpus) if same else _kept_test_rows(champion, folder, assessor)
        )
        if tested is not None:
            found |= {"held_out": not same} | assessor.champion_document(tested)
            found |= _trials(champion, assessor.corpus, settings)
    return {"champion": found}


def _test_rows(bundle: Bundle, corpus: Corpus) -> Predictions:
    return bundle.predict([corpus.texts[i] for i in corpus.splits["session"].rows("test")])


def _kept_test_rows(bundle: Bundle, folder: Path, assessor: Assessor) -> Predictions | None:
    """Held-out predictions of the test rows, in their order; None where the model lacks one of them."""
    corpus = assessor.corpus
    found = read_held_out(folder)
    places = {} if found is None else found.places()
    rows = [corpus.row_ids[i] for i in corpus.splits["session"].rows("test")]
    if found is None or not all(row in places for row in rows):
        return None
    kept = Predictions(found.action, found.tags, found.known, bundle.thresholds)
    return kept.take(np.array([places[row] for row in rows], dtype=np.int64))


def _trials(bundle: Bundle, corpus: Corpus, settings: Settings) -> dict[str, Any]:
    """Tests that need no gold labels: behaviour tests, and faithfulness of evidence on the tuning texts."""
    options = settings.evaluate
    floors = read_yaml(config_path("quality_floors.yaml")).get("behaviour", {})
    texts = [corpus.texts[i] for i in corpus.splits["session"].rows("tune")]
    evidence = model_evidence_quality(
        bundle, texts, most=options.evidence_texts, samples=options.bootstrap_samples, seed=options.seed
    )
    behaviour = behaviour_document(load_behaviours(bundle.taxonomy.version), bundle, floors)
    return {"behaviour": to_plain(behaviour), "evidence": to_plain(evidence)}


def _doubts(
    assessor: Assessor,
    session: Bundle,
    predictions: Predictions,
    out_of_fold: Predictions,
    settings: Settings,
    out: Path,
) -> dict[str, Any]:
    """Exchangeability of sessions and suspected label errors; the latter are also written as a table."""
    corpus, options = assessor.corpus, settings.evaluate
    alike = session_tests(
        corpus, session.blinder.blind, predictions, permutations=options.permutations, seed=options.seed
    )
    found = find_suspected_errors(
        corpus, assessor.states, session.rules, out_of_fold, predictions, session.version
    )
    for suffix in (".parquet", ".csv"):
        write_batches(out / f"suspected_errors{suffix}", found.table.schema, [found.table])
    return {"exchangeability": to_plain(alike), "suspected_errors": to_plain(found.document)}


def _model_facts(bundle: Bundle, final: Description) -> dict[str, Any]:
    return {
        "version": bundle.version,
        "final_version": final.version,
        "kind": bundle.classifier.kind,
        "demo": bundle.demo,
        "taxonomy": bundle.taxonomy.version,
        "trained_rows": bundle.facts["train_rows"],
        "train_sessions": bundle.facts["train_sessions"],
        "tune_sessions": bundle.facts["tune_sessions"],
    }


def _predictions_table(corpus: Corpus, bundle: Bundle, predictions: Predictions) -> pa.Table:
    """Gold labels and predictions of every coded row, for notebooks and error analysis."""
    split = corpus.splits["session"]
    rows = np.flatnonzero(split.parts != "")
    labels = np.array(bundle.taxonomy.labels)

    def named(matrix: npt.NDArray[np.bool_]) -> list[list[str]]:
        return [labels[row].tolist() for row in matrix[rows]]

    return pa.table(
        {
            "row_id": [corpus.row_ids[i] for i in rows],
            "part": split.parts[rows].tolist(),
            "seen": split.seen[rows],
            "text": [corpus.texts[i] for i in rows],
            "session": pa.array([corpus.sessions[i] for i in rows], pa.int64()),
            "gold_action": corpus.actions[rows],
            "action": predictions.action[rows],
            "action_probabilities": predictions.action_probabilities[rows]
            .astype(np.float64)
            .round(4)
            .tolist(),
            "gold_issues": named(corpus.tags),
            "issues": named(predictions.tags),
        }
    )
