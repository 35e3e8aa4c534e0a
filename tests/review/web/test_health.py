"""What a service manager hears of a desk that works, and of one that cannot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pipeline.review.store.accounts import add_user
from pipeline.review.store.database import Database, open_database, open_to_serve
from pipeline.review.store.transitions import Role
from tests.review.bench import PASSWORD, ServedHere


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A server that was started before its database was made."""
    database = open_to_serve(str(tmp_path / "desk.db"))
    server = ServedHere(database)
    yield server.url
    server.stop()
    database.close()


def asked(address: str) -> tuple[int, int, str]:
    ready = httpx.get(f"{address}/readyz")
    return httpx.get(f"{address}/healthz").status_code, ready.status_code, ready.text


def test_from_a_server_without_a_database_to_one_that_works(address: str, tmp_path: Path) -> None:
    assert asked(address) == (200, 503, "The database holds no desk yet.\n")
    made = open_database(str(tmp_path / "desk.db"), create=True)
    assert asked(address) == (200, 503, "Nobody has an account yet.\n")
    add_user(made, "Eva", Role.ADMIN, PASSWORD)
    assert asked(address) == (200, 200, "ok\n")
    _break(made)
    assert asked(address) == (200, 503, "The database does not answer.\n")
    made.close()


def _break(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE users RENAME TO gone")
