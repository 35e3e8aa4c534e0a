"""Locks, so that two jobs never work on one file or folder at the same time.

    .<name>.lock         held (flock) while a job runs; the system frees it when the job dies, however it dies
    .<name>.owner.json   who holds it, since when

Both lie beside what is locked, so that jobs on other machines that share the disk see them, and are removed
when the job ends. What a killed job left is taken over by the next one.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.errors import StoreError
from pipeline.store.files import explain, read_json

_MOMENT = 0.3
"""Seconds to wait for a lock: enough for one that is being given back."""
_AFTER_DEATH = 10.0
"""Seconds to wait for the lock of a job that died: its worker processes end soon after it."""


class BusyError(StoreError):
    """Another process works on it; the same will succeed later."""


@contextmanager
def held(path: Path, todo: str = "Wait until it has ended, or stop it.") -> Iterator[None]:
    """Let only this process work on `path`, a file or folder that need not exist, until the block ends.

    Args: `todo`, what another process that wants to work on it is told.
    Raises: BusyError if another process does, with its number, machine and start; StoreError if the folder
        cannot be written to.
    """
    from filelock import FileLock, Timeout

    path = path.absolute()
    place, owner = _beside(path, "lock"), _beside(path, "owner.json")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(place)
        try:
            lock.acquire(timeout=_MOMENT)
        except Timeout:
            found = _owner(owner)
            if not _is_dead(found):
                raise BusyError(str(path), f"{_told(found)} works on it.", todo) from None
            try:
                lock.acquire(timeout=_AFTER_DEATH)
            except Timeout:
                raise BusyError(str(path), f"{_told(_owner(owner))} works on it.", todo) from None
    except OSError as error:
        raise explain(path, error) from error
    try:
        # On a full disk the lock holds, and only the name of its owner is missing.
        with suppress(OSError):
            owner.write_text(json.dumps(_myself()), encoding="utf-8")
        yield
    finally:
        # Removed while the lock is held: who has opened the file meanwhile sees that it is gone, and opens it
        # anew.
        with suppress(OSError):
            owner.unlink()
        with suppress(OSError):
            place.unlink()
        lock.release()


def holders(folder: Path, depth: int = 3) -> list[tuple[Path, str]]:
    """The jobs that work on something in a folder, or in folders in it: on what, and who since when. What a
    dead job left is not among them.

    Args: `depth`, of folders that are looked into, 1 for the folder alone.
    """
    found = []
    for level in range(depth):
        for place in folder.glob("*/" * level + ".*.owner.json"):
            owner = _owner(place)
            if owner and not _is_dead(owner):
                found.append((place.with_name(place.name[1 : -len(".owner.json")]), _told(owner)))
    return sorted(found)


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(f".{path.name}.{suffix}")


def _myself() -> dict[str, Any]:
    return {
        "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200],
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _owner(path: Path) -> dict[str, Any]:
    """What the owner's file says; empty where it is not there (yet), or cannot be read."""
    try:
        found = read_json(path)
    except StoreError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_dead(owner: dict[str, Any]) -> bool:
    """Whether the owner ran on this machine and does not any more."""
    pid = owner.get("pid")
    if owner.get("host") != socket.gethostname() or not isinstance(pid, int):
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _told(owner: dict[str, Any]) -> str:
    if not owner:
        return "another process"
    command = json.dumps(owner.get("command", ""), ensure_ascii=False)
    return f"process {owner.get('pid')} on {owner.get('host')} ({command}, since {owner.get('since')})"
