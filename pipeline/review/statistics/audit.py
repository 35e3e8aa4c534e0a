"""The accuracy of accepted labels, measured by the random audit sample, and the pace of decisions."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, String, cast, select

from pipeline.evaluation.intervals import Estimate, wilson
from pipeline.models.reasons import Reason
from pipeline.review.deciding.ledger import DECIDE
from pipeline.review.store.tables import decisions

_PACE_OF = 2_000
"""So many of the latest decisions give the pace."""


@dataclass(frozen=True)
class Audit:
    """What the audit sample has shown.

    Attributes:
        overall: share of the sampled labels whose action a person confirmed.
        weeks: the same by week, named by its Monday, in order.
    """

    overall: Estimate
    weeks: list[tuple[dt.date, Estimate]]


def read_audit(connection: Connection) -> Audit:
    """The accuracy by the audit sample: first readings that were not taken back."""
    taken_back = set(connection.scalars(select(decisions.c.undoes).where(decisions.c.undoes.is_not(None))))
    query = (
        select(decisions.c.id, decisions.c.at, decisions.c.action, decisions.c.shown)
        .where(decisions.c.kind == DECIDE, decisions.c.reading == 1)
        .where(cast(decisions.c.shown, String).contains(f'"{Reason.AUDIT_SAMPLE.value}"'))
    )
    weeks: dict[dt.date, list[bool]] = defaultdict(list)
    for number, at, action, shown in connection.execute(query):
        if number not in taken_back and shown.get("action"):
            day = at.date()
            weeks[day - dt.timedelta(days=day.weekday())].append(action == shown["action"])
    found = [(week, wilson(sum(right), len(right))) for week, right in sorted(weeks.items())]
    every = [right for of_week in weeks.values() for right in of_week]
    return Audit(wilson(sum(every), len(every)), found)


def seconds_per_decision(connection: Connection) -> float | None:
    """The median time of the latest decisions, in seconds; None where none was measured."""
    query = (
        select(decisions.c.seconds)
        .where(decisions.c.kind == DECIDE, decisions.c.seconds.is_not(None))
        .order_by(decisions.c.id.desc())
        .limit(_PACE_OF)
    )
    times = list(connection.scalars(query))
    return float(statistics.median(times)) if times else None
