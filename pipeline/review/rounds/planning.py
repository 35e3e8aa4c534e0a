"""A round: an import with a name, a target, people and a deadline; how its target changes, and how it is
withdrawn and brought back.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select, update

from pipeline.models.reasons import Reason
from pipeline.review.intake.priority import AUDIT, SECOND, drawn, place_in_lot
from pipeline.review.settings import DeskSettings
from pipeline.review.store.accounts import Person
from pipeline.review.store.acts import note_act
from pipeline.review.store.database import Database
from pipeline.review.store.tables import (
    facet_values,
    facets,
    items,
    leases,
    occurrences,
    round_people,
    rounds,
)
from pipeline.review.store.transitions import Refused, Standing, Status

_MANY = 500


@dataclass(frozen=True)
class RoundPlan:
    """What people are asked to do: decide on all doubtful items, on a random share of the confident ones, and
    read a share twice.

    Attributes:
        audit_share, second_share: 0 to 1.
        people: ids of who works on it; everybody, where empty.
    """

    name: str
    audit_share: float
    second_share: float
    deadline: dt.date | None = None
    people: tuple[int, ...] = ()


@dataclass(frozen=True)
class Round:
    """A round as it is kept."""

    id: int
    plan: RoundPlan
    created_at: dt.datetime
    withdrawn_at: dt.datetime | None


def add_round(connection: Connection, number: int, plan: RoundPlan, now: dt.datetime) -> None:
    """Keep a new round under a number that is free."""
    connection.execute(
        insert(rounds).values(
            id=number,
            name=plan.name[:80],
            created_at=now,
            audit_share=plan.audit_share,
            second_share=plan.second_share,
            deadline=plan.deadline,
        )
    )
    _set_people(connection, number, plan)


def all_rounds(connection: Connection) -> list[Round]:
    """All rounds, newest first."""
    people: dict[int, list[int]] = {}
    for number, person in connection.execute(select(round_people.c.round_id, round_people.c.user_id)):
        people.setdefault(number, []).append(person)
    return [
        Round(
            r["id"],
            RoundPlan(
                r["name"], r["audit_share"], r["second_share"], r["deadline"], tuple(people.get(r["id"], ()))
            ),
            r["created_at"],
            r["withdrawn_at"],
        )
        for r in connection.execute(select(rounds).order_by(rounds.c.id.desc())).mappings()
    ]


def closed_to(connection: Connection, person: Person) -> list[int]:
    """Rounds that name people, and not this one."""
    theirs = select(round_people.c.round_id).where(round_people.c.user_id == person.id)
    named = select(round_people.c.round_id).where(round_people.c.round_id.not_in(theirs)).distinct()
    return list(connection.scalars(named))


def change_round(
    database: Database, settings: DeskSettings, person: Person, number: int, plan: RoundPlan
) -> tuple[int, int]:
    """Give a round another plan. Its shares change what nobody has read yet, and nothing else.

    Returns: how many items are read twice now and were not, or the reverse; and how many came into the queue,
    or left it. Raises: Refused if there is no such round.
    """
    with database.write() as connection:
        before = _one(connection, number)
        connection.execute(
            update(rounds)
            .where(rounds.c.id == number)
            .values(
                name=plan.name[:80],
                audit_share=plan.audit_share,
                second_share=plan.second_share,
                deadline=plan.deadline,
            )
        )
        _set_people(connection, number, plan)
        twice = _draw_second(connection, number, plan.second_share)
        moved = 0
        if plan.audit_share != before["audit_share"]:
            moved = _draw_audit(database, connection, settings, number, plan.audit_share)
        note_act(database, connection, person, "round-changed", name=plan.name[:80])
        return twice, moved


def _one(connection: Connection, number: int) -> Any:
    row = connection.execute(select(rounds).where(rounds.c.id == number)).mappings().first()
    if row is None:
        raise Refused("refused.no-round")
    return row


def _set_people(connection: Connection, number: int, plan: RoundPlan) -> None:
    connection.execute(delete(round_people).where(round_people.c.round_id == number))
    for person in dict.fromkeys(plan.people):
        connection.execute(insert(round_people).values(round_id=number, user_id=person))


def _draw_second(connection: Connection, number: int, share: float) -> int:
    """Draw anew which unread items are read twice. Returns: how many changed."""
    query = select(items.c.id, items.c.text_key, items.c.second_due).where(
        items.c.round_id == number, items.c.first_reader.is_(None)
    )
    changed = [
        {"key": row.id, "due": not row.second_due}
        for row in connection.execute(query)
        if drawn(row.text_key, share, SECOND) != row.second_due
    ]
    change = update(items).where(items.c.id == bindparam("key")).values(second_due=bindparam("due"))
    if changed:
        connection.execute(change, changed)
    return len(changed)


def _draw_audit(
    database: Database, connection: Connection, settings: DeskSettings, number: int, share: float
) -> int:
    """Draw anew which confident items are queued. Returns: how many came into the queue, or left it."""
    query = select(items.c.id, items.c.text_key, items.c.version, items.c.standing, items.c.reasons).where(
        items.c.round_id == number,
        items.c.first_reader.is_(None),
        items.c.prediction_id.is_not(None),
        items.c.status.in_((Status.OPEN.value, Status.CERTAIN.value)),
    )
    code = Reason.AUDIT_SAMPLE.value
    moved = 0
    facet = _audit_facet(connection)
    for row in connection.execute(query).all():
        standing = Standing.from_json(row.standing)
        wanted, queued = drawn(row.text_key, share, AUDIT), standing.status is Status.OPEN
        if wanted == queued or (queued and code not in row.reasons):  # a doubtful item stays queued
            continue
        status = Status.OPEN if wanted else Status.CERTAIN
        reasons = [*row.reasons, code] if wanted else [r for r in row.reasons if r != code]
        place = round(place_in_lot(row.text_key, "audit place") * settings.priority.uncertainty, 6)
        connection.execute(
            update(items)
            .where(items.c.id == row.id)
            .values(
                standing=Standing(status).to_json(),
                status=status.value,
                version=row.version + 1,
                reasons=reasons,
                priority=place,
            )
        )
        if wanted:
            added = {"item_id": row.id, "value_id": facet, "status": status.value, "priority": place}
            connection.execute(database.upsert(facets).values(added).on_conflict_do_nothing())
        else:
            connection.execute(delete(facets).where(facets.c.item_id == row.id, facets.c.value_id == facet))
        connection.execute(
            update(facets).where(facets.c.item_id == row.id).values(status=status.value, priority=place)
        )
        moved += 1
    return moved


def _audit_facet(connection: Connection) -> int:
    value = {"facet": "reason", "value": Reason.AUDIT_SAMPLE.value}
    found = connection.scalar(select(facet_values.c.id).filter_by(**value))
    if found is not None:
        return int(found)
    number = (connection.scalar(select(func.max(facet_values.c.id))) or 0) + 1
    connection.execute(insert(facet_values).values(id=number, **value))
    return number


def withdraw(database: Database, person: Person, number: int) -> int:
    """Take a mistaken import out of the queue and out of exports. Decisions stay in the history; wordings
    that another round has brought, too, go on there.

    Returns: items withdrawn. Raises: Refused if there is no such round.
    """
    with database.write() as connection:
        row = _one(connection, number)
        connection.execute(
            update(rounds)
            .where(rounds.c.id == number)
            .values(withdrawn_at=row["withdrawn_at"] or database.now())
        )
        standing_rounds = select(rounds.c.id).where(rounds.c.withdrawn_at.is_(None))
        other = select(func.min(occurrences.c.round_id)).where(
            occurrences.c.item_id == items.c.id, occurrences.c.round_id.in_(standing_rounds)
        )
        elsewhere = exists().where(
            occurrences.c.item_id == items.c.id, occurrences.c.round_id.in_(standing_rounds)
        )
        connection.execute(
            update(items)
            .where(items.c.round_id == number, elsewhere)
            .values(round_id=other.scalar_subquery())
        )
        ids = list(connection.scalars(select(items.c.id).where(items.c.round_id == number)))
        for start in range(0, len(ids), _MANY):
            some = ids[start : start + _MANY]
            connection.execute(delete(leases).where(leases.c.item_id.in_(some)))
            for table, key in ((items, items.c.id), (facets, facets.c.item_id)):
                connection.execute(update(table).where(key.in_(some)).values(status=Status.WITHDRAWN.value))
        note_act(database, connection, person, "round-withdrawn", name=row["name"], n=len(ids))
        return len(ids)


def bring_back(database: Database, person: Person, number: int) -> int:
    """Undo `withdraw`: each item is again where it was. Returns: items. Raises: Refused."""
    with database.write() as connection:
        row = _one(connection, number)
        connection.execute(update(rounds).where(rounds.c.id == number).values(withdrawn_at=None))
        query = select(items.c.id, items.c.standing).where(
            items.c.round_id == number, items.c.status == Status.WITHDRAWN.value
        )
        back = [{"key": r.id, "state": r.standing["status"]} for r in connection.execute(query)]
        if back:
            for table, key in ((items, items.c.id), (facets, facets.c.item_id)):
                connection.execute(
                    update(table).where(key == bindparam("key")).values(status=bindparam("state")), back
                )
        note_act(database, connection, person, "round-brought-back", name=row["name"], n=len(back))
        return len(back)
