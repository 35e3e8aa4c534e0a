"""Assignments: whose open items are whose, by choice or by filter, and how they are taken over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select, update

from pipeline.review.deciding.filters import Filter
from pipeline.review.deciding.queue import whole
from pipeline.review.store.accounts import Person
from pipeline.review.store.acts import note_act
from pipeline.review.store.database import Database
from pipeline.review.store.tables import items, users
from pipeline.review.store.transitions import Status

_OPEN = items.c.status == Status.OPEN.value


def assignments(connection: Connection) -> list[dict[str, Any]]:
    """Who has open items assigned, and how many: id, name, disabled, count; by name."""
    query = (
        select(users.c.id, users.c.name, users.c.disabled_at.is_not(None).label("disabled"), func.count())
        .join_from(items, users, users.c.id == items.c.assignee_id)
        .where(_OPEN)
        .group_by(users.c.id, users.c.name, users.c.disabled_at)
        .order_by(users.c.name)
    )
    names = ("id", "name", "disabled", "count")
    return [dict(zip(names, row, strict=True)) for row in connection.execute(query)]


def assign(database: Database, ids: Sequence[int], person_id: int | None, by: Person | None = None) -> int:
    """Give open items to one person, or back to all. Returns: how many."""
    with database.write() as connection:
        statement = update(items).where(items.c.id.in_(list(ids)), _OPEN)
        done = int(connection.execute(statement.values(assignee_id=person_id)).rowcount)
        note_act(database, connection, by, "assigned", n=done, name=_name(connection, person_id))
        return done


def assign_filter(
    database: Database, wanted: Filter, person_id: int | None, by: Person, most: int | None = None
) -> int:
    """Give the open items of a filter to one person, or back to all.

    Args:
        most: at most so many, those first that come first in the queue; None for all.

    Returns: how many.
    """
    with database.write() as connection:
        query = whole(connection, by, wanted, most)
        if query is None:
            return 0
        chosen = select(query.subquery().c.id)
        statement = update(items).where(items.c.id.in_(chosen), _OPEN).values(assignee_id=person_id)
        done = int(connection.execute(statement).rowcount)
        note_act(database, connection, by, "assigned", n=done, name=_name(connection, person_id))
        return done


def take_back(database: Database, person_id: int, to: int | None = None, by: Person | None = None) -> int:
    """Give a person's open items back to everybody, or to who takes over. Returns: how many."""
    with database.write() as connection:
        statement = update(items).where(items.c.assignee_id == person_id, _OPEN)
        done = int(connection.execute(statement.values(assignee_id=to)).rowcount)
        names = {"name": _name(connection, person_id), "other": _name(connection, to)}
        note_act(database, connection, by, "taken-over" if to else "taken-back", n=done, **names)
        return done


def _name(connection: Connection, person_id: int | None) -> str:
    found = connection.scalar(select(users.c.name).where(users.c.id == person_id)) if person_id else None
    return str(found or "")
