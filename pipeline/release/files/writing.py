"""Writing of all files of a release into a temporary folder."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.corpus.states import States
from pipeline.corpus.taxonomy import Taxonomy
from pipeline.progress import Progress
from pipeline.release.files import card, descriptors
from pipeline.release.files.all_pages import Site, site_jobs
from pipeline.release.files.beside import Beside, copy_of, database_of, mirror, threads_of, workbook_of
from pipeline.release.files.copies import compress, shipped
from pipeline.release.files.folder import MANIFEST, seal
from pipeline.release.files.pages import Provenance
from pipeline.release.files.schemas import json_schema
from pipeline.release.files.skos import concept_schemes
from pipeline.release.files.workbook import write_workbook
from pipeline.release.site.entries import Entry
from pipeline.release.tables.columns import SCHEMAS
from pipeline.release.tables.content import Content
from pipeline.release.tables.splitting import tested_sessions
from pipeline.release.tables.uwazi_import import HEADINGS, UwaziLabels, uwazi_rows
from pipeline.store.files import digest

_MIRRORS = ("recommendations.jsonl", "labels.csv", "recommendations.csv")
_SHEETS = ("sessions", "issues", "acceptance_by_action", "recommending_states", "reviewed_states")


@dataclass(frozen=True)
class Edition:
    """The content of a release with its statistics and descriptions."""

    content: Content
    statistics: Mapping[str, pd.DataFrame]
    threads: pa.Table
    diff: pa.Table
    broken: Sequence[str]
    provenance: Provenance
    states: States
    uwazi: UwaziLabels
    entries: Sequence[Entry]
    taxonomy: Taxonomy

    @property
    def manifest(self) -> Mapping[str, Any]:
        """release.json."""
        return self.provenance.manifest


def write_release(
    folder: Path,
    content: Content,
    diff: pa.Table,
    facts: Mapping[str, Any],
    edition: Callable[[Callable[[], pa.Table]], Edition],
    progress: Progress,
) -> None:
    """Write every file and seal the folder.

    Args:
        folder: empty.
        content: the tables.
        diff: diff.parquet.
        facts: release.json.
        edition: makes figures and texts; it is given a function that waits for the threads.
        progress: shows the files as they are written.

    Raises: OSError, StoreError, SettingsError.
    """
    for name, table in {**content.tables(), "diff": diff}.items():
        _parquet(folder, name, table)
    with Beside(content.recommendations.num_rows) as beside:
        threads = beside.start(threads_of, folder / "recommendations.parquet")
        copies = [beside.start(database_of, folder, content.taxonomy, facts)]
        copies += [beside.start(copy_of, folder, name, facts) for name in _MIRRORS]
        made = edition(threads)
        copies.append(beside.start(workbook_of, folder, *_sheets(made)))
        _parquet(folder, "threads", made.threads)
        jobs = [_written(folder, job, facts) for job in rendered(made)]
        jobs += beside.finish() or copies
        for job in progress(jobs, "files written", len(jobs)):
            job()
    write_plain(folder / MANIFEST, _json(made.manifest))
    _descriptions(folder, made)
    seal(folder)


def _parquet(folder: Path, name: str, table: pa.Table) -> None:
    pq.write_table(table, folder / f"{name}.parquet", compression="zstd")


def _sheets(edition: Edition) -> tuple[Sequence[tuple[str, str]], pa.Table, Mapping[str, pd.DataFrame]]:
    """What the sheets of upr.xlsx hold beside the recommendations."""
    content = edition.content
    about = card.about(edition.manifest, content.quality, edition.provenance.method)
    return about, content.taxonomy, {name: edition.statistics[name] for name in _SHEETS}


def workbook_without_rows(path: Path, edition: Edition) -> None:
    """upr.xlsx with no recommendation: `upr verify` compares the other sheets of a release with it."""
    about, taxonomy, sheets = _sheets(edition)
    write_workbook(path, about, edition.content.recommendations.slice(0, 0), taxonomy, sheets)


def rendered(edition: Edition) -> list[Callable[[], dict[str, bytes]]]:
    """The files that follow from the tables and release.json alone, as functions that give name and bytes.

    `upr publish` writes them, and `upr verify` compares those of a release with them.
    """
    content, provenance = edition.content, edition.provenance
    manifest, quality = edition.manifest, content.quality
    site = Site(
        edition.statistics,
        provenance,
        edition.states,
        edition.taxonomy,
        edition.entries,
        edition.threads,
        tested_sessions(content.recommendations, content.splits),
    )
    return [
        lambda: {
            "uwazi.csv": _delimited(HEADINGS, uwazi_rows(content.recommendations, edition.uwazi), "utf-8")
        },
        lambda: {f"statistics/{n}.csv": _frame(table) for n, table in edition.statistics.items()},
        *site_jobs(site),
        lambda: {
            "taxonomy.csv": csv_bytes(content.taxonomy),
            "taxonomy.jsonld": _json(concept_schemes(content.taxonomy.to_pylist())).encode(),
        },
        lambda: {f"schemas/{n}.schema.json": _json(json_schema(n)).encode() for n in SCHEMAS},
        lambda: {
            "README.md": card.dataset_card(manifest, quality, provenance.method, content.taxonomy).encode(),
            "CHANGELOG.md": card.changelog(manifest, edition.diff, edition.broken).encode(),
            "CITATION.cff": card.citation(manifest).encode(),
            "metrics.json": _json(quality).encode(),
            "datasette.json": _json(descriptors.datasette(manifest)).encode(),
        },
    ]


def _frame(table: pd.DataFrame) -> bytes:
    rows = table.astype(object).where(table.notna(), None).itertuples(index=False)
    return _delimited(list(table.columns), rows, "utf-8-sig")


def _delimited(names: Sequence[str], rows: Iterable[Sequence[Any]], encoding: str) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(names)
    writer.writerows(rows)
    return file.getvalue().encode(encoding)


def _written(
    folder: Path, job: Callable[[], dict[str, bytes]], facts: Mapping[str, Any]
) -> Callable[[], None]:
    def write() -> None:
        for name, content in job().items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
            if shipped(name, facts) != name:
                compress(folder / name)

    return write


def _descriptions(folder: Path, edition: Edition) -> None:
    """The files that hold the sums of the others."""
    paths = sorted(p for p in folder.rglob("*") if p.is_file())
    files = {p.relative_to(folder).as_posix(): (digest(p), p.stat().st_size) for p in paths}
    write_plain(folder / "croissant.json", _json(descriptors.croissant(edition.manifest, files)))
    write_plain(
        folder / "datapackage.json",
        _json(descriptors.data_package(edition.manifest, files, edition.statistics)),
    )


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
