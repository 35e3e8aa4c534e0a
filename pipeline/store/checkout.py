"""Which version of the project a run was made with."""

from __future__ import annotations

import subprocess
from pathlib import Path

import yaml


def commit_of(folder: Path) -> str:
    """The git commit of a checkout, with "-dirty" where a tracked file differs from it; "unknown" where the
    folder is no checkout.
    """
    commit = _git(folder, "rev-parse", "HEAD")
    changed = commit and _git(folder, "status", "--porcelain", "--untracked-files=no")
    return f"{commit}-dirty" if changed else commit or "unknown"


def locked(lock: Path, stage: str, path: str) -> str | None:
    """The MD5 by which a dvc.lock names a dependency or an output of a stage; None where it names none."""
    try:
        content = yaml.safe_load(lock.read_text(encoding="utf-8"))
        entry = content["stages"][stage]
        entries = [*entry.get("deps", ()), *entry.get("outs", ())]
        return next((str(found["md5"]) for found in entries if found["path"] == path), None)
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
        return None


def _git(folder: Path, *words: str) -> str:
    """What git says of a folder, "" where it fails or is not there."""
    try:
        done = subprocess.run(  # noqa: S603 - the words are ours
            ["git", *words],  # noqa: S607
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
