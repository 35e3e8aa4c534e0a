"""Lists of drafts: a Word document with a draft a paragraph, or any table with a column of texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits, Settings
from pipeline.sources.anything import Intake, records_of
from pipeline.sources.apart import answers
from pipeline.sources.opening import TABLE_SUFFIXES
from pipeline.store.carried import unpack
from pipeline.store.vocabularies import load_states

WORD = ".docx"
_TEXT = "text"
_FEWEST_WORDS = 3
"""A paragraph of fewer words is a heading."""


@dataclass(frozen=True)
class Draft:
    """A draft, and the cells of its row as they stand in the list.

    Attributes: `place`, where it stands, for messages.
    """

    text: str
    cells: tuple[str | None, ...]
    place: str


def read_drafts(path: Path, settings: Settings) -> tuple[tuple[str, ...], list[Draft]]:
    """The names of a list's own columns, and its drafts in order.

    Raises: SourceError if it cannot be read, or holds no draft; StoreError.
    """
    if not path.is_file():
        raise SourceError(str(path), "there is no such file.", "Check the path.")
    suffix = path.suffix.lower()
    names: tuple[str, ...] = (_TEXT,)
    if suffix == WORD:
        drafts = list(_paragraphs(path, settings.extract))
    elif suffix in (*TABLE_SUFFIXES, ".txt"):
        names, drafts = _rows(path, settings)
    else:
        kinds = ", ".join((WORD, *TABLE_SUFFIXES, ".txt"))
        raise SourceError(str(path), f"'{suffix}' is not a kind of list.", f"Use one of {kinds}.")
    if not drafts:
        raise SourceError(str(path), "there is no draft in it.", "Write one a paragraph, or one a row.")
    return names, drafts


def _paragraphs(path: Path, limits: DocumentLimits) -> Iterator[Draft]:
    """The paragraphs of a Word document, read in a process of its own."""
    for number, text in enumerate(answers(_work, {"path": str(path)}, limits, path.name), 1):
        if len(text.split()) >= _FEWEST_WORDS:
            yield Draft(text, (text,), f"{path.name}, paragraph {number}")


def _work(task: Mapping[str, Any], limits: DocumentLimits) -> Iterator[Any]:
    from pipeline.sources.documents.pages.docx_text import read_docx

    for line in read_docx(Path(task["path"]), limits).lines:
        if line.text.strip():
            yield line.text


def _rows(path: Path, settings: Settings) -> tuple[tuple[str, ...], list[Draft]]:
    """The rows of a table with all their cells as text; a table of the project's own has its texts only."""
    intake = Intake()
    records = list(records_of([path], load_states(), settings, intake))
    if intake.failed:
        raise intake.failed[0]
    names = tuple(dict.fromkeys(name for part in intake.parts for name in part.used))
    drafts = []
    for record in records:
        own: dict[str, str | None] = {}
        if record.part is not None and record.own is not None:
            part = intake.parts[record.part]
            cells = unpack(part.pack(record.own))
            own = {n: None if c is None else str(c) for n, c in zip(part.names, cells, strict=True)}
        text = record.text or ""
        place = f"{path.name}, row {record.row}"
        drafts.append(Draft(text, (text, *(own.get(name) for name in names)), place))
    return (_TEXT, *(name if name != _TEXT else "text (own)" for name in names)), drafts
