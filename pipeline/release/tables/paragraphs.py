"""Symbol and paragraph of recommendations whose source names neither, from the reports that they stand in.

UPR Info's exports name no document. `upr extract` reads State, session, symbol and paragraph from the Working
Group's report of the same review. A row of the export is matched with a wording of that report that its
recommending State made there and that is like its text, or that holds its words one after the other,
since UPR Info splits long wordings. Where two paragraphs fit equally well, or none does, nothing is filled.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from rapidfuzz import fuzz, process

from pipeline.corpus.states import States
from pipeline.corpus.text import normalise

SIMILAR = 90
"""Least similarity (rapidfuzz, 0 to 100) of two normalised texts."""
LEAST_PART = 2
"""A text of fewer words is not looked for as a part of a longer one."""
_WORD = re.compile(r"\w+")

Review = tuple[str, int]
"""State under Review (ISO code) and session."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A recommendation of a report.

    Attributes:
        text: as it stands there.
        states: recommending States, as ISO codes.
        symbol, paragraph: of the report, and in it.
    """

    text: str
    states: frozenset[str]
    symbol: str
    paragraph: str


class Match(NamedTuple):
    """Where a row stands: its wording, and how similar the texts are, 0 to 1."""

    wording: Wording
    similarity: float


def wordings_of(documents: Iterable[Mapping[str, Any]], states: States) -> dict[Review, list[Wording]]:
    """The wordings of extracted documents by review; those without symbol or paragraph tell nothing.

    Args: `documents`, rows of the output of `upr extract`; `states`, for codes.
    """
    found: dict[Review, list[Wording]] = defaultdict(list)
    for row in documents:
        state = states.find(row["state_under_review"] or "")
        known = row["session"] is not None and row["text"] and row["symbol"] and row["paragraph"]
        if state and known:
            by = _codes(row["recommending_states"] or (), states)
            wording = Wording(row["text"], by, row["symbol"], row["paragraph"])
            found[state.iso, row["session"]].append(wording)
    return found


def _codes(names: Iterable[str], states: States) -> frozenset[str]:
    known = (states.find(name) for name in names)
    return frozenset(state.iso for state in known if state)


def matched(
    texts: Sequence[str], by: Sequence[str | None], wordings: Sequence[Wording]
) -> list[Match | None]:
    """For each row of a review, the wording of its report.

    Args:
        texts: of the rows.
        by: the recommending State of each, as its ISO code; a row without one is not matched.
        wordings: of the report.

    >>> report = [Wording("Ratify the CAT", frozenset({"CHL"}), "A/HRC/1/1", "60.1"),
    ...           Wording("Ratify the CAT", frozenset({"FRA"}), "A/HRC/1/1", "60.2")]
    >>> [match] = matched(["ratify the CAT."], ["FRA"], report)
    >>> match.wording.paragraph, match.similarity
    ('60.2', 1.0)
    """
    own = [wording.text for wording in wordings]
    words = [_words(text) for text in own]
    makes = np.array([[state in w.states for w in wordings] for state in by], dtype=bool)
    makes = makes.reshape(len(by), len(wordings))
    scores = process.cdist(texts, own, scorer=fuzz.ratio, processor=normalise, score_cutoff=SIMILAR)
    whole = np.where(makes, scores, 0)
    found = [_best(row, wordings) for row in whole]
    for place, text in enumerate(texts):
        part = _words(text)
        if not whole[place].any() and len(part.split()) >= LEAST_PART:
            # No part is nearly one: "ratify the Protocol to CAT" is almost in "... the Protocol to CEDAW".
            holds = makes[place] & np.array([part in other for other in words], dtype=bool)
            found[place] = _best(holds * 100, wordings)
    return found


def _words(text: str) -> str:
    """The words of a text in lower case, a space around each."""
    return f" {' '.join(_WORD.findall(text.lower()))} "


def _best(scores: npt.NDArray[np.number], wordings: Sequence[Wording]) -> Match | None:
    """The wording of the highest score; None without one, or where those of several paragraphs have it."""
    highest = scores.max(initial=0)
    if not highest:
        return None
    best = [wordings[place] for place in np.flatnonzero(scores == highest).tolist()]
    if len({(wording.symbol, wording.paragraph) for wording in best}) > 1:
        return None
    return Match(best[0], float(highest) / 100)


def with_paragraphs(recommendations: pa.Table, documents: pa.Table, states: States) -> pa.Table:
    """The rows with symbol, paragraph and `paragraph_similarity` where they lacked both and were matched.

    Args:
        recommendations: of a release, one row a wording and State.
        documents: the output of `upr extract`, of any reviews.
        states: for codes.
    """
    reports = wordings_of(documents.to_pylist(), states)
    names = ("state_under_review_iso", "session", "kind", "symbol", "paragraph")
    waiting: dict[Review, list[int]] = defaultdict(list)
    for row, (iso, session, kind, symbol, paragraph) in enumerate(
        zip(*(recommendations[name].to_pylist() for name in names), strict=True)
    ):
        if kind == "recommendation" and symbol is None and paragraph is None and (iso, session) in reports:
            waiting[iso, session].append(row)
    texts, by = (recommendations[name].to_pylist() for name in ("text", "recommending_state_iso"))
    found: list[Match | None] = [None] * recommendations.num_rows
    for review, rows in waiting.items():
        own = [texts[row] or "" for row in rows]
        for row, match in zip(rows, matched(own, [by[row] for row in rows], reports[review]), strict=True):
            found[row] = match
    said = {
        "symbol": [match and match.wording.symbol for match in found],
        "paragraph": [match and match.wording.paragraph for match in found],
        "paragraph_similarity": [match and match.similarity for match in found],
    }
    for name, values in said.items():
        place = recommendations.column_names.index(name)
        field = recommendations.schema.field(place)
        column = recommendations[name].combine_chunks().fill_null(pa.array(values, field.type))
        recommendations = recommendations.set_column(place, field, column)
    return recommendations
