"""What several test processes need is made by the first of them and read by all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that `make` fills, once in a run of the tests, however many processes run it.

    The other processes wait until it is whole. A `make` that fails leaves nothing that another would take for
    whole. Nobody may change what lies in the folder: other tests read it, at the same time.
    """
    base = factory.getbasetemp()
    # pytest-xdist gives each of its processes a folder in the one of the run.
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "made-once"
    shared.mkdir(exist_ok=True)
    folder, whole = shared / name, shared / f"{name}.whole"
    with FileLock(shared / f"{name}.lock"):
        if not whole.exists():
            folder.mkdir(exist_ok=True)
            make(folder)
            whole.touch()
    return folder
