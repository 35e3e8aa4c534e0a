"""All MLflow calls: runs, the registry, and models fetched from it.

DVC keeps the current result; MLflow keeps the history.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.errors import ModelError, SettingsError
from pipeline.settings import Settings, home

CHAMPION = "champion"
CHALLENGER = "challenger"
SHIPPED_TAG = "upr.shipped"
VERSION_TAG = "upr.model_version"
DEMO_TAG = "demo"


@cache
def _mlflow() -> Any:
    """MLflow, imported late (it takes seconds) and quietly."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    import mlflow

    # These warnings are about choices made on purpose: a file is a good source of a data set, and integer
    # columns of the input have no missing values.
    warnings.filterwarnings("ignore", message=".*dataset source can be interpreted in multiple ways")
    warnings.filterwarnings("ignore", message=".*Inferred schema contains integer column")
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    return mlflow


def resolved_uri(uri: str) -> str:
    """A tracking URI with a relative SQLite path made absolute against the project folder."""
    prefix = "sqlite:///"
    if uri.startswith(prefix) and not uri.startswith("sqlite:////"):
        return f"{prefix}{home() / uri.removeprefix(prefix)}"
    return uri


@contextmanager
def _faults(uri: str) -> Iterator[None]:
    """Errors of MLflow and of the database as `SettingsError`."""
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (MlflowException, SQLAlchemyError, OSError) as error:
        reason = str(error).splitlines()[0][:300]
        raise SettingsError(
            f"MLflow at {uri}",
            reason + ".",
            "Check tracking_uri in configs/settings.yaml or MLFLOW_TRACKING_URI.",
        ) from error


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


class Tracker:
    """A connection to one tracking server, for one experiment and one registered model."""

    def __init__(self, settings: Settings) -> None:
        """Connect. Raises: SettingsError if the server or database cannot be used."""
        self.uri = resolved_uri(settings.tracking_uri)
        self.model_name = settings.register_.model_name
        self._mlflow = _mlflow()
        with _faults(self.uri):
            self._mlflow.set_tracking_uri(self.uri)
            self._mlflow.set_registry_uri(self.uri)
            self._client = self._mlflow.MlflowClient()
            self._experiment = self._experiment_id(settings.register_.experiment)

    def _experiment_id(self, name: str) -> str:
        found = self._client.get_experiment_by_name(name)
        if found is not None:
            return str(found.experiment_id)
        # With a database, artifacts need a folder; a server has its own.
        place = (
            (home() / "mlartifacts").as_uri()
            if self.uri.startswith(("sqlite:", "postgresql:", "mysql:"))
            else None
        )
        return str(self._client.create_experiment(name, artifact_location=place))

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
            _faults(self.uri),
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

    def collect_curves(self) -> None:
        """Let what trains in this process, and reports to MLflow itself, make its runs in our experiment."""
        with _faults(self.uri):
            self._mlflow.set_experiment(experiment_id=self._experiment)

    def register(self, run_id: str, tags: Mapping[str, str]) -> str:
        """Register the model of a run as a new version.

        Returns: the version in the registry. Raises: ModelError if the run has no model.
        """
        with _faults(self.uri):
            run = self._client.get_run(run_id)
            models = run.outputs.model_outputs if run.outputs else []
            if not models:
                raise ModelError(f"MLflow run {run_id}", "the run has no model.", "Run `upr evaluate` again.")
            self._ensure_registered_model()
            model_id = models[0].model_id
            version = self._client.create_model_version(
                self.model_name, f"models:/{model_id}", run_id=run_id, tags=dict(tags), model_id=model_id
            )
            return str(version.version)

    def _ensure_registered_model(self) -> None:
        from mlflow.exceptions import MlflowException

        try:
            self._client.get_registered_model(self.model_name)
        except MlflowException:
            self._client.create_registered_model(
                self.model_name, description="Action category and issue tags of UPR recommendations"
            )

    def set_alias(self, alias: str, version: str) -> None:
        """Let an alias point to a version."""
        with _faults(self.uri):
            self._client.set_registered_model_alias(self.model_name, alias, version)

    def aliased(self, alias: str) -> tuple[str, str] | None:
        """Registry version and model version (`VERSION_TAG`) that an alias points to, or None."""
        from mlflow.exceptions import MlflowException

        try:
            version = self._client.get_model_version_by_alias(self.model_name, alias)
        except MlflowException:
            return None
        return str(version.version), version.tags.get(VERSION_TAG, "")

    def version_of(self, model_version: str) -> str | None:
        """The registry version that holds a model of ours, or None."""
        from mlflow.exceptions import MlflowException

        try:
            found = self._client.search_model_versions(f"name = '{self.model_name}'")
        except MlflowException:
            return None
        return next((str(v.version) for v in found if v.tags.get(VERSION_TAG) == model_version), None)

    def bundle_folder(self, reference: str) -> Path:
        """The bundle of a model in the registry, fetched.

        Args: `reference`, like "models:/upr-labeller@champion".
        Raises: ModelError if there is no such model, or it is not one of ours.
        """
        from mlflow.exceptions import MlflowException

        try:
            folder = Path(self._mlflow.artifacts.download_artifacts(reference))
        except (MlflowException, OSError) as error:
            reason = str(error).splitlines()[0][:300]
            raise ModelError(
                reference,
                f"the model cannot be fetched ({reason}).",
                "Check the name and alias with `mlflow models`.",
            ) from error
        found = sorted(folder.rglob("bundle.json"))
        if not found:
            raise ModelError(
                reference,
                "this is not a model of the UPR pipeline (it holds no bundle.json).",
                "Name another.",
            )
        return found[0].parent
