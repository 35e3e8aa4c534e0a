"""Whatever people drop on `label`: tables, documents, plain text, mixed."""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from pipeline.corpus.states import States
from pipeline.errors import SourceError, UprError
from pipeline.progress import Progress, silent
from pipeline.settings import Settings
from pipeline.sources.documents.batch import limits_of, read_all, unused
from pipeline.sources.documents.merge import merge_review
from pipeline.sources.documents.read import DOCUMENT_SUFFIXES, is_document
from pipeline.sources.documents.spool import Spool
from pipeline.sources.opening import TABLE_SUFFIXES, open_table_source
from pipeline.sources.records import Record, Reject
from pipeline.sources.tables.plain import read_plain
from pipeline.sources.tables.rows import TEXT_SUFFIXES
from pipeline.store.files import blocks
from pipeline.store.tables import parquet_rows

ANY_SUFFIXES = tuple(dict.fromkeys((*TABLE_SUFFIXES, ".txt", *DOCUMENT_SUFFIXES)))

_FAIL_LATE = (".parquet", ".json", ".jsonl")
"""Endings of tables in which a fault of the whole may stand anywhere: a damaged page, a key that is not
known.
"""


def records_of(
    files: Sequence[Path],
    states: States,
    settings: Settings,
    failed: list[UprError],
    problems: list[Reject],
    progress: Progress = silent,
) -> Iterator[Record]:
    """The records of all files, in order; those of documents, merged by review, where the first document
    stands.

    Args:
        files: tables, text files, session documents.
        failed: gets the faults of files that cannot be used; the others go on.
        problems: gets what a person should look at in documents: gaps, duplicates, conflicts.
        progress: shows the documents as they are read.
    """
    documents = [file for file in files if _is_document(file)]
    for file in files:
        if file not in documents:
            yield from _table_records(file, settings, failed)
        elif file is documents[0]:
            yield from _document_records(documents, states, settings, failed, problems, progress)


def about_how_many(files: Sequence[Path]) -> int | None:
    """How many rows the files hold, about, for showing the time left; None where finding out would mean
    reading them twice.

    Line ends are counted in text, so a line end inside a cell counts as a row.
    """
    rows = 0
    for file in files:
        suffix = file.suffix.lower()
        if suffix == ".parquet":
            rows += parquet_rows(file)
        elif suffix in (*TEXT_SUFFIXES, ".txt", ".jsonl"):
            ends = [(block.count(b"\n"), block.count(b"\r")) for block in blocks(file)]
            rows += max(sum(feeds) for feeds in zip(*ends, strict=True)) if ends else 0
        else:
            return None
    return rows


def _document_records(
    documents: Sequence[Path],
    states: States,
    settings: Settings,
    failed: list[UprError],
    problems: list[Reject],
    progress: Progress,
) -> Iterator[Record]:
    """The records of all documents, those of one review merged."""
    with tempfile.TemporaryDirectory(prefix="upr-documents-") as folder:
        spool = Spool(Path(folder))
        reading = read_all(documents, states, failed, limits_of(settings), settings.extract.processes)
        for document in progress(reading, "documents read", len(documents)):
            spool.add(document)
        for members in spool.reviews():
            merged = merge_review(members)
            problems += merged.problems
            yield from merged.records
        problems += unused(spool.stubs)


def _is_document(file: Path) -> bool:
    try:
        return is_document(file)
    except (UprError, OSError):
        # Whatever is wrong with it will be said when it is opened as a table.
        return False


def _table_records(file: Path, settings: Settings, failed: list[UprError]) -> Iterator[Record]:
    try:
        if file.suffix.lower() in _FAIL_LATE:
            # Seen whole once, so that no half of a damaged file is taken and the other files go on.
            deque(_open(file, settings), maxlen=0)
        records = _open(file, settings)
        first = next(records, None)
        if first is None:
            raise SourceError(str(file), "the file holds no row.", "Check that it is the right one.")
    except UprError as error:
        failed.append(error)
        return
    yield from chain((first,), records)


def _open(file: Path, settings: Settings) -> Iterator[Record]:
    if file.suffix.lower() == ".txt":
        return read_plain(file, settings.ingest.encoding)
    return open_table_source(
        file, settings.ingest.encoding, settings.ingest.delimiter, settings.fetch.language
    ).records
