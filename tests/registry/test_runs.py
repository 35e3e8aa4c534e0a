"""What a training leaves in MLflow."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline import settings
from pipeline.registry.curves import LiveCurves
from pipeline.registry.runs import PARENT_TAG, ChildRun, log_child
from pipeline.registry.tracking import Tracker
from tests.conftest import forget
from tests.registry.mlflow_server import MlflowServer


@pytest.fixture(scope="module")
def tracker(unchanged: Path) -> Iterator[Tracker]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UPR_HOME", str(unchanged))
        forget()
        yield Tracker(settings.load())
    forget()


@pytest.fixture(scope="module")
def parent(unchanged: Path, tracker: Tracker) -> Any:
    logged = json.loads((unchanged / "reports" / "evaluation" / "run.json").read_text())
    return tracker.client.get_run(logged["run_id"])


@pytest.fixture(scope="module")
def children(parent: Any, tracker: Tracker) -> dict[str, Any]:
    question = f"tags.`{PARENT_TAG}` = '{parent.info.run_id}'"
    runs = tracker.client.search_runs([tracker.experiment], filter_string=question)
    return {run.info.run_name: run for run in runs}


def test_a_training_has_one_parent_run_with_a_child_for_each_of_its_models(
    parent: Any, children: dict[str, Any]
) -> None:
    assert PARENT_TAG not in parent.data.tags
    assert set(children) == {"linear", "rules", "calibration"}
    assert all(run.info.status == "FINISHED" for run in children.values())
    assert 0 < children["linear"].data.metrics["test.action.accuracy"] <= 1
    assert 0 < children["rules"].data.metrics["tune.tags.micro_f1"] <= 1
    figures = children["calibration"].data.metrics
    assert {"temperature", "threshold.accept", "tune.acceptance.accepted", "test.sets.coverage"} <= set(
        figures
    )


def test_parameters_are_flat_and_named_as_in_the_settings(parent: Any, children: dict[str, Any]) -> None:
    params = parent.data.params
    assert params["train.linear.tag_c"] == "0.7"
    assert params["splits.by"] == "time"
    assert params["train.depth"] == "refresh"
    assert not {name for name in params if name.startswith(("train.network.", "train.finetune."))}
    assert children["linear"].data.params["train.linear.action_c"] == "2.0"
    assert children["calibration"].data.params["train.doubt.set_risk"] == "0.05"


def test_the_rows_are_data_sets_with_digests(parent: Any, sample_path: Path) -> None:
    md5 = hashlib.md5(sample_path.read_bytes()).hexdigest()
    found = {entry.tags[0].value: entry.dataset for entry in parent.inputs.dataset_inputs}
    assert set(found) == {"final", "training", "tuning", "test"}
    assert found["final"].digest == md5
    assert len({dataset.digest for dataset in found.values()}) == 4
    counts = {name: json.loads(dataset.profile)["num_rows"] for name, dataset in found.items()}
    assert counts["final"] == counts["training"] + counts["tuning"] + counts["test"]
    assert parent.data.tags["dvc.corpus_md5"] == md5
    assert parent.data.tags["corpus_sha256"] == hashlib.sha256(sample_path.read_bytes()).hexdigest()
    assert {"git_commit", "mlflow.source.git.commit", "dvc.raw_md5"} <= set(parent.data.tags)


def test_the_model_has_a_signature_and_an_example(parent: Any, tracker: Tracker) -> None:
    model = tracker.client.get_logged_model(parent.outputs.model_outputs[0].model_id)
    from mlflow.models import get_model_info

    info = get_model_info(model.model_uri)
    assert info.signature.inputs.input_names()[0] == "text"
    assert "action" in info.signature.outputs.input_names()
    assert info.saved_input_example_info is not None


def test_a_run_in_which_curves_grew_becomes_a_child_and_gets_the_points_it_lacks(tracker: Tracker) -> None:
    client = tracker.client
    live = LiveCurves(tracker, "abc")
    live("teacher-1", 20, {"loss": 3.0})
    assert live.close() == 0
    curve = [(20, {"loss": 3.0}), (40, {"loss": 2.0, "eval_loss": 2.5})]
    child = ChildRun("teacher-1", {"train.network.batch_size": 64}, {}, curve, "abc")
    first, second = (client.create_run(tracker.experiment).info.run_id for _ in range(2))
    grown = log_child(client, tracker.experiment, first, child)
    assert client.get_run(grown).data.tags[PARENT_TAG] == first
    assert [(m.step, m.value) for m in client.get_metric_history(grown, "loss")] == [(20, 3.0), (40, 2.0)]
    assert client.get_metric_history(grown, "eval_loss")[0].step == 40
    again = log_child(client, tracker.experiment, second, child)
    assert again != grown, "a second evaluation of the training takes nothing from the first"
    assert len(client.get_metric_history(again, "loss")) == 2


@pytest.mark.long
def test_points_wait_for_a_server_that_went_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    # A server that has just started is slow on a busy machine; one that is gone refuses at once.
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "60")
    with MlflowServer(tmp_path / "server") as server:
        chosen = settings.load().model_copy(update={"tracking_uri": server.uri})
        tracker = Tracker(chosen)
        live = LiveCurves(tracker, "abc", pause=0.0)
        live("student", 1, {"loss": 3.0})
        server.kill()
        live("student", 2, {"loss": 2.0})
        assert live.lost_at is not None
        assert "127.0.0.1" in live.lost_at.where
        server.start()
        live("student", 3, {"loss": 1.0})
        assert live.close() == 0
        (run,) = tracker.client.search_runs([tracker.experiment])
        history = tracker.client.get_metric_history(run.info.run_id, "loss")
        assert [(m.step, m.value) for m in history] == [(1, 3.0), (2, 2.0), (3, 1.0)]
        assert run.info.status == "FINISHED"
