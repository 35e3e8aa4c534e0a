"""Parts of a release that follow from its Parquet files, and so can be made in another process."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from pipeline.release.files.copies import compress, shipped
from pipeline.release.files.database import write_database
from pipeline.release.files.workbook import write_workbook
from pipeline.release.tables.threads import threads
from pipeline.store.tables import TableWriter, read_parquet
from pipeline.store.threads import load_finder

WORTH_A_PROCESS = 20_000
"""Rows from which a second process saves time."""
_ROWS = 20_000


class Beside:
    """Jobs, each done by the other process or by this one; a context manager."""

    def __init__(self, rows: int) -> None:
        """Args: `rows`, of the release."""
        # Not forked: Arrow's threads would not survive it.
        spawn = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(1, mp_context=spawn) if rows >= WORTH_A_PROCESS else None
        self._started: list[tuple[Future[Any], Callable[[], Any]]] = []

    def __enter__(self) -> Beside:
        return self

    def start(self, work: Callable[..., Any], *values: Any) -> Callable[[], Any]:
        """Let a job be done. Returns: a function that gives its result, and waits for it."""
        if self._pool is None:
            return lambda: work(*values)
        future = self._pool.submit(work, *values)
        self._started.append((future, lambda: work(*values)))
        return future.result

    def finish(self) -> list[Callable[[], Any]]:
        """Functions that end all jobs: what the other process has not begun is done here."""
        waiting = [self._ended(future, work) for future, work in reversed(self._started)]
        self._started = []
        return waiting

    @staticmethod
    def _ended(future: Future[Any], work: Callable[[], Any]) -> Callable[[], Any]:
        return lambda: work() if future.cancel() else future.result()

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


def database_of(folder: Path, taxonomy: pa.Table, manifest: Mapping[str, Any]) -> None:
    """upr.sqlite from the folder's Parquet files. Raises: StoreError."""
    path = folder / "upr.sqlite"
    write_database(path, {**_tables(folder), "taxonomy": taxonomy})
    _shrink(path, manifest)


def _tables(folder: Path) -> dict[str, pa.Table]:
    return {name: read_parquet(folder / f"{name}.parquet") for name in ("recommendations", "labels")}


def copy_of(folder: Path, name: str, manifest: Mapping[str, Any]) -> None:
    """A copy of the Parquet file of that name without its ending, such as labels.csv."""
    path = folder / name
    mirror(path, read_parquet(path.with_suffix(".parquet")))
    _shrink(path, manifest)


def _shrink(path: Path, manifest: Mapping[str, Any]) -> None:
    if shipped(path.name, manifest) != path.name:
        compress(path)


def workbook_of(
    folder: Path, about: Sequence[tuple[str, str]], taxonomy: pa.Table, sheets: Mapping[str, pd.DataFrame]
) -> None:
    """upr.xlsx from the folder's recommendations.parquet."""
    write_workbook(
        folder / "upr.xlsx", about, read_parquet(folder / "recommendations.parquet"), taxonomy, sheets
    )


def mirror(path: Path, table: pa.Table) -> None:
    """A table in the format of a suffix, a batch at a time."""
    with TableWriter(path, path.suffix, table.schema) as writer:
        for start in range(0, max(table.num_rows, 1), _ROWS):
            writer.write(table.slice(start, _ROWS))


def threads_of(path: Path) -> pa.Table:
    """threads.parquet. Args: `path`, recommendations.parquet. Raises: SettingsError."""
    return following(read_parquet(path))


def following(recommendations: pa.Table) -> pa.Table:
    """threads.parquet, by the word lists and the classifier in configs/.

    Raises: SettingsError where they cannot be used.
    """
    finder = load_finder()
    return threads(recommendations, finder.reader, finder.model)
