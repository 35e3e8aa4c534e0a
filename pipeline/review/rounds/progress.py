"""How far a round is: what is done and left, at which pace, how long that takes, and what each person did."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select

from pipeline.review.store.tables import items, readings, users
from pipeline.review.store.transitions import Status

HOUR = dt.timedelta(hours=1)
LOOKED_BACK = dt.timedelta(days=7)
"""How far back the pace of days is looked for where nobody worked in the last hour."""


@dataclass(frozen=True)
class PersonProgress:
    """One person's part of a round; `assigned`: items that wait and are assigned to them."""

    name: str
    done: int
    last_hour: int
    assigned: int


@dataclass(frozen=True)
class RoundProgress:
    """How far a round is.

    Attributes:
        done: items that are decided.
        left: items that are not.
        readings_left: decisions that are needed for it, second readings and adjudications included.
        per_hour: decisions in the last hour; per_day: mean over the days of the last week on which somebody
            worked, None where nobody did.
        seconds_left: at the pace of the last hour, None where nobody worked in it.
        days_left: at the pace of days, None where there is none.
    """

    done: int
    left: int
    readings_left: int
    per_hour: int
    per_day: float | None
    people: list[PersonProgress]

    @property
    def seconds_left(self) -> float | None:
        """Time left at the pace of the last hour."""
        return self.readings_left / self.per_hour * 3600 if self.per_hour else None

    @property
    def days_left(self) -> float | None:
        """Days of work left at the pace of the last days."""
        return self.readings_left / self.per_day if self.per_day else None


def read_progress(connection: Connection, number: int, now: dt.datetime) -> RoundProgress:
    """The progress of a round."""
    query = select(items.c.status, items.c.second_due, func.count()).where(items.c.round_id == number)
    counts = {
        (status, twice): n
        for status, twice, n in connection.execute(query.group_by(items.c.status, items.c.second_due))
    }

    def of(*wanted: Status) -> int:
        return sum(k for (state, _), k in counts.items() if state in wanted)

    left = of(Status.OPEN, Status.SECOND, Status.DISPUTED, Status.ESCALATED)
    return RoundProgress(
        of(Status.DONE),
        left,
        left + counts.get((Status.OPEN.value, True), 0),
        *_pace(connection, number, now),
        _people(connection, number, now),
    )


def _pace(connection: Connection, number: int, now: dt.datetime) -> tuple[int, float | None]:
    in_round = readings.c.item_id.in_(select(items.c.id).where(items.c.round_id == number))
    moments = [
        m.date() if now - m > HOUR else None
        for m in connection.scalars(select(readings.c.at).where(in_round, readings.c.at > now - LOOKED_BACK))
    ]
    last_hour = moments.count(None)
    days = {m for m in moments if m is not None} | ({now.date()} if last_hour else set())
    return last_hour, len(moments) / len(days) if days else None


def _people(connection: Connection, number: int, now: dt.datetime) -> list[PersonProgress]:
    recent = func.sum(case((readings.c.at > now - HOUR, 1), else_=0))
    query = (
        select(users.c.name, func.count(), recent)
        .join_from(readings, items, items.c.id == readings.c.item_id)
        .join(users, users.c.id == readings.c.user_id)
        .where(items.c.round_id == number)
        .group_by(users.c.name)
    )
    done = {name: (count, hour) for name, count, hour in connection.execute(query)}
    waiting = (
        select(users.c.name, func.count())
        .join_from(items, users, users.c.id == items.c.assignee_id)
        .where(items.c.round_id == number, items.c.status == Status.OPEN.value)
        .group_by(users.c.name)
    )
    assigned: dict[str, int] = {name: count for name, count in connection.execute(waiting)}  # noqa: C416
    return [
        PersonProgress(
            name, int(done.get(name, (0, 0))[0]), int(done.get(name, (0, 0))[1]), assigned.get(name, 0)
        )
        for name in sorted({*done, *assigned}, key=lambda name: (-done.get(name, (0, 0))[0], name))
    ]
