"""Report, addendum and list of one review as one set: each recommendation once, with its final response."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.corpus.text import normalise
from pipeline.sources.documents.read import Document
from pipeline.sources.records import Record, Reject

_SAME = 90


@dataclass(frozen=True, slots=True)
class Merged:
    """Records of all documents, merged by review, and what a person should look at."""

    records: list[Record]
    problems: list[Reject]


def merge(documents: Sequence[Document]) -> Merged:
    """Merge the documents of each review; reviews come in the order of their first document.

    The addendum's position wins over the list's, and that over the report's, since each speaks later. Where
    two say different things, and the earlier was not "Pending", that is listed. A wording that only the list
    has is kept, and listed.
    """
    records: list[Record] = []
    problems: list[Reject] = []
    for members in by_review(documents):
        merged = merge_review([documents[place] for place in members])
        records += merged.records
        problems += merged.problems
    return Merged(records, problems)


def by_review(documents: Sequence[Document]) -> list[list[int]]:
    """Places of the documents of each review. Only symbol, State, session and file are looked at."""
    reviews: dict[object, list[int]] = defaultdict(list)
    for place, document in enumerate(documents):
        reviews[_review(document, documents)].append(place)
    return list(reviews.values())


def merge_review(members: Sequence[Document]) -> Merged:
    """Merge the documents of one review; see `merge`."""
    review = _Review(members)
    return Merged(review.records, review.problems)


def _review(document: Document, documents: Iterable[Document]) -> object:
    """What the documents of a review have in common: State and session, or the report's symbol."""
    if document.state_under_review and document.session is not None:
        return (document.state_under_review, document.session)
    base = _base(document.symbol)
    for other in documents:
        if base and other is not document and other.session is not None and _base(other.symbol) == base:
            return (other.state_under_review, other.session)
        same_state = document.state_under_review and other.state_under_review == document.state_under_review
        if other is not document and same_state and other.session is not None and not base:
            return (other.state_under_review, other.session)
    return base or document.file


def _base(symbol: str | None) -> str | None:
    return symbol.split("/Add", 1)[0] if symbol else None


class _Review:
    def __init__(self, members: Sequence[Document]) -> None:
        self.problems = [problem for document in members for problem in document.problems]
        self.records: list[Record] = []
        reports = [d for d in members if d.kind == "report"]
        lists = [d for d in members if d.kind == "list"]
        for document in (*reports, *lists):
            if not self.records:
                self.records = list(document.records)
            elif document.kind == "list":
                self._take_list(document)
            else:
                self._take_report(document)
        for document in members:
            if document.kind == "addendum":
                self._take_addendum(document)

    def _take_report(self, document: Document) -> None:
        known = {(r.paragraph, normalise(r.text or "")) for r in self.records}
        fresh = [r for r in document.records if (r.paragraph, normalise(r.text or "")) not in known]
        self.records += fresh
        same = len(document.records) - len(fresh)
        reason = (
            f"a second report of the same review: {same} recommendations are the same and kept once, "
            f"{len(fresh)} are added."
        )
        self.problems.append(Reject(document.file, None, reason))

    def _take_list(self, document: Document) -> None:
        waiting = defaultdict(list)
        for place, record in enumerate(self.records):
            waiting[record.paragraph].append(place)
        extra: list[Record] = []
        for record in document.records:
            match = self._match(record, waiting[record.paragraph])
            if match is None:
                extra.append(record)
                reason = (
                    f"paragraph {record.paragraph or '(none)'} of the list: this wording does not "
                    f"stand in the report; it is added."
                )
                self.problems.append(Reject(document.file, record.row, reason, (record.text or "")[:160]))
                continue
            waiting[record.paragraph].remove(match)
            held = self.records[match]
            response = self._final(held, record.response, document.file, record.row)
            self.records[match] = replace(
                held, response=response, themes=record.themes, position_source=record.position_source
            )
        left = [self.records[p] for places in waiting.values() for p in places]
        self.problems += [
            Reject(
                r.file,
                r.row,
                f"paragraph {r.paragraph} does not stand in the list {document.file}.",
                (r.text or "")[:160],
                r.page,
            )
            for r in left
        ]
        self.records += extra

    def _match(self, record: Record, places: Sequence[int]) -> int | None:
        from rapidfuzz import fuzz

        key = normalise(record.text or "")
        scored = [(fuzz.ratio(key, normalise(self.records[p].text or "")), -p) for p in places]
        best = max(scored, default=(0.0, 0))
        return -best[1] if best[0] >= _SAME else None

    def _take_addendum(self, document: Document) -> None:
        known = {r.paragraph for r in self.records}
        for number in document.positions:
            if known and number not in known:
                reason = (
                    f"cites recommendation {number}, which does not stand in the other documents of "
                    f"this review."
                )
                self.problems.append(Reject(document.file, None, reason))
        self.records = [
            replace(r, response=self._final(r, document.positions[r.paragraph or ""], document.file, r.row))
            if r.paragraph in document.positions
            else r
            for r in self.records
        ]

    def _final(self, held: Record, response: str, file: str, row: int | None) -> str:
        if not response:
            return held.response
        if held.response not in ("", "Pending", response):
            reason = (
                f"paragraph {held.paragraph}: {response} here, {held.response} before ({held.file}); "
                f"the later, {response}, is taken."
            )
            self.problems.append(Reject(file, row, reason, (held.text or "")[:160]))
        return response
