"""What `upr update` keeps between runs, in one folder.

    rows.parquet        every recommendation that the sources hold, as at the last update
    labelled.parquet    the model's labels of those that no person has coded
    log.jsonl           a line for each run that ended
    current.json        the run that is going on, or was killed
    runs/<run>/         what a run read, changed and wrote

A run writes what it finds into its own folder, and changes the two tables only in its last step. That step
gives the same result when it is repeated, so a run that was killed anywhere goes on.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.corpus.schema import LABELLED
from pipeline.store.files import explain, read_json, write_json
from pipeline.store.tables import read_parquet, write_parquet

Rows = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class UpdateState:
    """The folder."""

    folder: Path

    @property
    def rows_path(self) -> Path:
        """Every recommendation."""
        return self.folder / "rows.parquet"

    @property
    def labelled_path(self) -> Path:
        """Labels of those that nobody has coded."""
        return self.folder / "labelled.parquet"

    @property
    def log_path(self) -> Path:
        """The log of runs."""
        return self.folder / "log.jsonl"

    def rows(self) -> Rows:
        """Every recommendation, by row_id."""
        return keyed(self.rows_path)

    def labelled(self) -> Rows:
        """Labels, by row_id."""
        return keyed(self.labelled_path)

    def log(self) -> list[dict[str, Any]]:
        """The runs that ended, oldest first. A last line that was cut short is left out."""
        if not self.log_path.is_file():
            return []
        lines = self.log_path.read_text(encoding="utf-8").split("\n")
        return [json.loads(line) for line in lines[:-1] if line]

    def begin(self, sources: Sequence[str], now: datetime) -> tuple[Run, bool]:
        """The run that was cut short, if it is of the same sources, or a new one; and whether it goes on."""
        current = self.folder / "current.json"
        if current.is_file():
            known = read_json(current)
            if known["sources"] == list(sources):
                return Run(self, known["run"], datetime.fromisoformat(known["started_at"])), True
        name = f"{now.astimezone(UTC):%Y%m%dT%H%M%S}"
        taken = {path.name for path in (self.folder / "runs").glob("*")} | {e["run"] for e in self.log()}
        number = next(n for n in range(1, len(taken) + 2) if _numbered(name, n) not in taken)
        run = Run(self, _numbered(name, number), now)
        write_json(current, {"run": run.name, "started_at": now.isoformat(), "sources": list(sources)})
        return run, False

    def end(self, run: Run, entry: Mapping[str, Any]) -> None:
        """Add a run to the log, once, and let the next one begin."""
        if not any(known["run"] == run.name for known in self.log()):
            self._append(json.dumps(dict(entry), ensure_ascii=False, sort_keys=True))
        (self.folder / "current.json").unlink(missing_ok=True)

    def remove_old_runs(self, keep: int) -> None:
        """Remove the folders of all but the latest `keep` runs. The log keeps every run."""
        folders = [path for path in (self.folder / "runs").glob("*") if path.is_dir()]
        for folder in sorted(folders, key=lambda path: _order(path.name))[:-keep]:
            shutil.rmtree(folder, ignore_errors=True)

    def _append(self, line: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with self.log_path.open("a+b") as file:
                # A line that a killed run left half written is no line.
                file.seek(0)
                content = file.read()
                whole = content.rfind(b"\n") + 1
                if whole != len(content):
                    file.truncate(whole)
                file.write(line.encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise explain(self.log_path, error) from error


def _order(name: str) -> tuple[str, int]:
    """By which the names of runs sort: those of the same second by their numbers."""
    moment, _, number = name.partition("-")
    return moment, int(number) if number.isdigit() else 1


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"


@dataclass(frozen=True)
class Run:
    """A run and its folder."""

    state: UpdateState
    name: str
    started_at: datetime

    @property
    def folder(self) -> Path:
        """Where it writes."""
        return self.state.folder / "runs" / self.name

    def path(self, name: str) -> Path:
        """A file of the run."""
        return self.folder / name


def keyed(path: Path) -> Rows:
    """The rows of a table of ours by row_id; empty where there is no such file."""
    if not path.is_file():
        return {}
    return {row["row_id"]: row for row in read_parquet(path, LABELLED.names).to_pylist()}


def write_rows(path: Path, rows: Rows) -> None:
    """Write rows in the contract's columns, whole or not at all."""
    write_parquet(path, pa.Table.from_pylist(list(rows.values()), schema=LABELLED))
