"""What can be wrong with a desk's database, found by reading it; nothing is changed."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, except_, func, inspect, select, text, union_all

from pipeline.review.store import schema
from pipeline.review.store.database import Database
from pipeline.review.store.tables import decisions, facets, items, metadata, readings, users
from pipeline.review.store.transitions import Role, Status
from pipeline.review.store.triggers import APPEND_ONLY

_CLOCKS_DIFFER = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class CheckResult:
    """The result of one check.

    Attributes:
        check: what was looked at.
        found: what is wrong, "" where nothing is.
        todo: what to do about it.
    """

    check: str
    found: str = ""
    todo: str = ""

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not self.found


_Check = Callable[[Database, Connection], CheckResult]


def examine(database: Database) -> list[CheckResult]:
    """All checks of an open desk, in a fixed order.

    A database of another revision than this desk reads is told as such, and not looked at further.
    """
    with database.read() as connection:
        revision = _revision(connection)
        if not revision.good:
            return [revision]
        checks: tuple[_Check, ...] = (
            _file,
            _room,
            _append_only,
            _history,
            _readings,
            _filters,
            _clock,
            _people,
        )
        return [revision, *(check(database, connection) for check in checks)]


def _revision(connection: Connection) -> CheckResult:
    name = "revision of the tables"
    found = schema.revision_of(connection)
    if found != schema.CURRENT:
        return CheckResult(
            name,
            f"the tables are of revision {found}, this version reads {schema.CURRENT}",
            "Run `upr review backup`, then `upr review upgrade`.",
        )
    missing = set(metadata.tables) - set(inspect(connection).get_table_names())
    if missing:
        return CheckResult(name, f"tables are missing: {', '.join(sorted(missing))}", "Restore a backup.")
    return CheckResult(name)


def _of_file(name: str) -> Callable[[Callable[[Connection, str], CheckResult]], _Check]:
    """A check of SQLite's file; nothing is wrong where there is none: PostgreSQL looks after its own."""

    def made(look: Callable[[Connection, str], CheckResult]) -> _Check:
        return lambda database, connection: (
            look(connection, name) if database.is_sqlite else CheckResult(name)
        )

    return made


@_of_file("integrity of the file")
def _file(connection: Connection, name: str) -> CheckResult:
    complaint = str(connection.scalar(text("PRAGMA integrity_check(1)")))
    if complaint != "ok":
        return CheckResult(name, complaint, "Stop the server and restore the latest backup.")
    orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
    if orphans:
        return CheckResult(
            name,
            f"{len(orphans):,} rows refer to rows that do not exist, the first in table {orphans[0][0]}",
            "Restore the latest backup.",
        )
    return CheckResult(name)


@_of_file("free space")
def _room(connection: Connection, name: str) -> CheckResult:
    """Whether a backup would still fit on the disk."""
    place = connection.execute(text("PRAGMA database_list")).first()
    path = Path(str(place[2])) if place else Path()
    if not path.is_file():  # a database in memory
        return CheckResult(name)
    size, free = path.stat().st_size, shutil.disk_usage(path.parent).free
    if free < size:
        return CheckResult(
            name,
            f"{free / 1e6:,.0f} MB are free, the database has {size / 1e6:,.0f} MB",
            "Free some space: decisions cannot be saved on a full disk.",
        )
    return CheckResult(name)


def _append_only(database: Database, connection: Connection) -> CheckResult:
    """Whether the triggers that protect the history are there."""
    name = "protection of the history"
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if database.is_sqlite
        else "SELECT DISTINCT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    wanted = {f"{table}_no_{verb}" for table in APPEND_ONLY for verb in ("update", "delete")}
    missing = wanted - set(connection.scalars(text(query)))
    if missing:
        return CheckResult(
            name,
            f"triggers are missing: {', '.join(sorted(missing))}",
            "Somebody changed the tables. Restore a backup, or compare the history with one.",
        )
    return CheckResult(name)


