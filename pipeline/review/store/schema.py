"""Which revision of the desk's tables a database has, and how it gets to the one that this desk reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, select, text

from pipeline.review.store import tables, triggers

if TYPE_CHECKING:  # Alembic takes long to import, and is needed to upgrade only
    from alembic.config import Config

CURRENT = "0005"
"""The revision that this desk reads: the last one in `migrations/versions`."""
MARK = tables.desk.name
"""A table that every desk has, of whatever revision."""
_FIRST = "0001"
_KEPT = "alembic_version"


def revision_of(connection: Connection) -> str | None:
    """The revision of a database; None where it holds no desk.

    A database from before revisions were counted is of the first one.
    """
    present = set(inspect(connection).get_table_names())
    if MARK not in present:  # other programs keep revisions in a table of the same name, too
        return None
    if _KEPT in present:
        found = connection.scalar(text(f"SELECT version_num FROM {_KEPT}"))  # noqa: S608 - a constant
        if found:
            return str(found)
    named = connection.scalar(select(tables.desk.c.value).where(tables.desk.c.name == "schema"))
    return None if named is None else _FIRST


def is_known(revision: str) -> bool:
    """Whether there is a way from a revision to the current one."""
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(_config())
    return any(step.revision == revision for step in script.walk_revisions())


def create(connection: Connection) -> None:
    """Make the tables of the current revision in a database that has none."""
    triggers.create_all(connection)
    connection.execute(text(f"CREATE TABLE {_KEPT} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    _keep(connection, CURRENT)


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _keep(connection: Connection, revision: str) -> None:
    connection.execute(
        text(f"INSERT INTO {_KEPT} (version_num) VALUES (:revision)"),  # noqa: S608 - a constant
        {"revision": revision},
    )


def upgrade(connection: Connection, to: str = CURRENT) -> list[str]:
    """Bring a database to a revision, within the caller's transaction.

    Returns: the revisions that were applied, in order.
    """
    from alembic import command
    from alembic.script import ScriptDirectory

    config = _config()
    config.attributes["connection"] = connection
    before = revision_of(connection)
    if before is not None and not inspect(connection).has_table(_KEPT):
        connection.execute(text(f"CREATE TABLE {_KEPT} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
        _keep(connection, before)
    command.upgrade(config, to)
    script = ScriptDirectory.from_config(config)
    return [step.revision for step in script.iterate_revisions(to, before or "base")][::-1]
