"""The accuracy of accepted labels, measured by the random audit sample, and the pace of decisions."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, select

from pipeline.evaluation.intervals import Estimate, wilson
from pipeline.review.deciding.entries import DECIDE
from pipeline.review.store.tables import decisions, readings

_PACE_OF = 2_000
"""So many of the latest decisions give the pace."""


@dataclass(frozen=True)
class Audit:
    """What the audit sample has shown.

    Attributes:
        overall: share of the sampled labels whose action a person confirmed.
        weeks: the same by week, named by its Monday (UTC), in order.
        model: version of the one that labelled what was audited last; "" where none is known.
    """

    overall: Estimate
    weeks: list[tuple[dt.date, Estimate]]
    model: str = ""


def read_audit(connection: Connection) -> Audit:
    """The accuracy by the audit sample: first readings that were not taken back."""
    r = readings.c
    audited = (r.audit.is_(True), r.reading == 1, r.kind == DECIDE, r.suggested.is_not(None))
    query = select(r.at, r.action == r.suggested).where(*audited)
    weeks: dict[dt.date, list[bool]] = defaultdict(list)
    for at, confirmed in connection.execute(query):
        day = at.date()
        weeks[day - dt.timedelta(days=day.weekday())].append(bool(confirmed))
    found = [(week, wilson(sum(right), len(right))) for week, right in sorted(weeks.items())]
    every = [right for of_week in weeks.values() for right in of_week]
    d = decisions.c
    labelled_by = (
        select(d.model_version)
        .join(readings, r.decision_id == d.id)
        .where(*audited, d.model_version.is_not(None))
        .order_by(r.decision_id.desc())
        .limit(1)
    )
    return Audit(wilson(sum(every), len(every)), found, connection.scalar(labelled_by) or "")


def seconds_per_decision(connection: Connection) -> float | None:
    """The median time of the latest decisions, in seconds; None where none was measured."""
    r = readings.c
    measured = select(r.seconds).where(r.kind == DECIDE, r.seconds.is_not(None))
    times = list(connection.scalars(measured.order_by(r.decision_id.desc()).limit(_PACE_OF)))
    return float(statistics.median(times)) if times else None
