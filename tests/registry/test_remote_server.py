"""A remote tracking server in use: one that dies amid a training, and a champion that MLflow serves."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import pytest

from pipeline import settings
from pipeline.registry.packaging import log_packaged_model
from pipeline.registry.tracking import Tracker
from pipeline.registry.versions import CHAMPION
from pipeline.settings import Settings
from pipeline.stages import evaluate, label, train
from pipeline.store.descriptions import described
from pipeline.store.models import shipped_folder
from tests.models.network.small_encoder import pretrained_folder
from tests.models.network.test_champion import with_network
from tests.registry.mlflow_server import MlflowServer, ServerProcess, free_port
from tests.registry.test_serving import COMPARED, WORDINGS

T = TypeVar("T")
TEXTS = [text for text in WORDINGS if "\x07" not in text]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MlflowServer]:
    # A server that has just started is slow on a busy machine; one that is gone refuses at once.
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "60")
    with MlflowServer(tmp_path / "server") as started:
        yield started
    os.environ.pop("MLFLOW_TRACKING_URI", None)


def on_server(base: Settings, server: MlflowServer) -> Settings:
    return base.model_copy(update={"tracking_uri": server.uri})


def asked(address: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(
        address, json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.loads(answer.read())


@pytest.mark.long
def test_a_champion_on_a_server_is_served_by_mlflow_as_the_command_labels(
    server: MlflowServer, project: Path, tmp_path: Path
) -> None:
    chosen = on_server(settings.load(), server)
    tracker = Tracker(chosen)
    with tracker._mlflow.start_run(experiment_id=tracker.experiment) as run:
        log_packaged_model(tracker._mlflow, shipped_folder(), pd.DataFrame({"text": [TEXTS[0]]}))
    tracker.set_alias(CHAMPION, tracker.register(run.info.run_id, {}))
    source, out = tmp_path / "texts.csv", tmp_path / "out.jsonl"
    pd.DataFrame({"number": range(len(TEXTS)), "text": TEXTS}).to_csv(source, index=False)
    label.run([source], out, chosen, model=CHAMPION)
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]

    address = f"http://127.0.0.1:{free_port()}"
    arguments = [
        "models",
        "serve",
        "-m",
        f"models:/{tracker.model_name}@{CHAMPION}",
        "--env-manager",
        "local",
    ]
    arguments += ["--host", "127.0.0.1", "--port", address.rpartition(":")[2], "--workers", "1"]
    (tmp_path / "serving").mkdir()
    serving = ServerProcess(
        tmp_path / "serving", arguments, f"{address}/ping", MLFLOW_TRACKING_URI=server.uri
    )
    try:
        table = {"columns": ["text"], "data": [[text] for text in TEXTS]}
        given = asked(f"{address}/invocations", {"dataframe_split": table})["predictions"]
    finally:
        serving.kill()
    assert len(given) == len(rows) == len(TEXTS)
    for row, other in zip(rows, given, strict=True):
        assert {name: row[name] for name in COMPARED} == {name: other[name] for name in COMPARED}, row["text"]
    assert {row["model_version"] for row in rows} > {described(shipped_folder()).version}


@pytest.mark.long
@pytest.mark.usefixtures("project")
def test_a_server_that_dies_amid_a_training_costs_no_weights_and_no_points(
    server: MlflowServer, sample_path: Path, tmp_path: Path
) -> None:
    pytest.importorskip("torch", reason="torch is not installed: make install-training")
    pytest.importorskip("onnxscript", reason="onnxscript is not installed: make install-training")
    pretrained = pretrained_folder(tmp_path / "pretrained", "distilbert", width=48)
    base = with_network(pretrained, tmp_path / "none.db")
    chosen = on_server(base, server)
    killed = []

    def progress(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
        for number, item in enumerate(items):
            if label == "steps of teacher-2" and number == 3:
                server.kill()
                killed.append(label)
            yield item

    trained = train.run(sample_path, tmp_path / "models", chosen, progress=progress)
    assert killed == ["steps of teacher-2"]
    (said,) = [told for told in trained.told if "went on without it" in told]
    assert server.uri in said
    assert "`upr evaluate` sends" in said
    alone = train.run(sample_path, tmp_path / "alone", base)
    versions = {name: bundle.version for name, bundle in trained.bundles.items()}
    assert versions == {name: bundle.version for name, bundle in alone.bundles.items()}, "the same weights"

    server.start()
    evaluated = evaluate.run(sample_path, tmp_path / "models", tmp_path / "reports", chosen)
    tracker = Tracker(chosen)
    question = f"tags.`mlflow.parentRunId` = '{evaluated.run_id}'"
    runs = {
        run.info.run_name: run.info
        for run in tracker.client.search_runs([tracker.experiment], filter_string=question)
    }
    curves = json.loads((tmp_path / "models" / "curves.json").read_text())["networks"]
    assert {"teacher-1", "teacher-2", "student"} == set(curves) <= set(runs)
    for name, points in curves.items():
        assert runs[name].status == "FINISHED"
        losses = [(point["step"], point["loss"]) for point in points if "loss" in point]
        history = tracker.client.get_metric_history(runs[name].run_id, "loss")
        assert losses == [(metric.step, metric.value) for metric in history], name
