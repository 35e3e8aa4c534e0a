"""A version of the registry becomes the model that comes with the project, or nothing changes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
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


def evaluated_as(evaluation: Path, model_version: str, out: Path) -> Path:
    """A copy of what `upr evaluate` wrote, with another model named."""
    out.mkdir()
    for name in ("tune.json", "test.json"):
        document = json.loads((evaluation / name).read_text())
        document["model"]["final_version"] = model_version
        (out / name).write_text(json.dumps(document))
    return out


@pytest.fixture
def home(
    model_path: Path, unchanged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A project with a usable model, a demonstration and a model without an evaluation in its registry."""
    folder = make_project(tmp_path / "project", model_path)
    monkeypatch.setenv("UPR_HOME", str(folder))
    monkeypatch.chdir(folder)
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    forget()
    tracker = Tracker(settings.load())
    for number, demo in ((1, False), (2, True), (3, False)):
        bundle = variant(model_path, tmp_path / f"model-{number}", 0.1 * number, demo=demo)
        registered(tmp_path / f"model-{number}", tracker)
        if number < 3:
            reports = unchanged / "reports" / "evaluation"
            evaluation = evaluated_as(reports, bundle.version, tmp_path / f"evaluation-{number}")
            for path in evaluation.iterdir():
                run_id = tracker.version(str(number)).run_id
                assert run_id is not None
                tracker.add_artifact(run_id, path, "evaluation")
    yield folder
    monkeypatch.undo()
    forget()


def test_a_version_is_shipped_with_its_figures_and_card(home: Path, upr: Upr) -> None:
    version = load_bundle(home.parent / "model-1").version
    done = upr("models", "ship", "1")
    assert done.code == 0, done.err
    assert load_bundle(shipped_folder()).version == version
    measured = json.loads((home.parent / "evaluation-1" / "test.json").read_text())
    accuracy = measured["splits"]["session"]["test"]["all"]["action"]["accuracy"]
    assert figures_of(shipped_folder())["test.action.accuracy"] == accuracy["value"]
    card = (shipped_folder() / "CARD.md").read_text()
    assert version in card
    # With its interval.
    assert f"{accuracy['value']:.3f} ({accuracy['low']:.3f} to {accuracy['high']:.3f})" in card
    accepted = measured["acceptance"]["test"]["accepted"]
    assert f"by confidence of the action alone: {accepted['value']:.3f}" in card
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
    with pytest.raises(ModelError, match="no evaluation, or is gone"):
        shipping.ship(tracker, "3", "shipped")
    with pytest.raises(ModelError, match="no version '7'"):
        shipping.ship(tracker, "7", "shipped")
    # The figures count, too.
    without_figures = sum(path.stat().st_size for path in (home.parent / "model-1").iterdir())
    for limit in (1000.0, without_figures + 1000.0):
        monkeypatch.setattr(shipping, "LARGEST", {"shipped": limit})
        with pytest.raises(ModelError, match=r"MB, and shipped may have"):
            shipping.ship(tracker, "1", "shipped")
    assert load_bundle(shipped_folder()).version == before
