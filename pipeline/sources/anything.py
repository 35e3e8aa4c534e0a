"""Whatever people drop on `label`: tables, documents, plain text, mixed."""

from __future__ import annotations

import re
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.corpus.states import States
from pipeline.errors import SourceError, UprError
from pipeline.progress import Progress, silent
from pipeline.settings import DocumentLimits, Settings
from pipeline.sources.documents.batch import read_all, unused
from pipeline.sources.documents.kinds.list_layout import columns_of
from pipeline.sources.documents.merge import merge_review
from pipeline.sources.documents.read import DOCUMENT_SUFFIXES
from pipeline.sources.documents.spool import Spool
from pipeline.sources.opening import TABLE_SUFFIXES
from pipeline.sources.records import Record, Reject
from pipeline.sources.tables.events import ReadingNote, TableOptions
from pipeline.sources.tables.gzipped import inner_suffix
from pipeline.sources.tables.isolation import first_rows, read_table, rows_of_parquet
from pipeline.sources.tables.rows import TEXT_SUFFIXES
from pipeline.store.carried import Part
from pipeline.store.files import blocks

ANY_SUFFIXES = tuple(dict.fromkeys((*TABLE_SUFFIXES, ".txt", *DOCUMENT_SUFFIXES)))

_FAIL_LATE = (".parquet", ".json", ".jsonl")
"""Endings of tables in which a fault of the whole may stand anywhere: a damaged page, a key that is not
known.
"""
_LIST_TITLE = re.compile(
    r"\b\d{1,2}\s?(?:st|nd|rd|th)\s+session\b|\bthematic\s+list\b|\bmatrix\s+of\s+recomm", re.IGNORECASE
)


@dataclass
class Intake:
    """What is found out while inputs are read, beside their records.

    Attributes:
        failed: the faults of files that cannot be used; the others go on.
        problems: what a person should look at in documents: gaps, duplicates, conflicts.
        parts: the sheets and tables whose own columns are carried; `Record.part` is a place here.
        told: how each table was understood, and what was not read of it.
    """

    failed: list[UprError] = field(default_factory=list)
    problems: list[Reject] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def records_of(
    files: Sequence[Path],
    states: States,
    settings: Settings,
    intake: Intake,
    asked: TableOptions | None = None,
    progress: Progress = silent,
) -> Iterator[Record]:
    """The records of all files, in order; those of documents, merged by review, where the first document
    stands.

    Args:
        files: tables, text files, session documents.
        intake: gets what is found out beside the records.
        asked: what the person told of the tables.
        progress: shows the documents as they are read.
    """
    limits = settings.extract
    told = asked or TableOptions(language=settings.fetch.language)
    # Where columns or sheets are told, a workbook is a table.
    documents = [
        file
        for file in files
        if is_document(file, limits)
        and not ((told.columns or told.sheets) and file.suffix.lower() == ".xlsx")
    ]
    for file in files:
        if file not in documents:
            yield from _table_records(file, settings, told, limits, intake)
        elif file is documents[0]:
            yield from _document_records(documents, states, settings, intake, progress)


def about_how_many(files: Sequence[Path], limits: DocumentLimits) -> int | None:
    """How many rows the files hold, about, for showing the time left; None where finding out would mean
    reading them twice.

    Line ends are counted in text, so a line end inside a cell counts as a row.
    """
    rows = 0
    for file in files:
        suffix = file.suffix.lower()
        if suffix == ".parquet":
            rows += rows_of_parquet(file, limits)
        elif suffix in (*TEXT_SUFFIXES, ".txt", ".jsonl"):
            ends = [(block.count(b"\n"), block.count(b"\r")) for block in blocks(file)]
            rows += max(sum(feeds) for feeds in zip(*ends, strict=True)) if ends else 0
        else:
            return None
    return rows


def is_document(file: Path, limits: DocumentLimits) -> bool:
    """Whether a file is a session document, and not a table: by its ending, or a workbook that is a list of
    OHCHR's. The workbook is looked at in a process of its own.

    A list has OHCHR's headings and no others, and its themes or the sources of positions, or a title that
    names it; any other table with such headings is somebody's own, whose columns are carried.
    """
    suffix = file.suffix.lower()
    if suffix != ".xlsx":
        return suffix in DOCUMENT_SUFFIXES
    try:
        sheets = first_rows(file, limits)
    except (UprError, OSError):
        # Whatever is wrong with it will be said when it is opened as a table.
        return False
    return any(_is_list(rows) for rows in sheets)


def _is_list(rows: Sequence[Sequence[str]]) -> bool:
    for place, row in enumerate(rows):
        found = columns_of(row)
        if found and len(found) == sum(1 for cell in row if cell.strip()):
            title = " ".join(cell for above in rows[:place] for cell in above)
            return bool({"themes", "source"} & set(found)) or _LIST_TITLE.search(title) is not None
    return False


def _document_records(
    documents: Sequence[Path], states: States, settings: Settings, intake: Intake, progress: Progress
) -> Iterator[Record]:
    """The records of all documents, those of one review merged."""
    with tempfile.TemporaryDirectory(prefix="upr-documents-") as folder:
        spool = Spool(Path(folder))
        reading = read_all(documents, states, intake.failed, settings.extract)
        for document in progress(reading, "documents read", len(documents)):
            spool.add(document)
        for members in spool.reviews():
            merged = merge_review(members)
            intake.problems += merged.problems
            yield from merged.records
        intake.problems += unused(spool.stubs)


def _table_records(
    file: Path, settings: Settings, asked: TableOptions, limits: DocumentLimits, intake: Intake
) -> Iterator[Record]:
    """The records of a table; what is found out beside them goes to `intake`."""
    first = len(intake.parts)
    rows = 0
    try:
        if inner_suffix(file) in _FAIL_LATE:
            # Seen whole once, so that no half of a damaged file is taken and the other files go on.
            deque(read_table(file, asked, settings.ingest, limits), maxlen=0)
        for event in read_table(file, asked, settings.ingest, limits):
            if isinstance(event, Part):
                intake.parts.append(event)
            elif isinstance(event, ReadingNote):
                intake.told.append(f"{file.name}: {event.text}.")
            else:
                rows += 1
                yield event if event.part is None else replace(event, part=first + event.part)
        if not rows:
            raise SourceError(str(file), "the file holds no row.", "Check that it is the right one.")
    except UprError as error:
        intake.failed.append(error)
