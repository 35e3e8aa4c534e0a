"""The accuracy that the audit sample measures, and the pace of decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update

from pipeline.review.deciding.entries import Submission
from pipeline.review.deciding.ledger import Ledger
from pipeline.review.opening import fill_queue
from pipeline.review.statistics.audit import Audit, read_audit, seconds_per_decision
from pipeline.review.store.accounts import Person
from pipeline.review.store.database import Database
from pipeline.review.store.tables import decisions, items, readings
from pipeline.review.store.transitions import Codes
from tests.review import invented
from tests.review.bench import people

Decide = Callable[..., int]
MONDAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def anna(database: Database, tmp_path: Path) -> Person:
    """A reviewer, at a desk of 40 doubtful labels, all of category 4, each of another model."""
    doubtful = {"needs_review": True, "action": 4, "action_confidence": 0.9}
    rows = [row | doubtful | {"model_version": f"linear-{i}"} for i, row in enumerate(invented.rows(40))]
    fill_queue(database, [invented.write(tmp_path / "labelled.parquet", rows)])
    with database.write() as connection:
        connection.execute(update(items).values(second_due=False))
    return people(database)["Anna"]


@pytest.fixture
def decide(database: Database, anna: Person) -> Decide:
    """Decides on the next item, as an item of the audit sample or not, at a time."""
    with database.read() as connection:
        left = list(connection.scalars(select(items.c.id).order_by(items.c.id)))

    def one(action: int, at: dt.datetime = MONDAY, *, audit: bool = True, seconds: float = 10.0) -> int:
        item = left.pop(0)
        with database.read() as connection:
            row = connection.execute(select(items).where(items.c.id == item)).mappings().one()
        sent = Submission(item, row["version"], Codes(action, ()), prediction_id=row["prediction_id"])
        entry = Ledger(database, "2014-10", 10).decide(anna, sent)
        with database.write() as connection:
            own = update(readings).where(readings.c.decision_id == entry.id)
            connection.execute(own.values(at=at, audit=audit, seconds=seconds))
        return entry.id

    return one


def audit(database: Database) -> Audit:
    with database.read() as connection:
        return read_audit(connection)


def test_confirmed_labels_are_counted_by_week(database: Database, decide: Decide) -> None:
    decide(4)
    decide(5, MONDAY + dt.timedelta(days=6))
    decide(4, MONDAY + dt.timedelta(days=7))
    found = audit(database)
    assert found.overall.value == pytest.approx(2 / 3)
    assert found.overall.support == 3
    assert [(week.isoformat(), e.value, e.support) for week, e in found.weeks] == [
        ("2026-03-02", 0.5, 2),
        ("2026-03-09", 1.0, 1),
    ]


def test_only_decisions_on_the_sample_that_still_stand_count(
    database: Database, anna: Person, decide: Decide
) -> None:
    decide(4)
    decide(5, audit=False)
    decide(5)
    Ledger(database, "2014-10", 10).undo(anna)
    assert (audit(database).overall.value, audit(database).overall.support) == (1.0, 1)


def test_the_model_that_labelled_what_was_audited_last_is_named(database: Database, decide: Decide) -> None:
    decide(4)
    audited = decide(4)
    decide(4, audit=False)
    with database.read() as connection:
        of = select(decisions.c.model_version).where(decisions.c.id == audited)
        assert audit(database).model == connection.scalar(of) == "linear-1"


def test_a_desk_without_decisions_has_measured_nothing(database: Database) -> None:
    assert not audit(database).overall.defined
    assert audit(database).model == ""
    with database.read() as connection:
        assert seconds_per_decision(connection) is None


def test_the_pace_is_the_median(database: Database, decide: Decide) -> None:
    for seconds in (5.0, 12.0, 300.0):
        decide(4, seconds=seconds)
    with database.read() as connection:
        assert seconds_per_decision(connection) == 12.0
