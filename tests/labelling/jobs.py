"""Labelling jobs as the tests of `upr label` run them: in this process, or as a command that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from pipeline import settings
from pipeline.settings import Settings
from pipeline.stages import label
from pipeline.stages.label import LabelResult

TEXTS = (
    "Ratify the Convention against Torture",
    "",
    "Continue its efforts to promote education for girls",
    "- ?! -",
    "Consider abolishing the death penalty",
    "Ratify",
    "Ratificar a Convenção contra a Tortura e os direitos das crianças sem mais demora",
)


def chosen(**changes: Any) -> Settings:
    base = settings.load()
    return base.model_copy(update={"label": base.label.model_copy(update=changes)})


def labelled(source: Path, out: Path, model: Path, **changes: Any) -> LabelResult:
    return label.run([source], out, chosen(**changes), model=str(model))


def command(source: str | Path, out: Path, model: Path) -> list[str]:
    return [sys.executable, "-m", "pipeline", "label", str(source), "--out", str(out), "--model", str(model)]


def finished(out: Path) -> int:
    return len(list(Path(f"{out}.partial").glob("batch-*.parquet")))


def killed_after(batches: int, folder: Path, out: Path, model: Path) -> None:
    environment = os.environ | {"UPR_SETTINGS": str(folder / "settings.yaml")}
    process = subprocess.Popen(
        command(folder / "in.parquet", out, model), env=environment, stderr=subprocess.PIPE
    )
    while process.poll() is None and finished(out) < batches:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL, "the job was over before it could be killed"
    assert not out.exists()
