"""The queue: which item a person gets next, what is listed, and how much waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, func, or_, select, true

from pipeline.review.deciding.filters import FACETS, Filter, holding, matching, value_ids
from pipeline.review.deciding.leases import take
from pipeline.review.rounds.planning import closed_to
from pipeline.review.store.accounts import Person
from pipeline.review.store.database import Database
from pipeline.review.store.tables import facet_values, facets, items, leases, seen, skips, users
from pipeline.review.store.transitions import FOR_ADJUDICATOR, Status

_CANDIDATES = 8


def meant_for(person: Person, wanted: Filter, status: Status = Status.OPEN) -> ColumnElement[bool]:
    """Items for a person: theirs, nobody's, and those of somebody who cannot log in any more. An assignment
    is to the first reading: a second one is for whoever did not make the first.
    """
    if wanted.mine:
        return items.c.assignee_id == person.id
    if status is Status.SECOND:
        return true()
    away = exists().where(users.c.id == items.c.assignee_id, users.c.disabled_at.is_not(None))
    return or_(items.c.assignee_id.is_(None), items.c.assignee_id == person.id, away)


def open_to(connection: Connection, person: Person) -> ColumnElement[bool]:
    """Items of rounds that the person works on."""
    closed = closed_to(connection, person)
    return or_(items.c.round_id.is_(None), items.c.round_id.not_in(closed)) if closed else true()


def unseen(person: Person) -> ColumnElement[bool]:
    """Items that a person can still read blind."""
    return and_(
        items.c.first_reader != person.id,
        ~exists().where(seen.c.item_id == items.c.id, seen.c.user_id == person.id),
    )


def candidates(
    database: Database, connection: Connection, person: Person, wanted: Filter, without: Sequence[int]
) -> list[int]:
    """Items that the person could decide now, most worth looking at first; only a few."""
    now = database.now()
    held = exists().where(leases.c.item_id == items.c.id, leases.c.user_id != person.id, leases.c.until > now)
    skipped = exists().where(skips.c.item_id == items.c.id, skips.c.user_id == person.id)
    found: list[tuple[float, int]] = []
    theirs = open_to(connection, person)
    # A filter by what the model said would tell it to a blind second reader.
    for status in (Status.OPEN,) if wanted.tells else (Status.OPEN, Status.SECOND):
        found_by = matching(connection, wanted, (status,))
        if found_by is None:
            return []
        query, order = found_by
        query = query.where(meant_for(person, wanted, status), theirs, ~held, ~skipped)
        if without:
            query = query.where(items.c.id.not_in(without))
        if status is Status.SECOND:
            query = query.where(unseen(person))
        rows = connection.execute(
            query.add_columns(order.label("value"))
            .order_by(order.desc(), items.c.id.desc())
            .limit(_CANDIDATES)
        )
        found += [(row.value, row.id) for row in rows]
    return [item for _, item in sorted(found, reverse=True)]


def take_next(
    database: Database, settings_minutes: float, person: Person, wanted: Filter, without: Sequence[int] = ()
) -> int | None:
    """The next item for a person, leased to them; None if nothing is left.

    When only skipped items are left, they come again.
    """
    with database.write() as connection:
        for _ in range(2):
            for item in candidates(database, connection, person, wanted, without):
                if take(database, connection, settings_minutes, person, item):
                    return item
            if connection.execute(delete(skips).where(skips.c.user_id == person.id)).rowcount == 0:
                return None
    return None


def waiting(connection: Connection, person: Person, wanted: Filter) -> int:
    """How many items the person could decide in a filter, leases and skips aside."""
    statuses: tuple[Status, ...] = (Status.OPEN,) if wanted.tells else (Status.OPEN, Status.SECOND)
    total = 0
    closed = closed_to(connection, person)
    if wanted.chosen() and not (wanted.mine or wanted.round or closed or some_assigned(connection)):
        # Without the items' own columns one index answers.
        ids = value_ids(connection, wanted)
        if ids is None:
            return 0
        found = holding(ids, [Status.OPEN.value])[0].subquery()
        total = connection.scalar(select(func.count()).select_from(found)) or 0
        statuses = statuses[1:]
    for status in statuses:
        found_by = matching(connection, wanted, (status,))
        if found_by is None:
            return 0
        query = found_by[0].where(open_to(connection, person)) if closed else found_by[0]
        if wanted.mine or status is Status.SECOND or some_assigned(connection):
            query = query.where(meant_for(person, wanted, status))
        if status is Status.SECOND:
            query = query.where(unseen(person))
        total += connection.scalar(select(func.count()).select_from(query.subquery())) or 0
    return total


def some_assigned(connection: Connection) -> bool:
    """Whether any item is assigned to anybody."""
    return connection.scalar(select(items.c.id).where(items.c.assignee_id.is_not(None)).limit(1)) is not None


def whole(
    connection: Connection, person: Person, wanted: Filter, limit: int | None = None, offset: int = 0
) -> Select[Any] | None:
    """The ids of a filter's open items, first to last; None if one of its values is unknown. A list of second
    readings would tell which they are. Whoever leads sees what is assigned to others, too.
    """
    found_by = matching(connection, wanted, (Status.OPEN,))
    if found_by is None:
        return None
    query, order = found_by
    theirs = true() if person.adjudicates and not wanted.mine else meant_for(person, wanted)
    query = query.where(theirs, true() if person.adjudicates else open_to(connection, person))
    return query.order_by(order.desc(), items.c.id.desc()).limit(limit).offset(offset or None)


def listed(
    connection: Connection, person: Person, wanted: Filter, limit: int, offset: int = 0
) -> list[dict[str, Any]]:
    """Items of a filter for the queue's page, with the name of whom they are assigned to."""
    query = whole(connection, person, wanted, limit, offset)
    if query is None:
        return []
    found = query.subquery()
    columns = (
        items.c.id,
        items.c.text,
        items.c.copies,
        items.c.version,
        items.c.reasons,
        items.c.prediction_id,
        items.c.priority,
        users.c.name.label("assignee"),
    )
    rows = connection.execute(
        select(*columns)
        .join_from(items, found, found.c.id == items.c.id)
        .outerjoin(users, users.c.id == items.c.assignee_id)
        .order_by(items.c.priority.desc(), items.c.id.desc())
    )
    return [dict(row) for row in rows.mappings()]


