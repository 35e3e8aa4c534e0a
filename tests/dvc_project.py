"""A project folder with all that `dvc repro` needs, and DVC in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.coded_rows import SAMPLE
from tests.conftest import ROOT, make_project

RELEASES = "data/published-sample"


def make_dvc_project(folder: Path, model: Path) -> Path:
    """A project folder with the code, the sample corpus where `make raw` puts it, and `model` as the shipped
    one.
    """
    make_project(folder, model)
    shutil.copy(ROOT / ".dvcignore", folder)
    shutil.copytree(ROOT / "pipeline", folder / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(SAMPLE, folder / "data" / "sample")
    shutil.copytree(ROOT / "models" / "languages", folder / "models" / "languages")
    (folder / "data" / "raw").mkdir()
    (folder / "data" / "raw" / "release-folder").write_text(f"{RELEASES}\n")
    for path in (SAMPLE / "upr-info").glob("*.csv"):
        shutil.copy(path, folder / "data" / "raw")
    shutil.copytree(SAMPLE / "reports", folder / "data" / "raw-reports")
    return folder


def run_in(home: Path, *command: str, changes: Mapping[str, str] | None = None) -> str:
    """What a command prints in a project folder, with the programs and the code of these tests.

    Args:
        home: the folder.
        command: the program and its arguments.
        changes: further variables of its environment.
    """
    environment = {k: v for k, v in os.environ.items() if k not in ("UPR_CORPUS", "UPR_HOME")} | {
        "PYTHONPATH": str(ROOT),
        "DVC_NO_ANALYTICS": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    done = subprocess.run(
        command,
        cwd=home,
        env=environment | dict(changes or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def stages_run(output: str) -> list[str]:
    """The stages that `dvc repro` says it ran."""
    return re.findall(r"^Running stage '(\w+)'", output, re.MULTILINE)
