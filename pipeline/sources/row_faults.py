"""What was not understood in rows that are kept all the same: each thing once, with its rows counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.sources.records import Record, Reject
from pipeline.sources.standard import EMPTY_TEXT

_MOST = 1000
_SHOWN = 160


class RowFaults:
    """Faults by file and reason, in a bounded space however long the input is."""

    def __init__(self) -> None:
        """Nothing was met yet."""
        self._first: dict[tuple[str, str], tuple[int, str]] = {}
        self._rows: dict[tuple[str, str], int] = {}
        self._beyond = 0

    def add(self, record: Record, faults: Iterable[str]) -> None:
        """Take the faults of a row. An empty text is none here: its row says so itself."""
        for fault in faults:
            key = (record.file, fault)
            if fault == EMPTY_TEXT:
                continue
            if key in self._rows:
                self._rows[key] += 1
            elif len(self._rows) < _MOST:
                self._rows[key] = 1
                self._first[key] = (record.row, (record.text or "")[:_SHOWN])
            else:
                self._beyond += 1

    def rejects(self) -> Iterator[Reject]:
        """Each fault, with the first row that has it."""
        for (file, fault), rows in self._rows.items():
            row, text = self._first[file, fault]
            more = f" (and in {rows - 1:,} more rows)" if rows > 1 else ""
            yield Reject(file, row, f"row {row}: {fault}{more}", text)
        if self._beyond:
            reason = f"{self._beyond:,} more faults of rows are not named; these rows are marked for review."
            yield Reject("", None, reason)
