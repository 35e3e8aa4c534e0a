"""Which version of the project a run was made with."""

from __future__ import annotations

import subprocess
from pathlib import Path


def commit_of(folder: Path) -> str:
    """The git commit of a checkout, with "-dirty" where a tracked file differs from it; "unknown" where the
    folder is no checkout.
    """
    commit = _git(folder, "rev-parse", "HEAD")
    changed = commit and _git(folder, "status", "--porcelain", "--untracked-files=no")
    return f"{commit}-dirty" if changed else commit or "unknown"


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
