"""Documents read in a process of their own, so that none can crash, hang or swell the program that asks for
it.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.corpus.states import State, States
from pipeline.settings import DocumentLimits
from pipeline.sources.apart import answers
from pipeline.sources.documents.old_word import SUFFIX, as_docx
from pipeline.sources.documents.read import Document, check_file
from pipeline.sources.documents.wording.responses import Answer
from pipeline.sources.records import Record, Reject


def read_document(path: Path, states: States, limits: DocumentLimits | None = None) -> Document:
    """Read a session document in a process of its own, within limits of time and memory.

    Args:
        path: .pdf, .docx, .xlsx, or .doc where LibreOffice is installed.
        states: of configs/states.csv.
        limits: see `DocumentLimits`.

    Raises: SourceError, which says what is wrong with the document as a whole.
    """
    bounds = limits or DocumentLimits()
    if path.suffix.lower() == SUFFIX:
        check_file(path, bounds)
        with tempfile.TemporaryDirectory(prefix="upr-old-word-") as folder:
            converted = as_docx(path, Path(folder), bounds)
            return _named(path.name, read_document(converted, states, bounds))
    task = {
        "path": str(path),
        "states": [dataclasses.asdict(state) for state in states.all],
    }
    (document,) = answers(_work, task, bounds, path.name)
    return document_from(document)


def _named(file: str, document: Document) -> Document:
    """A document that was read from another file, under its own name."""
    return dataclasses.replace(
        document,
        file=file,
        records=[dataclasses.replace(record, file=file) for record in document.records],
        problems=[dataclasses.replace(problem, file=file) for problem in document.problems],
    )


def document_from(value: Any) -> Document:
    """A document from what `dataclasses.asdict` made of it, after a way through JSON."""
    records = [Record(**_with_tuples(row)) for row in value.pop("records")]
    problems = [Reject(**row) for row in value.pop("problems")]
    positions = {number: Answer(**answer) for number, answer in value.pop("positions").items()}
    return Document(**value, records=records, problems=problems, positions=positions)


def _with_tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    """JSON knows lists only."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


def _work(task: Mapping[str, Any], limits: DocumentLimits) -> Iterator[Any]:
    """The one answer: the document that the task names."""
    from pipeline.sources.documents.read import read_here

    states = States(State(**_with_tuples(row)) for row in task["states"])
    yield dataclasses.asdict(read_here(Path(task["path"]), states, limits))
