"""Copies of the tables of a release in other formats. A large release ships them compressed by gzip."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.sources.tables.gzipped import SUFFIX, plain

ROWS = 50_000
"""Rows from which the copies are compressed. With as many, the largest has some 75 MB; hosts of files refuse
those of 100 MB."""
COPIES = ("labels.csv", "recommendations.csv", "recommendations.jsonl", "upr.sqlite", "uwazi.csv")
"""Files of which a large release has the compressed form only. Its Parquet files and workbook are compressed
in themselves."""


def compressed(rows: int) -> list[str]:
    """What stands in release.json as `compressed`: the files to whose names `.gz` is added.

    >>> compressed(49_999), compressed(50_000)[0]
    ([], 'labels.csv')
    """
    return list(COPIES) if rows >= ROWS else []


def shipped(name: str, manifest: Mapping[str, Any]) -> str:
    """The name under which a file is in a release. Args: `manifest`, release.json.

    >>> shipped("upr.sqlite", {"compressed": ["upr.sqlite"]}), shipped("index.html", {"compressed": []})
    ('upr.sqlite.gz', 'index.html')
    """
    return name + SUFFIX if name in manifest["compressed"] else name


def compress(path: Path) -> None:
    """Put the compressed file in the place of a file. The same content gives the same bytes (and zlib)."""
    with (
        path.open("rb") as file,
        path.with_name(path.name + SUFFIX).open("wb") as out,
        # Neither name nor time of the file are kept.
        gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0, compresslevel=6) as packed,
    ):
        shutil.copyfileobj(file, packed, 1_000_000)
    path.unlink()


def content(folder: Path, name: str, manifest: Mapping[str, Any]) -> bytes:
    """What a file of a release holds, unpacked; nothing where it is missing.

    Raises: SourceError where it cannot be unpacked.
    """
    path = folder / shipped(name, manifest)
    if not path.is_file():
        return b""
    with plain(path) as file:
        return file.read_bytes()
