"""Every file of a release, written into a folder that has no name yet."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.progress import Progress
from pipeline.release.card import dataset_card
from pipeline.release.content import Content
from pipeline.release.folder import MANIFEST, seal
from pipeline.store.tables import TableWriter

_ROWS = 20_000


def write_release(folder: Path, content: Content, diff: pa.Table, manifest: Mapping[str, Any], progress: Progress) -> None:
    """Write every file and seal the folder. Raises: OSError."""
    jobs: dict[str, Callable[[], None]] = {
        **{f"{n}.parquet": _parquet(folder, n, t) for n, t in {**content.tables(), "diff": diff}.items()},
        "recommendations.csv": lambda: mirror(folder / "recommendations.csv", content.recommendations),
        "labels.csv": lambda: mirror(folder / "labels.csv", content.labels),
        "taxonomy.csv": lambda: mirror(folder / "taxonomy.csv", content.taxonomy),
        "metrics.json": lambda: write_plain_json(folder / "metrics.json", content.quality),
        MANIFEST: lambda: write_plain_json(folder / MANIFEST, manifest),
        "README.md": lambda: write_plain(folder / "README.md", dataset_card(dict(manifest))),
    }
    for job in progress(list(jobs), "files written", len(jobs)):
        jobs[job]()
    seal(folder)


def _parquet(folder: Path, name: str, table: pa.Table) -> Callable[[], None]:
    return lambda: pq.write_table(table, folder / f"{name}.parquet", compression="zstd")


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


def write_plain_json(path: Path, value: Any) -> None:
    """JSON with sorted keys."""
    write_plain(path, json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
