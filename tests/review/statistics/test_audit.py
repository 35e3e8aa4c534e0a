"""The accuracy that the audit sample measures, and the pace of decisions."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import insert

from pipeline.models.reasons import Reason
from pipeline.review.statistics.audit import read_audit, seconds_per_decision
from pipeline.review.store.tables import decisions, items, users

MONDAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def made(database):
    """Adds a decision on an item of its own: when, what was shown, what was decided."""
    count = 0

    def add(at, shown, action, reasons=(Reason.AUDIT_SAMPLE,), kind="decide", reading=1, undoes=None):
        nonlocal count
        count += 1
        with database.write() as connection:
            if count == 1:
                connection.execute(
                    insert(users).values(id=900, name="A", name_key="a", role="reviewer", created_at=MONDAY)
                )
            connection.execute(
                insert(items).values(
                    id=9000 + count,
                    text_key=f"k{count}",
                    text="t",
                    copies=1,
                    status="decided",
                    standing={},
                    second_due=False,
                    priority=0.0,
                    reasons=[],
                    similar=[],
                )
            )
            connection.execute(
                insert(decisions).values(
                    id=9000 + count,
                    item_id=9000 + count,
                    version=1,
                    user_id=900,
                    at=at,
                    kind=kind,
                    reading=reading,
                    before={},
                    after={},
                    action=action,
                    issues=[],
                    shown={"action": shown, "reasons": [r.value for r in reasons]},
                    taxonomy_version="2014-10",
                    seconds=10.0 + count,
                    undoes=undoes,
                )
            )
        return 9000 + count

    return add


def audit(database):
    with database.read() as connection:
        return read_audit(connection)


def test_confirmed_labels_are_counted_by_week(database, made):
    made(MONDAY, 4, 4)
    made(MONDAY + dt.timedelta(days=6), 4, 5)
    made(MONDAY + dt.timedelta(days=7), 4, 4)
    found = audit(database)
    assert (found.overall.value, found.overall.support) == (pytest.approx(2 / 3), 3)
    assert [(week.isoformat(), e.value, e.support) for week, e in found.weeks] == [
        ("2026-03-02", 0.5, 2),
        ("2026-03-09", 1.0, 1),
    ]


def test_only_first_readings_of_the_sample_that_still_stand_count(database, made):
    taken_back = made(MONDAY, 4, 5)
    made(MONDAY, 4, 5, kind="undo", undoes=taken_back)
    made(MONDAY, 4, 5, reasons=(Reason.WEAK_ACTION,))
    made(MONDAY, 4, 5, reading=2)
    made(MONDAY, None, 5)
    made(MONDAY, 4, 4)
    assert (audit(database).overall.value, audit(database).overall.support) == (1.0, 1)


def test_a_desk_without_decisions_has_measured_nothing(database):
    assert not audit(database).overall.defined
    with database.read() as connection:
        assert seconds_per_decision(connection) is None


def test_the_pace_is_the_median(database, made):
    for _ in range(3):
        made(MONDAY, 4, 4)
    with database.read() as connection:
        assert seconds_per_decision(connection) == 12.0
