"""Runs in MLflow: parameters, figures, files and the packaged model of a training.

DVC keeps the current result; MLflow keeps the history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pipeline.registry.versions import Registry, faults
from pipeline.settings import Settings, home


@dataclass(frozen=True)
class RunRecord:
    """The record of one training run.

    Attributes:
        name: of the run.
        parameters: settings, flat.
        metrics: figures, flat; undefined ones left out.
        tags: e.g. git commit, digest of the corpus.
        artifacts: files and folders, by the artifact folder they go to.
        dataset: the rows the model was trained on, as a pandas table; `dataset_source`, the file they came
            from.
    """

    name: str
    parameters: Mapping[str, Any]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]
    artifacts: Mapping[str, Sequence[Path]]
    dataset: Any
    dataset_source: Path


class Tracker(Registry):
    """A connection to one tracking server, for one experiment and one registered model."""

    def __init__(self, settings: Settings) -> None:
        """Connect. Raises: SettingsError if the server or database cannot be used."""
        super().__init__(settings)
        self._experiment_name = settings.register_.experiment

    @cached_property
    def _experiment(self) -> str:
        """The experiment's id; it is made when something is first written to it, not by reading."""
        found = self._client.get_experiment_by_name(self._experiment_name)
        if found is not None:
            return str(found.experiment_id)
        # With a database, artifacts need a folder; a server has its own.
        place = (
            (home() / "mlartifacts").as_uri()
            if self.uri.startswith(("sqlite:", "postgresql:", "mysql:"))
            else None
        )
        return str(self._client.create_experiment(self._experiment_name, artifact_location=place))

    def log_run(self, record: RunRecord, bundle_folder: Path, example: Any) -> str:
        """Log one training run: parameters, data set, metrics, plots, and the model with its signature.

        Args:
            record: the run.
            bundle_folder: the model.
            example: a small pandas table of input for the model.

        Returns: the run's id.
        """
        from pipeline.registry.packaging import log_packaged_model

        with (
            faults(self.uri),
            self._mlflow.start_run(
                experiment_id=self._experiment, run_name=record.name, tags=dict(record.tags)
            ) as run,
        ):
            self._mlflow.log_params({k: str(v)[:6000] for k, v in record.parameters.items()})
            self._mlflow.log_metrics(dict(record.metrics))
            dataset = self._mlflow.data.from_pandas(
                record.dataset, source=str(record.dataset_source), name="corpus"
            )
            self._mlflow.log_input(dataset, context="training")
            for folder, paths in record.artifacts.items():
                for path in paths:
                    self._mlflow.log_artifact(str(path), artifact_path=folder)
            log_packaged_model(self._mlflow, bundle_folder, example)
            return str(run.info.run_id)

    def add_artifact(self, run_id: str, path: Path, folder: str) -> None:
        """Add a file to a run that has ended."""
        with faults(self.uri):
            self._client.log_artifact(run_id, str(path), folder)

    def collect_curves(self) -> None:
        """Let what trains in this process, and reports to MLflow itself, make its runs in our experiment."""
        with faults(self.uri):
            self._mlflow.set_experiment(experiment_id=self._experiment)
