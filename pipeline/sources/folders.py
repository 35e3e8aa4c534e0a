"""Inputs that may be folders: the files in them, and a sentence for whatever is not read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import SourceError, UprError
from pipeline.store.files import digest


@dataclass
class Files:
    """What inputs come to.

    Attributes:
        found: the files to read, in the order of the inputs and then of names, each once.
        left_out: a sentence for each thing in a folder that is not read, and for a file that is named twice.
            Hidden files, and the lock files of Office ("~$..."), are no one's input and are not mentioned.
        failed: folders that hold nothing to read or cannot be opened.
    """

    found: list[Path] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    failed: list[UprError] = field(default_factory=list)

    def digests(self) -> list[tuple[Path, str]]:
        """The files with their SHA-256; one that cannot be read goes to `failed` instead."""
        sums = []
        for file in self.found:
            try:
                sums.append((file, digest(file)))
            except UprError as error:
                self.failed.append(error)
        return sums


def expand(paths: Iterable[Path], suffixes: Sequence[str]) -> Files:
    """The files of inputs that may be folders, searched in depth.

    Links to folders are not followed, so that no circle of links is walked. Args: `suffixes` of files that
    are read, in lower case; a file that is named itself is taken whatever its ending.
    """
    files = Files()
    found: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            if path in found:
                files.left_out.append(f"{path}: it is named twice, and read once.")
            found[path] = None
            continue
        before = len(files.failed)
        inside = list(_inside(path, suffixes, files))
        if not inside and len(files.failed) == before:
            files.failed.append(
                SourceError(
                    str(path),
                    "the folder holds no file that can be read.",
                    f"Put files there that end in {', '.join(suffixes)}.",
                )
            )
        found.update(dict.fromkeys(inside))
    files.found = list(found)
    return files


def _inside(folder: Path, suffixes: Sequence[str], files: Files) -> Iterator[Path]:
    def closed(error: OSError) -> None:
        files.failed.append(
            SourceError(
                str(error.filename),
                f"the folder cannot be opened ({error.strerror}).",
                "Ask for permission to read it.",
            )
        )

    read: list[Path] = []
    for place, folders, names in os.walk(folder, onerror=closed):
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]  # noqa: PTH118, PTH114
        for name in (*links, *names):
            if not name.startswith((".", "~$")):
                _take(Path(place, name), suffixes, read, files.left_out)
    files.left_out.sort()
    yield from sorted(read)


def _take(path: Path, suffixes: Sequence[str], read: list[Path], left_out: list[str]) -> None:
    kind = path.suffix.lower()
    if path.is_file():
        if kind in suffixes:
            read.append(path)
        else:
            left_out.append(f"{path}: not read, because '{path.suffix}' is none of {', '.join(suffixes)}.")
    elif path.is_symlink():
        what = "a link to a folder, which is not followed" if path.is_dir() else "a link that leads nowhere"
        left_out.append(f"{path}: not read, because it is {what}.")
    else:
        left_out.append(f"{path}: not read, because it is no ordinary file.")
