"""Rows that the sources of an update no longer hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from pipeline.review.store.database import Database
from pipeline.review.store.tables import decisions, occurrences

_AT_ONCE = 500
"""Row ids in one query."""


def decisions_on(desk: Database | None, row_ids: Sequence[str]) -> int:
    """How many of the rows have a person's decision at the desk; it stays there."""
    if desk is None or not row_ids:
        return 0
    found = 0
    with desk.read() as connection:
        for start in range(0, len(row_ids), _AT_ONCE):
            query = (
                select(occurrences.c.row_id)
                .distinct()
                .join(decisions, decisions.c.item_id == occurrences.c.item_id)
                .where(
                    occurrences.c.row_id.in_(row_ids[start : start + _AT_ONCE]),
                    decisions.c.version.is_not(None),
                )
            )
            found += len(list(connection.scalars(query)))
    return found


def in_words(row: dict[str, Any]) -> str:
    """A row for the summary: its review, its session and the beginning of its text."""
    place = ", ".join(str(part) for part in (row["state_under_review"], row["session"]) if part)
    return f"{place}: {(row['text'] or '')[:120]}"
