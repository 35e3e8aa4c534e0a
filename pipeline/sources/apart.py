"""Work on bytes from outside, in a process with limits of time and memory, which answers line by line."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits

_READ_AT_ONCE = 1 << 16
_SAID = 1 << 16
_MEMORY = ("memory allocation of", "capacity overflow", "MemoryError", "bad_alloc", "Cannot allocate memory")


def answers(module: str, task: Any, limits: DocumentLimits, name: str) -> Iterator[Any]:
    """The JSON values, one a line, that a module answers to a task, as they come.

    The process waits while nobody asks for the next answer, and ends when nobody will.

    Args:
        module: run under this interpreter; reads the task from standard input and calls `bound_memory`.
        task: a JSON value.
        limits: `seconds` without an answer after which it is given up, counted only while it is waited for.
        name: of the file, for messages.

    Raises: SourceError if the process takes too long, or ends without the answer {"end": true}; and the error
        that it answers ({"error": {"where", "what", "todo"}}).
    """
    with tempfile.TemporaryFile() as heard:
        # The command is a module of this package under this interpreter; the file travels as data.
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=heard,
            env={**os.environ, "RUST_BACKTRACE": "0"},  # its lines would hide what went wrong
        )
        try:
            assert process.stdin is not None  # noqa: S101
            assert process.stdout is not None  # noqa: S101
            process.stdin.write(json.dumps(task).encode())
            process.stdin.close()
            for line in _lines(process.stdout.fileno(), limits.seconds, name):
                answer = _answer(line)
                if answer is None:
                    break
                if isinstance(answer, dict) and answer.get("end") is True:
                    return
                if isinstance(answer, dict) and "error" in answer:
                    raise SourceError(**answer["error"])
                yield answer
        except BrokenPipeError:
            pass
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
        heard.seek(0)
        raise _stopped(heard.read(_SAID).decode("utf-8", "replace"), process.returncode, limits, name)


def _lines(source: int, seconds: float, name: str) -> Iterator[bytes]:
    held = b""
    while True:
        ready, _, _ = select.select([source], [], [], seconds)
        if not ready:
            raise SourceError(
                name,
                f"took more than {seconds:g} seconds and was given up.",
                "If you trust it, raise extract.seconds in configs/settings.yaml.",
            )
        block = os.read(source, _READ_AT_ONCE)
        if not block:
            return
        *lines, held = (held + block).split(b"\n")
        yield from lines


def _answer(line: bytes) -> Any | None:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _stopped(said: str, code: int, limits: DocumentLimits, name: str) -> SourceError:
    if any(sign in said for sign in _MEMORY):
        return too_much_memory(limits, name)
    lines = [line for line in said.strip().splitlines() if not line.startswith("note: ")]
    why = lines[-1][:200] if lines else f"signal {-code}" if code < 0 else f"exit code {code}"
    return SourceError(
        name,
        f"is damaged: its reader stopped ({why}).",
        "Download it again, or save it again from its program.",
    )


def too_much_memory(limits: DocumentLimits, name: str) -> SourceError:
    """The error of a file that needs more memory than it may take."""
    return SourceError(
        name,
        f"needs more than {limits.memory_bytes / 1e9:g} GB to read.",
        "Get it again from its source; if you trust it, raise extract.memory_bytes in configs/settings.yaml.",
    )


def bound_memory(most: int) -> None:
    """Limit the address space of this process. Args: `most`, in bytes."""
    try:
        import resource
    except ImportError:  # no such limits on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
