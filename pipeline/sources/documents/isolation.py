"""Documents read in a process of their own, so that none can crash, hang or swell the program that asks for
it.
"""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.corpus.states import State, States
from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits
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
        "limits": bounds.model_dump(include=set(DocumentLimits.model_fields)),
        "states": [dataclasses.asdict(state) for state in states.all],
    }
    command = [sys.executable, "-m", "pipeline.sources.documents.isolation"]
    try:
        # The command is this module under this interpreter; the path travels as data.
        done = subprocess.run(  # noqa: S603
            command, input=json.dumps(task).encode(), capture_output=True, timeout=bounds.seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise SourceError(
            path.name,
            f"took more than {bounds.seconds:g} seconds and was given up.",
            "If you trust it, raise extract.seconds in configs/settings.yaml.",
        ) from error
    answer = _answer(done.stdout)
    if answer is None:
        raise SourceError(
            path.name,
            f"is damaged: its reader stopped ({_why(done)}).",
            "Download it again, or save it again from Word.",
        )
    if "error" in answer:
        raise SourceError(**answer["error"])
    return document_from(answer["document"])


def _named(file: str, document: Document) -> Document:
    """A document that was read from another file, under its own name."""
    return dataclasses.replace(
        document,
        file=file,
        records=[dataclasses.replace(record, file=file) for record in document.records],
        problems=[dataclasses.replace(problem, file=file) for problem in document.problems],
    )


def _answer(output: bytes) -> Any | None:
    try:
        return json.loads(output)
    except ValueError:
        return None


def _why(done: subprocess.CompletedProcess[bytes]) -> str:
    if done.returncode < 0:
        return f"signal {-done.returncode}"
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:200] if lines else f"exit code {done.returncode}"


def document_from(value: Any) -> Document:
    """A document from what `dataclasses.asdict` made of it, after a way through JSON."""
    records = [Record(**_with_tuples(row)) for row in value.pop("records")]
    problems = [Reject(**row) for row in value.pop("problems")]
    positions = {number: Answer(**answer) for number, answer in value.pop("positions").items()}
    return Document(**value, records=records, problems=problems, positions=positions)


def _with_tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    """JSON knows lists only."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


def main() -> None:
    """Read the document that standard input names, and answer in JSON on standard output."""
    from pipeline.sources.documents.read import read_here

    task = json.load(sys.stdin)
    limits = DocumentLimits.model_validate(task["limits"])
    _bound_memory(limits.memory_bytes)
    states = States(State(**_with_tuples(row)) for row in task["states"])
    answer: dict[str, Any]
    try:
        answer = {"document": dataclasses.asdict(read_here(Path(task["path"]), states, limits))}
    except SourceError as error:
        answer = {"error": {"where": error.where, "what": error.what, "todo": error.todo}}
    except (MemoryError, RecursionError) as error:
        what = (
            f"needs more than {limits.memory_bytes / 1e9:g} GB to read"
            if isinstance(error, MemoryError)
            else "is nested too deeply to read"
        )
        answer = {
            "error": {
                "where": Path(task["path"]).name,
                "what": f"{what}.",
                "todo": "Do not trust it; get it again from its source.",
            }
        }
    json.dump(answer, sys.stdout)


def _bound_memory(most: int) -> None:
    try:
        import resource
    except ImportError:  # no such limits on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    main()
