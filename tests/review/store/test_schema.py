"""The desk's tables by revision: a new database and an upgraded one are the same, and nothing is made by
accident.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from pipeline.errors import StoreError
from pipeline.review.store import schema, tables
from pipeline.review.store.accounts import anybody
from pipeline.review.store.database import Database, open_database, open_unchecked, upgrade_database


def described(database: Database) -> dict[str, object]:
    """Columns, keys and indexes of every table, and the triggers by name."""
    with database.read() as connection:
        seen = inspect(connection)
        found: dict[str, object] = {}
        for name in seen.get_table_names():
            columns = sorted((c["name"], str(c["type"]), c["nullable"]) for c in seen.get_columns(name))
            indexes = sorted((i["name"], tuple(i["column_names"])) for i in seen.get_indexes(name))
            unique = sorted(tuple(u["column_names"]) for u in seen.get_unique_constraints(name))
            key = seen.get_pk_constraint(name)["constrained_columns"]
            foreign = sorted(
                (tuple(f["constrained_columns"]), f["referred_table"]) for f in seen.get_foreign_keys(name)
            )
            found[name] = (columns, indexes, unique, key, foreign)
        triggers = (
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            if database.is_sqlite
            else "SELECT DISTINCT tgname FROM pg_trigger WHERE NOT tgisinternal"
        )
        found["triggers"] = sorted(connection.scalars(text(triggers)))
        return found


def differences(connection: Connection) -> list[object]:
    """What the tables of a database lack or have beside those that the desk describes; the index of words
    is the database's own.
    """
    found = compare_metadata(MigrationContext.configure(connection), tables.metadata)
    return [f for f in found if "items_words" not in str(f)]


def emptied(database: Database) -> None:
    """Take the tables away, so that the revisions can make them."""
    with database.write() as connection:
        tables.metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))


def written_before_revisions(path: str) -> None:
    """A database as the desk wrote it before revisions were counted."""
    database = open_unchecked(path, create=True)
    with database.write() as connection:
        schema.upgrade(connection, "0001")
        connection.execute(text("DROP TABLE alembic_version"))
        connection.execute(tables.desk.insert().values(name="schema", value="1"))
    database.close()


def test_the_revisions_make_what_a_new_database_has(database: Database) -> None:
    new = described(database)
    emptied(database)
    with database.write() as connection:
        assert schema.revision_of(connection) is None
        schema.upgrade(connection)
        assert schema.revision_of(connection) == schema.CURRENT
        assert differences(connection) == []
    assert described(database) == new
    assert {"decisions_no_update", "decisions_no_delete", "predictions_no_update"} <= set(
        described(database)["triggers"]  # type: ignore[call-overload]
    )


def test_the_desk_reads_the_last_revision() -> None:
    script = ScriptDirectory.from_config(schema._config())
    assert script.get_heads() == [schema.CURRENT]
    assert schema.is_known(schema.CURRENT)
    assert not schema.is_known("9999")


def test_a_database_from_before_revisions_were_counted_goes_on(tmp_path: Path) -> None:
    path = str(tmp_path / "desk.db")
    written_before_revisions(path)
    upgrade_database(path)
    again = open_database(path)
    with again.read() as connection:
        assert inspect(connection).has_table("alembic_version")
        assert schema.revision_of(connection) == schema.CURRENT
    again.close()
    assert upgrade_database(path) == []


def test_a_database_of_a_newer_desk_is_refused(database_address: str) -> None:
    database = open_database(database_address, create=True)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    for attempt in (open_database, upgrade_database):
        with pytest.raises(StoreError, match=r"revision 9999.*newer desk"):
            attempt(database_address)


def test_nothing_is_made_where_no_desk_is(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "desk.db"
    for attempt in (open_database, upgrade_database):
        with pytest.raises(StoreError, match="no desk's database here"):
            attempt(str(path))
    assert not path.parent.exists()
    waiting = open_unchecked(str(path))
    assert not waiting.ready()
    assert not anybody(waiting)
    assert not path.parent.exists()
    open_database(str(path), create=True).close()
    assert waiting.ready()
    waiting.close()
