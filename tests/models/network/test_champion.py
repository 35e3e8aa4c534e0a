"""The stage `train` with a network, from a pretrained folder to bundles on disk; needs the extra
train-encoder.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline import settings
from pipeline.errors import ModelError, SettingsError
from pipeline.models.ensemble import EnsembleClassifier
from pipeline.settings import Settings
from pipeline.stages import train
from pipeline.store.models import load_bundle
from pipeline.store.pretrained import load_pretrained
from tests.models.network.small_encoder import pretrained_folder

TEXTS = [
    "Consider ratifying the Convention against Torture",
    "Continue to promote the rights of women in Norway",
    "x",
]


def with_network(pretrained: Path, tracking: Path) -> Settings:
    """The repository's settings for an ensemble that is trained in seconds."""
    base = settings.load()
    changes = {"student_layers": (1,), "teachers": 2, "teacher_epochs": 1, "student_epochs": 1, "threads": 1}
    network = base.train.network.model_copy(
        update=changes | {"pretrained": str(pretrained), "batch_size": 32}
    )
    trained = base.train.model_copy(update={"depth": "full", "network": network, "folds": 2})
    return base.model_copy(update={"train": trained, "tracking_uri": f"sqlite:///{tracking}"})


def test_a_pretrained_encoder_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True, raising=False)
    with pytest.raises(ModelError, match=r"no_such_encoder.*train-encoder"):
        load_pretrained("no_such_encoder")


def test_a_folder_without_an_encoder_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match=r"no pretrained encoder can be loaded.*Name a package"):
        load_pretrained(str(tmp_path))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"student_layers": (0, 7)}, r"layers \[0, 7\] are asked for, and the encoder has 2"),
        ({"max_tokens": 512}, "max_tokens is 512, and the encoder reads 160"),
        ({"device": "cuda"}, "torch finds no such GPU"),
    ],
)
def test_settings_that_do_not_fit_the_encoder_are_named_before_anything_is_trained(
    changes: dict[str, Any], reason: str, sample_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed: make install-training")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    pretrained = pretrained_folder(tmp_path / "pretrained", "bert")
    chosen = with_network(pretrained, tmp_path / "mlflow.db")
    network = chosen.train.network.model_copy(update=changes)
    chosen = chosen.model_copy(update={"train": chosen.train.model_copy(update={"network": network})})
    with pytest.raises(SettingsError, match=reason):
        train.run(sample_path, tmp_path / "models", chosen)


@pytest.mark.long
@pytest.mark.usefixtures("project")
def test_both_ensembles_come_back_from_disk_as_they_were(sample_path: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is not installed: pip install '.[train-encoder]'")
    pytest.importorskip("onnxscript", reason="onnxscript is not installed: pip install '.[train-encoder]'")
    import mlflow

    pretrained = pretrained_folder(tmp_path / "pretrained", "distilbert", width=48)
    database = tmp_path / "mlflow.db"
    earlier = tmp_path / "models" / "best" / "random" / "of-an-earlier-training"
    earlier.mkdir(parents=True)
    report = train.run(sample_path, tmp_path / "models", with_network(pretrained, database))
    assert not earlier.exists()
    assert set(report.bundles) == {"session", "final", "random", "best/session", "best/final"}
    assert (tmp_path / "models" / "best" / "random").is_dir(), "best is evaluated like any model"
    for name, has_cascade in (
        ("session", True),
        ("final", True),
        ("best/session", False),
        ("best/final", False),
    ):
        made, loaded = report.bundles[name], load_bundle(tmp_path / "models" / name)
        assert isinstance(loaded.classifier, EnsembleClassifier)
        assert (loaded.classifier.cascade is not None) is has_cascade
        ours, theirs = made.predict(TEXTS), loaded.predict(TEXTS)
        np.testing.assert_array_equal(ours.action_probabilities, theirs.action_probabilities)
        np.testing.assert_array_equal(ours.tag_scores, theirs.tag_scores)
        # Only sessions that the networks were not trained on set the meta-model.
        assert not set(loaded.facts["tune_sessions"]) & set(loaded.facts["network_sessions"])
        assert loaded.facts["network_sessions"] == [2, 4, 6, 8, 10, 12, 14, 16]
        np.testing.assert_allclose(ours.action_probabilities.sum(axis=1), 1.0, rtol=1e-5)
    assert report.bundles["random"].classifier.kind == "linear"
    assert not (tmp_path / "models-checkpoints").exists()

    mlflow.flush_async_logging()
    client = mlflow.MlflowClient(f"sqlite:///{database}")
    experiment = client.get_experiment_by_name(settings.load().register_.experiment)
    runs = {run.info.run_name: run for run in client.search_runs([experiment.experiment_id])}
    assert set(runs) == {"teacher-1", "teacher-2", "student"}
    for run in runs.values():
        assert run.info.status == "FINISHED"
        assert {"loss", "eval_action_accuracy", "eval_tags_micro_f1"} <= set(run.data.metrics)
