"""How the desk talks to SQLite."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, event

from pipeline.review.store import schema

_IS_DESK = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
_WAL = "PRAGMA journal_mode=WAL"


def prepare_sqlite(engine: Engine) -> None:
    """Give SQLite its transactions, and safe writing."""

    def on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions by itself
        # A file keeps this mode, so only a desk is given it: the file of a mistyped name stays as it is.
        if connection.execute(_IS_DESK, (schema.MARK,)).fetchone():
            connection.execute(_WAL)
        # FULL: an acknowledged decision outlives a power cut, too.
        for pragma in (
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


def keep_log(engine: Engine) -> None:
    """Let a SQLite database that has just become a desk write ahead into a log of its own."""
    own = engine.raw_connection()  # the mode cannot change within a transaction
    own.cursor().execute(_WAL)
    own.close()
