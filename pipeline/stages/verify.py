"""Stage `verify`: check a release with nothing but its folder."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import yaml

from pipeline.errors import ReleaseError, UprError
from pipeline.progress import Progress, silent
from pipeline.release.checks.descriptions import cards, history
from pipeline.release.checks.mirrors import mirrors
from pipeline.release.checks.recomputed import derived, recomputed
from pipeline.release.checks.rows import Check, Opened, columns, counted, keys, people_first, sums, values
from pipeline.release.files.folder import LATEST, MANIFEST, SIGNATURE, manifest
from pipeline.release.files.signing import checked

CHECKS: Mapping[str, Check] = {
    "sums": sums,
    "columns": columns,
    "keys": keys,
    "values": values,
    "people first": people_first,
    "counts": counted,
    "cards": cards,
    "mirrors": mirrors,
    "derived": derived,
    "recomputed": recomputed,
    "changes": history,
}
"""What is checked, in order; each function says what it holds the release to."""

_OF_ANY_VERSION = ("sums", "columns")
"""Checks that a release of another version of this project is held to."""

_SHAPE = (ValueError, KeyError, TypeError, AttributeError, IndexError, StopIteration)
_DAMAGE = (UprError, OSError, *_SHAPE, pa.ArrowException, sqlite3.Error, csv.Error, yaml.YAMLError)
"""What reading a damaged file can raise. A check that cannot read is a fault of the release, never a crash.
"""


@dataclass(frozen=True)
class VerifyResult:
    """What was found.

    Attributes:
        folder: the release that was checked.
        release: its name.
        faults: by check, a sentence each; empty lists where all is well.
        notes: what could not be checked, and why.
    """

    folder: Path
    release: str
    faults: Mapping[str, list[str]]
    notes: list[str]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not any(self.faults.values())


def run(
    folder: Path,
    *,
    checks: Iterable[str] = CHECKS,
    key: Path | None = None,
    progress: Progress = silent,
) -> VerifyResult:
    """Check a release.

    Args:
        folder: a release, or the folder of releases, whose latest is checked.
        checks: names of `CHECKS`, in the order in which they run; all of them unless told.
        key: a file with the public key that the release must be signed by; without it, no signature is looked
            at.
        progress: shows the checks as they are done.

    Raises: ReleaseError if the folder holds no release, or the key is none.
    """
    if not folder.is_dir():
        raise ReleaseError(
            str(folder), "there is no such folder.", "Name a release, or the folder that holds `latest`."
        )
    if not (folder / MANIFEST).is_file() and (folder / LATEST).is_dir():
        folder = folder / LATEST
    folder = folder.resolve()
    release = Opened(folder, manifest(folder))
    # The files of another version are others; that alone is said of them, and not each difference.
    chosen = tuple(checks) if release.of_this_program else _OF_ANY_VERSION
    faults = {name: _found(CHECKS[name], release) for name in progress(chosen, "checks", len(chosen))}
    before = release.manifest.get("previous")
    notes = []
    if key is not None:
        faults["signature"] = list(checked(folder, key))
    elif (folder / SIGNATURE).is_file():
        notes.append("The release is signed. Whose signature it is, --key FILE with the public key tells.")
    if before is not None and not (folder.parent / str(before)).is_dir():
        notes.append(
            f"Release {before} is not beside this one, so the changes could not be followed row by row."
        )
    return VerifyResult(folder, str(release.manifest["release"]), faults, notes)


def _found(check: Check, release: Opened) -> list[str]:
    found: list[str] = []
    try:
        for fault in check(release):
            found.append(fault)  # noqa: PERF402  (what was found before the damage is kept)
    except _DAMAGE as error:
        found.append(f"cannot be checked further: {type(error).__name__}: {error}")
    return found
