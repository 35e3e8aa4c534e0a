"""Stage `register`: register the trained model, and promote it to champion if it is good enough.

The decision is based on the tuning part alone. Figures of the test part are in another file, which is not
read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.corpus.coded import Corpus, corpus_from
from pipeline.errors import SourceError
from pipeline.evaluation.assessment import Assessor
from pipeline.evaluation.behaviour import missed_behaviours
from pipeline.evaluation.gate import GateComparison, compare, gate_page
from pipeline.evaluation.metrics import Estimate
from pipeline.evaluation.unfitted import unfitted
from pipeline.evaluation.verdict import WHOLE, Verdict, compared_rows, missed_floors, verdict
from pipeline.models.bundle import Bundle, Predictions
from pipeline.registry.promotions import move
from pipeline.registry.server import check_answers
from pipeline.registry.shipped import register_shipped, version_tags
from pipeline.registry.tracking import Tracker
from pipeline.registry.versions import CHALLENGER, CHAMPION, TWIN_TAG
from pipeline.settings import Settings
from pipeline.store.descriptions import described
from pipeline.store.files import read_json, write_json, write_text
from pipeline.store.held_out import read_held_out
from pipeline.store.locks import held
from pipeline.store.models import load_bundle
from pipeline.store.tables import read_parquet
from pipeline.store.vocabularies import config_path, load_states, read_yaml


@dataclass(frozen=True)
class Registration:
    """What became of the trained model.

    Attributes:
        model_version: of the model.
        registry_version: its version in the registry.
        promoted: whether `champion` now points to it.
        reasons: why not, or what it was judged by.
        differences: challenger less champion on the tuning rows, by figure, in shares; empty if not compared.
    """

    model_version: str
    registry_version: str
    promoted: bool
    reasons: tuple[str, ...]
    differences: Mapping[str, Estimate]


@dataclass(frozen=True)
class _Judged:
    champion: str
    verdict: Verdict
    parts: Mapping[str, GateComparison] = field(default_factory=dict)


def run(
    corpus_path: Path, models: Path, reports: Path, out: Path, settings: Settings, *, hold: bool = False
) -> Registration:
    """Register models/final, and promote it if the floors hold and it is not worse than the champion.

    It is judged by its evaluated twin, models/session. The reasons are also written beside `out`, as a
    page in Markdown.

    Args:
        corpus_path: the table that the models were trained on.
        models: folder of `train`.
        reports: folder of `evaluate`; of it, tune.json and run.json are read.
        out: a JSON file that says what was decided and why.
        hold: whether it is promoted in no case.

    Raises: SourceError if the reports are of another model; ModelError; SettingsError for MLflow; StoreError
        if another process registers.
    """
    check_answers(settings.tracking_uri)
    with held(out):
        return _run(corpus_path, models, reports, out, settings, hold)


def _run(
    corpus_path: Path, models: Path, reports: Path, out: Path, settings: Settings, hold: bool
) -> Registration:
    challenger, final = load_bundle(models / "session"), described(models / "final")
    tune, logged = read_json(reports / "tune.json"), read_json(reports / "run.json")
    if (tune["model"]["version"], logged["model_version"]) != (challenger.version, final.version):
        raise SourceError(
            str(reports),
            "the evaluation is of another model than the trained one.",
            "Run `upr evaluate` again.",
        )
    tracker = Tracker(settings)
    _ensure_champion(tracker)
    version = tracker.version_of(final.version) or tracker.register(
        logged["run_id"], version_tags(final) | {TWIN_TAG: challenger.version}
    )
    tracker.set_alias(CHALLENGER, version)
    corpus = corpus_from(read_parquet(corpus_path), challenger.taxonomy, settings.splits)
    judged = _judge(tracker, challenger, models / "session", version, tune, corpus, settings)
    promoted, reasons = judged.verdict.promoted, judged.verdict.reasons
    if hold and promoted:
        promoted, reasons = False, (*reasons, "it is held (--hold)")
    if promoted:
        move(tracker, tracker.version(version), "gate", "; ".join(reasons))
    whole = judged.parts.get(WHOLE)
    registration = Registration(final.version, version, promoted, reasons, whole.differences if whole else {})
    write_json(out, asdict(registration))
    page = out.with_suffix(".md")
    outcome = "champion" if promoted else "not made champion"
    write_text(page, gate_page(final.version, judged.champion, outcome, reasons, judged.parts))
    tracker.add_artifact(logged["run_id"], page, "evaluation")
    return registration


def _ensure_champion(tracker: Tracker) -> None:
    """In a fresh registry the shipped model is the first champion."""
    if tracker.aliased(CHAMPION) is None:
        version = tracker.version(register_shipped(tracker))
        move(tracker, version, "first", "a registry without champion begins with the shipped model")


def _judge(
    tracker: Tracker,
    challenger: Bundle,
    folder: Path,
    version: str,
    tune: Mapping[str, Any],
    corpus: Corpus,
    settings: Settings,
) -> _Judged:
    champion = tracker.aliased(CHAMPION)
    if champion is None:
        raise SourceError(
            f"MLflow at {tracker.uri}",
            "the registry lost its champion while this ran.",
            "Run `upr register` again.",
        )
    if champion[0] == version:
        return _Judged(champion[1], Verdict(False, ("it is the champion already",)))
    if challenger.demo:
        demonstration = f"it is a demonstration, trained on {challenger.facts['train_rows']:,} rows"
        return _Judged(champion[1], Verdict(False, (demonstration,)))
    floors = read_yaml(config_path("quality_floors.yaml"))
    shares = {found["name"]: found["model"]["passed"]["value"] for found in tune.get("behaviour", ())}
    missed = missed_floors(tune, floors["tune"]) + missed_behaviours(shares, floors.get("behaviour", {}))
    place = tracker.bundle_folder(f"models:/{tracker.model_name}@{CHAMPION}")
    holder = load_bundle(place)
    if holder.taxonomy.labels != challenger.taxonomy.labels:
        other = f"the champion has another taxonomy ({holder.taxonomy.version}); promote the model by hand"
        return _Judged(champion[1], Verdict(False, (*missed, other)))
    parts = _parts(challenger, folder, holder, place, corpus, settings)
    tolerated = settings.register_.tolerated_loss_points / 100
    return _Judged(champion[1], verdict(missed, parts, tolerated), parts)


def _parts(
    challenger: Bundle, folder: Path, champion: Bundle, place: Path, corpus: Corpus, settings: Settings
) -> dict[str, GateComparison]:
    """Both compared on the tuning session, on decisions, and on both together."""
    options = settings.evaluate
    assessor = Assessor(
        corpus, load_states(), options.bootstrap_samples, options.seed, options.calibration_bins
    )
    tune = corpus.splits["session"].rows("tune")
    decided = np.setdiff1d(np.flatnonzero(corpus.decided), tune)
    ours, theirs = (
        unfitted(
            bundle, corpus, np.concatenate([tune, decided]), _kept(at, bundle), settings.train.refresh.folds
        )
        for bundle, at in ((challenger, folder), (champion, place))
    )
    return {
        name: compare(assessor, rows, ours.of_rows(rows), theirs.of_rows(rows))
        for name, rows in compared_rows(tune, decided, ours, theirs).items()
    }


def _kept(folder: Path, bundle: Bundle) -> tuple[Mapping[str, int], Predictions] | None:
    found = read_held_out(folder)
    if found is None:
        return None
    return found.places(), Predictions(found.action, found.tags, found.known, bundle.thresholds)
