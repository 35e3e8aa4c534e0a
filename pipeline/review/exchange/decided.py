"""What is exported: items in the order of their import, and the entries that their codes come from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, select

from pipeline.review.store.tables import decisions, items, predictions, readings, users
from pipeline.review.store.transitions import Status

TABLE_STATUSES = (Status.DONE, Status.SECOND, Status.ESCALATED)
QUEUED_OR_DECIDED = tuple(s for s in Status if s not in (Status.CERTAIN, Status.WITHDRAWN))
_SPAN = 1_000
"""Ids in one query."""


def decided(connection: Connection, statuses: tuple[Status, ...]) -> Iterator[list[dict[str, Any]]]:
    """Items with their predictions' columns, each with `p_` before its name; in groups, in the order of their
    import.
    """
    names = ("model_version", "action", "action_confidence", "issues", "issue_scores")
    query = select(
        *(items.c[n] for n in ("id", "text_key", "text", "copies", "version", "standing")),
        *(predictions.c[n].label(f"p_{n}") for n in names),
    ).outerjoin_from(items, predictions, predictions.c.id == items.c.prediction_id)
    last = connection.scalar(select(func.max(items.c.id))) or 0
    # By ranges of ids: a page by LIMIT lets the database sort all that is left, for each page anew.
    for start in range(0, last + 1, _SPAN):
        span = query.where(items.c.id.between(start, start + _SPAN - 1))
        rows = connection.execute(
            span.where(items.c.status.in_([s.value for s in statuses])).order_by(items.c.id)
        )
        group = [dict(row) for row in rows.mappings()]
        if group:
            yield group


def last_decisions(connection: Connection, ids: list[int]) -> dict[int, dict[str, Any]]:
    """By item, the entry that its codes come from, with the person's name."""
    columns = ("item_id", "at", "model_version", "taxonomy_version", "note")
    query = (
        select(*(decisions.c[n] for n in columns), users.c.name.label("person"))
        .join_from(readings, decisions, decisions.c.id == readings.c.decision_id)
        .join(users, users.c.id == decisions.c.user_id)
        .where(readings.c.item_id.in_(ids))
        .order_by(readings.c.decision_id)
    )
    return {row["item_id"]: dict(row) for row in connection.execute(query).mappings()}
