"""The coded recommendations that a draft is compared with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from pipeline import settings
from pipeline.advice.similar import SimilarTexts
from pipeline.corpus.blinding import MASK
from pipeline.corpus.schema import PEOPLE
from pipeline.corpus.splits import sessions_of
from pipeline.corpus.text import normalise
from pipeline.errors import SourceError
from pipeline.store.tables import parquet_names, read_parquet
from pipeline.store.vocabularies import load_blinder

_SPECIFIC = 5
_ALIKE = 0.4
"""Cosine from which one recommendation is shown as asking much the same as another."""
COLUMNS = (
    "text",
    "state_under_review",
    "session",
    "kind",
    "response",
    "action",
    "issues",
    "label_source",
    "rec_id",
)


@dataclass(frozen=True, slots=True)
class CodedText:
    """A recommendation that people coded.

    Attributes: those of the contract's columns; `state_under_review`, `session` and `response` may be None.
    """

    rec_id: str
    text: str
    state_under_review: str | None
    session: int | None
    response: str | None
    action: int
    issues: tuple[str, ...]


@dataclass(frozen=True)
class CodedCorpus:
    """Coded recommendations, in the order of their table; a wording to several States stands several times.

    Attributes: `origin`, the file that they are from.
    """

    rows: tuple[CodedText, ...]
    origin: str = field(compare=False)
    _by_issue: dict[str, tuple[list[CodedText], SimilarTexts]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @cached_property
    def _wordings(self) -> list[int]:
        """The latest row of each wording."""
        latest: dict[str, int] = {}
        for place, row in enumerate(self.rows):
            key = normalise(row.text)
            known = latest.get(key)
            if known is None or (row.session or 0) >= (self.rows[known].session or 0):
                latest[key] = place
        return list(latest.values())

    @cached_property
    def _similar(self) -> SimilarTexts:
        return SimilarTexts([self.rows[i].text for i in self._wordings], load_blinder().blind)

    def prepare(self) -> None:
        """Make the index of similar texts now, and not when it is first asked."""
        self._similar.nearest(["recommendation"], 1)

    def rarest(self, issues: Sequence[str]) -> str | None:
        """Of some issues the one with the fewest recommendations, which says most of the matter; None where
        there is none of any.
        """
        counts = {issue: sum(issue in row.issues for row in self.rows) for issue in issues}
        return min(filter(counts.get, issues), key=counts.__getitem__, default=None)

    def answers_on(self, issue: str) -> tuple[int, int]:
        """Of the specific recommendations on an issue: how many were supported, and how many answered."""
        answers = [r.response for r in self.rows if r.action == _SPECIFIC and issue in r.issues]
        return answers.count("Supported"), answers.count("Supported") + answers.count("Noted")

    def supported_on(self, issue: str, text: str, count: int) -> list[CodedText]:
        """Specific, supported recommendations on an issue that name no State, most similar first; which State
        got them is left out.
        """
        rows, index = self._on(issue)
        found = index.nearest([text], count)[0]
        return [replace(rows[place], state_under_review=None) for place, _ in found]

    def _on(self, issue: str) -> tuple[list[CodedText], SimilarTexts]:
        if issue not in self._by_issue:
            blind = load_blinder().blind
            fitting = {
                normalise(row.text): row
                for row in self.rows
                if row.action == _SPECIFIC and row.response == "Supported" and issue in row.issues
            }
            rows = [row for row in fitting.values() if MASK not in blind(row.text)]
            self._by_issue[issue] = rows, SimilarTexts([row.text for row in rows], blind)
        return self._by_issue[issue]

    def asked_of(self, state: str, text: str, count: int) -> list[CodedText]:
        """What a State was asked that is much like a text, most similar first; each wording once."""
        rows = list({normalise(r.text): r for r in self.rows if r.state_under_review == state}.values())
        found = SimilarTexts([row.text for row in rows], load_blinder().blind).nearest([text], count)[0]
        return [rows[place] for place, score in found if score >= _ALIKE]

    def similar(self, text: str, count: int) -> list[tuple[CodedText, float]]:
        """The `count` most similar wordings with their cosine, best first."""
        found = self._similar.nearest([text], count)[0]
        return [(self.rows[self._wordings[place]], score) for place, score in found]


def default_corpus() -> Path | None:
    """The table of coded recommendations in the home folder, where there is one."""
    path = settings.home() / "data" / "corpus" / "corpus.parquet"
    return path if path.is_file() else None


def read_coded(path: Path) -> CodedCorpus:
    """The recommendations of a table that `upr ingest` wrote which people coded.

    Left out are pledges, and sessions that models are tested on: who drafts by them would train later models.

    Raises: SourceError if it is no such table; StoreError.
    """
    todo = "Make the table with `upr ingest SOURCE --out corpus.parquet`."
    if path.suffix.lower() != ".parquet":
        raise SourceError(str(path), "is not a table of `upr ingest` in Parquet.", todo)
    missing = sorted(set(COLUMNS) - set(parquet_names(path)))
    if missing:
        raise SourceError(str(path), f"has no column {', '.join(missing)}.", todo)
    rows = [
        CodedText(
            r["rec_id"],
            r["text"],
            r["state_under_review"],
            r["session"],
            r["response"],
            r["action"],
            tuple(r["issues"]),
        )
        for r in read_parquet(path, list(COLUMNS)).to_pylist()
        if r["label_source"] in PEOPLE
        and r["kind"] != "pledge"
        and r["action"] is not None
        and r["issues"] is not None
        and normalise(r["text"] or "")
    ]
    options = settings.load().splits
    counts = Counter(row.session for row in rows if row.session is not None)
    held_out = {*options.test, *sessions_of(counts, options).test}
    return CodedCorpus(tuple(row for row in rows if row.session not in held_out), path.name)
