"""Runs in MLflow: parameters, figures, files and the packaged model of a training.

DVC keeps the current result; MLflow keeps the history.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from pipeline.registry.runs import LONGEST_VALUE, RunRecord, log_child
from pipeline.registry.versions import Registry, faults
from pipeline.settings import Settings, home


class Tracker(Registry):
    """A connection to one tracking server, for one experiment and one registered model."""

    def __init__(self, settings: Settings) -> None:
        """Connect. Raises: SettingsError if the server or database cannot be used."""
        super().__init__(settings)
        self._experiment_name = settings.register_.experiment

    @property
    def client(self) -> Any:
        """MLflow's own client."""
        return self._client

    @cached_property
    def experiment(self) -> str:
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
        """Log one training: a run with parameters, data sets, metrics, plots, and the model with its
        signature; and a child run for each model that it is made of.

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
                experiment_id=self.experiment, run_name=record.name, tags=dict(record.tags)
            ) as run,
        ):
            run_id = str(run.info.run_id)
            self._mlflow.log_params({k: str(v)[:LONGEST_VALUE] for k, v in record.parameters.items()})
            self._mlflow.log_metrics(dict(record.metrics))
            for dataset in record.datasets:
                logged = self._mlflow.data.from_pandas(
                    dataset.table, source=str(dataset.source), name=dataset.name, digest=dataset.digest
                )
                self._mlflow.log_input(logged, context=dataset.context)
            for folder, paths in record.artifacts.items():
                for path in paths:
                    self._mlflow.log_artifact(str(path), artifact_path=folder)
            log_packaged_model(self._mlflow, bundle_folder, example)
            for child in record.children:
                log_child(self._client, self.experiment, run_id, child)
            return run_id

    def add_artifact(self, run_id: str, path: Path, folder: str) -> None:
        """Add a file to a run that has ended."""
        with faults(self.uri):
            self._client.log_artifact(run_id, str(path), folder)