def _history(database: Database, connection: Connection) -> CheckResult:  # noqa: ARG001
    """Whether each wording is in the state that its last decision left it in."""
    name = "wordings agree with the history"
    last = (
        select(decisions.c.item_id, func.max(decisions.c.version).label("version"))
        .where(decisions.c.version.is_not(None))
        .group_by(decisions.c.item_id)
        .subquery()
    )
    query = (
        select(items.c.id, items.c.version, items.c.standing, last.c.version, decisions.c.after)
        .join_from(items, last, last.c.item_id == items.c.id)
        .join(decisions, (decisions.c.item_id == items.c.id) & (decisions.c.version == last.c.version))
    )
    differing = [row[0] for row in connection.execute(query) if not _follows(*row[1:])]
    if differing:
        return CheckResult(
            name,
            f"{len(differing):,} wordings differ from their last decision, the first has the number "
            f"{differing[0]}",
            "Decide on them again at the desk, or restore a backup.",
        )
    return CheckResult(name)


def _readings(database: Database, connection: Connection) -> CheckResult:  # noqa: ARG001
    """Whether statistics count each answer that stands, and no other."""
    name = "statistics agree with the history"
    undone = select(decisions.c.undoes).where(decisions.c.undoes.is_not(None))
    standing = select(decisions.c.id).where(
        decisions.c.kind.in_(("decide", "bulk", "sheet")), decisions.c.id.not_in(undone)
    )
    counted = select(readings.c.decision_id)
    differing = connection.scalar(
        select(func.count()).select_from(
            union_all(
                select(except_(standing, counted).subquery()), select(except_(counted, standing).subquery())
            ).subquery()
        )
    )
    if differing:
        return CheckResult(
            name,
            f"{differing:,} decisions are counted wrongly",
            "Restore a backup, or ask for help with a copy.",
        )
    return CheckResult(name)


def _follows(version: int, standing: dict[str, Any], decided: int, after: dict[str, Any]) -> bool:
    """Whether a state follows from the last decision. A later import may queue again what has no codes."""
    if version == decided:
        return standing == after
    return version > decided and (after["codes"] is None or standing["codes"] == after["codes"])


def _filters(database: Database, connection: Connection) -> CheckResult:  # noqa: ARG001
    """Whether the filters see the same states as the queue."""
    query = (
        select(func.count(func.distinct(facets.c.item_id)))
        .join_from(facets, items)
        .where((facets.c.status != items.c.status) | (facets.c.priority != items.c.priority))
    )
    differing = connection.scalar(query) or 0
    if differing:
        return CheckResult(
            "filters",
            f"{differing:,} wordings are filtered by an old state or priority",
            "Restore a backup.",
        )
    return CheckResult("filters")


def _clock(database: Database, connection: Connection) -> CheckResult:
    """Whether decisions come from the future."""
    latest = connection.scalar(select(func.max(decisions.c.at)))
    if latest is not None and latest > database.now() + _CLOCKS_DIFFER:
        return CheckResult(
            "clock",
            f"the latest decision is of {latest:%Y-%m-%d %H:%M} UTC, which is still to come",
            "Set the clock of this machine, or of the one that serves the desk.",
        )
    return CheckResult("clock")


def _people(database: Database, connection: Connection) -> CheckResult:  # noqa: ARG001
    """Whether there is somebody for each kind of work; an admin adjudicates, too."""
    name = "people"
    roles = [
        *connection.scalars(
            select(users.c.role).where(users.c.disabled_at.is_(None), users.c.password_hash.is_not(None))
        )
    ]
    add = "Add an account: upr review user add NAME --role"
    if Role.ADMIN.value not in roles:
        return CheckResult(name, "no enabled account is an admin", f"{add} admin")
    waiting = connection.scalar(select(func.count()).where(items.c.status == Status.SECOND.value)) or 0
    if waiting and len(roles) < 2:
        return CheckResult(
            name,
            f"{waiting:,} wordings wait for a second reader, and there is one account",
            f"{add} reviewer",
        )
    return CheckResult(name)
