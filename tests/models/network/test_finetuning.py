"""The depth `finetune`: networks of the model in use go on learning; needs the extra train-encoder."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pipeline import settings
from pipeline.errors import SettingsError
from pipeline.models.ensemble import EnsembleClassifier
from pipeline.options import FinetuneOptions, SplitOptions
from pipeline.settings import Settings
from pipeline.stages import evaluate, train
from pipeline.store.descriptions import described
from pipeline.store.models import load_bundle
from pipeline.store.networks import networks_folder
from pipeline.store.tables import read_parquet
from tests.conftest import forget, make_project
from tests.models.network.small_encoder import pretrained_folder
from tests.models.network.test_champion import with_network

# torch takes seconds to import, and every process of the tests collects this file.
if TYPE_CHECKING:
    from pipeline.models.network.fits import CodedTexts


@pytest.fixture(autouse=True, scope="module")
def _extra() -> None:
    for name in ("torch", "onnxscript"):
        pytest.importorskip(name, reason=f"{name} is not installed: pip install '.[train-encoder]'")


def coded(name: str, rows: int) -> CodedTexts:
    from pipeline.models.network.fits import CodedTexts

    texts = [f"{name} {number}" for number in range(rows)]
    return CodedTexts(texts, np.ones(rows, dtype=np.int64), np.zeros((rows, 2), dtype=bool))


@pytest.mark.parametrize(
    ("new", "old", "most", "expected"),
    [(10, 1000, 100, (10, 20)), (10, 5, 100, (10, 5)), (90, 1000, 100, (50, 50)), (10, 0, 100, (10, 0))],
)
def test_old_texts_are_drawn_beside_new_ones(
    new: int, old: int, most: int, expected: tuple[int, int]
) -> None:
    from pipeline.models.network.finetuning import mixed

    options = FinetuneOptions(old_per_new=2.0, most_texts=most)
    found = mixed(coded("new", new), coded("old", old), options, 0)
    counts = [sum(text.startswith(kind) for text in found.texts) for kind in ("new", "old")]
    assert tuple(counts) == expected
    assert len(set(found.texts)) == len(found.texts) == len(found.actions) == len(found.tags)
    assert found.texts == mixed(coded("new", new), coded("old", old), options, 0).texts


def of_sessions(base: Settings, depth: str, train_sessions: tuple[int, ...], tune: int = 17) -> Settings:
    """Settings whose training part is some sessions; any number of rows is no demonstration."""
    split = SplitOptions(by="benchmark", train=train_sessions, tune=(tune,), test=(tune + 1,))
    changed = base.train.model_copy(update={"depth": depth, "demo_below_rows": 0})
    return base.model_copy(update={"train": changed, "splits": split})


@pytest.fixture(scope="module")
def home(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = make_project(tmp_path_factory.mktemp("finetune") / "project", models / "final")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UPR_HOME", str(folder))
        os.environ.pop("MLFLOW_TRACKING_URI", None)
        forget()
        yield folder
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    forget()


@pytest.mark.long
def test_the_networks_of_the_model_in_use_go_on_learning_from_new_sessions(  # noqa: PLR0915
    home: Path, sample_path: Path
) -> None:
    pretrained = pretrained_folder(home / "pretrained", "distilbert", width=48)
    base = with_network(pretrained, home / "mlflow.db")
    old = (2, 4, 6, 8, 10, 12)
    train.run(sample_path, home / "first", of_sessions(base, "full", old))
    first = described(home / "first" / "final")
    kept = {path.name for path in networks_folder().iterdir()}
    assert first.networks["network-1.onnx"][:16] in kept
    assert len(kept) == 3, "two teachers and their student"

    model = str(home / "first" / "final")
    none = train.run(sample_path, home / "none", of_sessions(base, "finetune", old), model=model)
    assert "know all sessions that train, and stay as they are" in none.told[0]
    assert described(home / "none" / "final").networks == first.networks

    more = of_sessions(base, "finetune", (*old, 14, 16))
    result = train.run(sample_path, home / "second", more, model=model)
    second = described(home / "second" / "final")
    assert second.networks != first.networks
    assert second.facts["network_sessions"] == [*old, 14, 16]
    assert second.facts["started_from"] == first.version
    assert not set(second.facts["tune_sessions"]) & set(second.facts["network_sessions"])
    assert second.networks["network-1.onnx"][:16] in {path.name for path in networks_folder().iterdir()}
    assert result.bundles["session"].facts["depth"] == "finetune"
    curves = json.loads((home / "second" / "curves.json").read_text())
    assert set(curves["networks"]) == {"finetuned-1"}
    rates = [
        point["learning_rate"] for point in curves["networks"]["finetuned-1"] if "learning_rate" in point
    ]
    assert max(rates, default=0.0) <= more.train.finetune.head_learning_rate

    # Its weights are kept, too, so that it can go on again; evaluated, it has a run with its curves.
    evaluated = evaluate.run(sample_path, home / "second", home / "reports", more)
    from pipeline.registry.tracking import Tracker

    tracker = Tracker(more)
    question = f"tags.`mlflow.parentRunId` = '{evaluated.run_id}'"
    children = {
        run.info.run_name: run
        for run in tracker.client.search_runs([tracker.experiment], filter_string=question)
    }
    assert set(children) == {"linear", "networks", "meta-model", "rules", "calibration", "finetuned-1"}
    assert "eval_loss" in children["finetuned-1"].data.metrics
    assert children["networks"].data.params["started_from"] == first.version


@pytest.mark.long
def test_where_full_precision_is_not_kept_the_shipped_network_goes_on_from_its_graph(
    home: Path, sample_path: Path
) -> None:
    base = of_sessions(settings.load(), "finetune", (2, 4, 6, 8, 10, 12, 14, 16, 17), tune=18)
    little = base.train.model_copy(update={"finetune": FinetuneOptions(most_texts=120), "folds": 2})
    shipped = Path(__file__).resolve().parents[3] / "models" / "shipped"
    result = train.run(
        sample_path, home / "third", base.model_copy(update={"train": little}), model=str(shipped)
    )
    assert "are not kept here in full precision" in result.told[0]
    assert "on 100 training texts the logits differ by 0." in result.told[0]
    before, after = described(shipped), described(home / "third" / "final")
    assert set(after.networks) == set(before.networks)
    assert after.networks != before.networks
    assert after.facts["network_sessions"] == [*range(1, 18)]
    assert after.facts["dequantised"]["mean"] < 0.2
    assert after.networks["network-1.onnx"][:16] in {path.name for path in networks_folder().iterdir()}
    # It learned one or two steps, so it says nearly what it said before.
    old, new = (load_bundle(folder).classifier for folder in (shipped, home / "third" / "final"))
    assert isinstance(old, EnsembleClassifier)
    assert isinstance(new, EnsembleClassifier)
    texts = [str(text) for text in read_parquet(sample_path)["text"].to_pylist()[:100]]
    actions = [found.networks[0].logits(texts)[0].argmax(1) for found in (old, new)]
    assert (actions[0] == actions[1]).mean() > 0.9


def test_a_linear_model_has_no_networks_to_go_on_with(home: Path, sample_path: Path) -> None:
    base = of_sessions(settings.load(), "finetune", (2, 4, 6, 8, 10, 12, 14, 16))
    with pytest.raises(SettingsError, match=r"linear-.* has no networks that could go on learning"):
        train.run(sample_path, home / "third", base)
