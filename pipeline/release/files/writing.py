"""Writing of all files of a release into a temporary folder."""

from __future__ import annotations

import csv
import json
import multiprocessing
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.corpus.states import States
from pipeline.progress import Progress
from pipeline.release.files import card, descriptors
from pipeline.release.files.database import write_database
from pipeline.release.files.folder import MANIFEST, seal
from pipeline.release.files.pages import Provenance, main_page, state_pages
from pipeline.release.files.workbook import write_workbook
from pipeline.release.tables.content import Content
from pipeline.release.tables.uwazi_import import HEADINGS, UwaziLabels, uwazi_rows
from pipeline.store.files import digest
from pipeline.store.tables import TableWriter, read_parquet

_ROWS = 20_000
_WORTH_A_PROCESS = 20_000
_SHEETS = ("sessions", "issues", "acceptance_by_action", "recommending_states", "reviewed_states")


@dataclass(frozen=True)
class Edition:
    """The content of a release with its statistics and descriptions."""

    content: Content
    statistics: Mapping[str, pd.DataFrame]
    diff: pa.Table
    broken: Sequence[str]
    provenance: Provenance
    states: States
    uwazi: UwaziLabels

    @property
    def manifest(self) -> Mapping[str, Any]:
        """release.json."""
        return self.provenance.manifest


def write_release(folder: Path, edition: Edition, progress: Progress) -> None:
    """Write every file and seal the folder. Raises: OSError, StoreError."""
    content = edition.content
    for name, table in {**content.tables(), "diff": edition.diff}.items():
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd")
    with ExitStack() as stack:
        beside = _beside(folder, edition, stack)
        jobs = [*_mirrors(folder, content), *_figures(folder, edition), *_told(folder, edition)]
        for job in progress(jobs, "files written", len(jobs)):
            job()
        beside()
    _descriptions(folder, edition)
    seal(folder)


def _beside(folder: Path, edition: Edition, stack: ExitStack) -> Callable[[], None]:
    """Start the slowest part, in a separate process if that saves time.

    Returns: a function that waits for it.
    """
    manifest, content = edition.manifest, edition.content
    about = card.about(manifest, content.quality, edition.provenance.method, edition.provenance.demo)
    sheets = {name: edition.statistics[name] for name in _SHEETS}
    work = (folder, about, content.taxonomy, sheets)
    if content.recommendations.num_rows < _WORTH_A_PROCESS:
        return lambda: workbook_of(*work)
    # Not forked: Arrow's threads would not survive it.
    pool = stack.enter_context(ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")))
    future: Future[None] = pool.submit(workbook_of, *work)
    return future.result


def workbook_of(
    folder: Path, about: Sequence[tuple[str, str]], taxonomy: pa.Table, sheets: Mapping[str, pd.DataFrame]
) -> None:
    """upr.xlsx from the folder's recommendations.parquet."""
    write_workbook(
        folder / "upr.xlsx", about, read_parquet(folder / "recommendations.parquet"), taxonomy, sheets
    )


def _mirrors(folder: Path, content: Content) -> list[Callable[[], None]]:
    return [
        lambda: write_database(folder / "upr.sqlite", content),
        lambda: mirror(folder / "recommendations.csv", content.recommendations),
        lambda: mirror(folder / "recommendations.jsonl", content.recommendations),
        lambda: mirror(folder / "labels.csv", content.labels),
        lambda: mirror(folder / "taxonomy.csv", content.taxonomy),
    ]


def _figures(folder: Path, edition: Edition) -> list[Callable[[], None]]:
    def uwazi() -> None:
        with (folder / "uwazi.csv").open("w", encoding="utf-8", newline="") as file:
            _write_rows(file, HEADINGS, uwazi_rows(edition.content.recommendations, edition.uwazi))

    def statistics() -> None:
        (folder / "statistics").mkdir()
        for name, table in edition.statistics.items():
            with (folder / "statistics" / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
                _write_rows(
                    file,
                    list(table.columns),
                    table.astype(object).where(table.notna(), None).itertuples(index=False),
                )

    def states() -> None:
        (folder / "states").mkdir()
        for iso, page in state_pages(edition.statistics, edition.provenance, edition.states):
            write_plain(folder / "states" / f"{iso}.html", page)

    return [
        uwazi,
        statistics,
        states,
        lambda: write_plain(
            folder / "index.html", main_page(edition.statistics, edition.provenance, edition.states)
        ),
    ]


def _write_rows(file: Any, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    writer = csv.writer(file)
    writer.writerow(names)
    writer.writerows(rows)


def _told(folder: Path, edition: Edition) -> list[Callable[[], None]]:
    manifest, quality, provenance = edition.manifest, edition.content.quality, edition.provenance
    texts = {
        "README.md": lambda: card.dataset_card(manifest, quality, provenance.method, provenance.demo),
        "CHANGELOG.md": lambda: card.changelog(manifest, edition.diff, edition.broken),
        "CITATION.cff": lambda: card.citation(manifest),
        "metrics.json": lambda: _json(quality),
        "datasette.json": lambda: _json(descriptors.datasette(manifest)),
        MANIFEST: lambda: _json(manifest),
    }

    def write(name: str) -> Callable[[], None]:
        return lambda: write_plain(folder / name, texts[name]())

    return [write(name) for name in texts]


def _descriptions(folder: Path, edition: Edition) -> None:
    """The files that hold the sums of the others."""
    paths = sorted(p for p in folder.rglob("*") if p.is_file())
    files = {p.relative_to(folder).as_posix(): (digest(p), p.stat().st_size) for p in paths}
    write_plain(folder / "croissant.json", _json(descriptors.croissant(edition.manifest, files)))
    write_plain(
        folder / "datapackage.json",
        _json(descriptors.data_package(edition.manifest, files, edition.statistics)),
    )


def mirror(path: Path, table: pa.Table) -> None:
    """A table in the format of a suffix, a batch at a time."""
    with TableWriter(path, path.suffix, table.schema) as writer:
        for start in range(0, max(table.num_rows, 1), _ROWS):
            writer.write(table.slice(start, _ROWS))


def csv_bytes(table: pa.Table) -> bytes:
    """A small table as the bytes of its .csv."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        mirror(path, table)
        return path.read_bytes()


def write_plain(path: Path, text: str) -> None:
    """A text as UTF-8 with LF line ends."""
    path.write_text(text, encoding="utf-8", newline="\n")


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
