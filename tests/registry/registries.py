"""Registries for tests: a real MLflow database with small models in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline import settings
from pipeline.models.bundle import Bundle
from pipeline.registry.shipped import version_tags
from pipeline.registry.tracking import Tracker
from pipeline.store.descriptions import described
from pipeline.store.models import load_bundle, save_bundle
from tests.conftest import forget, make_project

TEXT = "Consider ratifying the Convention against Torture"


def variant(model: Path, out: Path, accept: float, *, demo: bool = False) -> Bundle:
    """A model that differs in one threshold: it has another version, and sends other rows to review."""
    shutil.copytree(model, out)
    bundle = load_bundle(model)
    fields = vars(bundle) | {
        "thresholds": type(bundle.thresholds)(**(vars(bundle.thresholds) | {"accept": accept})),
        "demo": demo,
    }
    return save_bundle(out, Bundle(**fields))


def registered(folder: Path, tracker: Tracker | None = None) -> str:
    """Register a bundle with a run that has figures, without packaging it, which takes many seconds.

    Returns: its version in the registry.
    """
    tracker = tracker or Tracker(settings.load())
    model, client = described(folder), tracker._client
    run_id = client.create_run(tracker.experiment).info.run_id
    accept = load_bundle(folder).thresholds.accept
    for name, value in (("tune.action.accuracy", accept), ("tune.tags.micro_f1", 0.5)):
        client.log_metric(run_id, name, value)
    client.set_terminated(run_id)
    tracker._ensure_registered_model()
    version = client.create_model_version(
        tracker.model_name, folder.resolve().as_uri(), run_id=run_id, tags=version_tags(model)
    )
    return str(version.version)


def project_with_registry(
    folder: Path, model: Path, demos: Sequence[bool], champion: str | None = None
) -> Path:
    """A project folder with a registry of its own, of models `model-1`, `model-2`, ... beside it.

    Args:
        model: what they are made from.
        demos: whether each of them is a demonstration.
        champion: the version in use.
    """
    home = make_project(folder / "project", model)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UPR_HOME", str(home))
        os.environ.pop("MLFLOW_TRACKING_URI", None)
        forget()
        tracker = Tracker(settings.load())
        for number, demo in enumerate(demos, start=1):
            variant(model, folder / f"model-{number}", 0.1 * number, demo=demo)
            assert registered(folder / f"model-{number}", tracker) == str(number)
        if champion is not None:
            tracker.set_alias("champion", champion)
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    forget()
    return home
