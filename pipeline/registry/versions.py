"""The registry: versions of models, the aliases that point to them, their files; and the connection to it."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline.errors import ModelError, SettingsError
from pipeline.registry.local import VERSION_TAG, bundle_in, resolved_uri
from pipeline.registry.server import check_answers, is_server, no_answer, without_password
from pipeline.settings import Settings

CHAMPION = "champion"
CHALLENGER = "challenger"
SHIPPED_TAG = "upr.shipped"
DEMO_TAG = "demo"
TWIN_TAG = "upr.evaluated_twin"
"""The version of the model that a version's figures are of: the same recipe without the test session."""
_HTTP = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
}
"""Of requests to a tracking server, where the environment says nothing else. By MLflow's own values a server
that went away is told after four minutes.
"""
_FIRST_ANSWER = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "5", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}
"""Of the first request, which only asks whether the server is there."""


@dataclass(frozen=True)
class Version:
    """A version in the registry.

    Attributes:
        version: "3".
        model_version: of the bundle, "ensemble-0123456789ab"; "" where it is none of ours.
        aliases: that point to it.
        demo: whether it is tagged as a demonstration.
        run_id: of the run that made it, if any.
    """

    version: str
    model_version: str
    aliases: tuple[str, ...]
    demo: bool
    run_id: str | None


