"""uwazi.csv: one column for each property, values joined by "|", labels of the thesauri in the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa

from pipeline.corpus.taxonomy import ACTIONS

HEADINGS = (
    "Title",
    "Recommendation",
    "State under review",
    "Recommending state",
    "Session",
    "Cycle",
    "Response",
    "Action category",
    "Issues",
    "Response in the source",
)
"""Labels of the template's properties, as `upr ingest` reads them back (layout uwazi-csv). Uwazi
takes the properties that its template has; the last column, which it has not, keeps
 the source's own word where that is no label of the thesaurus."""

_TITLE = 110


@dataclass(frozen=True)
class UwaziLabels:
    """The labels of the thesauri in the database.

    Attributes:
        sessions: session to thesaurus label; a session not named is written as its number.
        responses: our word to the thesaurus label.
        pledge: response that marks a voluntary pledge.
        source_words: words of a source that are thesaurus labels themselves, and so are kept.
    """

    sessions: Mapping[int, str]
    responses: Mapping[str, str]
    pledge: str
    source_words: frozenset[str]


def uwazi_rows(table: pa.Table, labels: UwaziLabels) -> Iterator[tuple[str, ...]]:
    """The cells of each row, in the order of `HEADINGS`."""
    names = (
        "text",
        "state_under_review",
        "recommending_state",
        "session",
        "cycle",
        "response",
        "response_raw",
        "kind",
        "action",
        "issues",
    )
    for text, reviewed, recommending, session, cycle, response, raw, kind, action, issues in zip(
        *(table[n].to_pylist() for n in names), strict=True
    ):
        yield (
            _title(text or ""),
            text or "",
            reviewed or "",
            recommending or "",
            "" if session is None else labels.sessions.get(session, str(session)),
            "" if cycle is None else str(cycle),
            _response(response, raw, kind, labels),
            "" if action is None else f"{action} - {ACTIONS[action]} action",
            "|".join(issues or ()),
            raw or "",
        )


def _title(text: str) -> str:
    """The beginning of the text, cut at a word."""
    return text if len(text) <= _TITLE else text[:_TITLE].rsplit(" ", 1)[0] + " …"


def _response(response: str | None, raw: str | None, kind: str, labels: UwaziLabels) -> str:
    if kind == "pledge":
        return labels.pledge
    if raw in labels.source_words:
        return raw or ""
    return labels.responses.get(response or "", "")
