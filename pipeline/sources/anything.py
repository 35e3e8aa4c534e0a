"""Whatever people drop on `label`: a table, a document, or plain text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.settings import Settings
from pipeline.sources.opening import TABLE_SUFFIXES, open_table_source
from pipeline.sources.plain import read_plain
from pipeline.sources.records import Record

ANY_SUFFIXES = (*TABLE_SUFFIXES, ".txt")


def open_anything(path: Path, settings: Settings) -> Iterator[Record]:
    """The records of a table, document or text file. Raises: SourceError, StoreError."""
    if path.suffix.lower() == ".txt":
        return read_plain(path, settings.ingest.encoding)
    return open_table_source(path, settings.ingest.encoding, settings.ingest.delimiter).records
