"""Atomic writes: a file with its final name is always complete."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from pipeline.errors import StoreError


def explain(path: Path, error: OSError) -> StoreError:
    """An error of the operating system as a `StoreError` that says what to do."""
    todo = {
        errno.EACCES: "Ask for permission, or choose another place.",
        errno.EPERM: "Ask for permission, or choose another place.",
        errno.ENOSPC: "Free some space and run the command again; nothing half-written was left.",
        errno.EDQUOT: "Free some space and run the command again; nothing half-written was left.",
        errno.EFBIG: (
            "Free some space, or raise the limit on the size of files; nothing half-written was left."
        ),
        errno.ENOENT: "Check the path.",
        errno.EISDIR: "Name a file, not a folder.",
        errno.ENOTDIR: "Name a folder that exists.",
    }.get(error.errno or 0, "Check the path and the disk.")
    return StoreError(str(path), f"{error.strerror or error}.", todo)


def check_place(path: Path) -> None:
    """Check, before long work, that a file can be written at `path`. Raises: StoreError."""
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        nearest = next(p for p in path.absolute().parents if p.exists())
        if not nearest.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, f"{nearest} is not a folder")
        if not os.access(nearest, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise explain(path, error) from error


@contextmanager
def atomic_file(path: Path, mode: int | None = None) -> Iterator[Path]:
    """A temporary path in the same folder that is renamed to `path` when the block ends without an error.

    The bytes are flushed to disk before the renaming; on any error nothing remains.

    Args:
        mode: who may read the file, from before it has its name; by default what the umask leaves.

    Raises: StoreError for a fault of the file system.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask() if mode is None else mode)
        temporary.replace(path)
    except OSError as error:
        raise explain(path, error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """A temporary folder that is renamed to `path` when the block ends without an error.

    A folder that has this name already is replaced. Raises: StoreError.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent))
        yield temporary
        temporary.chmod(0o777 & ~_umask())
        if path.exists():
            retired = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".old", dir=path.parent))
            path.replace(retired / path.name)
            temporary.replace(path)
            shutil.rmtree(retired)
        else:
            temporary.replace(path)
    except OSError as error:
        raise explain(path, error) from error
    finally:
        if temporary is not None and temporary.exists():
            shutil.rmtree(temporary)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def read_bytes(path: Path) -> bytes:
    """The bytes of a file. Raises: StoreError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise explain(path, error) from error


def blocks(path: Path, size: int = 1_000_000) -> Iterator[bytes]:
    """The bytes of a file, `size` at a time. Raises: StoreError."""
    try:
        with path.open("rb") as file:
            while block := file.read(size):
                yield block
    except OSError as error:
        raise explain(path, error) from error


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8 with LF line ends, whole or not at all."""
    with atomic_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, value: Any) -> None:
    """Write JSON that is the same for the same value: keys sorted, two spaces, a final line end."""
    write_text(path, json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


def read_json(path: Path) -> Any:
    """Read JSON. Raises: StoreError if the file is missing or is not JSON."""
    try:
        return json.loads(read_bytes(path))
    except ValueError as error:
        raise StoreError(str(path), f"is not JSON ({error}).", "Restore or rebuild the file.") from error


def write_jsonl(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write one JSON object a line, whole or not at all."""
    with atomic_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def digest(path: Path, kind: Literal["sha256", "md5"] = "sha256") -> str:
    """SHA-256 of a file, in hex; or MD5, by which DVC names files."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, kind).hexdigest()
    except OSError as error:
        raise explain(path, error) from error


def rejects_path(out: Path) -> Path:
    """Where the rejects of an output go: `<out>.rejects.jsonl`."""
    return out.with_name(out.name + ".rejects.jsonl")
