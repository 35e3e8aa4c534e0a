"""Copies of a desk's database in a file: made while people work on it, brought back whole or not at all."""

from __future__ import annotations

import dataclasses
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from pipeline.errors import StoreError
from pipeline.review.store import schema
from pipeline.review.store.database import address_shown, database_url, open_if_present, open_present
from pipeline.review.store.tables import decisions, items
from pipeline.store.files import atomic_file, check_place

if TYPE_CHECKING:
    from sqlalchemy import URL

    from pipeline.review.store.database import Database

_SQLITE, _POSTGRES = b"SQLite format 3\x00", b"PGDMP"
_PRIVATE = 0o600  # it holds the hashes of people's passwords


@dataclass(frozen=True)
class Copied:
    """What a copy holds.

    Attributes:
        decisions: entries of the history.
        items: wordings.
        revision: of the tables.
        replaced: where the desk that was there before is kept, None where there was none.
    """

    decisions: int
    items: int
    revision: str
    replaced: Path | None = None


def back_up(address: str, file: Path, *, replace: bool = False) -> Copied:
    """Copy a desk's database into a file, as it is at one moment; people can go on working.

    Args:
        address: path or URL of the database.
        file: gets a SQLite database, or what `pg_dump --format=custom` writes; readable by its owner only.
        replace: overwrite a file that exists.

    Raises: StoreError; nothing is written then.
    """
    if file.exists() and not replace:
        raise StoreError(str(file), "exists already.", "Choose another name, or add --replace.")
    check_place(file)
    with closing(open_present(address)) as database, atomic_file(file, _PRIVATE) as part:
        held = _held(database)
        if database.is_sqlite:
            _copy_sqlite(_file_of(address), part)
        else:
            _run("pg_dump", address, "--format=custom", "--no-owner", "--file", str(part))
    return held


def restore(file: Path, address: str, *, replace: bool = False) -> Copied:
    """Bring a copy back into a database, whole or not at all.

    Args:
        file: as `back_up` wrote it, of a database of the same kind.
        address: path or URL of the database.
        replace: put the copy in the place of a desk that is there. That one is kept beside `file` before.

    Raises: StoreError; the database is as it was then.
    """
    kind = _kind_of(file)
    url = database_url(address)
    wanted = _SQLITE if url.get_backend_name() == "sqlite" else _POSTGRES
    if kind != wanted:
        names = {_SQLITE: "SQLite", _POSTGRES: "PostgreSQL"}
        raise StoreError(
            str(file),
            f"is a copy of a {names[kind]} database.",
            f"Name a {names[kind]} database with --database.",
        )
    if wanted == _SQLITE:
        _check_sqlite(file)
    kept = _keep_present(file, address, replace=replace)
    if wanted == _SQLITE:
        target = _file_of(address)
        check_place(target)
        _copy_sqlite(file, target)
    else:
        _run(
            "pg_restore",
            address,
            "--clean",
            "--if-exists",
            "--no-owner",
            "--exit-on-error",
            "--single-transaction",
            "--dbname",
            str(url.database),
            str(file),
        )
    with closing(open_present(address)) as database:
        return dataclasses.replace(_held(database), replaced=kept)


def _keep_present(file: Path, address: str, *, replace: bool) -> Path | None:
    """Copy the desk that is in the place, if there is one. Returns: where it is kept."""
    present = open_if_present(address)
    if present is None:
        return None
    with closing(present):
        entries, moment = _held(present).decisions, present.now()
    if not replace:
        raise StoreError(
            address_shown(database_url(address)),
            f"holds a desk with {entries:,} decisions.",
            "Add --replace to put the copy in its place; it is kept in a file beside the copy.",
        )
    kept = file.with_name(f"{file.name}.replaced-{moment:%Y%m%dT%H%M%SZ}")
    back_up(address, kept)
    return kept


def _held(database: Database) -> Copied:
    with database.read() as connection:
        return Copied(
            int(connection.scalar(select(func.count()).select_from(decisions)) or 0),
            int(connection.scalar(select(func.count()).select_from(items)) or 0),
            str(schema.revision_of(connection)),
        )


def _kind_of(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            start = opened.read(len(_SQLITE))
    except OSError as error:
        raise StoreError(str(file), f"{error.strerror}.", "Check the path.") from error
    for kind in (_SQLITE, _POSTGRES):
        if start.startswith(kind):
            return kind
    raise StoreError(str(file), "is no copy of a desk.", "Name a file that `upr review backup` wrote.")


def _file_of(address: str) -> Path:
    return Path(str(database_url(address).database))


def _check_sqlite(file: Path) -> None:
    """Raises: StoreError if a copy is damaged or holds no desk."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            complaint = connection.execute("PRAGMA integrity_check").fetchone()[0]
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    except sqlite3.DatabaseError as error:
        complaint, tables = str(error), set()
    if complaint != "ok":
        raise StoreError(str(file), f"is damaged ({complaint}).", "Take an earlier copy.")
    if decisions.name not in tables:
        raise StoreError(str(file), "holds no desk.", "Name a file that `upr review backup` wrote.")


def _copy_sqlite(source: Path, target: Path) -> None:
    """SQLite's online backup: a copy of one moment, which takes its place in one transaction."""
    try:
        with (
            closing(sqlite3.connect(source, timeout=60)) as read,
            closing(sqlite3.connect(target, timeout=60)) as written,
        ):
            read.backup(written)
    except sqlite3.Error as error:
        raise StoreError(
            str(target), f"the copy cannot be written ({error}).", "Free some space, and try again."
        ) from error


def _run(program: str, address: str, *options: str) -> None:
    """Run a program of PostgreSQL's against a database. Raises: StoreError with what it complained of."""
    found = shutil.which(program)
    if found is None:
        raise StoreError(
            program,
            "this program of PostgreSQL is not installed here.",
            "Install PostgreSQL's client programs (Debian: apt-get install postgresql-client).",
        )
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL's, with options of this module
        [found, *options],
        env={**os.environ, **_environment(database_url(address))},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        complaint = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[0]
        raise StoreError(
            address_shown(database_url(address)),
            complaint.removeprefix(f"{program}: ").rstrip(".") + ".",
            f"Check the database, and that {program} is not older than the server.",
        )


def _environment(url: URL) -> dict[str, str]:
    """How PostgreSQL's programs are told where the database is; a command line would show the password."""
    given = {
        "PGHOST": url.host,
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    return {name: str(value) for name, value in given.items() if value is not None}