@cache
def load_mlflow() -> Any:
    """MLflow, imported late (it takes seconds) and quietly."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    for name, value in _HTTP.items():
        os.environ.setdefault(name, value)
    import mlflow

    # These warnings are about choices made on purpose: a file is a good source of a data set, and integer
    # columns of the input have no missing values.
    warnings.filterwarnings("ignore", message=".*dataset source can be interpreted in multiple ways")
    warnings.filterwarnings("ignore", message=".*Inferred schema contains integer column")
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    return mlflow


@contextmanager
def faults(uri: str) -> Iterator[None]:
    """Errors of MLflow and of the database as `SettingsError`."""
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (MlflowException, SQLAlchemyError, OSError) as error:
        reason = str(error).splitlines()[0][:300]
        raise SettingsError(
            f"MLflow at {without_password(uri)}",
            without_password(reason) + ".",
            "Check tracking_uri in configs/settings.yaml or MLFLOW_TRACKING_URI.",
        ) from error


def _is_absent(error: Exception) -> bool:
    """Whether an error of MLflow says that a model, version or alias does not exist, and nothing else."""
    code = getattr(error, "error_code", "")
    return code == "RESOURCE_DOES_NOT_EXIST" or (
        code == "INVALID_PARAMETER_VALUE" and "alias" in str(error) and "not found" in str(error)
    )


class Registry:
    """A connection to one tracking server, and one registered model on it."""

    def __init__(self, settings: Settings) -> None:
        """Connect. Raises: SettingsError if the server or database cannot be used."""
        self.uri = resolved_uri(settings.tracking_uri)
        self.model_name = settings.register_.model_name
        check_answers(self.uri)
        self._mlflow = load_mlflow()
        with faults(self.uri):
            self._mlflow.set_tracking_uri(self.uri)
            self._mlflow.set_registry_uri(self.uri)
            self._client = self._mlflow.MlflowClient()
        if is_server(self.uri):
            self._check_server()

    def _check_server(self) -> None:
        """Ask the server once by MLflow, and wait for seconds only. Raises: SettingsError."""
        from mlflow.exceptions import MlflowException

        # What the environment says has precedence, as for the other requests.
        kept = {name: _HTTP[name] for name in _FIRST_ANSWER if os.environ.get(name) == _HTTP[name]}
        os.environ.update({name: _FIRST_ANSWER[name] for name in kept})
        try:
            self._client.search_experiments(max_results=1)
        except (MlflowException, OSError) as error:
            said = str(error).lower()
            if "timed out" in said or "refused" in said:
                raise no_answer(self.uri) from error
            raise SettingsError(
                f"MLflow at {without_password(self.uri)}",
                f"the tracking server cannot be used ({without_password(str(error))[:300]}).",
                "Check tracking_uri in configs/settings.yaml or MLFLOW_TRACKING_URI.",
            ) from error
        finally:
            os.environ.update(kept)

    def register(self, run_id: str, tags: Mapping[str, str]) -> str:
        """Register the model of a run as a new version.

        Returns: the version in the registry. Raises: ModelError if the run has no model.
        """
        with faults(self.uri):
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
            self._registered_model()
        except MlflowException as error:
            if not _is_absent(error):
                raise
            self._client.create_registered_model(
                self.model_name, description="Action category and issue tags of UPR recommendations"
            )

    def set_alias(self, alias: str, version: str) -> None:
        """Let an alias point to a version."""
        with faults(self.uri):
            self._client.set_registered_model_alias(self.model_name, alias, version)

    def aliased(self, alias: str, name: str | None = None) -> tuple[str, str] | None:
        """Registry version and model version (`VERSION_TAG`) that an alias points to, or None.

        Args: `name`, of the registered model; by default that of the settings.
        """
        from mlflow.exceptions import MlflowException

        with faults(self.uri):
            try:
                version = self._client.get_model_version_by_alias(name or self.model_name, alias)
            except MlflowException as error:
                if _is_absent(error):
                    return None
                raise
        return str(version.version), version.tags.get(VERSION_TAG, "")

    def version_of(self, model_version: str) -> str | None:
        """The registry version that holds a model of ours, or None."""
        with faults(self.uri):
            found = self._client.search_model_versions(f"name = '{self.model_name}'")
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
                "`upr models list` shows what there is.",
            ) from error
        return bundle_in(folder, reference)

    def versions(self) -> list[Version]:
        """All versions, oldest first; none where there is no such registered model."""
        with faults(self.uri):
            found = self._client.search_model_versions(f"name = '{self.model_name}'")
            aliases = self._registered_model().aliases if found else {}
        return sorted((_version(v, aliases) for v in found), key=lambda v: int(v.version))

    def version(self, reference: str) -> Version:
        """The version that a person names: "3", the version of a model, or an alias.

        Raises: ModelError if there is none.
        """
        for version in self.versions():
            if reference in (version.version, version.model_version, *version.aliases):
                return version
        raise ModelError(
            f"registered model {self.model_name}",
            f"it has no version '{reference}'.",
            "`upr models list` shows its versions.",
        )

    def metrics(self, version: Version) -> dict[str, float]:
        """The figures of the run that made a version; none where that run is gone."""
        from mlflow.exceptions import MlflowException

        if version.run_id is None:
            return {}
        with faults(self.uri):
            try:
                return dict(self._client.get_run(version.run_id).data.metrics)
            except MlflowException as error:
                if _is_absent(error):
                    return {}
                raise

    @contextmanager
    def artifacts(self, version: Version, folder: str) -> Iterator[Path | None]:
        """A folder of the artefacts of the run that made a version, fetched for a while; None where the run
        or the folder is gone.
        """
        from mlflow.exceptions import MlflowException

        with faults(self.uri), TemporaryDirectory() as temporary:
            try:
                if version.run_id is None or not self._client.list_artifacts(version.run_id, folder):
                    found = None
                else:
                    found = Path(self._client.download_artifacts(version.run_id, folder, temporary))
            except MlflowException as error:
                if not _is_absent(error):
                    raise
                found = None
            yield found

    def model_tags(self) -> dict[str, str]:
        """The tags of the registered model; none where there is no such model."""
        from mlflow.exceptions import MlflowException

        with faults(self.uri):
            try:
                return dict(self._registered_model().tags)
            except MlflowException as error:
                if _is_absent(error):
                    return {}
                raise

    def tag_model(self, key: str, value: str) -> None:
        """Set a tag of the registered model."""
        with faults(self.uri):
            self._client.set_registered_model_tag(self.model_name, key, value)

    def _registered_model(self) -> Any:
        return self._client.get_registered_model(self.model_name)


def _version(found: Any, aliases: Mapping[str, Any]) -> Version:
    number = str(found.version)
    return Version(
        number,
        found.tags.get(VERSION_TAG, ""),
        tuple(sorted(alias for alias, pointed in aliases.items() if str(pointed) == number)),
        found.tags.get(DEMO_TAG) == "true",
        found.run_id or None,
    )
