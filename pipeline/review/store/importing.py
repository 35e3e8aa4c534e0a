"""One import into a desk's database at a time: two would queue the same wordings by different models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from pipeline.errors import StoreError
from pipeline.review.store.database import Database
from pipeline.store.locks import held

_KEY = 8_041_014
"""Number of the lock in PostgreSQL; another one than that of writing."""


@contextmanager
def importing(database: Database) -> Iterator[None]:
    """Let only this process import. Raises: StoreError if another one does."""
    url = database.engine.url
    if database.is_sqlite:
        if not url.database or url.database == ":memory:":
            yield
            return
        with held(Path(url.database)):
            yield
        return
    # Without a transaction, which would stay open as long as the import.
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY}).scalar():
            raise StoreError(
                url.render_as_string(hide_password=True),
                "another process imports into this database.",
                "Wait until it has ended, or stop it.",
            )
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _KEY})
