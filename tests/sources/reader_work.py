"""What readers are given to do in tests of `apart`; imported in the reader, so nothing heavy."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.settings import DocumentLimits


def about_itself(task: Any, limits: DocumentLimits) -> Iterator[Any]:
    """What a reader sees of its surroundings."""
    yield {"task": task, "folder": str(Path.cwd()), "variable": os.environ.get("UPR_TEST")}
    yield {"pid": os.getpid(), "threads": int(Path("/proc/self/stat").read_text().split()[19])}


def slowly(task: Any, limits: DocumentLimits) -> Iterator[Any]:
    """Itself at once, the second answer after an hour."""
    yield os.getpid()
    time.sleep(3600)
    yield None


def ends(task: Any, limits: DocumentLimits) -> Iterator[Any]:
    """It ends by itself after one answer: with an exit code, or minus a signal."""
    yield "one"
    if task < 0:
        os.kill(os.getpid(), -task)
    os._exit(task)


def fails(task: Any, limits: DocumentLimits) -> Iterator[Any]:
    """A fault of the project's own."""
    yield from ()
    raise KeyError("lamps")


def is_refused(task: Any, limits: DocumentLimits) -> Iterator[Any]:
    """The system does not let it read."""
    yield from ()
    raise OSError(task, os.strerror(task), "a.csv")


def swells(task: Any, limits: DocumentLimits) -> Iterator[Any]:
    """It takes more memory than allowed."""
    yield len(bytes(limits.memory_bytes))


def of_lengths(task: Any, limits: DocumentLimits) -> Iterator[Any]:
    """Answers of the lengths that it is given."""
    for length in task:
        yield "x" * length
