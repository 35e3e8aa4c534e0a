from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from pipeline.errors import DecisionError, StoreError
from pipeline.review.settings import DeskSettings
from pipeline.review.store import accounts, logins
from pipeline.review.store.database import Database, database_url, open_database
from pipeline.review.store.tables import sessions, users
from pipeline.review.store.transitions import Role

SETTINGS = DeskSettings()
GOOD = "a long enough password"


def later(database: Database, **by: float) -> Database:
    return Database(database.engine, lambda: dt.datetime.now(dt.UTC) + dt.timedelta(**by))


def test_a_password_is_kept_as_argon2_and_a_session_as_a_hash(sqlite_database: Database) -> None:
    accounts.add_user(sqlite_database, "Anna", Role.REVIEWER, GOOD)
    token = logins.log_in(sqlite_database, SETTINGS, " aNNa ", GOOD, "::1")
    assert token is not None
    with sqlite_database.read() as connection:
        stored = connection.scalar(select(users.c.password_hash))
        kept = connection.scalar(select(sessions.c.token_hash))
    assert stored.startswith("$argon2id$")
    assert GOOD not in stored
    assert token not in kept
    found = logins.visit(sqlite_database, token)
    assert found is not None
    assert (found.person.name, found.person.role) == ("Anna", Role.REVIEWER)


def test_sessions_end_with_time_logout_new_password_and_shut_account(sqlite_database: Database) -> None:
    accounts.add_user(sqlite_database, "Anna", Role.REVIEWER, GOOD)

    def enter(password: str = GOOD) -> str:
        token = logins.log_in(sqlite_database, SETTINGS, "Anna", password, "::1")
        assert token is not None
        assert logins.visit(sqlite_database, token) is not None
        return token

    assert logins.visit(later(sqlite_database, hours=13), enter()) is None
    token = enter()
    found = logins.visit(sqlite_database, token)
    assert found is not None
    logins.log_out(sqlite_database, found.token_hash)
    assert logins.visit(sqlite_database, token) is None
    token = enter()
    accounts.set_password(sqlite_database, "Anna", "another long password")
    assert logins.visit(sqlite_database, token) is None
    assert logins.log_in(sqlite_database, SETTINGS, "Anna", GOOD, "::1") is None
    token = enter("another long password")
    accounts.set_enabled(sqlite_database, "Anna", False)
    assert logins.visit(sqlite_database, token) is None
    assert logins.log_in(sqlite_database, SETTINGS, "Anna", "another long password", "::1") is None
    assert not accounts.anybody(sqlite_database)


def test_wrong_passwords_are_borne_five_times_from_one_address(sqlite_database: Database) -> None:
    accounts.add_user(sqlite_database, "Anna", Role.REVIEWER, GOOD)
    for _ in range(5):
        assert logins.log_in(sqlite_database, SETTINGS, "Anna", "wrong", "10.0.0.1") is None
    with pytest.raises(logins.TooManyFailures) as wait:
        logins.log_in(sqlite_database, SETTINGS, "Anna", GOOD, "10.0.0.1")
    assert 0 < wait.value.seconds <= 15 * 60
    # Somebody who guesses does not lock the real Anna out at her own place, and time heals.
    assert logins.log_in(sqlite_database, SETTINGS, "Anna", GOOD, "10.0.0.2") is not None
    assert logins.log_in(later(sqlite_database, minutes=16), SETTINGS, "Anna", GOOD, "10.0.0.1") is not None


def test_guessing_many_names_from_one_address_is_stopped_too(sqlite_database: Database) -> None:
    rules = DeskSettings.model_validate({"login": {"failures_per_address": 4}})
    for number in range(4):
        assert logins.log_in(sqlite_database, rules, f"name {number}", "wrong", "10.0.0.1") is None
    with pytest.raises(logins.TooManyFailures):
        logins.log_in(sqlite_database, rules, "name 5", "wrong", "10.0.0.1")


def test_guessing_at_once_is_no_way_around(sqlite_database: Database) -> None:
    accounts.add_user(sqlite_database, "Anna", Role.REVIEWER, GOOD)
    heard: list[bool] = []

    def guess() -> None:
        try:
            logins.log_in(sqlite_database, SETTINGS, "Anna", "wrong", "10.0.0.1")
            heard.append(True)
        except logins.TooManyFailures:
            heard.append(False)

    threads = [threading.Thread(target=guess) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(heard) == 5


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x00b", "right\u202eleft"])
def test_names_that_are_none(sqlite_database: Database, name: str) -> None:
    with pytest.raises(DecisionError, match="not a name"):
        accounts.add_user(sqlite_database, name, Role.REVIEWER, GOOD)


def test_names_are_taken_once_whatever_the_case(sqlite_database: Database) -> None:
    accounts.add_user(sqlite_database, "Anna", Role.REVIEWER, GOOD)
    with pytest.raises(DecisionError, match="taken"):
        accounts.add_user(sqlite_database, " ANNA ", Role.ADMIN, GOOD)


def test_short_passwords_and_unknown_accounts_are_refused(sqlite_database: Database) -> None:
    with pytest.raises(DecisionError, match="at least 10"):
        accounts.add_user(sqlite_database, "Anna", Role.REVIEWER, "short")
    with pytest.raises(DecisionError, match="no such account"):
        accounts.set_password(sqlite_database, "Nobody", GOOD)


def test_nobody_logs_in_as_the_sheet(sqlite_database: Database) -> None:
    accounts.sheet_user(sqlite_database)
    assert not accounts.anybody(sqlite_database)
    assert logins.log_in(sqlite_database, SETTINGS, accounts.SHEET, "", "::1") is None
    with pytest.raises(DecisionError, match="no such account"):
        accounts.set_password(sqlite_database, accounts.SHEET, GOOD)


def test_addresses_of_databases(tmp_path: Path) -> None:
    assert database_url("postgres://u@h/n").drivername == "postgresql+psycopg"
    assert database_url("postgresql://u@h/n").drivername == "postgresql+psycopg"
    assert database_url("desk.db").database == str(Path("desk.db").absolute())
    for wrong in ("mysql://u@h/n", "://"):
        with pytest.raises(StoreError, match=r"SQLite|sqlite"):
            database_url(wrong)
    (tmp_path / "text.db").write_text("this is no database, and long enough to be seen as none" * 50)
    with pytest.raises(StoreError, match="not a database of the desk"):
        open_database(str(tmp_path / "text.db"), create=True)
    with pytest.raises(StoreError, match="cannot be opened"):
        open_database("postgresql://nobody@127.0.0.1:1/none", create=True)
    with pytest.raises(StoreError):
        open_database(str(tmp_path), create=True)


@pytest.mark.parametrize("password", ["password12", "aaaaaaaaaaaa", "anna anna anna", "1234567890"])
def test_a_password_that_is_easy_to_guess_is_refused(sqlite_database: Database, password: str) -> None:
    with pytest.raises(DecisionError, match="easy to guess"):
        accounts.add_user(sqlite_database, "Anna", Role.REVIEWER, password)
