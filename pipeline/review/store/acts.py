"""What leads do with rounds, assignments and accounts, kept with who did it and when."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select

from pipeline.review.store.accounts import Person
from pipeline.review.store.database import Database
from pipeline.review.store.tables import acts, users


def note_act(
    database: Database, connection: Connection, person: Person | None, what: str, **details: Any
) -> None:
    """Keep that somebody did something; None where it was the command line.

    Args:
        what: a key of the desk's strings, after `act.`; `details` fill its gaps.
    """
    row = {"at": database.now(), "user_id": person.id if person else None, "what": what, "details": details}
    connection.execute(insert(acts).values(row))


def latest_acts(connection: Connection, limit: int = 100) -> list[dict[str, Any]]:
    """The latest acts, newest first, with the name of who did them, None for the command line."""
    query = select(acts, users.c.name.label("person")).outerjoin(users, users.c.id == acts.c.user_id)
    rows = connection.execute(query.order_by(acts.c.id.desc()).limit(limit)).mappings()
    return [dict(row) for row in rows]
