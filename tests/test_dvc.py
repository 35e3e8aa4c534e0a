"""The staged pipeline: a second run does nothing, and a changed setting runs what depends on it and nothing
else.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from pipeline.settings import Settings
from tests.conftest import ROOT, change_settings
from tests.dvc_project import RELEASES, make_dvc_project, run_in, stages_run

STAGES = ("ingest", "start", "train", "evaluate", "register", "champion", "label")
LATER = {"report", "label_document", "extract", "publish"}

WATCH = """
import os, sys

def watch(event, arguments):
    if event != "open" or not isinstance(arguments[0], str):
        return
    if os.path.basename(sys.argv[0]) == "upr":
        os.environ.setdefault("UPR_TEST_STAGE", " ".join(sys.argv[1:3]))
    stage, home = os.environ.get("UPR_TEST_STAGE"), os.environ["UPR_HOME"]
    path = os.path.relpath(arguments[0], home)
    if stage and path.split(os.sep)[0] in ("configs", "data", "models", "reports"):
        writes = (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        log = os.open(os.environ["UPR_TEST_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(log, f"{stage}\\t{'w' if writes else 'r'}\\t{path}\\n".encode())
        os.close(log)

sys.addaudithook(watch)
"""
"""Python runs it at the start of every process (`sitecustomize`): notes each file that a stage opens."""


def dvc(home: Path, *arguments: str) -> str:
    """DVC in a project folder, as `make run` calls it."""
    watching = home.parent / "watching"
    watching.mkdir(exist_ok=True)
    (watching / "sitecustomize.py").write_text(WATCH)
    changes = {
        "UPR_HOME": str(home),
        "UPR_TEST_LOG": str(watching / "opened"),
        "PYTHONPATH": os.pathsep.join([str(watching), str(ROOT)]),
    }
    return run_in(home, sys.executable, "-m", "dvc", *arguments, changes=changes)


@pytest.fixture(scope="module")
def home(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder in which the pipeline ran once on the sample corpus."""
    folder = make_dvc_project(tmp_path_factory.mktemp("dvc") / "project", models / "final")
    dvc(folder, "init", "--no-scm", "--quiet")
    assert stages_run(dvc(folder, "repro", "label")) == list(STAGES)
    assert set(stages_run(dvc(folder, "repro"))) == {"start", "champion", *LATER}
    return folder


def outdated(home: Path) -> set[str]:
    """The stages that DVC would run anew."""
    from dvc.repo import Repo

    with Repo(str(home)) as opened:
        status = opened.status(targets=list(STAGES))
        # `start` and `champion` ask the registry in every run.
        return {stage for stage, why in status.items() if why != ["always changed"]}


@pytest.mark.long
def test_the_stages_leave_what_they_promise(home: Path) -> None:
    table = pq.read_table(home / "data" / "labelled" / "corpus.parquet")
    decision = json.loads((home / "reports" / "registration.json").read_text())
    assert table.num_rows == 1140
    # The shipped model of this folder was trained on the same rows, so it is the very same model.
    assert decision["reasons"] == ["it is the champion already"]
    assert set(table["model_version"].to_pylist()) == {decision["model_version"]}


@pytest.mark.long
@pytest.mark.parametrize("stage", [*STAGES, *sorted(LATER)])
def test_every_file_that_a_stage_reads_is_a_dependency(stage: str, home: Path) -> None:
    lines = [line.split("\t") for line in (home.parent / "watching" / "opened").read_text().splitlines()]
    entry = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"][stage]
    command = " ".join(entry["cmd"].split()[1:3])  # noted by the two words after `upr`
    written = {path for name, how, path in lines if name == command and how == "w"}
    read = {path for name, how, path in lines if name == command and how == "r"} - written
    kinds = [out for kind in ("outs", "metrics", "plots") for out in entry.get(kind, ())]
    own = [name if isinstance(name, str) else next(iter(name)) for name in kinds]
    if stage == "publish":
        own.append(RELEASES)  # no output: dvc.yaml says why
    named = [*entry["deps"], *(name for param in entry.get("params", ()) for name in param)]
    assert read, "nothing was noted"
    # Beside an output lies what an interrupted run leaves to the next; a folder is opened only to sync it.
    files = {path for path in read if not path.startswith(tuple(own)) and not (home / path).is_dir()}
    assert not {path for path in files if not any(Path(path).is_relative_to(name) for name in named)}


@pytest.mark.long
def test_a_second_run_does_nothing(home: Path) -> None:
    before = {
        path: path.stat().st_mtime_ns
        for folder in ("data", "models", "reports")
        for path in (home / folder).rglob("*")
        if path.is_file()
    }
    assert len(before) > 20
    assert stages_run(dvc(home, "repro", "label")) == ["start", "champion"]
    for asked in ("start", "champion"):
        before.pop(home / "reports" / f"{asked}.json")
    assert {path: path.stat().st_mtime_ns for path in before} == before


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "value", "stages"),
    [
        ("taxonomy", "2026-08", {"ingest", "train"}),
        ("tracking_uri", "sqlite:///other.db", {"start", "train", "evaluate", "register", "champion"}),
        ("ingest.encoding", "utf-8", {"ingest"}),
        ("ingest.max_text_chars", 100, {"ingest", "train"}),
        ("splits.random_seed", 1, {"train", "evaluate", "register"}),
        ("train.linear.action_c", 1.0, {"train"}),
        # Options of networks matter where one is trained, which the stage `start` writes down.
        ("train.network.batch_size", 32, set()),
        ("train.finetune.epochs", 2.0, set()),
        ("train.depth", "full", {"train"}),
        ("train.doubt.set_risk", 0.1, {"train"}),
        ("evaluate.bootstrap_samples", 30, {"evaluate", "register"}),
        ("register.tolerated_loss_points", 1.0, {"register"}),
        ("register.model_name", "other", {"start", "train", "evaluate", "register", "champion"}),
        ("label.batch_rows", 200, {"label"}),
        ("fetch.pause_seconds", 2.0, set()),
        ("publish.title", "Another", set()),
    ],
)
def test_a_changed_setting_touches_the_stages_that_depend_on_it(
    name: str, value: object, stages: set[str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    path = home / "configs" / "settings.yaml"
    before = path.read_bytes()
    change_settings(home, {name: value})
    touched = outdated(home)
    path.write_bytes(before)
    assert touched == stages
    assert outdated(home) == set()


@pytest.mark.long
def test_a_stage_runs_anew_and_the_others_do_not(home: Path) -> None:
    change_settings(home, {"label.batch_rows": 300})
    assert stages_run(dvc(home, "repro", "label")) == ["start", "champion", "label"]
    assert stages_run(dvc(home, "repro", "label")) == ["start", "champion"]


def in_process_of_its_own(home: Path, code: str) -> None:
    """Run code on the registry of a project folder: MLflow remembers the first database of a process."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}
    command = [sys.executable, "-c", code]
    subprocess.run(command, env=environment | {"UPR_HOME": str(home), "PYTHONPATH": str(ROOT)}, check=True)


PROMOTE = """
from pathlib import Path
from pipeline import settings
from pipeline.registry.tracking import Tracker
from pipeline.settings import home
from tests.registry.registries import registered, variant
variant(home() / "models" / "shipped", home() / "another", 0.123)
tracker = Tracker(settings.load())
tracker.set_alias("champion", registered(home() / "another", tracker))
"""
ROLL_BACK = """
from pipeline import settings
from pipeline.registry.tracking import Tracker
Tracker(settings.load()).set_alias("champion", "1")
"""


@pytest.mark.long
def test_another_model_in_use_labels_anew_and_nothing_else_does(home: Path) -> None:
    """Promotion, rollback, another registry, and a registry that was deleted."""
    out = home / "data" / "labelled" / "corpus.parquet"
    assert stages_run(dvc(home, "repro", "label")) == ["start", "champion"]
    shipped, before = pq.read_table(out)["model_version"][0].as_py(), out.read_bytes()
    in_process_of_its_own(home, PROMOTE)
    assert stages_run(dvc(home, "repro", "label")) == ["start", "champion", "label"]
    promoted = pq.read_table(out)["model_version"][0].as_py()
    assert promoted != shipped
    assert stages_run(dvc(home, "repro", "label")) == ["start", "champion"], "the same model labels once"
    in_process_of_its_own(home, ROLL_BACK)
    # DVC has the former labels in its cache, and need not compute them.
    dvc(home, "repro", "label")
    assert out.read_bytes() == before
    in_process_of_its_own(home, PROMOTE.replace('"another"', '"third"').replace("0.123", "0.2"))
    assert stages_run(dvc(home, "repro", "label")) == ["start", "champion", "label"]
    (home / "mlflow.db").unlink()
    dvc(home, "repro", "label")
    assert out.read_bytes() == before, "without a registry the shipped model is in use again"


def test_every_section_of_the_settings_belongs_to_a_stage() -> None:
    """A section that no stage names could change without any stage running anew."""
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    named = {
        name.split(".")[0]
        for stage in stages.values()
        for entry in stage.get("params", ())
        for names in entry.values()
        for name in names
    }
    sections = {field.alias or name for name, field in Settings.model_fields.items()}
    assert named <= sections
    # These commands are no stages of dvc.yaml.
    assert sections - named == {"arrival", "fetch", "update"}


@pytest.mark.long
def test_no_stage_depends_on_the_environment() -> None:
    content = yaml.safe_load((ROOT / "dvc.yaml").read_text())
    for name, stage in content["stages"].items():
        # The one thing that is read by the shell is a file, and named as a dependency.
        command = stage["cmd"].replace("$(cat data/raw/release-folder)", "")
        assert "$" not in command, name
        assert command == stage["cmd"] or "data/raw/release-folder" in stage["deps"], name
        assert all(not dependency.startswith(("/", "..")) for dependency in stage["deps"]), name
        assert all(
            (ROOT / dependency).exists()
            for dependency in stage["deps"]
            if dependency.startswith(("pipeline", "configs"))
        ), name
