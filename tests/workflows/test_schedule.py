"""What the guide says for cron and systemd, tried as it stands there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.workflows.home import TEXTS, drop, labels_of

GUIDE = (ROOT / "docs" / "users" / "update.md").read_text(encoding="utf-8")


def test_the_systemd_units_of_the_guide_are_valid(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("NOT TESTED: systemd-analyze is not installed (apt-get install systemd)")
    service, timer = re.findall(r"```ini\n(.*?)```", GUIDE, re.DOTALL)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "upr").symlink_to("/bin/true")
    here = service.replace("/srv/upr/.venv", str(tmp_path)).replace("/srv/upr", str(tmp_path))
    (tmp_path / "upr-update.service").write_text(here.replace("User=upr\n", ""))
    (tmp_path / "upr-update.timer").write_text(timer)
    units = [str(tmp_path / f"upr-update.{kind}") for kind in ("service", "timer")]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.long
def test_the_cron_line_of_the_guide_runs(project: Path) -> None:
    line = next(line for line in GUIDE.splitlines() if line.startswith("0 2 * * * "))
    command = line.removeprefix("0 2 * * * ").replace("/srv/upr", str(project))
    (project / ".venv" / "bin").mkdir(parents=True)
    started = project / ".venv" / "bin" / "upr"
    started.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m pipeline "$@"\n')
    started.chmod(0o755)
    drop(project / "incoming", "session-49.csv")
    # What cron gives a command: next to nothing.
    environment = {"HOME": os.environ.get("HOME", "/"), "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"}
    first, again = (
        subprocess.run(
            ["/bin/sh", "-c", command], env=environment, capture_output=True, text=True, check=False
        )
        for _ in range(2)
    )
    assert first.returncode in (0, 3), first.stderr
    assert f"{len(TEXTS)} recommendations new" in first.stdout
    assert set(labels_of(project)) == set(TEXTS)
    assert (again.returncode, again.stdout) == (0, "")
