"""The record of a training for MLflow, from what `train` and `evaluate` found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.corpus.coded import Corpus
from pipeline.models.bundle import Bundle
from pipeline.models.ensemble import EnsembleClassifier
from pipeline.registry.local import VERSION_TAG
from pipeline.registry.runs import ChildRun, Curve, DataSet, RunRecord
from pipeline.registry.versions import DEMO_TAG, TWIN_TAG
from pipeline.settings import Settings, home
from pipeline.store.checkout import commit_of, locked
from pipeline.store.descriptions import Description
from pipeline.store.files import digest

_CONTEXTS = {"train": "training", "tune": "tuning", "test": "test"}
_COLUMNS = ["rec_id", "row_id", "text", "session", "action", "issues"]
_BASE_MODELS = ("linear", "networks", "meta-model")
Document = Mapping[str, Any]


def training_record(
    settings: Settings,
    final: Description,
    twin: Bundle,
    corpus: Corpus,
    corpus_path: Path,
    documents: tuple[Document, Document],
    metrics: Mapping[str, float | None],
    artifacts: Mapping[str, Sequence[Path]],
    curves: Mapping[str, Any],
) -> RunRecord:
    """The record of a training.

    Args:
        final: the final model, of which the run is.
        twin: the evaluated twin, of which the figures are.
        documents: of the tuning part, and of the test part.
        curves: "training", and "networks", the points of each network; empty where none were trained.
    """
    facts = final.facts
    parameters = flat({"train": facts["settings"], "splits": settings.splits.model_dump()})
    md5 = digest(corpus_path, "md5")
    lock = home() / "dvc.lock"
    tags = {
        VERSION_TAG: final.version,
        DEMO_TAG: str(final.demo).lower(),
        TWIN_TAG: twin.version,
        "depth": facts.get("depth", "none"),
        "corpus_sha256": twin.facts["corpus_sha256"],
        # By these DVC names the rows and what they were read from: in dvc.lock, cache and remote.
        "dvc.corpus_md5": md5,
        "dvc.raw_md5": locked(lock, "ingest", "data/raw") or "none",
        "split_sha256": twin.facts["split_sha256"],
        "git_commit": commit_of(home()),
        "mlflow.source.git.commit": commit_of(home()).removesuffix("-dirty"),
    }
    return RunRecord(
        name=final.version,
        parameters=parameters | {"taxonomy": final.taxonomy, "kind": final.kind},
        metrics={k: v for k, v in metrics.items() if v is not None},
        tags=tags,
        artifacts=artifacts,
        datasets=_datasets(corpus, corpus_path, md5),
        children=_children(settings, final, twin, documents, curves),
    )


def _datasets(corpus: Corpus, path: Path, md5: str) -> list[DataSet]:
    """The rows of each part of the session split, and all coded ones, which train the final model."""
    split = corpus.splits["session"]
    coded = np.flatnonzero(~np.isin(split.parts, ("", "pledges")))
    parts = {part: split.rows(part) for part in ("train", "tune", "test")}
    found = [DataSet("corpus", "final", corpus.table.select(_COLUMNS).take(coded).to_pandas(), path, md5)]
    for part, rows in parts.items():
        table = corpus.table.select(_COLUMNS).take(rows).to_pandas()
        found.append(DataSet(f"corpus-{part}", _CONTEXTS[part], table, path, f"{md5[:30]}-{part}"))
    return found


def _children(
    settings: Settings,
    final: Description,
    twin: Bundle,
    documents: tuple[Document, Document],
    curves: Mapping[str, Any],
) -> list[ChildRun]:
    tune, test = documents
    train, figures = settings.train, test.get("base_models", {})
    ensemble = isinstance(twin.classifier, EnsembleClassifier)
    facts = twin.facts
    parameters: dict[str, dict[str, Any]] = {
        "linear": flat({"train": {"linear": train.linear.model_dump()}}),
        "networks": {
            "network_sessions": facts.get("network_sessions"),
            "started_from": facts.get("started_from", "none"),
        },
        "meta-model": flat({"train": {"refresh": train.refresh.model_dump()}})
        | {"meta_model_kept": facts.get("meta_model_kept"), "tune_sessions": facts["tune_sessions"]},
    }
    if ensemble:
        parameters["meta-model"] |= flat({"weights": _weights(twin)})
    children = [
        ChildRun(name, parameters[name], {f"test.{k}": v for k, v in figures[name].items()})
        for name in _BASE_MODELS
        if name in figures
    ]
    rules = {
        f"{part}.{name}": value
        for part, document in (("tune", tune), ("test", test))
        for name, value in _values(document.get("baselines", {}).get("rules", {})).items()
        if name in ("action.accuracy", "action.macro_f1", "tags.micro_f1", "tags.macro_f1")
    }
    children += [
        ChildRun("rules", {"taxonomy": final.taxonomy}, rules),
        _calibration(settings, twin, tune, test),
    ]
    network = flat({"train": {"network": train.network.model_dump()}})
    for name, curve in curves.get("networks", {}).items():
        children.append(ChildRun(name, network, {}, points_of(curve), curves["training"]))
    return children


def _weights(twin: Bundle) -> dict[str, Any]:
    weights = vars(twin.classifier)["weights"]
    return {
        task: {"network": values[0], "linear": values[1]}
        for task, values in (("action", weights.action), ("tags", weights.tags))
    }


def _calibration(settings: Settings, twin: Bundle, tune: Document, test: Document) -> ChildRun:
    """Calibration and thresholds, and how well they hold."""
    metrics = {**vars(twin.calibration), "threshold.accept": twin.thresholds.accept}
    metrics |= {"threshold.tag": twin.thresholds.tag}
    for part, document in (("tune", tune), ("test", test)):
        for group in ("acceptance", "sets"):
            found = _values(document.get(group, {}).get(part, {}))
            metrics |= {f"{part}.{group}.{name}": value for name, value in found.items()}
    return ChildRun("calibration", flat({"train": {"doubt": settings.train.doubt.model_dump()}}), metrics)


def _values(document: Any, prefix: str = "") -> dict[str, float]:
    """The defined estimates of a document, flat."""
    found: dict[str, float] = {}
    if isinstance(document, Mapping):
        value = document.get("value")
        if isinstance(value, int | float):
            return {prefix.removesuffix("."): float(value)}
        for name, inner in document.items():
            found |= _values(inner, f"{prefix}{name}.")
    return found


def points_of(curve: Sequence[Mapping[str, Any]]) -> Curve:
    """The points of a curve as `train` keeps it."""
    return [(int(point["step"]), {k: v for k, v in point.items() if k != "step"}) for point in curve]


def flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested settings as flat names.

    >>> flat({"train": {"linear": {"tag_c": 0.7}}})
    {'train.linear.tag_c': 0.7}
    """
    found: dict[str, Any] = {}
    for key, value in settings.items():
        found |= flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {prefix + key: value}
    return found
