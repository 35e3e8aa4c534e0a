"""A file system so small that it fills, and a limit on the size of files."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A new folder that holds `size` bytes ("64k") and no more; the test is skipped where nothing may be
    mounted.
    """
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip(
            "NOT TESTED on a full disk: no file system may be mounted here; the limit on file sizes is "
            "tested instead"
        )
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], capture_output=True, check=True)


def limited_files(size: int) -> Callable[[], None]:
    """What a process does before it starts (`preexec_fn`), so that no file of it grows beyond `size` bytes.

    The coverage of such a process is not measured: what is written of it at the end would be too large. It
    keeps no byte code: Python leaves half of what it could not write, and no later process can import that.
    """

    def limit() -> None:
        os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit
