"""Who did what, and when: the history across items, by what people look for in it; and what became of a
person's readings.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, and_, exists, false, or_, select, update

from pipeline.review.deciding.entries import ANSWERS, SHEET, SKIP
from pipeline.review.store.accounts import Person
from pipeline.review.store.database import Database
from pipeline.review.store.tables import decisions, facet_values, facets, items, occurrences, readings, users
from pipeline.review.store.transitions import Codes, Standing, Status, may_see_codes

_DIGITS = 9


@dataclass(frozen=True)
class Sought:
    """What to look for in the history; all that is set must hold.

    Attributes:
        person: an account's number; `action`: the answer, 1 to 5, both as text.
        document: symbol or file, in full; `paragraph`: its number there.
    """

    person: str = ""
    action: str = ""
    session: str = ""
    state: str = ""
    document: str = ""
    paragraph: str = ""

    def query(self) -> dict[str, str]:
        """As a query string's pairs, without what is not set."""
        return {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name)}


def entries(
    connection: Connection, person: Person, sought: Sought, limit: int, before: int | None = None
) -> list[dict[str, Any]]:
    """Entries of the history, newest first, with the text of their item and the name of who made them. Codes
    only where the person may see them: not of what they can still read blind, which `kept_back` tells.

    Args:
        before: entries older than this one only.
    """
    columns = ("id", "item_id", "user_id", "at", "kind", "reading", "action", "issues", "note", "undoes")
    query = (
        select(
            *(decisions.c[n] for n in columns),
            items.c.text,
            items.c.standing,
            users.c.name.label("person"),
        )
        .join_from(decisions, items, items.c.id == decisions.c.item_id)
        .join(users, users.c.id == decisions.c.user_id)
        .where(*_conditions(sought))
    )
    if sought.action:  # a list of those with one answer would tell the answer of each in it
        query = query.where(or_(items.c.status != Status.SECOND.value, items.c.first_reader == person.id))
    if before is not None:
        query = query.where(decisions.c.id < before)
    found = []
    for row in connection.execute(query.order_by(decisions.c.id.desc()).limit(limit)).mappings():
        open_to_see = may_see_codes(Standing.from_json(row["standing"]), person.id)
        kept_back = {} if open_to_see else {"action": None, "issues": None, "note": None}
        found.append(dict(row) | kept_back | {"kept_back": not open_to_see})
    return found


def _conditions(sought: Sought) -> list[Any]:
    wanted: list[Any] = []
    for column, value in ((decisions.c.user_id, sought.person), (decisions.c.action, sought.action)):
        if value:  # what is no number, or larger than a database's, is nobody's
            small = value.isdecimal() and len(value) <= _DIGITS
            wanted.append(column == int(value) if small else false())
    wanted += [
        exists().where(
            facets.c.item_id == decisions.c.item_id,
            facets.c.value_id == facet_values.c.id,
            facet_values.c.facet == facet,
            facet_values.c.value == getattr(sought, facet),
        )
        for facet in ("session", "state")
        if getattr(sought, facet)
    ]
    places = [
        occurrences.c[name] == getattr(sought, name)
        for name in ("document", "paragraph")
        if getattr(sought, name)
    ]
    if places:
        wanted.append(decisions.c.item_id.in_(select(occurrences.c.item_id).where(and_(*places))))
    return wanted


@dataclass(frozen=True)
class Otherwise:
    """A reading of a person that was decided otherwise.

    Attributes:
        reason: what whoever decided wrote, "" for nothing.
        new: the inbox has not shown it yet.
    """

    decision_id: int
    item_id: int
    text: str
    at: Any
    mine: Codes
    decided: Codes
    by: str
    reason: str
    new: bool


def decided_otherwise(connection: Connection, person: Person, limit: int = 100) -> list[Otherwise]:
    """Readings of a person that an adjudicator or a correction decided otherwise, newest first."""
    own, last = readings.alias(), readings.alias()
    before, after = decisions.alias(), decisions.alias()
    told = connection.scalar(select(users.c.told).where(users.c.id == person.id)) or 0
    query = (
        select(
            after.c.id,
            after.c.item_id,
            items.c.text,
            after.c.at,
            before.c.action.label("my_action"),
            before.c.issues.label("my_issues"),
            after.c.action,
            after.c.issues,
            after.c.note,
            after.c.kind,
            users.c.name,
        )
        .join_from(own, last, (last.c.item_id == own.c.item_id) & (last.c.decision_id > own.c.decision_id))
        .join(before, before.c.id == own.c.decision_id)
        .join(after, after.c.id == last.c.decision_id)
        .join(users, users.c.id == after.c.user_id)
        .join(items, items.c.id == own.c.item_id)
        .where(
            own.c.user_id == person.id, own.c.reading < 3, last.c.reading == 3, last.c.user_id != person.id
        )
        .order_by(after.c.id.desc())
        .limit(limit * 4)  # those that agree are left out below
    )
    found = []
    for row in connection.execute(query):
        mine, decided = Codes(row.my_action, tuple(row.my_issues)), Codes(row.action, tuple(row.issues))
        if not mine.agrees(decided):
            reason = row.note or "" if row.kind != SHEET else ""
            found.append(
                Otherwise(
                    row.id, row.item_id, row.text, row.at, mine, decided, row.name, reason, row.id > told
                )
            )
    return found[:limit]


def untold(connection: Connection, person: Person) -> int:
    """How many readings were decided otherwise since the person looked."""
    return sum(one.new for one in decided_otherwise(connection, person))


def note_told(database: Database, person: Person, latest: int) -> None:
    """Record that the inbox has shown everything up to an entry."""
    with database.write() as connection:
        connection.execute(
            update(users).where(users.c.id == person.id, users.c.told < latest).values(told=latest)
        )


def notes(connection: Connection, item: int, *, only_of: int | None = None) -> list[dict[str, Any]]:
    """Notes that readers left on an item for the next one, first to last: text, name, time.

    Args:
        only_of: the notes of this account only.
    """
    undone = select(decisions.c.undoes).where(decisions.c.undoes.is_not(None), decisions.c.item_id == item)
    kinds = tuple(k for k in (*ANSWERS, SKIP) if k != SHEET)
    query = (
        select(decisions.c.note, decisions.c.at, users.c.name)
        .join_from(decisions, users, users.c.id == decisions.c.user_id)
        .where(
            decisions.c.item_id == item,
            decisions.c.note.is_not(None),
            decisions.c.kind.in_(kinds),
            decisions.c.id.not_in(undone),
        )
        .order_by(decisions.c.id)
    )
    if only_of is not None:
        query = query.where(decisions.c.user_id == only_of)
    return [dict(row) for row in connection.execute(query).mappings()]
