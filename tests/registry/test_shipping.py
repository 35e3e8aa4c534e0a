"""A version of the registry becomes the model that comes with the project, or nothing changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline import settings
from pipeline.errors import ModelError
from pipeline.registry import shipping
from pipeline.registry.tracking import Tracker
from pipeline.store.descriptions import figures_of
from pipeline.store.models import load_bundle, shipped_folder
from tests.conftest import Upr, forget, make_project
from tests.registry.registries import registered, variant


@pytest.fixture
def home(model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a usable model and a demonstration in its registry."""
    folder = make_project(tmp_path / "project", model_path)
    monkeypatch.setenv("UPR_HOME", str(folder))
    monkeypatch.chdir(folder)
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    forget()
    tracker = Tracker(settings.load())
    for number, demo in ((1, False), (2, True)):
        variant(model_path, tmp_path / f"model-{number}", 0.1 * number, demo=demo)
        registered(tmp_path / f"model-{number}", tracker)
    return folder


def test_a_version_is_shipped_with_its_figures_and_card(home: Path, upr: Upr) -> None:
    version = load_bundle(home.parent / "model-1").version
    done = upr("models", "ship", "1")
    assert done.code == 0, done.err
    assert load_bundle(shipped_folder()).version == version
    figures = figures_of(shipped_folder())
    assert figures["tune.action.accuracy"] == pytest.approx(0.1)
    assert figures["tune.tags.micro_f1"] == 0.5
    card = (shipped_folder() / "CARD.md").read_text()
    assert version in card
    assert "| tags micro-F1 | 0.500 | – | – |" in card
    assert upr("models", "ship", version, "--as", "best").code == 0
    assert load_bundle(home / "models" / "best").version == version


@pytest.mark.long
def test_what_cannot_be_shipped_leaves_the_shipped_model_alone(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load_bundle(shipped_folder()).version
    tracker = Tracker(settings.load())
    with pytest.raises(ModelError, match="demonstration"):
        shipping.ship(tracker, "2", "shipped")
    with pytest.raises(ModelError, match="no version '7'"):
        shipping.ship(tracker, "7", "shipped")
    monkeypatch.setattr(shipping, "LARGEST", {"shipped": 1000.0})
    with pytest.raises(ModelError, match=r"MB, and shipped may have"):
        shipping.ship(tracker, "1", "shipped")
    assert load_bundle(shipped_folder()).version == before
