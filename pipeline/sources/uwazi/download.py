"""The full download of one template: cut below Uwazi's cap, resumable, and counted against what Uwazi
says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.errors import SourceError
from pipeline.sources.uwazi.api import Page, UwaziClient
from pipeline.sources.uwazi.kept_pages import Cut, PageStore, key_of

MISSING = "missing"
_PASSES = 3


@dataclass
class DownloadCounts:
    """What happened, for the person: counts, and where Uwazi's count and ours differ.

    Attributes:
        rows: entities given, each once.
        repeated: rows that came again (in overlapping cuts, or moved between pages).
        differences: a line for each cut whose count does not agree with Uwazi's.
    """

    rows: int = 0
    repeated: int = 0
    differences: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class DownloadPlan:
    """What to download and how to cut it.

    Attributes:
        template: id of the template.
        values: by property that can be filtered by, its ids with labels as the vocabularies give them.
        cuts: the properties that cut, in turn.
        recount_by: the property that counts once more, or None.
        cap: where `totalRows` stops.
        page_rows: rows a request.
        language: of the rows wanted.
    """

    template: str
    values: Mapping[str, Mapping[str, str]]
    cuts: tuple[str, ...]
    recount_by: str | None
    cap: int
    page_rows: int
    language: str


class Download:
    """One download. `rows` gives the entities; `tally` tells of it afterwards."""

    def __init__(self, client: UwaziClient, store: PageStore, plan: DownloadPlan) -> None:
        """Args: `client`, who is asked; `store`, where pages are kept until all are there; `plan`, what is
        wanted.
        """
        self.tally = DownloadCounts()
        self._client = client
        self._store = store
        self._plan = plan
        self._seen: set[str] = set()
        self._counted: Counter[str] = Counter()

    def rows(self) -> Iterator[Any]:
        """Every entity of the template once, part by part; entities in other languages come as they are.

        Raises: SourceError if the instance fails for good, or if a part cannot be cut below the cap. What was
            downloaded until then is kept.
        """
        whole = Cut()
        yield from self._part(whole)
        name = self._plan.recount_by
        if name and self._first(whole).total >= self._plan.cap:
            yield from self._recount(name)

    def _part(self, cut: Cut) -> Iterator[Any]:
        """The entities of a part, cut further where it reaches the cap."""
        first = self._first(cut)
        if first.total < self._plan.cap:
            yield from self._new(self._whole(cut))
            return
        used = {name for name, _, _ in cut.chosen}
        values = {name: self._choices(name, first) for name in self._plan.cuts if name not in used}
        name = next((name for name, known in values.items() if known), None)
        if name is None:
            raise SourceError(
                f"{self._client.base}, {cut}",
                (
                    f"there are {self._plan.cap:,} rows or more, and Uwazi shows no more than that of one "
                    f"question."
                ),
                "Add another property of the template under cuts of `uwazi` in configs/sources.yaml.",
            )
        for value, label in values[name].items():
            yield from self._part(cut.and_(name, value, label))

    def _choices(self, name: str, page: Page) -> dict[str, str]:
        """The values of a property: those of its vocabulary, others that occur in the answer, and none at
        all.
        """
        known = dict(self._plan.values.get(name, {})) | dict(page.values.get(name, {}))
        return known | {MISSING: "(none)"} if known else {}

    def _first(self, cut: Cut) -> Page:
        return self._page(cut, 0, 0, self._plan.page_rows)

    def _page(self, cut: Cut, passed: int, start: int, limit: int) -> Page:
        kept = self._store.load(cut, passed, start, limit)
        if kept is not None:
            return kept
        page = self._client.search(self._plan.template, cut.filters, start, limit)
        if page.total < self._plan.cap:
            page = Page(page.total, page.rows)
        self._store.save(cut, passed, start, limit, page)
        return page

    def _whole(self, cut: Cut) -> Iterator[Any]:
        """Every row of a part below the cap. A part that changes while it is read is read again."""
        for passed in range(_PASSES):
            difference = self._read(cut, passed)
            if difference is None:
                yield from self._kept(cut, passed)
                return
        # No pass is whole by itself, so every row that any of them met is taken, as it was last.
        met: set[str] = set()
        total = 0
        for passed in reversed(range(_PASSES)):
            for page, _ in self._pages(cut, passed):
                total = page.total if passed == _PASSES - 1 else total
                met.update(_identity(row) for row in page.rows)
                yield from page.rows
        if len(met) != total:
            self.tally.differences.append(
                f"{cut}: {difference}; {len(met):,} rows of {_PASSES} readings are included"
            )

    def _kept(self, cut: Cut, passed: int) -> Iterator[Any]:
        for page, repeated in self._pages(cut, passed):
            yield from page.rows[1 if repeated else 0 :]

    def _read(self, cut: Cut, passed: int) -> str | None:
        """Bring the pages of a part to disk; what does not agree, or None."""
        totals: set[int] = set()
        ids: set[str] = set()
        last: str | None = None
        moved = False
        for page, repeated in self._pages(cut, passed):
            totals.add(page.total)
            keys = [_identity(row) for row in page.rows]
            moved = moved or (not repeated and last is not None)
            ids.update(keys)
            last = keys[-1] if keys else last
        if len(totals) > 1:
            return (
                f"Uwazi's count changed while it was read (from {min(totals):,} to {max(totals):,}); "
                f"{len(ids):,} rows were met"
            )
        if moved or totals != {len(ids)}:
            return f"Uwazi counts {max(totals):,} rows, {len(ids):,} were met"
        return None

    def _pages(self, cut: Cut, passed: int) -> Iterator[tuple[Page, bool]]:
        """The pages of a part, each beginning with the last row of the one before, to see whether rows moved.

        Gives each page and whether its first row is that row.
        """
        limit, start, last = self._plan.page_rows, 0, None
        while True:
            page = self._page(cut, passed, start, min(limit, self._plan.cap - start))
            repeated = last is not None and bool(page.rows) and _identity(page.rows[0]) == last
            yield page, repeated
            fresh = len(page.rows) - (1 if start else 0)
            end = start + len(page.rows)
            if fresh <= 0 or end >= min(page.total, self._plan.cap):
                return
            last = _identity(page.rows[-1])
            start = end - 1

    def _new(self, rows: Iterator[Any]) -> Iterator[Any]:
        """Rows that were not given yet."""
        for row in rows:
            key = _identity(row)
            if key in self._seen:
                self.tally.repeated += 1
                continue
            self._seen.add(key)
            self.tally.rows += 1
            if self._plan.recount_by:
                self._counted.update(_values(row, self._plan.recount_by))
            yield row

    def _recount(self, name: str) -> Iterator[Any]:
        """Count once more by another property, and fetch what the cuts did not find (rows moved, values no
        vocabulary lists).
        """
        for value, label in self._choices(name, self._first(Cut())).items():
            cut = Cut().and_(name, value, label)
            there = self._page(cut, 0, 0, 1).total
            # A value that reaches the cap cannot be counted, and reading it again would take as long as the
            # download.
            if there <= self._counted[value] or there >= self._plan.cap:
                continue
            before = self.tally.rows
            yield from self._part(cut)
            found = self.tally.rows - before
            if found:
                self.tally.differences.append(
                    f"{cut}: {found:,} rows were not in any other part; they are included"
                )


def _identity(row: Any) -> str:
    """What an entity in a language is known by."""
    if isinstance(row, dict) and isinstance(row.get("sharedId"), str):
        return f"{row['sharedId']} {row.get('language', '')}"
    return key_of(row)


def _values(row: Any, name: str) -> set[str]:
    """The ids that a row has in a property; "missing" where it has none."""
    metadata = row.get("metadata") if isinstance(row, dict) else None
    entries = metadata.get(name) if isinstance(metadata, dict) else None
    ids = (
        {str(e["value"]) for e in entries if isinstance(e, dict) and e.get("value")}
        if isinstance(entries, list)
        else set()
    )
    return ids or {MISSING}
