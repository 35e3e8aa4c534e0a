"""Precedents: the recommendations most similar to an item among those that people coded before. Found at
import.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.corpus.blinding import MASK
from pipeline.corpus.text import normalise
from pipeline.progress import Progress, silent
from pipeline.sources.tables.labelled import LabelledRow

SHOWN = 5
_CHUNK = 256


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
    """Precedents of a table, and how many of its rows were left out, by reason."""

    precedents: list[Precedent]
    left_out: dict[str, int]


def choose(
    rows: Iterable[LabelledRow], key: Callable[[str], str], held_out: Collection[int], pledges_before: int
) -> Chosen:
    """The precedents of a labelled table: one a wording, the latest session's code.

    Left out are rows that no person coded, the sessions that the model is tested on (precedents guide
    decisions, and decisions train the next model), and pledges of session `pledges_before` and later.
    """
    best: dict[str, Precedent] = {}
    left_out: dict[str, int] = {}
    for row in rows:
        v = row.values
        reason = _unfit(row, held_out, pledges_before)
        if reason:
            left_out[reason] = left_out.get(reason, 0) + 1
            continue
        found = Precedent(
            key(v["text"]), v["text"], v["action"], tuple(v["issues"]), v["session"], v["label_source"]
        )
        other = best.get(found.text_key)
        if other is None or (found.session or 0) > (other.session or 0):
            best[found.text_key] = found
    return Chosen(list(best.values()), left_out)


def _unfit(row: LabelledRow, held_out: Collection[int], pledges_before: int) -> str | None:
    v = row.values
    if row.fault:
        return "unreadable"
    if v["label_source"] not in ("expert", "reviewed") or v["action"] is None or v["issues"] is None:
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
    if not texts or not precedents:
        return [[] for _ in texts]
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectoriser = TfidfVectorizer(
        ngram_range=(1, 2),
        sublinear_tf=True,
        min_df=1,
        max_df=0.5 if len(precedents) > 50 else 1.0,
        dtype=np.float32,
    )
    try:
        known: Any = vectoriser.fit_transform([_nameless(t, blind) for t in precedents]).T.tocsr()
    except ValueError:  # no word occurs in any precedent
        return [[] for _ in texts]
    result: list[list[tuple[int, float]]] = []
    for start in progress(range(0, len(texts), _CHUNK), "finding precedents", -(-len(texts) // _CHUNK)):
        batch = vectoriser.transform([_nameless(t, blind) for t in texts[start : start + _CHUNK]])
        scores = (batch @ known).toarray()
        top = np.argpartition(-scores, min(SHOWN, scores.shape[1]) - 1, axis=1)[:, :SHOWN]
        for row, places in zip(scores, top, strict=True):
            ranked = sorted(
                ((int(p), round(float(row[p]), 4)) for p in places if row[p] > 0.05),
                key=lambda pair: (-pair[1], pair[0]),
            )
            result.append(ranked)
    return result


def _nameless(text: str, blind: Callable[[str], str]) -> str:
    return blind(text).replace(MASK, " ")
