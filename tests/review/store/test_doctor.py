"""Each kind of damage is found, and a sound desk has none."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from pipeline.review.deciding.entries import Submission
from pipeline.review.deciding.ledger import Ledger
from pipeline.review.store import accounts
from pipeline.review.store.database import Database
from pipeline.review.store.doctor import examine
from pipeline.review.store.tables import facets, items, users
from pipeline.review.store.transitions import Codes, Role
from tests.review.bench import PASSWORD, filled, people


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Database:
    """A desk with decisions, one taken back, and a later import of the same rows."""
    filled(database, tmp_path, 30)
    accounts.add_user(database, "Eva", Role.ADMIN, PASSWORD)
    anna = people(database)["Anna"]
    ledger = Ledger(database, "2014-10", 10)
    with database.read() as connection:
        rows = connection.execute(select(items.c.id, items.c.version).order_by(items.c.id).limit(5)).all()
    for row in rows:
        ledger.decide(anna, Submission(row.id, row.version, Codes(4, ("Detention",))))
    ledger.undo(anna)
    ledger.skip(anna, Submission(rows[-1].id, 2))
    filled(database, tmp_path, 30)
    return database


def wrong(database: Database) -> dict[str, str]:
    return {finding.check: finding.found for finding in examine(database) if not finding.good}


def test_a_sound_desk(desk: Database) -> None:
    assert wrong(desk) == {}
    assert len(examine(desk)) == 9


def _lost_trigger(desk: Database) -> None:
    with desk.write() as connection:
        on = "" if desk.is_sqlite else " ON decisions"
        connection.execute(text(f"DROP TRIGGER decisions_no_update{on}"))


def _changed_item(desk: Database) -> None:
    with desk.write() as connection:
        row = connection.execute(select(items.c.id, items.c.standing).order_by(items.c.id)).first()
        assert row is not None
        other = {**row.standing, "codes": {"action": 1, "issues": []}}
        connection.execute(update(items).where(items.c.id == row.id).values(standing=other))


def _version_set_back(desk: Database) -> None:
    with desk.write() as connection:
        connection.execute(update(items).where(items.c.version == 2).values(version=1))


def _old_filters(desk: Database) -> None:
    with desk.write() as connection:
        connection.execute(update(facets).values(priority=facets.c.priority + 1))


def _later_clock(desk: Database) -> None:
    now = desk.now() - dt.timedelta(days=3)
    desk.now = lambda: now


def _no_admin(desk: Database) -> None:
    accounts.set_enabled(desk, "Eva", enabled=False)


def _one_reader(desk: Database) -> None:
    with desk.write() as connection:
        connection.execute(update(users).where(users.c.name != "Eva").values(disabled_at=desk.now()))
        connection.execute(update(items).where(items.c.id > 20).values(status="second"))
        connection.execute(update(facets).where(facets.c.item_id > 20).values(status="second"))


def _older(desk: Database) -> None:
    with desk.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))


@pytest.mark.parametrize(
    ("harm", "check", "said"),
    [
        (_lost_trigger, "protection of the history", "decisions_no_update"),
        (_changed_item, "wordings agree with the history", "1 wordings differ from their last decision"),
        (_version_set_back, "wordings agree with the history", "1 wordings differ"),
        (_old_filters, "filters", "wordings are filtered by an old state"),
        (_later_clock, "clock", "which is still to come"),
        (_no_admin, "people", "no enabled account is an admin"),
        (_one_reader, "people", "wait for a second reader, and there is one account"),
        (_older, "revision of the tables", "are of revision 0001"),
    ],
)
def test_each_harm_is_found_and_nothing_else(
    desk: Database, harm: Callable[[Database], None], check: str, said: str
) -> None:
    harm(desk)
    found = wrong(desk)
    assert list(found) == [check]
    assert said in found[check]


def test_a_damaged_file(sqlite_database: Database, tmp_path: Path) -> None:
    filled(sqlite_database, tmp_path, 60)
    accounts.add_user(sqlite_database, "Eva", Role.ADMIN, PASSWORD)
    with sqlite_database.write() as connection:
        connection.execute(text("PRAGMA writable_schema=ON"))
        connection.execute(text("DELETE FROM sqlite_master WHERE name = 'items_queue'"))
    sqlite_database.close()
    assert "integrity of the file" in wrong(sqlite_database)


def test_rows_that_refer_to_nothing(sqlite_database: Database, tmp_path: Path) -> None:
    filled(sqlite_database, tmp_path, 10)
    accounts.add_user(sqlite_database, "Eva", Role.ADMIN, PASSWORD)
    with closing(sqlite3.connect(tmp_path / "desk.db")) as connection, connection:  # checks nothing itself
        connection.execute("INSERT INTO skips VALUES (99, 99)")
    found = wrong(sqlite_database)
    assert "rows refer to rows that do not exist" in found["integrity of the file"]
