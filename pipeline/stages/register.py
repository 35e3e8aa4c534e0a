"""Stage `register`: register the trained model, and promote it to champion if it is good enough.

The decision is based on the tuning part alone. Figures of the test part are in another file, which is not
read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.corpus.coded import Corpus, corpus_from
from pipeline.errors import SourceError
from pipeline.evaluation.assessment import Assessor
from pipeline.evaluation.behaviour import missed_behaviours
from pipeline.evaluation.metrics import Estimate, paired_difference
from pipeline.models.bundle import Bundle
from pipeline.registry.promotions import move
from pipeline.registry.shipped import register_shipped, version_tags
from pipeline.registry.tracking import Tracker
from pipeline.registry.versions import CHALLENGER, CHAMPION
from pipeline.settings import Settings
from pipeline.store.descriptions import described
from pipeline.store.files import read_json, write_json
from pipeline.store.locks import held
from pipeline.store.models import load_bundle
from pipeline.store.tables import read_parquet
from pipeline.store.vocabularies import config_path, load_states, read_yaml

COMPARED = ("action.accuracy", "tags.micro_f1")
"""Figures in which a challenger must not be worse than the champion."""


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


def run(corpus_path: Path, models: Path, reports: Path, out: Path, settings: Settings) -> Registration:
    """Register models/session, and promote it if the floors hold and it is not worse than the champion.

    Args:
        corpus_path: the table that the models were trained on.
        models: folder of `train`.
        reports: folder of `evaluate`; of it, tune.json and run.json are read.
        out: a JSON file that says what was decided and why.

    Raises: SourceError if the reports are of another model; ModelError; SettingsError for MLflow; StoreError
        if another process registers.
    """
    with held(out):
        return _run(corpus_path, models, reports, out, settings)


def _run(corpus_path: Path, models: Path, reports: Path, out: Path, settings: Settings) -> Registration:
    challenger = load_bundle(models / "session")
    tune, logged = read_json(reports / "tune.json"), read_json(reports / "run.json")
    if {tune["model"]["version"], logged["model_version"]} != {challenger.version}:
        raise SourceError(
            str(reports),
            "the evaluation is of another model than the trained one.",
            "Run `upr evaluate` again.",
        )
    tracker = Tracker(settings)
    _ensure_champion(tracker)
    version = tracker.version_of(challenger.version) or tracker.register(
        logged["run_id"], version_tags(described(models / "session"))
    )
    tracker.set_alias(CHALLENGER, version)
    corpus = corpus_from(read_parquet(corpus_path), challenger.taxonomy, settings.splits)
    promoted, reasons, differences = _judge(tracker, challenger, version, tune, corpus, settings)
    if promoted:
        move(tracker, tracker.version(version), "gate", "; ".join(reasons))
    registration = Registration(challenger.version, version, promoted, tuple(reasons), differences)
    write_json(out, asdict(registration))
    return registration


def _ensure_champion(tracker: Tracker) -> None:
    """In a fresh registry the shipped model is the first champion."""
    if tracker.aliased(CHAMPION) is None:
        version = tracker.version(register_shipped(tracker))
        move(tracker, version, "first", "a registry without champion begins with the shipped model")


def _judge(
    tracker: Tracker,
    challenger: Bundle,
    version: str,
    tune: Mapping[str, Any],
    corpus: Corpus,
    settings: Settings,
) -> tuple[bool, list[str], dict[str, Estimate]]:
    champion = tracker.aliased(CHAMPION)
    if champion is None:
        raise SourceError(
            f"MLflow at {tracker.uri}",
            "the registry lost its champion while this ran.",
            "Run `upr register` again.",
        )
    if champion[0] == version:
        return False, ["it is the champion already"], {}
    if challenger.demo:
        return False, [f"it is a demonstration, trained on {challenger.facts['train_rows']:,} rows"], {}
    floors = read_yaml(config_path("quality_floors.yaml"))
    shares = {found["name"]: found["model"]["passed"]["value"] for found in tune.get("behaviour", ())}
    below = missed_floors(tune, floors["tune"]) + missed_behaviours(shares, floors.get("behaviour", {}))
    holder = load_bundle(tracker.bundle_folder(f"models:/{tracker.model_name}@{CHAMPION}"))
    if holder.taxonomy.labels != challenger.taxonomy.labels:
        return (
            False,
            [
                *below,
                f"the champion has another taxonomy ({holder.taxonomy.version}); move the alias by hand",
            ],
            {},
        )
    differences = _differences(challenger, holder, corpus, settings)
    worse = possible_losses(differences, settings.register_.tolerated_loss_points / 100)
    return (
        not below and not worse,
        [*below, *worse] or ["floors hold, and it is not worse than the champion"],
        differences,
    )


def possible_losses(differences: Mapping[str, Estimate], tolerated: float) -> list[str]:
    """The figures that the champion's successor may lose more of than is tolerated, in words.

    Judged by the lower end of each interval: a gain that may be chance promotes nobody. An undefined interval
    promotes nobody either.

    Args:
        differences: challenger less champion, in shares.
        tolerated: a share, 0 or more.
    """
    return [
        f"{name} may be worse than the champion's by more than {tolerated:.3f} (95 % interval "
        f"{d.low:+.4f} to {d.high:+.4f})"
        for name, d in differences.items()
        if not d.low > -tolerated
    ]


def missed_floors(tune: Mapping[str, Any], floors: Mapping[str, float]) -> list[str]:
    """The floors that the tuning part's figures do not reach, in words.

    An undefined figure reaches nothing.
    """
    quality = tune["splits"]["session"]["tune"]["all"]
    missed = []
    for name, floor in floors.items():
        task, figure = name.split(".")
        value = quality[task][figure]["value"]
        if value is None or value < floor:
            missed.append(
                f"{name} is {'undefined' if value is None else f'{value:.4f}'}, below the floor of {floor}"
            )
    return missed


def _differences(
    challenger: Bundle, champion: Bundle, corpus: Corpus, settings: Settings
) -> dict[str, Estimate]:
    rows = corpus.splits["session"].rows("tune")
    options = settings.evaluate
    assessor = Assessor(
        corpus, load_states(), options.bootstrap_samples, options.seed, options.calibration_bins
    )
    texts = [corpus.texts[i] for i in rows]
    ours, theirs = (assessor.evaluation_of(bundle.predict(texts), rows) for bundle in (challenger, champion))
    return {
        name: paired_difference(name, ours, theirs, samples=options.bootstrap_samples, seed=options.seed)
        for name in COMPARED
    }
