"""The coded rows that tests measure on: the real corpus where it is, the embedded sample everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from pipeline import settings
from pipeline.settings import DocumentLimits, IngestSettings
from pipeline.sources.opening import open_any
from pipeline.sources.records import Record
from pipeline.sources.tables.events import TableOptions

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample"
NO_CORPUS = "UPR_CORPUS is not set: the real corpus is not at hand"


def records_of(path: Path) -> Iterator[Record]:
    """The rows of a known table, read in this process."""
    events = open_any(path, TableOptions(strict=True), IngestSettings(), DocumentLimits())
    return (event for event in events if isinstance(event, Record))


@cache
def coded_rows(folder: Path) -> tuple[Record, ...]:
    """Recommendations of the CSVs under upr-info/, in the files' order; pledges are not among them."""
    files = sorted(path for path in (folder / "upr-info").glob("*.csv") if path.stem != "voluntary")
    return tuple(record for path in files for record in records_of(path))


def real_rows() -> tuple[Record, ...]:
    """Rows of the real corpus; the test is skipped, with the reason, where it is missing."""
    folder = settings.corpus_folder()
    if folder is None:
        pytest.skip(NO_CORPUS)
    return coded_rows(folder)


def session(record: Record) -> int:
    return int(str(record.session))


def of_sessions(records: Iterable[Record], sessions: Iterable[int]) -> list[Record]:
    wanted = set(sessions)
    return [record for record in records if session(record) in wanted]
