"""Labels on a local Spark are those of the command, column by column."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import settings
from pipeline.registry.packaging import log_packaged_model
from pipeline.registry.tracking import Tracker
from pipeline.settings import Settings
from pipeline.stages import label
from tests.conftest import ROOT
from tests.registry.test_serving import COMPARED

TEXTS = [
    "134.7 Ratify the Convention against Torture (Chile)",
    "Strengthen the protection of migrants",
    "Renforcer la protection des migrants",
    "",
    None,
    "Continue efforts; and adopt a law “on <b>prisons</b>”",
    "批准禁止酷刑公约",
]


def packaged(folder: Path, bundle: Path) -> str:
    """A model as an MLflow run keeps it. Returns: its address."""
    here = settings.load().model_dump(by_alias=True) | {"tracking_uri": f"sqlite:///{folder / 'mlflow.db'}"}
    mlflow = Tracker(Settings.model_validate(here))._mlflow
    experiment = mlflow.create_experiment("spark", artifact_location=(folder / "artifacts").as_uri())
    with mlflow.start_run(experiment_id=experiment) as run:
        log_packaged_model(mlflow, bundle, pd.DataFrame({"text": ["Ratify the Convention"]}))
    (output,) = mlflow.get_run(run.info.run_id).outputs.model_outputs
    return f"models:/{output.model_id}"


def plain(values: list[Any]) -> list[Any]:
    """Values, maps as dictionaries."""
    return [
        dict(value) if value and isinstance(value, list) and isinstance(value[0], tuple) else value
        for value in values
    ]


@pytest.mark.long
@pytest.mark.skipif(
    importlib.util.find_spec("pyspark") is None,
    reason="NOT TESTED on Spark: pyspark is not installed: pip install '.[spark]'",
)
@pytest.mark.skipif(
    shutil.which("java") is None,
    reason="NOT TESTED on Spark: Java is not installed: apt-get install openjdk-17-jre-headless",
)
@pytest.mark.parametrize("shipped", [False, True], ids=["linear", "shipped"])
def test_the_script_gives_the_labels_of_the_command(shipped: bool, model_path: Path, tmp_path: Path) -> None:
    if shipped:
        model_path = ROOT / "models" / "shipped"
    source, out = tmp_path / "in.parquet", tmp_path / "out"
    texts = [
        f"{text} {number}" if text and number % 3 == 0 else text for number in range(20) for text in TEXTS
    ]
    table = pa.table({"text": pa.array(texts, pa.string()), "mine": list(range(len(texts)))})
    pq.write_table(table, source)
    uri = packaged(tmp_path, model_path)
    script = [sys.executable, str(ROOT / "deploy" / "spark_label.py"), str(source), str(out), "--model", uri]
    environment = os.environ | {
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_SUBMIT_ARGS": "--master local[2] --conf spark.ui.enabled=false pyspark-shell",
        "MLFLOW_TRACKING_URI": f"sqlite:///{tmp_path / 'mlflow.db'}",
        "PYTHONPATH": "",  # the workers have the code of the model, and no other
    }
    done = subprocess.run(
        script, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=500, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    given = pq.read_table(out).sort_by("mine")
    label.run([source], tmp_path / "own.parquet", settings.load(), model=str(model_path))
    own = pq.read_table(tmp_path / "own.parquet")
    assert given["mine"].to_pylist() == own["mine"].to_pylist()
    for name in COMPARED:
        assert plain(given[name].to_pylist()) == plain(own[name].to_pylist()), name
    assert len(set(given["model_version"].to_pylist())) > 1, "English and French"
