"""The folder of releases: names, the pointer to the latest one, a lock for one publisher, atomic writes."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.errors import ReleaseError, StoreError
from pipeline.store.files import digest, explain, read_json
from pipeline.store.locks import held

NAME = re.compile(r"(\d{4})\.(\d+)")
MANIFEST = "release.json"
SUMS = "SHA256SUMS"
SIGNATURE = f"{SUMS}.asc"
"""A signature of the sums, where the publisher signs; it stands in no sum."""
LATEST = "latest"
_LEFT_OVER = re.compile(r"\.\d{4}\.\d+\..*\.(?:part|old)")


def _names(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()] if folder.is_dir() else []


def release_name(year: int, number: int) -> str:
    """ "2026.3"."""
    return f"{year}.{number}"


def releases(out: Path) -> list[str]:
    """The releases in a folder, oldest first. A folder with such a name is complete: names are given last."""
    found = [(int(m[1]), int(m[2])) for m in map(NAME.fullmatch, _names(out)) if m]
    return [release_name(*pair) for pair in sorted(found) if (out / release_name(*pair) / MANIFEST).is_file()]


def next_name(out: Path, year: int) -> str:
    """The next name in a year. A name that is used, even by something else, is not used again."""
    taken = [int(m[2]) for m in map(NAME.fullmatch, _names(out)) if m and int(m[1]) == year]
    return release_name(year, max(taken, default=0) + 1)


def check_free(out: Path, name: str) -> None:
    """Raises: ReleaseError if the name is not one, or is taken."""
    if not NAME.fullmatch(name):
        raise ReleaseError(name, "is not the name of a release.", "Write year and number, such as 2026.3.")
    if os.path.lexists(out / name):
        raise ReleaseError(
            str(out / name),
            "exists, and a release is never changed.",
            "Choose another name, or leave --release out for the next one.",
        )


@contextmanager
def publishing(out: Path) -> Iterator[None]:
    """Let only this process publish in a folder. What a killed one left behind is cleared first.

    Raises: StoreError if another process publishes there, or the folder cannot be written to.
    """
    # The lock is in the folder: its parent may belong to somebody else.
    with held(out / LATEST):
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise explain(out, error) from error
        _clear(out)
        yield


def _clear(out: Path) -> None:
    """Remove unfinished folders, and point `latest` at the newest release.

    A process may have been killed just before it did so.
    """
    for entry in out.iterdir():
        if _LEFT_OVER.fullmatch(entry.name) or entry.name == f".{LATEST}.part":
            shutil.rmtree(
                entry, ignore_errors=True
            ) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    whole = releases(out)
    if whole and latest(out) != whole[-1]:
        point(out, whole[-1])


def latest(out: Path) -> str | None:
    """The release that `latest` points at, or None. Raises: ReleaseError if it points at none."""
    pointer = out / LATEST
    if not os.path.lexists(pointer):
        return None
    if not pointer.is_symlink():
        raise ReleaseError(
            str(pointer), "is not the pointer that `upr publish` keeps.", "Move it away, and publish again."
        )
    return str(pointer.readlink())


def point(out: Path, name: str) -> None:
    """Let `latest` point at a release, in one step."""
    temporary = out / f".{LATEST}.part"
    try:
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(name, target_is_directory=True)
        temporary.replace(out / LATEST)
    except OSError as error:
        raise explain(out / LATEST, error) from error


def seal(folder: Path) -> None:
    """Write SHA256SUMS (as `sha256sum -c` reads it), flush all files to disk, and make them read-only."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != SIGNATURE)
    lines = [f"{digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")
    for path in [*files, folder / SUMS]:
        path.chmod(0o444)
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read_sums(folder: Path) -> dict[str, str]:
    """File to SHA-256, from SHA256SUMS. Raises: ReleaseError, StoreError."""
    path = folder / SUMS
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise explain(path, error) from error
    except UnicodeDecodeError as error:
        raise ReleaseError(str(path), "is not text.", "Fetch the release again.") from error
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        sha, _, name = line.partition("  ")
        if not re.fullmatch("[0-9a-f]{64}", sha) or not name:
            raise ReleaseError(
                f"{path}, line {number}", "is not a sum and a file name.", "Fetch the release again."
            )
        found[name] = sha
    return found


def manifest(folder: Path) -> dict[str, Any]:
    """release.json of a release. Raises: ReleaseError if the folder is none."""
    path = folder / MANIFEST
    try:
        content = read_json(path)
    except StoreError as error:
        raise ReleaseError(
            str(path), "cannot be read.", "Name the folder of a release, or the folder that holds `latest`."
        ) from error
    if not isinstance(content, dict) or "release" not in content or "format" not in content:
        raise ReleaseError(str(path), "does not describe a release.", "Fetch the release again.")
    return content
