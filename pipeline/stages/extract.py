"""Stage `extract`: recommendations of session documents, merged by review, as one checked table."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.corpus.schema import LABELLED, SOURCE_COLUMNS
from pipeline.corpus.states import States
from pipeline.errors import SourceError, UprError
from pipeline.progress import Progress, silent
from pipeline.settings import Settings
from pipeline.sources.documents.batch import describe, read_all, unused
from pipeline.sources.documents.merge import merge_review
from pipeline.sources.documents.read import DOCUMENT_SUFFIXES
from pipeline.sources.documents.spool import Spool
from pipeline.sources.folders import expand
from pipeline.sources.opening import standardiser
from pipeline.sources.records import Record, Reject
from pipeline.sources.standard import Standardiser
from pipeline.store.files import rejects_path, write_jsonl, write_text
from pipeline.store.tables import check_suffix, write_batches
from pipeline.store.vocabularies import load_states

_SHOWN = 160


@dataclass(frozen=True)
class ExtractResult:
    """What was done.

    Attributes:
        rows: rows written.
        understood: how each document was understood ("report, Andorra, session 49, 44 recommendations").
        problems: gaps, duplicates, conflicts and rows not taken; they stand in the rejects file as well.
        failed: documents that could not be used; the others were written.
        left_out: a sentence for each thing in a folder that is no document and was not read.
    """

    rows: int
    understood: dict[str, str]
    problems: tuple[Reject, ...]
    failed: tuple[UprError, ...]
    left_out: tuple[str, ...] = ()


def run(
    documents: Sequence[Path],
    out: Path,
    settings: Settings,
    *,
    strict: bool = False,
    allow_empty: bool = False,
    text_folder: Path | None = None,
    progress: Progress = silent,
) -> ExtractResult:
    """Read documents into one table at `out`, with one row a wording.

    Args:
        documents: reports (.pdf .docx), addenda, OHCHR lists (.docx .xlsx), or folders of these.
        out: .parquet, .csv, .jsonl or .xlsx; the rejects go to `<out>.rejects.jsonl`, which is empty when all
            is well.
        settings: limits of a document, number of processes.
        strict: treat any problem as a fault of the whole.
        allow_empty: write a table without rows where all inputs are empty folders; otherwise that is a fault.
        text_folder: where the extracted texts go, in which `char_start` and `char_end` count; None to keep
            none.
        progress: shows the documents as they are read.

    Raises: SourceError if no document can be used, or, when strict, if there is a problem; StoreError.
        Nothing is written then.
    """
    check_suffix(out)
    if allow_empty and all(_is_empty(path) for path in documents):
        write_batches(out, LABELLED, [])
        write_jsonl(rejects_path(out), [])
        return ExtractResult(0, {}, (), ())
    states = load_states()
    failed: list[UprError] = []
    left_out: list[str] = []
    files = _files(documents, failed, left_out)
    with tempfile.TemporaryDirectory(prefix="upr-extract-") as folder:
        spool = Spool(Path(folder))
        understood: dict[str, str] = {}
        reading = read_all(files, states, failed, settings.extract)
        for document in progress(reading, "documents read", len(files)):
            understood[document.file] = describe(document)
            spool.add(document)
        problems: list[Reject] = []
        written = write_batches(out, LABELLED, _all_rows(spool, states, failed, problems, strict, out))
        if text_folder is not None:
            _write_texts(spool, text_folder)
    return ExtractResult(written, understood, tuple(problems), tuple(failed), tuple(left_out))


def _is_empty(path: Path) -> bool:
    """Whether a path is a folder in which there is nothing but hidden files."""
    return path.is_dir() and not any(not file.name.startswith(".") for file in path.iterdir())


def _all_rows(
    spool: Spool, states: States, failed: Sequence[UprError], problems: list[Reject], strict: bool, out: Path
) -> Iterator[pa.Table]:
    """The rows of each review. At the end the rejects are written, or the whole output is refused.

    Both happen before the table gets its final name.
    """
    machine = standardiser(states, None)
    rows = 0
    for members in spool.reviews():
        merged = merge_review(members)
        problems += merged.problems
        made, faults = _rows(merged.records, machine)
        problems += faults
        rows += len(made)
        yield from _tables(made)
    problems += unused(spool.stubs)
    _refuse(failed, rows, problems, strict)
    write_jsonl(rejects_path(out), (asdict(problem) for problem in problems))


def _write_texts(spool: Spool, folder: Path) -> None:
    for place in range(len(spool.stubs)):
        document = spool.load(place)
        if document.text:
            write_text(folder / f"{document.file}.txt", document.text)


def _files(documents: Sequence[Path], failed: list[UprError], left_out: list[str]) -> list[Path]:
    inputs = expand(documents, DOCUMENT_SUFFIXES)
    failed += inputs.failed
    left_out += inputs.left_out
    files = inputs.found
    names = [file.name for file in files]
    for file in list(files):
        if names.count(file.name) > 1 and file is not files[names.index(file.name)]:
            failed.append(
                SourceError(
                    str(file),
                    "another document has this name, so rows could not be traced.",
                    "Rename one of them.",
                )
            )
            files.remove(file)
    return files


def _rows(records: Iterable[Record], machine: Standardiser) -> tuple[list[dict[str, Any]], list[Reject]]:
    """The records in the table's columns.

    What cannot be understood in a row is told, and the row kept as it is.
    """
    rows: list[dict[str, Any]] = []
    faults: list[Reject] = []
    for record in records:
        row = machine.row(record)
        if row.faults:
            faults.append(
                Reject(
                    record.file, record.row, " ".join(row.faults), (record.text or "")[:_SHOWN], record.page
                )
            )
        rows.append(row.values)
    return rows, faults


def _refuse(failed: Sequence[UprError], rows: int, problems: Sequence[Reject], strict: bool) -> None:
    if not rows and failed:
        raise failed[0]
    if not rows:
        first = problems[0] if problems else Reject("", None, "there is no document.")
        raise SourceError(first.file or "input", first.reason, "Nothing was written.")
    if strict and problems:
        first = problems[0]
        raise SourceError(
            first.file,
            f"{first.reason} ({len(problems)} problems in all.)",
            "Nothing was written because of --strict; look at it, or leave --strict out.",
        )


def _tables(rows: Sequence[dict[str, Any]], size: int = 2000) -> Iterator[pa.Table]:
    for start in range(0, len(rows), size):
        filled = [
            dict.fromkeys(LABELLED.names) | {name: row[name] for name in SOURCE_COLUMNS}
            for row in rows[start : start + size]
        ]
        yield pa.Table.from_pylist(filled, schema=LABELLED)
