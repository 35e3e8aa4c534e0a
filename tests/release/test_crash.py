"""A publisher that is killed, or runs out of disk, leaves whole releases or none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.release.files.catalogue import CATALOGUE
from pipeline.release.files.folder import LATEST, latest, releases
from pipeline.stages import verify
from tests.release.conftest import EPOCH, published
from tests.small_disk import limited_files, small_disk

DRIVER = r"""
# Makes one release in a child after another, and kills each child at another moment: when it has opened,
# renamed, linked or
# sealed its N-th file in the folder of releases. What is at hand before the first file is written is made
# once.
import os, shutil, signal, sys
from pathlib import Path
from pipeline.stages import publish
from pipeline import settings
from pipeline.stages.publish import PublishInputs
corpus, labelled, out = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
points, last = int(sys.argv[4]), int(sys.argv[5])
loaded = settings.load()
content = publish.assemble(PublishInputs(corpus, labelled), loaded)
publish.assemble = lambda *_: content

EVENTS = ("open", "os.rename", "os.symlink", "os.chmod", "os.remove", "os.rmdir", "sqlite3.connect")

def child(folder, last):
    seen = pointed = 0
    def hook(event, arguments):
        nonlocal seen, pointed
        if event == "os.symlink":
            pointed = seen + 1
        if event in EVENTS and str(folder) in str(arguments[0]):
            seen += 1
            if seen == last:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)
    publish.run(PublishInputs(corpus, labelled), folder, loaded)
    (folder / "count").write_text(f"{seen} {pointed}")

def run(folder, last):
    folder.mkdir(parents=True, exist_ok=True)
    pid = os.fork()
    if pid == 0:
        try:
            child(folder, last)
        finally:
            os._exit(0)
    return os.WTERMSIG(os.waitpid(pid, 0)[1])

run(out / "whole", 0)
total, pointed = map(int, (out / "whole" / "count").read_text().split())
(out / "whole" / "count").unlink()
# The first step, those around the naming and the pointer, the last ones (the catalogue), and some between.
between = (total * k // points for k in range(1, points))
moments = sorted({1, *between, *range(pointed - 2, pointed + 3), *range(total - last + 1, total + 1)})
for moment in moments:
    print(moment, run(out / f"killed-{moment}", moment), flush=True)
"""


@pytest.mark.long
def test_killed_at_any_moment_there_is_a_whole_release_or_none(inputs, tmp_path):
    points, last = 4, 2
    environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH}
    given = (inputs.corpus, inputs.labelled, tmp_path, points, last)
    command = [sys.executable, "-c", DRIVER, *map(str, given)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    moments = [line.split() for line in done.stdout.splitlines()]
    assert len(moments) == 1 + (points - 1) + 5 + last
    assert all(signal == "9" for _, signal in moments)
    states = set()
    for moment, _ in moments:
        folder = tmp_path / f"killed-{moment}"
        there = releases(folder)
        others = (LATEST, *CATALOGUE)
        named = [p.name for p in folder.iterdir() if not p.name.startswith(".") and p.name not in others]
        assert named == there
        pointed = latest(folder)
        assert pointed is None or pointed in there
        states.add((len(there), pointed is not None))
        for name in there:
            assert verify.run(folder / name, checks=["sums"]).sound
    # Killed before the name was given, and after it but before the pointer moved.
    assert {(0, False), (1, False)} <= states
    last = tmp_path / f"killed-{moments[-1][0]}"
    first = tmp_path / f"killed-{moments[1][0]}"
    assert not published(inputs, last).created
    assert latest(last) == "2025.1"
    again = published(inputs, first)
    assert again.created
    assert again.folder.name == "2025.1"
    for folder in (first, last):
        assert sorted(p.name for p in folder.iterdir()) == ["2025.1", "latest", *sorted(CATALOGUE)]


@pytest.mark.parametrize(
    "limit", [20_000, *(pytest.param(n, marks=pytest.mark.long) for n in (300_000, 700_000))]
)
def test_a_disk_that_fills_is_one_message_and_no_release(inputs, tmp_path, limit):
    out = tmp_path / "out"
    command = [
        sys.executable,
        "-m",
        "pipeline",
        "publish",
        "--out",
        out,
        "--corpus",
        inputs.corpus,
        "--labelled",
        inputs.labelled,
    ]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        list(map(str, command)),
        capture_output=True,
        text=True,
        preexec_fn=limited_files(limit),
        cwd=root,
        timeout=300,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "space" in done.stderr
    assert done.stderr.count("\n") == 1
    assert [p.name for p in out.iterdir()] == []


@pytest.mark.parametrize(
    "size", [pytest.param(size, marks=pytest.mark.long) for size in ("64k", "512k", "1m", "2m")]
)
def test_a_full_disk_is_one_message_and_no_release(inputs, tmp_path, size):
    root = Path(__file__).resolve().parents[2]
    with small_disk(tmp_path / "disk", size) as disk:
        command = [
            sys.executable,
            "-m",
            "pipeline",
            "publish",
            "--out",
            disk,
            "--corpus",
            inputs.corpus,
            "--labelled",
            inputs.labelled,
        ]
        done = subprocess.run(
            list(map(str, command)), capture_output=True, text=True, cwd=root, timeout=300, check=False
        )
        assert done.returncode == 1, done.stderr
        assert done.stderr.count("\n") == 1, done.stderr
        assert "ree some space" in done.stderr
        assert [p.name for p in disk.iterdir()] == []


def test_a_folder_without_permission_is_named(inputs, tmp_path, upr):
    if os.geteuid() == 0:
        (tmp_path / "file").write_text("x")
        said = upr(
            "publish",
            "--out",
            tmp_path / "file" / "out",
            "--corpus",
            inputs.corpus,
            "--labelled",
            inputs.labelled,
        )
    else:
        (tmp_path / "closed").mkdir(mode=0o500)
        said = upr(
            "publish",
            "--out",
            tmp_path / "closed" / "out",
            "--corpus",
            inputs.corpus,
            "--labelled",
            inputs.labelled,
        )
    assert said.code == 1
    assert str(tmp_path) in said.err