def for_adjudicator(connection: Connection, limit: int = 100) -> list[dict[str, Any]]:
    """Items that wait for an adjudicator."""
    query = select(items.c.id, items.c.text, items.c.status, items.c.standing, items.c.copies)
    query = (
        query.where(items.c.status.in_([s.value for s in FOR_ADJUDICATOR]))
        .order_by(items.c.priority.desc(), items.c.id.desc())
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def next_for_adjudicator(connection: Connection, person: Person, after: int | None = None) -> int | None:
    """The next item that a person can adjudicate: not one that they read themselves; `after` comes last."""
    rows = connection.execute(
        select(items.c.id, items.c.status, items.c.standing)
        .where(items.c.status.in_([s.value for s in FOR_ADJUDICATOR]))
        .order_by(items.c.priority.desc(), items.c.id.desc())
    )
    for row in rows:
        readers = (row.standing["first_reader"], row.standing["second_reader"])
        if row.id != after and (row.status != Status.DISPUTED.value or person.id not in readers):
            return int(row.id)
    return None


def facet_counts(connection: Connection) -> dict[str, list[tuple[str, int]]]:
    """How many open items each filter value has, by facet."""
    counted = (
        select(facets.c.value_id, func.count().label("n"))
        .where(facets.c.status == Status.OPEN.value)
        .group_by(facets.c.value_id)
        .subquery()
    )
    query = select(facet_values.c.facet, facet_values.c.value, counted.c.n).join(
        counted, counted.c.value_id == facet_values.c.id
    )
    result: dict[str, list[tuple[str, int]]] = {name: [] for name in FACETS}
    for facet, value, n in connection.execute(query):
        result[facet].append((value, n))
    for name, pairs in result.items():
        pairs.sort(
            key=lambda p: (
                (-int(p[0]),)
                if name == "session"
                else (p[0],)
                if name in ("state", "action")
                else (-p[1], p[0])
            )
        )
    return result


def status_counts(connection: Connection) -> dict[str, int]:
    """How many items stand where."""
    rows = connection.execute(select(items.c.status, func.count()).group_by(items.c.status))
    return {status.value: 0 for status in Status} | {status: n for status, n in rows}  # noqa: C416 - rows are not pairs to mypy
