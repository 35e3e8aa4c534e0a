"""Leases keep two people off one item; what a person has seen decides whether they can read it blind."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, literal, or_, select

from pipeline.review.store.accounts import Person
from pipeline.review.store.database import Database
from pipeline.review.store.tables import items, leases, seen, users
from pipeline.review.store.transitions import Status


@dataclass(frozen=True)
class Lease:
    """Who holds an item, since when and until when."""

    person: str
    person_id: int
    taken_at: dt.datetime
    until: dt.datetime


def take(database: Database, connection: Connection, minutes: float, person: Person, item: int) -> bool:
    """Lease an item to a person. Returns: False if somebody else holds it."""
    now = database.now()
    row = {
        "item_id": item,
        "user_id": person.id,
        "taken_at": now,
        "until": now + dt.timedelta(minutes=minutes),
    }
    statement = database.upsert(leases).values(row)
    statement = statement.on_conflict_do_update(
        index_elements=["item_id"],
        set_={"user_id": person.id, "taken_at": now, "until": row["until"]},
        where=or_(leases.c.until <= now, leases.c.user_id == person.id),
    )
    if not connection.execute(statement).rowcount:
        return False
    note_seen(database, connection, person, item)
    return True


def note_seen(database: Database, connection: Connection, person: Person, *ids: int) -> None:
    """Record that a person sees the suggestion or the decision of items that are read twice: they cannot be
    their blind reader, now or after somebody has taken a decision back.
    """
    shown = select(literal(person.id), items.c.id).where(
        items.c.id.in_(ids),
        items.c.second_due,
        or_(items.c.status != Status.SECOND.value, items.c.first_reader == person.id),
    )
    connection.execute(
        database.upsert(seen).from_select(["user_id", "item_id"], shown).on_conflict_do_nothing()
    )


def has_seen(connection: Connection, person: Person, item: int) -> bool:
    """Whether a person has seen an item's suggestion."""
    return (
        connection.scalar(select(seen.c.item_id).where(seen.c.item_id == item, seen.c.user_id == person.id))
        is not None
    )


def holder(database: Database, connection: Connection, item: int) -> Lease | None:
    """Who holds an item now."""
    query = (
        select(users.c.name, leases)
        .join_from(leases, users)
        .where(leases.c.item_id == item, leases.c.until > database.now())
    )
    row = connection.execute(query).first()
    return Lease(row.name, row.user_id, row.taken_at, row.until) if row else None
