"""The desk's test bench: databases of both kinds, a real server, a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from pipeline.review.opening import fill_queue
from pipeline.review.store.database import Database, open_database
from pipeline.review.store.tables import items
from tests.conftest import forget
from tests.review import invented
from tests.review.bench import (
    Served,
    ServedHere,
    new_postgres_database,
    people,
)
from tests.review.browsing import Bench
from tests.review.postgres import postgres_server


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "load: thousands of decisions; minutes long, runs only when asked for by name (-m load)"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "load" in config.option.markexpr:
        return
    for item in items:
        if item.get_closest_marker("load"):
            item.add_marker(
                pytest.mark.skip(reason="minutes long: run it with `pytest -m load tests/review`")
            )


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as the tests, without a database's name."""
    with postgres_server() as server:
        yield server.address


@pytest.fixture(params=["sqlite", "postgresql"])
def database_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty database is, of each kind in turn."""
    if request.param == "sqlite":
        return str(tmp_path / "desk.db")
    return new_postgres_database(request.getfixturevalue("postgres"))


@pytest.fixture
def database(database_address: str) -> Iterator[Database]:
    """An open, empty database, of each kind in turn."""
    opened = open_database(database_address, create=True)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """An open, empty SQLite database, where the kind does not matter."""
    opened = open_database(str(tmp_path / "desk.db"), create=True)
    yield opened
    opened.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Starts servers over databases, and stops them after the test."""
    started: list[Served] = []

    def start(address: str, *options: str) -> Served:
        started.append(Served(address, tmp_path / f"serve-{len(started)}.log", *options))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled desk to copy."""
    folder = tmp_path_factory.mktemp("prepared")
    database = open_database(str(folder / "desk.db"), create=True)
    rows = invented.rows(120)
    for number, row in enumerate(rows[:3]):  # one wording that stands three times and is doubted
        row |= {"text": "Take action to end child labour.", "row_id": f"same{number}", "needs_review": True}
    coded = invented.write(folder / "coded.parquet", invented.rows(80, seed=9, by="expert", sessions=(3, 9)))
    fill_queue(database, [invented.write(folder / "labelled.parquet", rows)], [coded])
    people(database)
    with database.write() as connection:  # which items are read twice is each test's choice
        connection.execute(update(items).values(second_due=False))
    database.close()
    return folder / "desk.db"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home folder, where the desk keeps what people bring."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("UPR_HOME", str(folder))
    forget()
    yield folder
    monkeypatch.undo()
    forget()


@pytest.fixture
def bench(prepared: Path, tmp_path: Path, chromium: Any) -> Iterator[Bench]:
    shutil.copy(prepared, tmp_path / "desk.db")
    database = open_database(str(tmp_path / "desk.db"), create=True)
    server = ServedHere(database)
    made = Bench(database, server, chromium)
    yield made
    for context in made.contexts:
        context.close()
    server.stop()
    database.close()
    assert made.complaints == []  # no script error, and nothing that the content security policy had to stop
