"""Tables read in a process of their own, so that no workbook, JSON or text file can crash, hang or swell the
program that asks for it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits, IngestSettings
from pipeline.sources.apart import answers
from pipeline.sources.records import Record
from pipeline.sources.tables.contract import RawRow, open_labelled
from pipeline.sources.tables.events import Event, ReadingNote, TableOptions
from pipeline.sources.tables.gzipped import plain
from pipeline.store.carried import Part, unpack
from pipeline.store.tables import parquet_rows

_AT_ONCE = 200
_FIELDS = {field.name: field.default for field in dataclasses.fields(Record)}


def read_table(
    path: Path, asked: TableOptions, ingest: IngestSettings, limits: DocumentLimits
) -> Generator[Event, None, None]:
    """The parts and records of a table, and what is told of it, as they are asked for.

    Args:
        path: .csv, .tsv, a workbook, .json, .jsonl, .parquet or .txt, also compressed (.csv.gz).
        asked: what the person told.
        ingest: encoding and delimiter.
        limits: see `DocumentLimits`; `seconds` counts from one answer to the next.

    Raises: SourceError, StoreError where the file as a whole cannot be used.
    """
    _check(path, limits)
    task = {"asked": dataclasses.asdict(asked), "ingest": ingest.model_dump()}
    with plain(path) as file:
        _check(file, limits)
        for answer in _ask(file, limits, task):
            yield from _events(answer)


def _check(path: Path, limits: DocumentLimits) -> None:
    if path.is_dir():
        raise SourceError(str(path), "this is a folder.", "Name the files in it.")
    if not path.exists():
        raise SourceError(str(path), "there is no such file.", "Check the path.")
    size = path.stat().st_size
    if size > limits.file_bytes and path.suffix.lower() not in _STREAMED:
        raise SourceError(
            str(path),
            f"has {size / 1e6:,.0f} MB, more than the {limits.file_bytes / 1e6:,.0f} MB allowed.",
            "Raise extract.file_bytes in configs/settings.yaml if you trust it.",
        )


_STREAMED = (".csv", ".tsv", ".txt", ".jsonl", ".parquet", ".gz")
"""Endings of tables that are read in flat memory, however large they are."""


def first_rows(path: Path, limits: DocumentLimits, rows: int = 15) -> list[list[list[str]]]:
    """The first rows of each sheet of a workbook, read apart. Raises: SourceError."""
    return list(_ask(path, limits, {"rows": rows}))


def rows_of_parquet(path: Path, limits: DocumentLimits) -> int:
    """The number of rows that a Parquet file says it holds; 0 where it cannot be read. It is read apart."""
    try:
        return sum(_ask(path, limits, {"count": True}))
    except SourceError:
        return 0


def labelled_rows(path: Path, limits: DocumentLimits) -> tuple[list[str], Iterator[RawRow]]:
    """Columns and rows of a labelled table, as `contract.open_labelled` gives them, read apart.

    Raises: SourceError.
    """
    _check(path, limits)
    found = _ask(path, limits, {"labelled": True})
    return next(found), (row for rows in found for row in rows)


def _ask(path: Path, limits: DocumentLimits, task: Mapping[str, Any]) -> Iterator[Any]:
    return answers(_work, {"path": str(path), **task}, limits, str(path))


def _events(answer: Any) -> Iterator[Event]:
    if "told" in answer:
        yield ReadingNote(**answer["told"])
    elif "part" in answer:
        part = answer["part"]
        yield Part(part["sheet"], tuple(part["names"]), {int(k): v for k, v in part["widths"].items()})
    else:
        for row in answer["records"]:
            own = row.pop("own", None)
            yield Record(**_with_tuples(row), own=None if own is None else tuple(unpack(own)))


def _with_tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    """JSON knows lists only."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


def _answers_to(events: Iterable[Event]) -> Iterator[Any]:
    """The events as JSON values, records some at a time."""
    held: list[dict[str, Any]] = []
    part = Part("", ())
    for event in events:
        if isinstance(event, Record):
            held.append(_row(event, part))
        else:
            if held:
                yield {"records": held}
                held = []
            if isinstance(event, Part):
                part = event
                yield {"part": {"sheet": part.sheet, "names": part.names, "widths": dict(part.widths)}}
            else:
                yield {"told": dataclasses.asdict(event)}
        if len(held) >= _AT_ONCE:
            yield {"records": held}
            held = []
    if held:
        yield {"records": held}


def _row(record: Record, part: Part) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in _FIELDS}
    row = {name: value for name, value in values.items() if value != _FIELDS[name]}
    if record.own is not None:
        row["own"] = part.pack(record.own)
    return row


def _work(task: Mapping[str, Any], limits: DocumentLimits) -> Iterator[Any]:
    path = Path(task["path"])
    if "rows" in task:
        from pipeline.sources.tables.sheets import open_sheets

        for sheet in open_sheets(path, limits):
            yield [list(row.cells) for row, _ in zip(sheet.rows, range(task["rows"]), strict=False)]
        return
    if "count" in task:
        yield parquet_rows(path)
        return
    if "labelled" in task:
        names, rows = open_labelled(path, limits)
        yield list(names)
        while held := list(islice(rows, _AT_ONCE)):
            yield held
        return
    from pipeline.sources.opening import open_any

    asked = TableOptions(**{**task["asked"], "sheets": tuple(task["asked"]["sheets"])})
    yield from _answers_to(open_any(path, asked, IngestSettings.model_validate(task["ingest"]), limits))
