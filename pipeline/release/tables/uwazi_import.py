"""uwazi.csv: one column for each property, values joined by "|", labels of the thesauri in the database.

The database's own properties hold people's labels only: an import must never turn a model's label into
a code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa

from pipeline.corpus.schema import PEOPLE
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
    "Labelled by",
    "Model action category",
    "Model action probability",
    "Model issues",
    "Model version",
)
"""Labels of the template's properties, as `upr ingest` reads them back (layout uwazi-csv). Uwazi takes the
properties that its template has, and not the last six columns: the source's own word for the response, who
labelled the row (nobody but a model where it is "model" or "rule"), and the model's labels."""

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


_READ = (
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
    "label_source",
    "machine_action",
    "machine_action_confidence",
    "machine_issues",
    "machine_model_version",
)


def uwazi_rows(table: pa.Table, labels: UwaziLabels) -> Iterator[tuple[str, ...]]:
    """The cells of each row of recommendations.parquet, in the order of `HEADINGS`."""
    columns = [table[name].to_pylist() for name in _READ]
    for values in zip(*columns, strict=True):
        row = dict(zip(_READ, values, strict=True))
        text, session, probability = row["text"] or "", row["session"], row["machine_action_confidence"]
        by_people = row["label_source"] in PEOPLE
        yield (
            _title(text),
            text,
            row["state_under_review"] or "",
            row["recommending_state"] or "",
            "" if session is None else labels.sessions.get(session, str(session)),
            "" if row["cycle"] is None else str(row["cycle"]),
            _response(row["response"], row["response_raw"], row["kind"], labels),
            _category(row["action"]) if by_people else "",
            "|".join(row["issues"] or ()) if by_people else "",
            row["response_raw"] or "",
            row["label_source"] or "",
            _category(row["machine_action"]),
            "" if probability is None else str(probability),
            "|".join(row["machine_issues"] or ()),
            row["machine_model_version"] or "",
        )


def _category(action: int | None) -> str:
    return "" if action is None else f"{action} - {ACTIONS[action]} action"


def _title(text: str) -> str:
    """The beginning of the text, cut at a word."""
    return text if len(text) <= _TITLE else text[:_TITLE].rsplit(" ", 1)[0] + " …"


def _response(response: str | None, raw: str | None, kind: str, labels: UwaziLabels) -> str:
    if kind == "pledge":
        return labels.pledge
    if raw in labels.source_words:
        return raw or ""
    return labels.responses.get(response or "", "")
