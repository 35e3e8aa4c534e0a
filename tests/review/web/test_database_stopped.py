"""A PostgreSQL server that stops while people work, and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from pipeline.review.deciding.history import history
from pipeline.review.store.database import open_database
from tests.review.bench import ServedHere, filled, new_postgres_database, people
from tests.review.browsing import Bench, ready
from tests.review.postgres import PostgresServer, postgres_server


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    with postgres_server() as started:
        yield started


@pytest.fixture
def bench(server: PostgresServer, tmp_path: Path, chromium: Any) -> Iterator[Bench]:
    database = open_database(new_postgres_database(server.address), create=True)
    filled(database, tmp_path, 30)
    people(database)
    made = Bench(database, ServedHere(database), chromium)
    made.set_items(second_due=False)
    yield made
    for context in made.contexts:
        context.close()
    made.server.stop()
    database.close()


@pytest.mark.long
def test_what_is_typed_while_the_server_is_stopped_is_kept_and_sent_when_it_is_back(
    bench: Bench, server: PostgresServer
) -> None:
    page = bench.log_in("Anna")
    item = ready(page)
    server.stop()
    page.keyboard.press("3")
    page.keyboard.press("n")
    page.locator(f"#note-{item}").fill("Two treaties are named.")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_selector("#outcome .bad")
    assert "Not saved yet" in page.locator("#outcome").inner_text()
    for address in ("/queue", "/review", f"/items/{item}", "/login"):
        other = page.context.new_page()
        answer = other.goto(bench.server.url + address)
        assert (answer.status, "database does not answer" in other.locator("main").inner_text()) == (
            503,
            True,
        )
        assert other.locator("header .brand").is_visible()
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        other.close()
    assert httpx.get(f"{bench.server.url}/healthz").status_code == 200
    assert httpx.get(f"{bench.server.url}/readyz").status_code == 503
    server.start()
    page.wait_for_selector("#outcome .good", timeout=30_000)
    assert (bench.codes(item).action, bench.kinds(item)) == (3, ["decide"])
    with bench.database.read() as connection:
        assert [entry["note"] for entry in history(connection, item)] == ["Two treaties are named."]
    assert httpx.get(f"{bench.server.url}/readyz").status_code == 200


def test_a_postgresql_database_that_is_read_only_is_told_as_such(
    server: PostgresServer, tmp_path: Path
) -> None:
    address = new_postgres_database(server.address)
    database = open_database(address, create=True)
    filled(database, tmp_path, 10)
    people(database)
    with database.write() as connection:
        name = address.rpartition("/")[2]
        connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    database.close()
    served = ServedHere(open_database(address))
    answer = httpx.post(
        f"{served.url}/login",
        data={"name": "Anna", "password": "x", "token": "x"},
        cookies={"upr_review_login": "x"},
    )
    served.stop()
    assert answer.status_code == 503
    assert "its disk is full, or it is read-only" in answer.text
