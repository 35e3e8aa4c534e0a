"""Two jobs at once: the second is refused, says whom it waits for, and takes over what a dead one left. With
real processes.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.errors import StoreError
from pipeline.store.locks import held
from tests.conftest import ROOT

HOLD = """
import sys, time
from pathlib import Path
from pipeline.store.locks import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def environment(folder: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}
    return kept | {"UPR_HOME": str(folder), "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": "1400000000"}


def start(folder: Path, *words: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *map(str, words)],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def upr(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *map(str, words)],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )


def holder(folder: Path, path: Path) -> subprocess.Popen[str]:
    """A process that holds the lock of a path until its stdin ends."""
    process = start(folder, "-c", HOLD, path)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("."))


def test_the_second_process_is_told_which_the_first_is(tmp_path: Path) -> None:
    first = holder(tmp_path, tmp_path / "out.csv")
    with pytest.raises(StoreError) as refused, held(tmp_path / "out.csv", "Wait for it."):
        pass
    assert refused.value.where == str(tmp_path / "out.csv")
    assert f"process {first.pid} on {socket.gethostname()}" in refused.value.what
    assert "since 20" in refused.value.what
    assert refused.value.todo == "Wait for it."
    with held(tmp_path / "another.csv"):
        assert left(tmp_path) == [
            ".another.csv.lock",
            ".another.csv.owner.json",
            ".out.csv.lock",
            ".out.csv.owner.json",
        ]
    first.communicate()
    with held(tmp_path / "out.csv"):
        assert json.loads((tmp_path / ".out.csv.owner.json").read_text())["pid"] == os.getpid()
    assert left(tmp_path) == []


def test_what_a_killed_process_left_is_taken_over(tmp_path: Path) -> None:
    first = holder(tmp_path, tmp_path / "out")
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert left(tmp_path) == [".out.lock", ".out.owner.json"]
    with held(tmp_path / "out"):
        assert json.loads((tmp_path / ".out.owner.json").read_text())["pid"] == os.getpid()
    assert left(tmp_path) == []


def test_a_job_that_fails_frees_its_lock(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), held(tmp_path / "out"):
            raise ZeroDivisionError
    assert left(tmp_path) == []


def test_within_one_process_as_well(tmp_path: Path) -> None:
    with held(tmp_path / "out"), pytest.raises(StoreError, match="works on it"), held(tmp_path / "out"):
        pass


@pytest.mark.long
def test_two_labellings_of_one_table_do_not_mix_their_rows(project: Path, tmp_path: Path) -> None:
    """One waits for no other: it is refused, and the first ends as if it had been alone."""
    for name, count in (("one", 4000), ("two", 3000)):
        lines = (f"Ratify convention number {name} {i}" for i in range(count))
        (project / f"{name}.txt").write_text("\n".join(lines) + "\n")
    out = project / "out.parquet"
    first = start(project, "-m", "pipeline", "label", "one.txt", "--out", out)
    while not (project / ".out.parquet.owner.json").exists():
        assert first.poll() is None, first.communicate()
        time.sleep(0.01)
    first.send_signal(signal.SIGSTOP)  # on a quick machine it would end before the second has started
    second = upr(project, "label", "two.txt", "--out", out)
    first.send_signal(signal.SIGCONT)
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert f"process {first.pid} on" in second.stderr
    assert "Wait until it has ended, or name another --out." in second.stderr
    _, err = first.communicate()
    assert first.returncode == 0, err
    assert set(pq.read_table(out)["source_file"].to_pylist()) == {"one.txt"}
    assert pq.read_metadata(out).num_rows == 4000
    assert upr(project, "label", "two.txt", "--out", out).returncode == 0
    assert set(pq.read_table(out)["source_file"].to_pylist()) == {"two.txt"}
    assert not [name for name in left(project) if "out.parquet" in name]


COMMANDS = {
    "train --corpus corpus.parquet --out trained": "trained",
    "register --corpus corpus.parquet --models m --reports r --out registration.json": "registration.json",
    "fetch --url http://127.0.0.1:9 --out rows.parquet": "rows.parquet",
    "publish --out published --corpus corpus.parquet --labelled labelled.parquet": "published/latest",
    "review import labelled.parquet --database desk.db": "desk.db",
    "alone raw python -c open('ran','w')": "raw",
}
"""Commands with what they lock."""


@pytest.mark.parametrize(("command", "locked"), COMMANDS.items())
def test_a_second_job_says_so_and_changes_nothing(
    command: str, locked: str, project: Path, sample_path: Path
) -> None:
    shutil.copy(sample_path, project / "corpus.parquet")
    shutil.copy(sample_path, project / "labelled.parquet")
    before = sorted(path.relative_to(project) for path in project.rglob("*"))
    first = holder(project, project / locked)
    second = upr(project, *command.split())
    assert second.returncode == 1
    assert f"process {first.pid} on {socket.gethostname()}" in second.stderr
    assert "Traceback" not in second.stderr
    first.communicate()
    made = {path.relative_to(project) for path in project.rglob("*")} - set(before)
    assert {str(path) for path in made} <= {"desk.db", "published"}, made


def test_alone_passes_the_exit_code_on(project: Path) -> None:
    assert upr(project, "alone", "raw", sys.executable, "-c", "raise SystemExit(7)").returncode == 7
    missing = upr(project, "alone", "raw", "no-such-program")
    assert (missing.returncode, missing.stderr.count("\n")) == (1, 1)


@pytest.mark.long
def test_two_runs_of_the_pipeline_do_not_change_each_others_input(tmp_path: Path) -> None:
    """The recipe of `make run` with its real lock, on stages that only note their input."""
    make = shutil.which("make")
    assert make is not None
    recipe = (ROOT / "Makefile").read_text().split("\nrun: install")[1].split("\n.PHONY: stages")[0]
    upr_command = f"{sys.executable} -m pipeline"
    lines = "\n".join(recipe.splitlines()[1:]).replace("$(BIN)/upr", upr_command)
    copy = "mkdir -p data/raw && cp $(CORPUS)/* data/raw/ && sleep $(PAUSE) && ls data/raw > $(CORPUS).seen"
    (tmp_path / "Makefile").write_text(f"run:\n{lines}\nstages:\n\t{copy}\n")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.csv").write_text(name)
    first = subprocess.Popen([make, "run", "CORPUS=one", "PAUSE=30"], cwd=tmp_path, env=environment(tmp_path))
    while not (tmp_path / "data" / "raw" / "one.csv").exists():
        assert first.poll() is None
        time.sleep(0.01)
    second = subprocess.run(
        [make, "run", "CORPUS=two", "PAUSE=0"],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode != 0
    assert "works on it" in second.stderr
    assert first.wait() == 0
    assert (tmp_path / "one.seen").read_text() == "one.csv\n"
    assert not (tmp_path / "two.seen").exists()
