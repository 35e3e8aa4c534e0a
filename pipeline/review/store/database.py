"""The desk's connection: SQLite in a file by default, PostgreSQL by URL; a commit that returned is on
disk.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, inspect, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, OperationalError

from pipeline.errors import StoreError
from pipeline.review.store import schema
from pipeline.review.store.faults import faults_named
from pipeline.review.store.sqlite import keep_log, prepare_sqlite

_TURN = 20141001  # any number: writers of a PostgreSQL server take turns by it
Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """The time."""
    return dt.datetime.now(dt.UTC)


def database_url(address: str) -> URL:
    """The URL of a database: a file path means SQLite; postgresql:// and postgres:// mean psycopg.

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
        return url.set(drivername="postgresql+psycopg")
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
        self._ready = False

    def ready(self) -> bool:
        """Whether the desk's tables are here, of the revision that this desk reads."""
        if not self._ready:
            self._ready = _revision(self) == schema.CURRENT
        return self._ready

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


def open_database(address: str, clock: Clock = utc_now, *, create: bool = False) -> Database:
    """Open a database by path or URL.

    Args:
        create: make the desk's tables, and the SQLite file, where there are none.

    Raises: StoreError if it cannot be reached, holds no desk (unless `create`), is not a database or another
        program's, or is of another revision than this desk reads.
    """
    shown = address_shown(database_url(address))
    database = open_unchecked(address, clock, create=create)
    with faults_named(shown):
        found = _revision(database)
        if found is None and create:
            _make(database, shown)
            found = _revision(database)
    if found is None:
        raise _no_desk(shown)
    if found != schema.CURRENT:
        raise StoreError(shown, f"the database is of revision {found}.", _advice(found, shown))
    return database


def _make(database: Database, shown: str) -> None:
    with database.write() as connection:
        if schema.revision_of(connection) is not None:  # somebody was quicker
            return
        if database.is_sqlite and inspect(connection).get_table_names():
            raise StoreError(shown, "this is a database of another program.", "Name another file.")
        schema.create(connection)
    if database.is_sqlite:
        keep_log(database.engine)


def open_unchecked(address: str, clock: Clock = utc_now, *, create: bool = False) -> Database:
    """A database that may not be there yet, or be of an earlier revision: `Database.ready` tells.

    Args:
        create: let SQLite make the file. Otherwise nothing is made, whatever is asked of it.

    Raises: StoreError for an address that is none.
    """
    url = database_url(address)
    with faults_named(address_shown(url)):
        if url.get_backend_name() == "sqlite":
            in_file = bool(url.database) and url.database != ":memory:"
            if in_file and create:
                Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
            if in_file and not create:
                address = f"file:{quote(str(url.database))}"
                url = url.set(database=address, query={"mode": "rw", "uri": "true"})
            engine = create_engine(url, pool_size=40, max_overflow=20)
            prepare_sqlite(engine)
        else:
            engine = create_engine(url, pool_size=20, max_overflow=20, pool_pre_ping=True)
    return Database(engine, clock)


def open_if_present(address: str) -> Database | None:
    """The database of a desk, of whatever revision; None where there is none. Nothing is made or changed.

    Raises: StoreError if it cannot be reached or is not a database.
    """
    database = open_unchecked(address)
    with faults_named(address_shown(database_url(address))):
        found = _revision(database)
    if found is None:
        database.close()
        return None
    return database


def open_present(address: str) -> Database:
    """The database of a desk, of whatever revision. Raises: StoreError, also where there is none."""
    database = open_if_present(address)
    if database is None:
        raise _no_desk(address_shown(database_url(address)))
    return database


def open_to_serve(address: str, clock: Clock = utc_now) -> Database:
    """The database of a server, which may start before anybody has added an account: then it is not there
    yet, and nothing is made.

    Raises: StoreError if it cannot be reached, is not a database, or is of another revision.
    """
    database = open_unchecked(address, clock)
    with faults_named(address_shown(database_url(address))):
        found = _revision(database)
    return database if found is None else open_database(address, clock)


def upgrade_database(address: str) -> list[str]:
    """Bring a desk's database to the current revision, whole or not at all.

    Returns: the revisions that were applied. Raises: StoreError.
    """
    shown = address_shown(database_url(address))
    database = open_unchecked(address)
    with faults_named(shown):
        found = _revision(database)
        if found is None:
            raise _no_desk(shown)
        if not schema.is_known(found):
            raise StoreError(shown, f"the database is of revision {found}.", _advice(found, shown))
        with database.write() as connection:
            applied = schema.upgrade(connection)
    database.close()
    return applied


def _no_desk(shown: str) -> StoreError:
    return StoreError(
        shown,
        "there is no desk's database here.",
        "Check --database and UPR_REVIEW_DATABASE. `upr review import` and `upr review user add` make a "
        "new one.",
    )


def _advice(found: str, shown: str) -> str:
    if schema.is_known(found):
        return f"Make a copy of it, then run: upr review upgrade --database {shown}"
    return f"It was written by a newer desk; this one reads revision {schema.CURRENT}. Install that version."


def _revision(database: Database) -> str | None:
    try:
        with database.read() as connection:
            return schema.revision_of(connection)
    except OperationalError as error:
        if database.is_sqlite and "unable to open database file" in str(error.orig):
            return None
        raise


def address_shown(url: URL) -> str:
    """A database as messages name it: a path, or a URL without its password."""
    in_file = url.get_backend_name() == "sqlite"
    return str(url.database) if in_file else url.render_as_string(hide_password=True)
