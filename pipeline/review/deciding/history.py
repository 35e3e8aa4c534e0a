"""Reading the history: what was entered, what a person did last, and who changed an item."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from pipeline.review.deciding.entries import SKIP, UNDOABLE, Entry
from pipeline.review.store.accounts import Person
from pipeline.review.store.tables import decisions, items, users
from pipeline.review.store.transitions import Refused, Standing, Status, may_see_codes


def history(connection: Connection, item: int) -> list[dict[str, Any]]:
    """All entries of an item, first to last, with who made them."""
    query = (
        select(decisions, users.c.name.label("person"))
        .join_from(decisions, users)
        .where(decisions.c.item_id == item)
        .order_by(decisions.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def requested(connection: Connection, person: Person, request: str | None) -> list[Entry]:
    """What an earlier sending of the same request entered: it is acknowledged, not entered again."""
    if not request:
        return []
    query = (
        select(decisions)
        .where(decisions.c.user_id == person.id, decisions.c.request == request)
        .order_by(decisions.c.id)
    )
    rows = [*connection.execute(query).mappings()]
    return [Entry(r["id"], r["item_id"], r["kind"], Status(r["after"]["status"]), len(rows)) for r in rows]


def latest(connection: Connection, person: Person, before: int | None = None) -> dict[str, Any] | None:
    """A person's latest entry that is not taken back; the latest before an entry, if one is given."""
    taken_back = select(decisions.c.undoes).where(
        decisions.c.undoes.is_not(None), decisions.c.user_id == person.id
    )
    query = select(decisions).where(
        decisions.c.user_id == person.id, decisions.c.kind.in_(UNDOABLE), decisions.c.id.not_in(taken_back)
    )
    if before is not None:
        query = query.where(decisions.c.id < before)
    row = connection.execute(query.order_by(decisions.c.id.desc()).limit(1)).mappings().first()
    return dict(row) if row else None


def has_read_blind(connection: Connection, person: Person, item: int) -> bool:
    """Whether a person has entered a second reading of an item before, taken back or not. The answer told
    them whether both readings agree, so another one is no longer independent.
    """
    query = select(decisions.c.id).where(
        decisions.c.item_id == item, decisions.c.user_id == person.id, decisions.c.kind != SKIP
    )
    return connection.scalar(query.where(decisions.c.reading == 2).limit(1)) is not None


def changed(connection: Connection, person: Person, item: int) -> Refused:
    """What a person is told whose page of an item is out of date."""
    query = (
        select(users.c.name, decisions.c.at, items.c.standing)
        .join_from(decisions, users)
        .join(items, items.c.id == decisions.c.item_id)
    )
    last = connection.execute(
        query.where(decisions.c.item_id == item).order_by(decisions.c.id.desc()).limit(1)
    ).first()
    if last is None:
        return Refused("refused.new-prediction")
    if not may_see_codes(Standing.from_json(last.standing), person.id):
        return Refused("refused.changed-blind")
    return Refused("refused.changed", person=last.name, time=last.at)
