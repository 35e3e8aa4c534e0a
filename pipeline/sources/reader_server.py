"""The process that starts readers: it has imported them once, and forks one for each file.

Started by `apart`, which sends it three open files a task over the socket that is its standard input: the
task, where the answers go, and where messages of the reader go. It has no threads, so forking it is safe; it
ends when the program that started it does. Run as `python -m pipeline.sources.reader_server`.
"""

from __future__ import annotations

import errno
import importlib
import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import SourceError, UprError
from pipeline.settings import DocumentLimits
from pipeline.store.files import explain

Work = Callable[[Any, DocumentLimits], Iterator[Any]]
"""From a task, a JSON value, to the answers, JSON values, within limits."""

_IMPORTED_ONCE = (
    "pipeline.sources.opening",
    "pipeline.sources.tables.isolation",
    "pipeline.sources.documents.isolation",
    "pipeline.sources.documents.read",
)


def main() -> None:
    """Start readers until nobody can ask for one any more."""
    for module in _IMPORTED_ONCE:
        importlib.import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # those that ended leave nothing behind
    with socket.socket(fileno=os.dup(0)) as asked:
        while True:
            _, files, _, _ = socket.recv_fds(asked, 1, 3)
            if len(files) < 3:
                return
            if os.fork() == 0:
                asked.close()
                _supervise(*files)
                return
            for file in files:
                os.close(file)


def _supervise(task: int, answers: int, errors: int) -> None:
    """Fork the reader, and say how it ended: {"code": exit code, or minus the signal}.

    Both are a group of processes of their own, whose number is the first answer.
    """
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _say(answers, {"group": os.getpid()})
    reader = os.fork()
    if reader == 0:
        _read(task, answers, errors)
        return
    _, status = os.waitpid(reader, 0)
    # The reader may have ended within a line.
    _say(answers, {"code": os.waitstatus_to_exitcode(status)}, before=b"\n")
    os._exit(0)


def _say(answers: int, answer: Any, before: bytes = b"") -> None:
    try:
        os.write(answers, before + json.dumps(answer).encode() + b"\n")
    except BrokenPipeError:
        os._exit(0)


def _read(task: int, answers: int, errors: int) -> None:
    """Do the work, and write its answers, {"is": ANSWER} a line, then {"end": true} or {"error": ...}."""
    with os.fdopen(task, encoding="utf-8") as file:
        asked = json.load(file)
    nothing = os.open(os.devnull, os.O_RDWR)
    for source, target in ((nothing, 0), (nothing, 1), (errors, 2)):
        os.dup2(source, target)
    if asked["folder"] is not None:
        os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.environ["RUST_BACKTRACE"] = "0"  # its lines would hide what went wrong
    sys.path[:] = asked["path"]
    module, function = asked["work"]
    work: Work = getattr(importlib.import_module(module), function)
    limits = DocumentLimits.model_validate(asked["limits"])
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    with os.fdopen(answers, "w", encoding="utf-8") as out:
        try:
            for answer in work(asked["task"], limits):
                out.write(json.dumps({"is": answer}) + "\n")
                out.flush()  # or the limit of time would run on over answers that lie here
            end: dict[str, Any] = {"end": True}
        except BrokenPipeError:  # nobody asks any more
            os._exit(0)
        except (UprError, MemoryError, RecursionError) as error:
            end = _error(error, limits, asked["name"])
        except OSError as error:
            # Without a number it is of a library that cannot read the bytes; memory is told by `apart`.
            if error.errno in (None, errno.ENOMEM):
                raise
            end = _error(explain(Path(asked["name"]), error), limits, asked["name"])
        out.write(json.dumps(end) + "\n")


def _error(error: UprError | MemoryError | RecursionError, limits: DocumentLimits, name: str) -> Any:
    if isinstance(error, MemoryError):
        error = too_much_memory(limits, name)
    elif isinstance(error, RecursionError):
        error = SourceError(
            name, "is nested too deeply to read.", "Do not trust it; get it again from its source."
        )
    return {"error": {"where": error.where, "what": error.what, "todo": error.todo}}


def too_much_memory(limits: DocumentLimits, name: str) -> SourceError:
    """The error of a file that needs more memory than it may take."""
    return SourceError(
        name,
        f"needs more than {limits.memory_bytes / 1e9:g} GB to read.",
        "Get it again from its source; if you trust it, raise extract.memory_bytes in configs/settings.yaml.",
    )


if __name__ == "__main__":
    main()
    sys.exit(0)
