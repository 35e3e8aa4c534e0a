"""What a training leaves in MLflow: a parent run, and a child run for each of the models that it is made of.

While networks are trained, their curves grow in runs of their own (`registry.curves`); these become children
of the parent when the training is evaluated.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Curve = Sequence[tuple[int, Mapping[str, float]]]
"""Figures of a training by step."""
CURVES = "curves.json"
"""File beside trained models: the curves of the networks that were trained."""
PARENT_TAG = "mlflow.parentRunId"
NAME_TAG = "mlflow.runName"
TRAINING_TAG = "upr.network_training"
"""Tag of the run of a network: which training it belongs to."""
LONGEST_VALUE = 6000
"""Characters of a parameter that MLflow takes."""
_MOST_POINTS = 1000


@dataclass(frozen=True)
class DataSet:
    """Rows that a model was trained, tuned or tested on.

    Attributes:
        name: of the data set.
        context: "training", "tuning" or "test".
        table: the rows, as a pandas table.
        source: the file that they are in.
        digest: of that file and of the choice of the rows, at most 36 characters.
    """

    name: str
    context: str
    table: Any
    source: Path
    digest: str


@dataclass(frozen=True)
class ChildRun:
    """The record of one of the models that a training is made of.

    Attributes:
        name: "linear", "rules", "teacher-1".
        parameters: settings, flat, named as in the settings file.
        metrics: figures, flat.
        curve: of a network; empty for a model that has none.
        training: by which the run is found in which the curve of a network grew.
    """

    name: str
    parameters: Mapping[str, Any]
    metrics: Mapping[str, float]
    curve: Curve = ()
    training: str = ""


@dataclass(frozen=True)
class RunRecord:
    """The record of one training.

    Attributes:
        name: of the parent run.
        parameters: settings, flat, named as in the settings file.
        metrics: figures, flat; undefined ones left out.
        tags: e.g. git commit, digests of the corpus.
        artifacts: files and folders, by the artifact folder they go to.
        datasets: the rows.
        children: the models that the trained one is made of.
    """

    name: str
    parameters: Mapping[str, Any]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]
    artifacts: Mapping[str, Sequence[Path]]
    datasets: Sequence[DataSet]
    children: Sequence[ChildRun] = ()


def log_child(client: Any, experiment: str, parent: str, child: ChildRun) -> str:
    """Log a child run; the run in which a network's curve grew becomes the child. Returns: its id."""
    run_id = _grown(client, experiment, child) if child.training else None
    if run_id is None:
        tags = {PARENT_TAG: parent, NAME_TAG: child.name}
        run_id = str(client.create_run(experiment, tags=tags).info.run_id)
    else:
        client.set_tag(run_id, PARENT_TAG, parent)
    params = client.get_run(run_id).data.params
    log_batch(client, run_id, {k: v for k, v in child.parameters.items() if k not in params}, child.metrics)
    log_points(client, run_id, _missing(client, run_id, child.curve))
    client.set_terminated(run_id)
    return run_id


def _grown(client: Any, experiment: str, child: ChildRun) -> str | None:
    found = runs_of(client, experiment, child.training, child.name)
    # A training that is evaluated twice has its curves in both parents.
    return next((str(run.info.run_id) for run in found if PARENT_TAG not in run.data.tags), None)


def runs_of(client: Any, experiment: str, training: str, name: str) -> list[Any]:
    """The runs of a network of a training."""
    question = f"tags.`{TRAINING_TAG}` = '{training}' and tags.`{NAME_TAG}` = '{name}'"
    return list(client.search_runs([experiment], filter_string=question))


def _missing(client: Any, run_id: str, curve: Curve) -> Curve:
    """The points that a run lacks, as where the server was away while the network was trained."""
    names = {name for _, values in curve for name in values}
    there = {(m.key, m.step) for name in sorted(names) for m in client.get_metric_history(run_id, name)}
    points = [(step, {n: v for n, v in values.items() if (n, step) not in there}) for step, values in curve]
    return [(step, values) for step, values in points if values]


def log_batch(client: Any, run_id: str, parameters: Mapping[str, Any], metrics: Mapping[str, float]) -> None:
    """Parameters and figures in one request."""
    from mlflow.entities import Metric, Param

    now = int(time.time() * 1000)
    client.log_batch(
        run_id,
        metrics=[Metric(name, float(value), now, 0) for name, value in metrics.items()],
        params=[Param(name, str(value)[:LONGEST_VALUE]) for name, value in parameters.items()],
    )


def log_points(client: Any, run_id: str, curve: Curve) -> None:
    """Points of a curve, in as few requests as MLflow allows."""
    from mlflow.entities import Metric

    now = int(time.time() * 1000)
    points = [
        Metric(name, float(value), now, step) for step, values in curve for name, value in values.items()
    ]
    for start in range(0, len(points), _MOST_POINTS):
        client.log_batch(run_id, metrics=points[start : start + _MOST_POINTS])
