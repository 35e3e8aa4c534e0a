"""Many documents at once: a few read at a time, each apart from this process; those that fail are named, the
others go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from pipeline.corpus.states import States
from pipeline.errors import UprError
from pipeline.settings import ExtractSettings
from pipeline.sources.documents.isolation import read_document
from pipeline.sources.documents.read import Document
from pipeline.sources.records import Reject


def read_all(
    files: Sequence[Path],
    states: States,
    failed: list[UprError],
    options: ExtractSettings,
) -> Iterator[Document]:
    """The documents in order, a few read at a time, each in a process of its own; the errors of the others go
    to `failed`.
    """
    processes = options.processes
    with ThreadPoolExecutor(processes) as pool:
        waiting: list[Future[Document]] = []
        pending = iter(files)
        for file in pending:
            waiting.append(pool.submit(read_document, file, states, options))
            if len(waiting) > processes:
                yield from _finished(waiting.pop(0), failed)
        for future in waiting:
            yield from _finished(future, failed)


def _finished(future: Future[Document], failed: list[UprError]) -> Iterator[Document]:
    try:
        yield future.result()
    except UprError as error:
        failed.append(error)


def describe(document: Document) -> str:
    """How a document was understood, in a line."""
    about = ", ".join(
        filter(
            None,
            (
                document.state_under_review,
                f"session {document.session}" if document.session else "",
                document.symbol or "",
            ),
        )
    )
    count = (
        f"{len(document.positions):,} positions"
        if document.kind == "addendum"
        else f"{len(document.records):,} recommendations"
    )
    return f"{document.kind}, {about or 'of an unknown review'}, {count}"


def unused(read: Sequence[Document]) -> Iterator[Reject]:
    """Addenda of reviews of which nothing else was given."""
    for document in read:
        if document.kind != "addendum":
            continue
        others = [
            d for d in read if d.kind != "addendum" and d.state_under_review == document.state_under_review
        ]
        if not others:
            yield Reject(
                document.file,
                None,
                (
                    "an addendum gives positions by number and no wording: give it together with its report "
                    "or list."
                ),
            )
