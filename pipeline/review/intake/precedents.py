"""Precedents: the recommendations most similar to an item among those that people coded before. Found at
import.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.advice.similar import SimilarTexts
from pipeline.corpus.schema import PEOPLE
from pipeline.corpus.text import normalise
from pipeline.progress import Progress, silent
from pipeline.sources.tables.labelled import LabelledRow

SHOWN = 5


@dataclass(frozen=True)
class Precedent:
    """A wording that people coded."""

    text_key: str
    text: str
    action: int
    issues: tuple[str, ...]
    session: int | None
    label_source: str


@dataclass(frozen=True)
class Chosen:
    """Precedents of a table, the rows they are of, and how many rows were left out, by reason."""

    precedents: list[Precedent]
    left_out: dict[str, int]
    rows: list[LabelledRow] = field(default_factory=list)
    held_out: frozenset[int] = frozenset()


def choose(
    rows: Iterable[LabelledRow], key: Callable[[str], str], held_out: Collection[int], pledges_before: int
) -> Chosen:
    """The precedents of a labelled table: one a wording, the latest session's code.

    Left out are rows that no person coded, the sessions that the model is tested on (precedents guide
    decisions, and decisions train the next model), and pledges of session `pledges_before` and later.
    """
    best: dict[str, Precedent] = {}
    left_out: dict[str, int] = {}
    fit: list[LabelledRow] = []
    for row in rows:
        v = row.values
        reason = _unfit(row, held_out, pledges_before)
        if reason:
            left_out[reason] = left_out.get(reason, 0) + 1
            continue
        fit.append(row)
        found = Precedent(
            key(v["text"]), v["text"], v["action"], tuple(v["issues"]), v["session"], v["label_source"]
        )
        other = best.get(found.text_key)
        if other is None or (found.session or 0) > (other.session or 0):
            best[found.text_key] = found
    return Chosen(list(best.values()), left_out, fit, frozenset(held_out))


def _unfit(row: LabelledRow, held_out: Collection[int], pledges_before: int) -> str | None:
    v = row.values
    if row.fault:
        return "unreadable"
    if v["label_source"] not in PEOPLE or v["action"] is None or v["issues"] is None:
        return "not coded by people"
    if not v["text"] or not normalise(v["text"]):
        return "without text"
    if v["session"] in held_out:
        return "of a test session"
    if v["kind"] == "pledge" and (v["session"] is None or v["session"] >= pledges_before):
        return f"pledges of session {pledges_before} or later"
    return None


def nearest(
    texts: Sequence[str], precedents: Sequence[str], blind: Callable[[str], str], progress: Progress = silent
) -> list[list[tuple[int, float]]]:
    """For each text its most similar precedents, as (place in `precedents`, cosine of word and word-pair
    TF-IDF), best first.

    Names of States are masked by `blind` and left out, so that a shared State makes no similarity.
    """
    return SimilarTexts(precedents, blind).nearest(texts, SHOWN, progress) if texts else []
