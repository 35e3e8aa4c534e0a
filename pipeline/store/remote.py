"""Files at addresses (s3://, memory://, file:// and others), by fsspec: fetched to this machine or sent."""

from __future__ import annotations

import fnmatch
import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.errors import SourceError, StoreError, UprError
from pipeline.settings import home
from pipeline.store.files import rejects_path

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_LOCAL = ("file", "local")
_PATTERN = re.compile(r"[*?\[]")
_BUCKETS = frozenset(("s3", "s3a", "gs", "gcs", "abfs", "abfss", "az"))
"""Stores without folders, whose addresses begin with a bucket. `makedirs` would make one that is missing."""


def is_address(place: str) -> bool:
    """Whether a place is an address, and not a path.

    >>> is_address("s3://bucket/rows.csv"), is_address("data/rows.csv")
    (True, False)
    """
    return _ADDRESS.match(place) is not None


@contextmanager
def fetched(inputs: Sequence[Path | str]) -> Iterator[tuple[list[Path], list[UprError]]]:
    """The inputs as paths on this machine, and the faults of those that cannot be had.

    What an address names is there until the block ends: a file, a folder with all that is in it, or the files
    that a pattern with `*` finds. Addresses on this machine (file://) are not copied.

    Args: `inputs`, paths, and addresses as `str`.
    """
    paths: list[Path] = []
    failed: list[UprError] = []
    with tempfile.TemporaryDirectory(prefix="upr-fetched-") as folder:
        for number, place in enumerate(inputs):
            if isinstance(place, Path):
                paths.append(place)
                continue
            try:
                paths += _here(place, Path(folder) / str(number))
            except UprError as error:
                failed.append(error)
        yield paths, failed


def _here(address: str, folder: Path) -> list[Path]:
    """The files or the folder of an address, copied into `folder` unless they are on this machine."""
    with _faults(address, SourceError):
        system, path = _opened(address)
        pattern = _PATTERN.search(path)
        if not pattern and _is_local(system):
            return [Path(path)]
        found = sorted(system.glob(path) if pattern else system.find(path))
        found = [name for name in found if not pattern or system.isfile(name)]
        if not found:
            raise SourceError(address, "there is no such file.", "Check the address.")
        if _is_local(system):
            return [Path(name) for name in found]
        is_file = found == [path]
        base = path[: pattern.start()].rpartition("/")[0] if pattern else path
        base = base.rpartition("/")[0] if is_file else base
        copies = {name: folder / name.removeprefix(base).lstrip("/") for name in found}
        for name, copy in copies.items():
            copy.parent.mkdir(parents=True, exist_ok=True)
            system.get_file(name, str(copy))
    return list(copies.values()) if pattern or is_file else [folder]


@contextmanager
def sent(out: Path | str) -> Iterator[Path]:
    """Where to write what belongs at `out`; it is sent there when the block ends without an error.

    A path, or an address on this machine (file://), is itself. What belongs elsewhere is written into
    `data/sent` of the home folder first, so that a job that was killed resumes there, and is removed once it
    has arrived. Each file gets its name only when it is whole. Partitions get theirs one after another, after
    all have been sent.

    Args: `out`, a path, or an address as `str`; the name may have a `*` where numbers of partitions stand.
    Raises: StoreError if the address cannot be reached, at once, or when the result is sent; at once, too, if
        there is no such bucket, or partitions would replace other files.
    """
    if isinstance(out, Path):
        yield out
        return
    with _faults(out, StoreError):
        system, path = _opened(out)
        if not _is_local(system):
            # What is wrong with the address, or with the permissions, is said before the work.
            _check_place(system, out, path)
    if _is_local(system):
        yield Path(path)
        return
    folder, name = home() / "data" / "sent" / hashlib.sha256(out.encode()).hexdigest()[:16], Path(path).name
    partitions = "*" in name
    place = folder / "partitions" / name if partitions else folder / name
    yield place
    written = place.parent if partitions else place
    try:
        with _faults(out, StoreError):
            _send(system, written, str(PurePosixPath(path).parent) if partitions else path)
    except StoreError as error:
        raise StoreError(error.where, error.what, f"{error.todo} The result is kept at {written}.") from error
    shutil.rmtree(folder)


