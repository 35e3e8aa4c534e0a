"""The queue: which item a person gets next, filters and their counts, and leases that keep two people off one
item.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.exc import IntegrityError

from pipeline.review.intake.appraisal import PLACE_FACETS, SAID_FACETS
from pipeline.review.store.accounts import Person
from pipeline.review.store.database import Database
from pipeline.review.store.tables import (
    facet_values,
    facets,
    items,
    leases,
    saved_filters,
    seen,
    skips,
    users,
)
from pipeline.review.store.transitions import FOR_ADJUDICATOR, Status

FACETS = (*PLACE_FACETS, *SAID_FACETS)
_CANDIDATES = 8


@dataclass(frozen=True)
class Filter:
    """What a person wants to see of the queue; all that is set must hold. `mine`: only what is assigned to
    them.
    """

    session: str = ""
    state: str = ""
    action: str = ""
    tag: str = ""
    reason: str = ""
    mine: bool = False

    def chosen(self) -> dict[str, str]:
        """The facets that are set."""
        return {name: getattr(self, name) for name in FACETS if getattr(self, name)}

    def query(self) -> dict[str, str]:
        """As a query string's pairs, without what is not set."""
        return self.chosen() | ({"mine": "1"} if self.mine else {})

    @property
    def tells(self) -> bool:
        """Whether being in the filter tells what the model said of an item."""
        return any(getattr(self, name) for name in SAID_FACETS)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Filter:
        """From stored or sent values; unknown names are ignored."""
        return cls(
            **{name: str(values.get(name) or "")[:200] for name in FACETS}, mine=bool(values.get("mine"))
        )


@dataclass(frozen=True)
class Lease:
    """Who holds an item, since when and until when."""

    person: str
    person_id: int
    taken_at: dt.datetime
    until: dt.datetime


def _matching(
    connection: Connection, wanted: Filter, statuses: Sequence[Status]
) -> tuple[Select[Any], ColumnElement[Any]] | None:
    """Items that match, as a query of their ids without order, and what orders them; None if a value is
    unknown.
    """
    names = [s.value for s in statuses]
    if not wanted.chosen():
        return select(items.c.id).where(items.c.status.in_(names)), items.c.priority
    ids = _value_ids(connection, wanted)
    if ids is None:
        return None
    query, lead = _holding(ids, names)
    return query.with_only_columns(items.c.id).join(items, items.c.id == lead.c.item_id), lead.c.priority


def _value_ids(connection: Connection, wanted: Filter) -> list[int] | None:
    """The filter's values as ids, None if one is unknown."""
    chosen = wanted.chosen()
    pairs = or_(*(and_(facet_values.c.facet == f, facet_values.c.value == v) for f, v in chosen.items()))
    ids = list(connection.scalars(select(facet_values.c.id).where(pairs).order_by(facet_values.c.id)))
    return ids if len(ids) == len(chosen) else None


def _holding(ids: list[int], statuses: list[str]) -> tuple[Select[Any], Any]:
    """Ids of items that have all of these values, and the alias whose priority orders them."""
    lead = facets.alias()
    query = select(lead.c.item_id).where(lead.c.value_id == ids[0], lead.c.status.in_(statuses))
    for value_id in ids[1:]:
        other = facets.alias()
        query = query.where(exists().where(other.c.item_id == lead.c.item_id, other.c.value_id == value_id))
    return query, lead


def _for(person: Person, wanted: Filter, status: Status = Status.OPEN) -> ColumnElement[bool]:
    """Items for a person: theirs, nobody's, and those of somebody who cannot log in any more. An assignment
    is to the first reading: a second one is for whoever did not make the first.
    """
    if wanted.mine:
        return items.c.assignee_id == person.id
    if status is Status.SECOND:
        return true()
    away = exists().where(users.c.id == items.c.assignee_id, users.c.disabled_at.is_not(None))
    return or_(items.c.assignee_id.is_(None), items.c.assignee_id == person.id, away)


