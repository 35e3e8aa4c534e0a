"""Work on bytes from outside, in a process with limits of time and memory, which answers line by line.

A server (`reader_server`) that has imported the readers once forks such a process in some milliseconds; to
start an interpreter for each file took most of the time of reading a small one. The server starts with the
first file, gets nothing of this process's memory, and ends with it.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits
from pipeline.sources.reader_server import Work, too_much_memory

_READ_AT_ONCE = 1 << 16
_STDERR_READ = 1 << 16
_START_SECONDS = 120.0
_WITHOUT_THREADS = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
"""Of numpy and pyarrow: a process with threads is not safely forked."""
_OUT_OF_MEMORY = (
    "memory allocation of",
    "capacity overflow",
    "MemoryError",
    "bad_alloc",
    "Cannot allocate memory",
)


def answers(work: Work, task: Any, limits: DocumentLimits, name: str) -> Iterator[Any]:
    """The JSON values that some work answers to a task, as they come.

    The process waits while nobody asks for the next answer, and ends when nobody will.

    Args:
        work: a function of a module; it runs in that process.
        task: a JSON value.
        limits: `seconds` without an answer after which it is given up, counted only while it is waited for;
            `memory_bytes` of address space.
        name: of the file, for messages.

    Raises: SourceError if the process takes too long or too much memory, or stops; and the error of the work.
    """
    whole = {
        "work": (work.__module__, work.__name__),
        "task": task,
        "limits": limits.model_dump(include=set(DocumentLimits.model_fields)),
        "name": name,
        "folder": _folder(),
        "environment": dict(os.environ),
        "path": sys.path,
    }
    reader = _started(json.dumps(whole).encode(), name)
    try:
        for answer in reader.answers(limits.seconds):
            if "is" in answer:
                yield answer["is"]
            elif "error" in answer:
                raise SourceError(**answer["error"])
            elif "end" in answer:
                return
            else:
                raise _stopped(reader.messages(), answer["code"], limits, name)
        raise _stopped("", -signal.SIGKILL, limits, name)
    finally:
        reader.end()


def _started(task: bytes, name: str) -> _Reader:
    for _ in range(2):
        reader = _Reader(task, name)
        if reader.runs:
            return reader
        reader.end()
    raise SourceError(name, "was not read: the process that starts readers has ended.", "Try it again.")


def _folder() -> str | None:
    try:
        return str(Path.cwd())
    except FileNotFoundError:  # it was deleted; full paths still lead to files
        return None


def _stopped(said: str, code: int, limits: DocumentLimits, name: str) -> SourceError:
    if any(sign in said for sign in _OUT_OF_MEMORY):
        return too_much_memory(limits, name)
    lines = [line for line in said.strip().splitlines() if not line.startswith("note: ")]
    why = lines[-1][:200] if lines else f"signal {-code}" if code < 0 else f"exit code {code}"
    return SourceError(
        name,
        f"is damaged: its reader stopped ({why}).",
        "Download it again, or save it again from its program.",
    )


class _Server:
    """The process that starts readers, once one is needed. Threads may share it."""

    def __init__(self) -> None:
        self.forget()
        atexit.register(self.end)
        os.register_at_fork(after_in_child=self.forget)

    def forget(self) -> None:
        """Start with none: a forked process leaves the server of its parent alone."""
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._asking: socket.socket | None = None

    def send(self, files: list[int]) -> None:
        """Hand over the open files of a task. The server is started where there is none any more."""
        with self._lock:
            for _ in range(2):
                if self._process is None or self._process.poll() is not None:
                    self._start()
                assert self._asking is not None  # noqa: S101
                with suppress(BrokenPipeError, ConnectionResetError):
                    socket.send_fds(self._asking, [b"r"], files)
                    return
                self.end()

    def _start(self) -> None:
        self._asking, theirs = socket.socketpair()
        with theirs:
            # The command is a module of this package under this interpreter. In a session of its own the
            # server gets no Ctrl-C of the terminal, and it holds no pipe open that others wait for.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "pipeline.sources.reader_server"],
                env={**os.environ, **_WITHOUT_THREADS},
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def end(self) -> None:
        """End the server."""
        if self._asking is not None:
            self._asking.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._asking = self._process = None


_SERVER = _Server()


class _Reader:
    """A reader, from the task that it is sent to its end."""

    def __init__(self, task: bytes, name: str) -> None:
        self._name = name
        self._group: int | None = None
        self.seconds = _START_SECONDS
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `end`
        self._source, target = os.pipe()
        self._answers = self._read()
        try:
            self._send(task, target)
            self._group = next(self._answers, {}).get("group")
        except BaseException:
            self.end()
            raise

    def _send(self, task: bytes, target: int) -> None:
        try:
            with tempfile.TemporaryFile() as asked:
                asked.write(task)
                asked.seek(0)
                _SERVER.send([asked.fileno(), target, self._errors.fileno()])
        finally:
            os.close(target)  # the end of the reader closes the pipe

    @property
    def runs(self) -> bool:
        """Whether it was started: a server that ends loses the tasks that it was just sent."""
        return self._group is not None

    def answers(self, seconds: float) -> Iterator[dict[str, Any]]:
        """The lines it writes, each waited for `seconds` at most. Raises: SourceError."""
        self.seconds = seconds
        return self._answers

    def _read(self) -> Iterator[dict[str, Any]]:
        # A line of 10 MB comes in hundreds of blocks, so what is held is joined once, and not at each.
        held: list[bytes] = []
        while True:
            ready, _, _ = select.select([self._source], [], [], self.seconds)
            if not ready:
                raise SourceError(
                    self._name,
                    f"took more than {self.seconds:g} seconds and was given up.",
                    "If you trust it, raise extract.seconds in configs/settings.yaml.",
                )
            block = os.read(self._source, _READ_AT_ONCE)
            if not block:
                return
            end, *begun = block.split(b"\n")
            held.append(end)
            for start in begun:
                with suppress(ValueError):  # a reader that was ended leaves half a line
                    yield json.loads(b"".join(held))
                held = [start]

    def messages(self) -> str:
        """What it wrote to its standard error, from the beginning."""
        self._errors.seek(0)
        return self._errors.read(_STDERR_READ).decode("utf-8", "replace")

    def end(self) -> None:
        """End it, and wait until it has."""
        if self._group is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._group, signal.SIGKILL)
            while os.read(self._source, _READ_AT_ONCE):
                pass  # what it wrote last; the pipe is closed when no process of the group is left
        os.close(self._source)
        self._errors.close()
