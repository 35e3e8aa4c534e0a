"""The stage `train` with a network, from a pretrained folder to bundles on disk; needs the extra
train-encoder.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline import settings
from pipeline.errors import ModelError
from pipeline.models.ensemble import EnsembleClassifier
from pipeline.settings import Settings
from pipeline.stages import train
from pipeline.store.models import load_bundle
from pipeline.store.pretrained import load_pretrained
from tests.models.network.small_encoder import tokenizer_json

TEXTS = [
    "Consider ratifying the Convention against Torture",
    "Continue to promote the rights of women in Norway",
    "x",
]


def with_network(pretrained: Path) -> Settings:
    """The repository's settings for an ensemble that is trained in seconds."""
    base = settings.load()
    changes = {
        "layers": (0, 1),
        "student_layers": (1,),
        "teachers": 2,
        "epochs": 1,
        "student_epochs": 1,
        "half": False,
    }
    network = base.train.network.model_copy(
        update=changes | {"pretrained": str(pretrained), "threads": 1, "batch": 32}
    )
    return base.model_copy(
        update={"train": base.train.model_copy(update={"kind": "ensemble", "network": network, "folds": 2})}
    )


def test_a_pretrained_encoder_that_is_not_there_is_named() -> None:
    with pytest.raises(ModelError, match=r"no_such_encoder.*train-encoder"):
        load_pretrained("no_such_encoder")


def test_both_ensembles_come_back_from_disk_as_they_were(sample_path: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is not installed: pip install '.[train-encoder]'")
    pytest.importorskip("onnx", reason="onnx is not installed: pip install '.[train-encoder]'")
    from safetensors.torch import save_file

    from tests.models.network.test_training import published_weights

    pretrained = tmp_path / "pretrained"
    pretrained.mkdir()
    save_file(published_weights(2, 384, 1536, 160), pretrained / "model.safetensors")
    (pretrained / "tokenizer.json").write_text(tokenizer_json())
    report = train.run(sample_path, tmp_path / "models", with_network(pretrained))
    assert set(report.bundles) == {"session", "best", "random"}
    for name, has_shortcut in (("session", True), ("best", False)):
        made, loaded = report.bundles[name], load_bundle(tmp_path / "models" / name)
        assert isinstance(loaded.classifier, EnsembleClassifier)
        assert (loaded.classifier.shortcut is not None) is has_shortcut
        ours, theirs = made.predict(TEXTS), loaded.predict(TEXTS)
        np.testing.assert_array_equal(ours.action_probabilities, theirs.action_probabilities)
        np.testing.assert_array_equal(ours.tag_scores, theirs.tag_scores)
        np.testing.assert_allclose(ours.action_probabilities.sum(axis=1), 1.0, rtol=1e-5)
    assert report.bundles["random"].classifier.kind == "linear"
