"""The desk's connection: SQLite in a file by default, PostgreSQL by URL; a commit that returned is on
disk.
"""

from __future__ import annotations

import datetime as dt
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, make_url, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, NoSuchModuleError, OperationalError

from pipeline.errors import StoreError
from pipeline.review.store import tables

_TURN = 20141001  # any number: writers of a PostgreSQL server take turns by it
Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """The time."""
    return dt.datetime.now(dt.UTC)


def database_url(address: str) -> URL:
    """The URL of a database: a file path means SQLite; postgresql:// and postgres:// mean pg8000.

    Raises: StoreError for what is neither.
    """
    if "://" not in address:
        return URL.create("sqlite", database=str(Path(address).absolute()))
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise StoreError(
            address,
            "is not a database URL.",
            "Write a file name, sqlite:///FILE or postgresql://USER@HOST/NAME.",
        ) from error
    if url.get_backend_name() in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+pg8000")
    if url.get_backend_name() == "sqlite":
        return url
    raise StoreError(
        address,
        f"'{url.get_backend_name()}' is not a database the desk can use.",
        "Use SQLite or PostgreSQL.",
    )


class Database:
    """An open database. `read` and `write` are the only ways in."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        """Args: `clock`, gives the time in UTC."""
        self.engine = engine
        self.now = clock
        self.is_sqlite = engine.dialect.name == "sqlite"
        # SQLite has one writer. Waiting here, in turn, is faster than its own waiting, which sleeps.
        self._turn = threading.Lock() if self.is_sqlite else None
        self._writing = engine.execution_options(desk_begin="IMMEDIATE") if self.is_sqlite else engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that reads one state of the database."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is on disk when the block has ended well, and left no trace otherwise."""
        if self._turn is None:
            with self._writing.begin() as connection:
                # One writer at a time, as in SQLite: leases, items and their keys lock each other in ways
                # that end in deadlock.
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_TURN})"))
                yield connection
            return
        with self._turn, self._writing.begin() as connection:
            yield connection

    def upsert(self, table: Any) -> Any:
        """An INSERT that knows ON CONFLICT."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _prepare_sqlite(engine: Engine) -> None:
    def on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions by itself
        # FULL: an acknowledged decision outlives a power cut, too.
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=60000",
            "cache_size=-65536",
        ):
            connection.execute(f"PRAGMA {pragma}")

    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(
            f"BEGIN {connection.get_execution_options().get('desk_begin', 'DEFERRED')}"
        )

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)


def _prepare_postgresql(engine: Engine) -> None:
    # pg8000 sends the rows of an INSERT one by one, each a journey to the server and back; so they go many in
    # a statement.
    engine.dialect.use_insertmanyvalues_wo_returning = True

    def on_connect(connection: Any, _record: Any) -> None:
        # It sends a statement in pieces, and leaves the system to hold the second back until the first is
        # acknowledged: 40 ms.
        wire = connection._usock
        if wire.family != socket.AF_UNIX:
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    event.listen(engine, "connect", on_connect)


def open_database(address: str, clock: Clock = utc_now) -> Database:
    """Open a database by path or URL, and create the desk's tables where they are missing.

    Raises: StoreError if it cannot be reached, is not a database, or belongs to another version of the desk.
    """
    url = database_url(address)
    shown = url.render_as_string(hide_password=True)
    try:
        if url.get_backend_name() == "sqlite":
            if url.database and url.database != ":memory:":
                Path(url.database).parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(url, pool_size=40, max_overflow=20)
            _prepare_sqlite(engine)
        else:
            engine = create_engine(url, pool_size=20, max_overflow=20, pool_pre_ping=True)
            _prepare_postgresql(engine)
        tables.create_all(engine)
        database = Database(engine, clock)
        _check_version(database, shown)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreError(
            shown,
            "PostgreSQL's driver is missing.",
            "Install it: pip install 'upr-labelling-pipeline[postgres]'.",
        ) from error
    except (OperationalError, InterfaceError) as error:  # pg8000 calls a server out of reach the latter
        reason = str(error.orig).strip().splitlines()[0]
        raise StoreError(
            shown,
            f"the database cannot be opened ({reason}).",
            "Check that it exists, runs, and lets you in.",
        ) from error
    except DBAPIError as error:
        raise StoreError(
            shown, f"this is not a database of the desk ({error.orig}).", "Name another file."
        ) from error
    except OSError as error:
        raise StoreError(shown, f"{error.strerror}.", "Check the path.") from error
    return database


def _check_version(database: Database, shown: str) -> None:
    with database.write() as connection:
        found = connection.scalar(select(tables.desk.c.value).where(tables.desk.c.name == "schema"))
        if found is None:
            connection.execute(insert(tables.desk).values(name="schema", value=str(tables.SCHEMA_VERSION)))
        elif found != str(tables.SCHEMA_VERSION):
            raise StoreError(
                shown,
                f"the database is of version {found} of the desk.",
                f"This desk reads version {tables.SCHEMA_VERSION}.",
            )
