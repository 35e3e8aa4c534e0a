"""What a source says of a recommendation, before anything is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

WORD_FIELDS = (
    "symbol",
    "paragraph",
    "language",
    "label_source",
    "taxonomy_version",
    "position_source",
    "text_raw",
    "text_fr",
    "text_es",
)
"""Fields of a record that are words, or None where the source has none."""


UNMARKED = "unmarked"
"""`label_source` of a labelled row in the project's own columns that does not say who labelled it. Such a row
may be a machine's, so its labels are no gold."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row, paragraph or answer of a source, in the source's own words.

    Attributes:
        file: name of the file, or address, it came from.
        row: 1-based data row, or order of the paragraph in its document.
        text: the wording, without number and States; None where the source has none.
        state_under_review: the source's spelling, "" where not given.
        recommending_states: the source's spellings, in its order.
        session: the source's words for the session ("18", "44 - November 2023"), or its number.
        response: the source's own word, "" where not given.
        response_raw: the State's own words ("Partially supported"), where `response` is what a reader made of
            them; "" where `response` is the word itself.
        action: gold as written ("4", "4 - General action", 4.0), None where the source has no such column.
        issues: gold as written, None where the source has no such column.
        affected_persons: groups of persons that the source names.
        sdgs: Sustainable Development Goals that the source names.
        text_raw: the text as it stood in the source, where cleaning changed it.
        text_fr, text_es: the same recommendation in French and Spanish, where the source has them.
        label_source: who labelled it, where the source says so (reviewed decisions, published data);
            `UNMARKED` where a table of this project should say so and does not.
        fault: what the reader could not read in this row; such a row is a reject.
        part: which part of the input (sheet, table) the row stands in, where the input has own columns.
        own: the row's cells in these columns, as they are.
    """

    file: str
    row: int
    text: str | None
    state_under_review: str = ""
    recommending_states: tuple[str, ...] = ()
    session: str | int | None = None
    symbol: str | None = None
    paragraph: str | None = None
    kind: str = "recommendation"
    response: str = ""
    response_raw: str = ""
    language: str | None = None
    action: str | int | float | None = None
    issues: tuple[str, ...] | None = None
    label_source: str | None = None
    taxonomy_version: str | None = None
    page: int | None = None
    char_start: int | None = None
    char_end: int | None = None
    themes: tuple[str, ...] | None = None
    position_source: str | None = None
    affected_persons: tuple[str, ...] | None = None
    sdgs: tuple[str, ...] | None = None
    text_raw: str | None = None
    text_fr: str | None = None
    text_es: str | None = None
    fault: str | None = None
    part: int | None = None
    own: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken: where it stood and why. Written to `<out>.rejects.jsonl`.

    Attributes:
        file: name of the file.
        row: 1-based data row or paragraph order; None for a fault between rows (a gap in the numbering).
        reason: what is wrong, and what to do.
        text: the beginning of the wording, so that the row is recognised.
        page: page of the document, where it has pages.
    """

    file: str
    row: int | None
    reason: str
    text: str | None = None
    page: int | None = None
