"""An update that is killed at any moment goes on, and comes to the same as one that was not."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.workflows.home import TEXTS, desk_items, drop, state_of

POINTS = 20
DRIVER = r"""
# Runs the second update of a copy of the same home folder in a child, kills the child when it has opened for
# writing, renamed or removed its N-th file of the state, the desk or the releases, and runs it once more.
import os, shutil, signal, sys
from pathlib import Path
from pipeline import settings
from pipeline.review.store.database import open_database
from pipeline.workflows import update
from pipeline.workflows.plan import UpdatePlan

EVENTS, WRITING = ("open", "os.rename", "os.remove", "sqlite3.connect"), os.O_WRONLY | os.O_RDWR
first, work, points = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])

def updated(home):
    desk = open_database(str(home / "data" / "reviewed" / "desk.db"), create=True)
    plan = UpdatePlan([str(home / "dropped")], home / "data" / "update", desk=desk)
    update.run(plan, settings.load())
    desk.close()

def child(home, last):
    seen = 0
    def hook(event, arguments):
        nonlocal seen
        if event not in EVENTS or str(home / "data") not in str(arguments[0]):
            return
        if event != "open" or (isinstance(arguments[2], int) and arguments[2] & WRITING):
            seen += 1
            if seen == last:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)
    updated(home)
    (home / "count").write_text(str(seen))

def forked(work_on, *arguments):
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work_on(*arguments)
            code = 0
        finally:
            os._exit(code)
    return os.waitpid(pid, 0)[1]

def home_of(name):
    shutil.copytree(first, work / name)
    return work / name

whole = home_of("whole")
assert forked(child, whole, 0) == 0
total = int((whole / "count").read_text())
assert total >= points, total
for k in range(points):
    moment = 1 + (total - 1) * k // (points - 1)
    home = home_of(f"killed-{k}")
    print(moment, os.WTERMSIG(forked(child, home, moment)), forked(updated, home), flush=True)
"""


def outcome(home):
    state = state_of(home)
    labels = {i: {k: v for k, v in row.items() if k != "labelled_at"} for i, row in state.labelled().items()}
    counts = [entry["counts"] for entry in state.log() if any(entry["counts"].values())]
    return state.rows(), labels, counts[:2], desk_items(home)


@pytest.mark.long
def test_killed_at_twenty_moments_it_goes_on(project, upr, tmp_path):
    drop(project / "dropped", "a.csv", TEXTS[:4])
    assert upr("update", project / "dropped").code in (0, 3)
    drop(project / "dropped", "a.csv", (TEXTS[0] + " without delay", *TEXTS[1:3]))
    drop(project / "dropped", "b.csv", TEXTS[4:])
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": "1400000000"}
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, str(project), str(tmp_path / "work"), str(POINTS)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    lines = [line.split() for line in done.stdout.splitlines()]
    assert len(lines) == POINTS
    assert all(killed == "9" and again == "0" for _, killed, again in lines), lines
    expected = outcome(tmp_path / "work" / "whole")
    for k in range(POINTS):
        home = tmp_path / "work" / f"killed-{k}"
        assert outcome(home) == expected, lines[k]
        assert not (home / "data" / "update" / "current.json").exists()
