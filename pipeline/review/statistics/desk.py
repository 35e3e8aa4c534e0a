"""The figures of the statistics page: progress, throughput, agreement of people, and how often the model was
overruled.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, Text, case, cast, func, select

from pipeline.evaluation.intervals import Estimate, wilson
from pipeline.review.deciding.entries import DECIDE
from pipeline.review.deciding.queue import status_counts
from pipeline.review.intake.priority import CONFIDENCE_EDGES, confidence_band
from pipeline.review.statistics.agreement import (
    TagAgreement,
    cohen_kappa,
    krippendorff_alpha,
    tag_agreement,
)
from pipeline.review.statistics.audit import Audit, read_audit
from pipeline.review.store.json_columns import parsed
from pipeline.review.store.tables import items, predictions, readings, users
from pipeline.review.store.transitions import Codes

DAYS = 14
_CODES = pa.struct([pa.field("action", pa.int64()), pa.field("issues", pa.list_(pa.string()))])
_STANDING = pa.schema(
    [
        pa.field("first_reader", pa.int64()),
        pa.field("second_reader", pa.int64()),
        pa.field("first", _CODES),
        pa.field("second", _CODES),
    ]
)


@dataclass(frozen=True)
class Overruled:
    """Of `n` suggestions in a group, how many people answered with another action."""

    group: str
    share: Estimate


@dataclass(frozen=True)
class PersonStatistics:
    """What one person did; `seconds` is the median time for a decision."""

    name: str
    decided: int
    today: int
    seconds: float | None


@dataclass(frozen=True)
class Couple:
    """Agreement of two people, on what both read."""

    names: tuple[str, str]
    kappa: Estimate


@dataclass(frozen=True)
class DeskStatistics:
    """All figures. `shown` and `hidden` are the shares overruled where the suggestion was on the page and
    where it was not.
    """

    standing: dict[str, int]
    people: list[PersonStatistics]
    days: list[tuple[dt.date, int]]
    pairs: int
    kappa: Estimate
    alpha_nominal: float
    alpha_ordinal: float
    tags: list[TagAgreement]
    couples: list[Couple]
    by_action: list[Overruled]
    by_band: list[Overruled]
    shown: Estimate
    hidden: Estimate
    tags_changed: Estimate
    audit: Estimate
    audited: Audit


@dataclass(frozen=True)
class _Suggested:
    """How often people who saw one action suggested, with a confidence in one band, answered so."""

    action: int
    band: str
    n: int
    overruled: int
    tags_changed: int
    audited: int
    audit_overruled: int


def read_statistics(connection: Connection, now: dt.datetime) -> DeskStatistics:
    """The figures as of now. Decisions that were taken back do not count."""
    names = {row.id: row.name for row in connection.execute(select(users.c.id, users.c.name))}
    twice = _read_twice(connection)
    pairs = [(first, second) for _, _, first, second in twice]
    actions = [(a.action, b.action) for a, b in pairs]
    suggested = _suggested(connection)
    total = sum(s.n for s in suggested)
    audited = sum(s.audited for s in suggested)
    return DeskStatistics(
        standing=status_counts(connection),
        people=_people(connection, names, now),
        days=_days(connection, now),
        pairs=len(pairs),
        kappa=cohen_kappa(actions),
        alpha_nominal=krippendorff_alpha(actions, ordinal=False),
        alpha_ordinal=krippendorff_alpha(actions, ordinal=True),
        tags=tag_agreement([(frozenset(a.issues), frozenset(b.issues)) for a, b in pairs]),
        couples=_couples(twice, names),
        by_action=_overruled(suggested, lambda s: str(s.action)),
        by_band=_overruled(suggested, lambda s: s.band),
        shown=wilson(sum(s.overruled for s in suggested), total),
        hidden=_hidden(connection),
        tags_changed=wilson(sum(s.tags_changed for s in suggested), total),
        audit=wilson(sum(s.audit_overruled for s in suggested), audited),
        audited=read_audit(connection),
    )


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _suggested(connection: Connection) -> list[_Suggested]:
    """First decisions of people who saw a suggestion, by its action and confidence."""
    r = readings.c
    lowest = [0.0, *CONFIDENCE_EDGES]
    band = case(
        (r.confidence.is_(None), -1),
        *((r.confidence < edge, place) for place, edge in enumerate(CONFIDENCE_EDGES)),
        else_=len(CONFIDENCE_EDGES),
    ).label("band")
    overruled = r.action != r.suggested
    query = (
        select(
            r.suggested,
            band,
            func.count(),
            _count(overruled),
            _count(r.tags_changed.is_(True)),
            _count(r.audit.is_(True)),
            _count(r.audit.is_(True) & overruled),
        )
        .where(r.reading == 1, r.kind == DECIDE, r.suggested.is_not(None))
        .group_by(r.suggested, "band")
    )
    return [
        _Suggested(action, confidence_band(None if place < 0 else lowest[place]), *counts)
        for action, place, *counts in connection.execute(query)
    ]


def _read_twice(connection: Connection) -> list[tuple[int, int, Codes, Codes]]:
    """First and second reader with their codes, of items that two people read independently."""
    blind = select(readings.c.item_id).where(readings.c.blind.is_(True))
    query = select(cast(items.c.standing, Text)).where(items.c.id.in_(blind)).order_by(items.c.id)
    standings = list(connection.scalars(query))
    if not standings:
        return []
    found = parsed(standings, _STANDING)
    readers = (found[f"{which}_reader"].to_pylist() for which in ("first", "second"))
    codes = (map(_codes, found[which].to_pylist()) for which in ("first", "second"))
    return [
        (a, b, first, second)
        for a, b, first, second in zip(*readers, *codes, strict=True)
        if first is not None and second is not None
    ]


def _codes(value: dict[str, Any] | None) -> Codes | None:
    return None if value is None else Codes(value["action"], tuple(value["issues"]))


def _people(connection: Connection, names: dict[int, str], now: dt.datetime) -> list[PersonStatistics]:
    r = readings.c
    query = select(r.user_id, func.count(), _count(r.at >= _midnight(now))).group_by(r.user_id)
    medians = _median_seconds(connection)
    found = [
        PersonStatistics(names[person], decided, today, medians.get(person))
        for person, decided, today in connection.execute(query)
    ]
    return sorted(found, key=lambda p: (-p.decided, p.name))


def _median_seconds(connection: Connection) -> dict[int, float]:
    """Median time for a decision, by person."""
    r = readings.c
    measured = (r.kind == DECIDE, r.seconds.is_not(None))
    counts = connection.execute(select(r.user_id, func.count()).where(*measured).group_by(r.user_id)).all()
    # One walk to the middle of the sorted index for each person: ranking all rows takes many times as long.
    found = {}
    for person, count in counts:
        middle = select(r.seconds).where(r.user_id == person, *measured).order_by(r.seconds)
        values = connection.scalars(middle.offset((count - 1) // 2).limit(2 - count % 2))
        found[person] = statistics.fmean(values)
    return found


def _midnight(now: dt.datetime) -> dt.datetime:
    return dt.datetime.combine(now.astimezone(dt.UTC).date(), dt.time(), dt.UTC)


def _days(connection: Connection, now: dt.datetime) -> list[tuple[dt.date, int]]:
    starts = [_midnight(now) - dt.timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    at = readings.c.at
    query = select(*(_count((at >= s) & (at < s + dt.timedelta(days=1))) for s in starts))
    counts = connection.execute(query.where(at >= starts[0])).one()
    return [(start.date(), int(n)) for start, n in zip(starts, counts, strict=True)]


def _couples(twice: Sequence[tuple[int, int, Codes, Codes]], names: dict[int, str]) -> list[Couple]:
    grouped: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for a, b, first, second in twice:
        key, pair = (
            ((a, b), (first.action, second.action)) if a < b else ((b, a), (second.action, first.action))
        )
        grouped[key].append(pair)
    found = [Couple((names[a], names[b]), cohen_kappa(pairs)) for (a, b), pairs in grouped.items()]
    return sorted(found, key=lambda c: (-c.kappa.support, c.names))


def _overruled(suggested: Sequence[_Suggested], group: Callable[[_Suggested], str]) -> list[Overruled]:
    counts: dict[str, tuple[int, int]] = {}
    for s in suggested:
        overruled, n = counts.get(group(s), (0, 0))
        counts[group(s)] = overruled + s.overruled, n + s.n
    return [Overruled(name, wilson(*found)) for name, found in sorted(counts.items())]


def _hidden(connection: Connection) -> Estimate:
    """Second readings against the model's suggestion that their readers did not see."""
    query = (
        select(func.count(), _count(readings.c.action != predictions.c.action))
        .join_from(readings, items, items.c.id == readings.c.item_id)
        .join(predictions, predictions.c.id == items.c.prediction_id)
        .where(readings.c.blind.is_(True), predictions.c.action.is_not(None))
    )
    n, differing = connection.execute(query).one()
    return wilson(int(differing), int(n))
