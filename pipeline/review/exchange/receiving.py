"""Files that people bring in the browser: kept until they are looked at and taken in, or sent away."""

from __future__ import annotations

import logging
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextvars import copy_context
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from pipeline import settings
from pipeline.errors import UprError
from pipeline.review.strings import say
from pipeline.sources.tables.labelled import LabelledRow, read_labelled

_log = logging.getLogger(__name__)
_ONE_AT_A_TIME = threading.Lock()
"""Each labelling holds a model in memory."""
SHOWN_ROWS = 200
"""Rows of a labelled table that a person looks at before it is taken in."""
_FOLDER = Path("data", "reviewed", "received")
_MOST = 20
"""Files of a person that are kept at a time."""
_LINE = 400
_MOST_NOTED = 30
_WEEK = 7 * 86_400


class UnusableFile(Exception):  # noqa: N818 - an answer to the person who brought it
    """A file that cannot be labelled; its text is what `upr label` said, which names the file itself."""


class Step(StrEnum):
    """Where a file is on its way."""

    LABELLING = "labelling"  # extracted and labelled by `upr label`
    READY = "ready"  # can be looked at and taken in
    TAKING = "taking"
    TAKEN = "taken"
    FAILED = "failed"


@dataclass
class Received:
    """A file that a person brought.

    Attributes:
        path: where it is kept; `table`: what is taken in, the file itself or what `upr label` made of it.
        is_sheet: it is an edited decision sheet.
        rows: of the table, `shown` the first of them.
        doubtful: rows that people must decide on.
        noted: what `upr label` noted on the file while it read it, in English.
        told: what was done with it, or why that failed.
        begins_round: whether what was taken in began a round; not if the desk had every row before.
    """

    token: str
    person_id: int
    name: str
    path: Path
    table: Path
    step: Step
    is_sheet: bool = False
    rows: int = 0
    doubtful: int = 0
    shown: list[dict[str, Any]] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    begins_round: bool = True
    began: float = field(default_factory=time.monotonic)

    @property
    def works(self) -> bool:
        """Whether something is being done with it now."""
        return self.step in (Step.LABELLING, Step.TAKING)

    @property
    def told_by_label(self) -> bool:
        """Whether `told` is what `upr label` said, which is in English."""
        return self.step is Step.FAILED

    @property
    def title(self) -> str:
        """A name for the round of its rows."""
        return Path(self.name).stem or self.name

    @property
    def has_pages(self) -> bool:
        """Whether its pages can be shown beside its rows."""
        return self.path.suffix == ".pdf"

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self.began


class Reception:
    """The files of a running desk. A restart forgets them, with nothing of them taken in, and what is left of
    them is removed after a week.
    """

    def __init__(self) -> None:
        """Nothing is here yet."""
        self._files: dict[str, Received] = {}
        self._lock = threading.Lock()

    def of(self, person_id: int) -> list[Received]:
        """A person's files, newest first."""
        with self._lock:
            return [one for one in reversed(self._files.values()) if one.person_id == person_id]

    def find(self, token: str, person_id: int) -> Received | None:
        """A person's file by its token."""
        found = self._files.get(token)
        return found if found is not None and found.person_id == person_id else None

    def take(self, person_id: int, name: str, content: bytes) -> Received:
        """Keep a file and begin to read it: a labelled table or sheet at once; the rest is labelled first."""
        token = secrets.token_urlsafe(16)
        suffix = Path(name).suffix.lower()[:8]
        folder = settings.home() / _FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        self._sweep(folder)
        path = folder / (token + suffix)
        path.write_bytes(content)
        path.chmod(0o600)
        one = Received(token, person_id, Path(name).name[:120], path, path, Step.READY)
        with self._lock:
            self._make_room(person_id)
            self._files[token] = one
        if not _look(one):
            one.table, one.step = path.with_name(f"{token}-labelled.parquet"), Step.LABELLING
            self.work(one, lambda: _label(one), Step.READY)
        return one

    def _make_room(self, person_id: int) -> None:
        """Forget the oldest file of a person who has too many, one with which nothing is left to do first.

        What others brought stays, and so does what is being labelled or taken in.
        """
        own = [one for one in self._files.values() if one.person_id == person_id]
        idle = [one for one in own if one.step not in (Step.LABELLING, Step.TAKING)]
        if len(own) >= _MOST and idle:
            over = [one for one in idle if one.step in (Step.TAKEN, Step.FAILED)]
            self._forget((over or idle)[0].token)

    def _sweep(self, folder: Path) -> None:
        """Remove files of an earlier run of the desk, which nobody can ask for any more."""
        before = time.time() - _WEEK
        for path in folder.iterdir():
            known = any(path.name.startswith(token) for token in list(self._files))
            if not known and path.stat().st_mtime < before:
                path.unlink(missing_ok=True)

    def work(self, one: Received, what: Callable[[], Sequence[str]], then: Step) -> None:
        """Do something with a file beside the requests; what it tells is kept with the file."""

        def run() -> None:
            try:
                one.told = list(what())
                one.step = then
            except (UprError, UnusableFile) as error:
                one.told, one.step = [str(error)], Step.FAILED
            except Exception as error:  # noqa: BLE001 - the file would wait for ever otherwise
                _log.error("%s failed", one.step, exc_info=error)
                one.told, one.step = [say("refused.fault")], Step.FAILED

        one.began = time.monotonic()
        # What it tells is in the language of who asked.
        threading.Thread(target=copy_context().run, args=(run,), daemon=True).start()

    def send_away(self, one: Received) -> None:
        """Forget a file."""
        with self._lock:
            self._forget(one.token)

    def _forget(self, token: str) -> None:
        one = self._files.pop(token, None)
        if one is not None:
            for path in one.path.parent.glob(f"{one.token}*"):
                path.unlink(missing_ok=True)


def _look(one: Received) -> bool:
    """Read what can be taken in as it is. Returns: False if it must be labelled first."""
    try:
        one.is_sheet, rows = read_labelled(one.table, settings.load().extract)
        found = list(rows)
    except UprError:
        return False
    if not any(row.values.get("taxonomy_version") for row in found):
        return False
    one.rows, one.shown = len(found), [_shown(row) for row in found[:SHOWN_ROWS]]
    one.doubtful = sum(bool(row.values.get("needs_review")) for row in found)
    return True


def _shown(row: LabelledRow) -> dict[str, Any]:
    names = ("text", "language", "page", "paragraph", "action", "issues", "needs_review")
    return {name: row.values.get(name) for name in names} | {"fault": row.fault}


def _label(one: Received) -> list[str]:
    """Extract and label a document or table in a process of its own. Raises: UprError with what it said."""
    command = [sys.executable, "-m", "pipeline", "label", str(one.path), "--out", str(one.table)]
    with _ONE_AT_A_TIME:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    lines = [
        line[:_LINE].replace(one.path.name, one.name) for line in done.stderr.splitlines() if line.strip()
    ]
    if done.returncode or not _look(one):
        raise UnusableFile(lines[-1].removeprefix("upr: ") if lines else say("refused.fault"))
    # Its counts are not shown: the rows are. Nobody at the desk can open its list of problems.
    noted = [line for line in lines if not line.startswith((" ", str(one.table)))]
    one.noted = [line.partition(", all in ")[0] for line in noted[:_MOST_NOTED]]
    return []
