"""One door to session documents: a path goes in, what the document says comes out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path
from typing import Literal

from pipeline.corpus.language import language_of
from pipeline.corpus.states import States
from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits
from pipeline.sources.documents.kinds.addendum import read_positions
from pipeline.sources.documents.kinds.chapter import find_chapter
from pipeline.sources.documents.kinds.cover import Cover, read_cover, read_title
from pipeline.sources.documents.kinds.list_layout import is_heading
from pipeline.sources.documents.kinds.ohchr_list import NO_RECOMMENDATION, is_list, read_list
from pipeline.sources.documents.kinds.working_group_report import Extracted, read_report
from pipeline.sources.documents.pages.archive import Archive
from pipeline.sources.documents.pages.lines import DocumentText, Line
from pipeline.sources.documents.pages.running_heads import body
from pipeline.sources.documents.wording.completeness import lacks
from pipeline.sources.documents.wording.responses import Answer
from pipeline.sources.records import Record, Reject

Kind = Literal["report", "list", "addendum"]
DOCUMENT_SUFFIXES = (".pdf", ".docx", ".xlsx", ".doc")


@dataclass(frozen=True)
class Document:
    """What a session document says.

    Attributes:
        file: its name.
        kind: report, list, or addendum.
        symbol: of the United Nations, None if it gives none.
        state_under_review: UPR Info's short name, "" if not found.
        session: of the UPR Working Group, None if not found.
        records: its recommendations in order; none for an addendum that only cites numbers.
        positions: an addendum's final positions, by paragraph number of the report; see `addendum.Answers`.
        problems: gaps, duplicates, and whatever else a person should look at.
        text: the extracted text in which `char_start` and `char_end` count; "" for a list.
    """

    file: str
    kind: Kind
    symbol: str | None
    state_under_review: str
    session: int | None
    records: Sequence[Record] = ()
    positions: Mapping[str, Answer] = field(default_factory=dict)
    problems: Sequence[Reject] = ()
    text: str = ""


def read_here(path: Path, states: States, limits: DocumentLimits) -> Document:
    """Read a document in this process; see `read_document` for reading it apart from it.

    Raises: SourceError, which says what is wrong with the document as a whole.
    """
    check_file(path, limits)
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        from pipeline.sources.documents.pages.pdf_text import read_pdf

        lines = read_pdf(path, limits)
        return _with_languages(_printed_list(path, lines, states) or _prose(path, lines, "", [], states))
    if suffix == ".docx":
        from pipeline.sources.documents.pages.docx_text import read_docx

        content = read_docx(path, limits)
        return _with_languages(_prose(path, content.lines, content.header, content.tables, states))
    if suffix == ".xlsx":
        tables = _sheets(path, limits)
        lines = [
            Line(" ".join(row), None, k + 1, whole=True)
            for k, row in enumerate(row for table in tables for row in table)
        ]
        return _with_languages(
            _listed(
                path.name,
                tables,
                read_cover(lines[:12], states, " ".join(line.text for line in lines[:12])),
                states,
            )
        )
    raise SourceError(
        path.name,
        f"'{path.suffix}' is not a kind of document.",
        f"Use one of {', '.join(DOCUMENT_SUFFIXES)}.",
    )


def check_file(path: Path, limits: DocumentLimits) -> None:
    """Look at a document from outside, without opening what is in it.

    Raises: SourceError if it is not there, may not be read, is empty, or larger than is allowed.
    """
    try:
        size = path.stat().st_size
        if path.is_file() and size:
            with path.open("rb"):
                pass
    except FileNotFoundError as error:
        raise SourceError(str(path), "there is no such file.", "Check the path.") from error
    except OSError as error:
        raise SourceError(
            str(path), f"cannot be opened ({error.strerror}).", "Ask for permission to read it."
        ) from error
    if not path.is_file():
        raise SourceError(str(path), "this is no file.", "Name the document.")
    if not size:
        raise SourceError(path.name, "the file is empty.", "Download it again.")
    if size > limits.file_bytes:
        raise SourceError(
            path.name,
            f"has {size / 1e6:,.0f} MB, more than the {limits.file_bytes / 1e6:,.0f} MB allowed.",
            "Raise extract.file_bytes in configs/settings.yaml if you trust it.",
        )


def _prose(
    path: Path, lines: Sequence[Line], header: str, tables: Sequence[Sequence[Sequence[str]]], states: States
) -> Document:
    """A report, an addendum, or (DOCX) a list."""
    cover = read_cover(lines, states, header)
    if is_list(tables):
        return _listed(path.name, tables, cover, states)
    document = DocumentText(tuple(body(lines)))
    if cover.is_addendum or (find_chapter(document) is None and _calls_itself_addendum(lines)):
        answers = read_positions(document, tables)
        if not answers.positions:
            raise SourceError(
                path.name,
                "is an addendum that cites no recommendation by number.",
                "Give it as the UN published it; its positions are read from the paragraph numbers.",
            )
        remarks = [Reject(path.name, None, remark) for remark in answers.remarks]
        found = Extracted([], remarks)
        return _document(path.name, "addendum", cover, found, document.text, answers.positions)
    return _document(
        path.name, "report", cover, read_report(path.name, document, cover, states), document.text
    )


def _printed_list(path: Path, lines: Sequence[Line], states: States) -> Document | None:
    """A list that was printed to PDF, None where the document is none.

    Raises: SourceError where it is one that cannot be read.
    """
    if find_chapter(DocumentText(tuple(body(lines)))) is not None:
        return None
    from pipeline.sources.documents.pages.pdf_columns import read_unruled
    from pipeline.sources.documents.pages.pdf_tables import read_tables

    # What stands in the table is said of recommendations, and not of the document.
    above = list(takewhile(lambda line: not _names_text(line.text), lines))
    if len(above) == len(lines):
        return None
    cover = read_title(above, states)
    tables = read_tables(path)
    ruled = _listed(path.name, tables, cover, states) if is_list(tables) else None
    if ruled and not any(NO_RECOMMENDATION in problem.reason for problem in ruled.problems):
        return ruled
    # Lines between some of the rows make a part of the table look like all of it.
    try:
        rows = read_unruled(path)
    except SourceError:
        if ruled is None:
            raise
        rows = []
    if not is_list([rows]):
        return ruled
    unruled = _listed(path.name, [rows], cover, states)
    if ruled and len(ruled.records) >= len(unruled.records):
        return ruled
    told = Reject(path.name, None, _UNRULED)
    return replace(unruled, problems=[told, *unruled.problems])


_UNRULED = (
    "its table has no ruled lines; the columns are told apart by their headings, the rows by their numbers. "
    "Compare some rows with the document."
)


def _names_text(line: str) -> bool:
    """Whether a line is, or begins, the heading of a list."""
    return any(is_heading(word) for word in re.split(r"\s{2,}|(?<=\.)\s|\s(?=[A-Z])", line.strip()))


def _calls_itself_addendum(lines: Sequence[Line]) -> bool:
    return any(
        line.text.strip().lower() in ("addendum", "additif", "adición", "adicion") for line in lines[:60]
    )


def _listed(file: str, tables: Sequence[Sequence[Sequence[str]]], cover: Cover, states: States) -> Document:
    return _document(file, "list", cover, read_list(file, tables, cover, states), "")


def _document(
    file: str,
    kind: Kind,
    cover: Cover,
    found: Extracted,
    text: str,
    positions: Mapping[str, Answer] | None = None,
) -> Document:
    symbol = cover.symbol or next((r.symbol for r in found.records if r.symbol), None)
    problems = list(found.problems)
    if cover.state is None:
        problems.append(
            Reject(
                file,
                None,
                "the State under Review was not found in the document; the rows are kept without it.",
            )
        )
    if cover.session is None and kind != "addendum":
        problems.append(
            Reject(file, None, "the session was not found in the document; the rows are kept without it.")
        )
    return Document(
        file,
        kind,
        symbol,
        cover.state.name if cover.state else "",
        cover.session,
        found.records,
        positions or {},
        problems,
        text,
    )


def _with_languages(document: Document) -> Document:
    """The records with their languages; in an English document a fragment gets its fault."""
    records = [replace(r, language=language_of(r.text or "")) for r in document.records]
    english = 2 * sum(r.language == "en" for r in records) > len(records)
    return replace(document, records=[_checked(r) for r in records] if english else records)


def _checked(record: Record) -> Record:
    missing = lacks(record.text or "")
    if missing is None or record.fault:
        return record
    what = f"paragraph {record.paragraph or '(none)'}: this wording lacks {missing}, and may be a fragment."
    return replace(record, fault=f"{what} Compare it with the document.")


def _sheets(path: Path, limits: DocumentLimits) -> list[list[list[str]]]:
    """The sheets of a workbook as rows of texts. Raises: SourceError."""
    from python_calamine import CalamineError, CalamineWorkbook

    Archive(path, limits)
    try:
        book = CalamineWorkbook.from_path(path)
        return [
            [[_cell(value) for value in row] for row in book.get_sheet_by_name(name).to_python()]
            for name in book.sheet_names
        ]
    except (CalamineError, ValueError, OSError) as error:
        raise SourceError(
            path.name, f"cannot be read as a workbook ({error}).", "Save it again as .xlsx."
        ) from error


def _cell(value: object) -> str:
    # A paragraph number "84.10" that Excel took for a number has lost its last zero; nothing here can know
    # it.
    return f"{value:g}" if isinstance(value, float) else unicodedata.normalize("NFC", str(value))