def _check_place(system: Any, out: str, path: str) -> None:
    """Whether an output can stand at an address: its bucket is there, and partitions replace only such.

    Raises: StoreError, and the faults of the driver.
    """
    bucket, _, key = path.lstrip("/").partition("/")
    if _has_buckets(system) and not system.exists(bucket):
        raise StoreError(
            out,
            f"there is no bucket '{bucket}', or these credentials do not reach it.",
            "Create it, or check the address and the credentials.",
        )
    if "*" not in key:
        system.exists(path)
        return
    folder, _, name = path.rpartition("/")
    if folder.strip("/") == bucket and _has_buckets(system):
        raise StoreError(
            out, "partitions need a folder of their own.", f"Write for instance {bucket}/labelled/{name}."
        )
    others = [place for place in _in_folder(system, folder) if not fnmatch.fnmatchcase(place, f"*/{name}")]
    if others:
        raise StoreError(
            out,
            f"the folder holds something else than partitions, for instance '{others[0]}'.",
            "Name a new folder: it is replaced as a whole.",
        )


def _in_folder(system: Any, folder: str) -> list[str]:
    """What lies in a folder, files and folders; nothing where it is not there."""
    if not system.exists(folder):
        return []
    found = sorted(str(place) for place in system.ls(folder, detail=False))
    return [place for place in found if place.strip("/") != folder.strip("/")]


def _send(system: Any, written: Path, path: str) -> None:
    """Send a file, or the files of a folder, with its rejects beside it."""
    files = {f"{path}/{file.name}": file for file in sorted(written.iterdir())} if written.is_dir() else {}
    former = set(_in_folder(system, path)) if written.is_dir() else set()
    files = files or {path: written}
    rejects = rejects_path(written)
    if rejects.is_file():
        files[f"{path}.rejects.jsonl"] = rejects
    under_way = {name: f"{name.rpartition('/')[0]}/.{name.rpartition('/')[2]}.part" for name in files}
    try:
        for name, file in files.items():
            if not _has_buckets(system):
                system.makedirs(name.rpartition("/")[0], exist_ok=True)
            system.put_file(str(file), under_way[name])
        for name, temporary in under_way.items():
            system.mv(temporary, name)
    finally:
        for temporary in under_way.values():
            with suppress(Exception):  # what went wrong before is told, and not this
                system.rm_file(temporary)
    for name in former - set(files):
        system.rm_file(name)


def _opened(address: str) -> tuple[Any, str]:
    import fsspec

    system, path = fsspec.core.url_to_fs(address)
    system.invalidate_cache()  # drivers are kept, with what they listed earlier
    return system, path


def _protocols(system: Any) -> set[str]:
    return set(system.protocol if isinstance(system.protocol, tuple) else (system.protocol,))


def _is_local(system: Any) -> bool:
    return bool(_protocols(system) & set(_LOCAL))


def _has_buckets(system: Any) -> bool:
    return bool(_protocols(system) & _BUCKETS)


@contextmanager
def _faults(address: str, kind: type[UprError]) -> Iterator[None]:
    """What goes wrong at an address, as an error that says what to do."""
    try:
        yield
    except ImportError as error:
        raise kind(
            address,
            f"the library for this kind of address is not installed ({error}).",
            "Install it: the extra for s3:// (pip install '.[s3]'), gcsfs for gs://, adlfs for abfs://.",
        ) from error
    except FileNotFoundError as error:
        raise kind(address, "there is no such file or folder.", "Check the address.") from error
    except Exception as error:
        # A driver lets errors of its libraries through, which are no OSError. Others of Python are ours.
        expected = isinstance(error, OSError | ValueError) or type(error).__module__ != "builtins"
        if isinstance(error, UprError) or not expected:
            raise
        raise kind(
            address, f"cannot be used ({error}).", "Check the address, the credentials and the network."
        ) from error