def _unseen(person: Person) -> ColumnElement[bool]:
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
    # A filter by what the model said would tell it to a blind second reader.
    for status in (Status.OPEN,) if wanted.tells else (Status.OPEN, Status.SECOND):
        matching = _matching(connection, wanted, (status,))
        if matching is None:
            return []
        query, order = matching
        query = query.where(_for(person, wanted, status), ~held, ~skipped)
        if without:
            query = query.where(items.c.id.not_in(without))
        if status is Status.SECOND:
            query = query.where(_unseen(person))
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


def waiting(connection: Connection, person: Person, wanted: Filter) -> int:
    """How many items the person could decide in a filter, leases and skips aside."""
    statuses: tuple[Status, ...] = (Status.OPEN,) if wanted.tells else (Status.OPEN, Status.SECOND)
    total = 0
    if wanted.chosen() and not wanted.mine and not _some_assigned(connection):
        # Without the items' own columns one index answers.
        ids = _value_ids(connection, wanted)
        if ids is None:
            return 0
        found = _holding(ids, [Status.OPEN.value])[0].subquery()
        total = connection.scalar(select(func.count()).select_from(found)) or 0
        statuses = statuses[1:]
    for status in statuses:
        matching = _matching(connection, wanted, (status,))
        if matching is None:
            return 0
        query = matching[0]
        if wanted.mine or status is Status.SECOND or _some_assigned(connection):
            query = query.where(_for(person, wanted, status))
        if status is Status.SECOND:
            query = query.where(_unseen(person))
        total += connection.scalar(select(func.count()).select_from(query.subquery())) or 0
    return total


def _some_assigned(connection: Connection) -> bool:
    return connection.scalar(select(items.c.id).where(items.c.assignee_id.is_not(None)).limit(1)) is not None


def assignments(connection: Connection) -> list[dict[str, Any]]:
    """Who has open items assigned, and how many: id, name, disabled, count; by name."""
    query = (
        select(users.c.id, users.c.name, users.c.disabled_at.is_not(None).label("disabled"), func.count())
        .join_from(items, users, users.c.id == items.c.assignee_id)
        .where(items.c.status == Status.OPEN.value)
        .group_by(users.c.id, users.c.name, users.c.disabled_at)
        .order_by(users.c.name)
    )
    names = ("id", "name", "disabled", "count")
    return [dict(zip(names, row, strict=True)) for row in connection.execute(query)]


def take_back(database: Database, person_id: int) -> int:
    """Give a person's open items back to everybody. Returns: how many."""
    with database.write() as connection:
        statement = update(items).where(items.c.assignee_id == person_id, items.c.status == Status.OPEN.value)
        return int(connection.execute(statement.values(assignee_id=None)).rowcount)


def listed(
    connection: Connection, person: Person, wanted: Filter, limit: int, offset: int = 0
) -> list[dict[str, Any]]:
    """Items of a filter for the queue's page: open ones only, since a list of second readings would tell
    which they are.
    """
    matching = _matching(connection, wanted, (Status.OPEN,))
    if matching is None:
        return []
    query, order = matching
    query = (
        query.where(_for(person, wanted))
        .order_by(order.desc(), items.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    found = query.subquery()
    columns = (
        items.c.id,
        items.c.text,
        items.c.copies,
        items.c.version,
        items.c.reasons,
        items.c.prediction_id,
        items.c.priority,
    )
    rows = connection.execute(
        select(*columns)
        .join(found, found.c.id == items.c.id)
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


def save_filter(database: Database, person: Person, name: str, wanted: Filter) -> bool:
    """Keep a filter under a name. Returns: False if the person has one of that name."""
    try:
        with database.write() as connection:
            connection.execute(
                insert(saved_filters).values(user_id=person.id, name=name[:80], filter=asdict(wanted))
            )
    except IntegrityError:
        return False
    return True


def forget_filter(database: Database, person: Person, filter_id: int) -> None:
    """Forget a saved filter of the person."""
    with database.write() as connection:
        connection.execute(
            delete(saved_filters).where(saved_filters.c.id == filter_id, saved_filters.c.user_id == person.id)
        )


def kept_filters(connection: Connection, person: Person) -> list[tuple[int, str, Filter]]:
    """The person's saved filters."""
    rows = connection.execute(
        select(saved_filters).where(saved_filters.c.user_id == person.id).order_by(saved_filters.c.name)
    )
    return [(row.id, row.name, Filter.from_mapping(row.filter)) for row in rows]
