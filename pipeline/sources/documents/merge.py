"""Report, addendum and list of one review as one set: each recommendation once, with its final response."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.corpus.text import normalise
from pipeline.sources.documents.answers import apply_answers, final_response
from pipeline.sources.documents.read import Document
from pipeline.sources.documents.translations import align, by_language
from pipeline.sources.records import Record, Reject

_SAME = 90


@dataclass(frozen=True, slots=True)
class Merged:
    """Records of all documents, merged by review, and what a person should look at."""

    records: list[Record]
    problems: list[Reject]


def merge(documents: Sequence[Document]) -> Merged:
    """Merge the documents of each review; reviews come in the order of their first document.

    The final report wins over its drafts. The addendum's position wins over the list's, and that over the
    report's, since each speaks later. Where two say different things, and the earlier was not "Pending",
    that is listed. A wording that only the list has is kept, and listed. Documents in two languages are one
    set (`translations`).
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
    base = _base(document.symbol)
    if document.kind == "addendum":
        # The report states its session; an addendum mostly has it from the symbol alone.
        for other in documents:
            if base and other.kind == "report" and other.symbol == base and other.session is not None:
                return (other.state_under_review, other.session)
    if document.state_under_review and document.session is not None:
        return (document.state_under_review, document.session)
    for other in documents:
        if base and other is not document and other.session is not None and _base(other.symbol) == base:
            return (other.state_under_review, other.session)
        same_state = document.state_under_review and other.state_under_review == document.state_under_review
        if other is not document and same_state and other.session is not None and not base:
            return (other.state_under_review, other.session)
    return base or document.file


def _base(symbol: str | None) -> str | None:
    return symbol.split("/Add", 1)[0] if symbol else None


def _is_draft(document: Document) -> bool:
    """Whether a report is one that the Working Group had before it, not one that it had published."""
    return document.symbol is None or "/WG.6/" in document.symbol


def _named(document: Document) -> str:
    return f"{document.file} ({document.symbol})" if document.symbol else document.file


class _Review:
    def __init__(self, members: Sequence[Document]) -> None:
        self.problems = [problem for document in members for problem in document.problems]
        self.records: list[Record] = []
        first, *others = by_language([d for d in members if d.kind != "addendum"])
        self._take_all(first)
        for translated in others:
            review = _Review(translated)
            self.problems += review.problems[sum(len(document.problems) for document in translated) :]
            self._take_translated(review.records, translated)
        for document in members:
            if document.kind == "addendum":
                self.records, told = apply_answers(self.records, document.positions, document.file)
                self.problems += told

    def _take_all(self, members: Sequence[Document]) -> None:
        """The reports and lists of one language."""
        # Drafts come after the final report, so that what is kept is the final report's.
        reports = sorted((d for d in members if d.kind == "report"), key=_is_draft)
        lists = [d for d in members if d.kind == "list"]
        for document in (*reports, *lists):
            if not self.records:
                self.records = list(document.records)
            elif document.kind == "list":
                self._take_list(document)
            else:
                self._take_report(document, reports[0])

    def _take_translated(self, records: Sequence[Record], documents: Sequence[Document]) -> None:
        """The texts of another language, and what its list says beside them."""
        found = align(self.records, records, documents[0].file)
        self.records = found.records
        self.problems += found.problems
        for place, entry in found.entries.items():
            if any(document.kind == "list" for document in documents):
                self._take_entry(place, entry, entry.file)
            elif entry.response != self.records[place].response:
                held = self.records[place]
                reason = (
                    f"recommendation {entry.paragraph} is {entry.response or 'without response'} here, and "
                    f"{held.response or 'without response'} in {held.file}, which is taken. Compare both."
                )
                self.problems.append(Reject(entry.file, entry.row, reason, (entry.text or "")[:160]))

    def _take_report(self, document: Document, kept: Document) -> None:
        """A second report: what it has in common with the first is kept once. What stands in a draft alone is
        left out, since the Working Group adopted the final report.
        """
        places = defaultdict(list)
        for place, record in enumerate(self.records):
            places[frozenset(record.recommending_states)].append(place)
        fresh = []
        for record in document.records:
            match = self._match(record, places[frozenset(record.recommending_states)])
            if match is None:
                match = self._match(record, range(len(self.records)))
            if match is None:
                fresh.append(record)
        draft = _is_draft(document) and not _is_draft(kept)
        won = (
            "the latter is final, and its numbers, symbol and positions are taken"
            if draft
            else "the latter is taken where both say the same"
        )
        reason = (
            f"{_named(document)} and {_named(kept)} are reports of the same review; {won}. "
            f"{len(document.records) - len(fresh)} recommendations are in both, {len(fresh)} only here "
            f"{'are left out' if draft else 'are added'}."
        )
        self.problems.append(Reject(document.file, None, reason))
        if not draft:
            self.records += fresh
            return
        self.problems += [
            Reject(
                document.file,
                record.row,
                f"paragraph {record.paragraph} of the draft does not stand in the final report; "
                f"it is left out.",
                (record.text or "")[:160],
                record.page,
            )
            for record in fresh
        ]

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
            self._take_entry(match, record, document.file)
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

    def _take_entry(self, place: int, entry: Record, file: str) -> None:
        """What a list says of a recommendation of the report."""
        held = self.records[place]
        # A list without a position says nothing new of it.
        said = entry.response if entry.response_raw or entry.response != "Pending" else ""
        response, told = final_response(held, said, file, entry.row)
        self.problems += told
        self.records[place] = replace(
            held,
            response=response,
            response_raw=entry.response_raw if said else held.response_raw,
            themes=entry.themes,
            affected_persons=entry.affected_persons,
            sdgs=entry.sdgs,
            position_source=entry.position_source,
        )

    def _match(self, record: Record, places: Iterable[int]) -> int | None:
        from rapidfuzz import fuzz

        key = normalise(record.text or "")
        scored = [(fuzz.ratio(key, normalise(self.records[p].text or "")), -p) for p in places]
        best = max(scored, default=(0.0, 0))
        return -best[1] if best[0] >= _SAME else None
