"""Copies of a desk: made while people decide, brought back whole or not at all."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from pipeline.errors import StoreError
from pipeline.review.deciding.entries import Submission
from pipeline.review.deciding.ledger import Ledger
from pipeline.review.store.accounts import find_user
from pipeline.review.store.backup import back_up, restore
from pipeline.review.store.database import Database, open_database
from pipeline.review.store.tables import decisions, items
from pipeline.review.store.transitions import Codes
from tests.review.bench import filled, new_postgres_database, people


def decide(database: Database, count: int, start: int = 0) -> None:
    person = find_user(database, "Anna") or people(database)["Anna"]
    ledger = Ledger(database, "2014-10", 10)
    with database.read() as connection:
        rows = connection.execute(select(items.c.id, items.c.version).order_by(items.c.id)).all()
    for row in rows[start : start + count]:
        ledger.decide(person, Submission(row.id, row.version, Codes(4, ("Detention",))))


def contents(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that decisions touch."""
    with database.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(table.c.id))]
            for table in (items, decisions)
        }


@pytest.fixture
def elsewhere(database: Database, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Where an empty database of the same kind is."""
    if database.is_sqlite:
        return str(tmp_path / "elsewhere.db")
    return new_postgres_database(request.getfixturevalue("postgres"))


def test_a_copy_brings_back_every_row(
    database: Database, database_address: str, elsewhere: str, tmp_path: Path
) -> None:
    filled(database, tmp_path, 40)
    decide(database, 12)
    held = back_up(database_address, tmp_path / "copy")
    assert (held.decisions, held.items) == (12, 40)
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600  # it holds hashes of passwords
    before = contents(database)
    decide(database, 3, start=12)
    assert restore(tmp_path / "copy", elsewhere) == held
    again = open_database(elsewhere)
    assert contents(again) == before
    with pytest.raises(Exception, match="append-only"), again.write() as connection:
        connection.execute(text("DELETE FROM decisions"))
    decide(again, 3, start=12)  # keys go on where they were
    again.close()


def test_a_desk_that_is_there_is_replaced_only_if_told_and_is_kept(
    database: Database, database_address: str, elsewhere: str, tmp_path: Path
) -> None:
    filled(database, tmp_path, 20)
    decide(database, 2)
    back_up(database_address, tmp_path / "copy")
    decide(database, 5, start=2)
    latest = contents(database)
    with pytest.raises(StoreError, match="holds a desk with 7 decisions"):
        restore(tmp_path / "copy", database_address)
    assert contents(database) == latest
    held = restore(tmp_path / "copy", database_address, replace=True)
    assert held.decisions == 2
    assert len(contents(database)["decisions"]) == 2  # the server's own connection sees it, too
    assert held.replaced is not None
    assert restore(held.replaced, elsewhere).decisions == 7
    again = open_database(elsewhere)
    assert contents(again) == latest
    again.close()


def test_a_copy_is_of_one_moment_while_people_decide(
    database: Database, database_address: str, tmp_path: Path
) -> None:
    filled(database, tmp_path, 150)
    decide(database, 1)
    done, failed = threading.Event(), []

    def work() -> None:
        try:
            decide(database, 120, start=1)
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    copies: list[Path] = []
    while not done.is_set() and len(copies) < 8:
        copy = tmp_path / f"copy-{len(copies)}"
        back_up(database_address, copy)
        copies.append(copy)
    thread.join()
    assert failed == []
    assert len(contents(database)["decisions"]) == 121
    assert len(copies) > 1
    if database.is_sqlite:
        for copy in copies:
            opened = open_database(str(copy))
            found = contents(opened)
            decided = {row[0] for row in found["items"] if row[5] > 0}
            assert decided == {row[1] for row in found["decisions"]}  # an item moves with its entry, or not
            opened.close()


def test_a_damaged_copy_changes_nothing(sqlite_database: Database, tmp_path: Path) -> None:
    filled(sqlite_database, tmp_path, 60)
    back_up(str(tmp_path / "desk.db"), tmp_path / "copy")
    before = contents(sqlite_database)
    content = bytearray((tmp_path / "copy").read_bytes())
    content[8192 : 8192 + 30_000] = bytes(30_000)
    (tmp_path / "damaged").write_bytes(content)
    with pytest.raises(StoreError, match=r"damaged: is damaged"):
        restore(tmp_path / "damaged", str(tmp_path / "desk.db"), replace=True)
    assert contents(sqlite_database) == before
    assert not list(tmp_path.glob("damaged.replaced-*"))  # nothing was about to be replaced


def test_a_refusal_does_not_show_the_password(postgres: str, tmp_path: Path) -> None:
    address = new_postgres_database(postgres).replace("desk@", "desk:secret-word@")
    open_database(address, create=True).close()
    back_up(address, tmp_path / "copy")
    with pytest.raises(StoreError, match="holds a desk") as raised:
        restore(tmp_path / "copy", address)
    assert "secret-word" not in str(raised.value)


@pytest.mark.parametrize("kind", ["nothing", "text", "other database", "other kind"])
def test_what_is_no_copy_is_told(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "file"
    if kind == "text":
        file.write_text("decisions")
    elif kind == "other database":
        with sqlite3.connect(file) as connection:
            connection.execute("CREATE TABLE decisions_of_others (id INTEGER)")
    elif kind == "other kind":
        file.write_bytes(b"PGDMP")
    with pytest.raises(StoreError) as raised:
        restore(file, str(tmp_path / "desk.db"))
    said = {
        "nothing": "No such file",
        "text": "is no copy of a desk",
        "other database": "holds no desk",
        "other kind": "is a copy of a PostgreSQL database",
    }[kind]
    assert said in raised.value.what
    assert not (tmp_path / "desk.db").exists()


def test_a_file_that_exists_and_a_desk_that_does_not(sqlite_database: Database, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("mine")
    with pytest.raises(StoreError, match="exists already"):
        back_up(str(tmp_path / "desk.db"), tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "mine"
    with pytest.raises(StoreError, match="there is no desk's database here"):
        back_up(str(tmp_path / "mistyped.db"), tmp_path / "other")
    assert not (tmp_path / "other").exists()
    assert not (tmp_path / "mistyped.db").exists()


def test_postgresql_without_its_programs(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = new_postgres_database(postgres)
    open_database(address, create=True).close()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match="pg_dump: this program of PostgreSQL is not installed here"):
        back_up(address, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_disk_that_is_full(sqlite_database: Database, tmp_path: Path) -> None:
    small = Path("/dev/shm") / f"{tmp_path.name}-small"
    filled(sqlite_database, tmp_path, 30)
    small.mkdir()
    try:
        if shutil.which("mount") is None:
            pytest.skip("NOT TESTED on a full disk: no mount here")
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], capture_output=True, check=False
        )
        if mounted.returncode:
            pytest.skip("NOT TESTED on a full disk: a file system cannot be mounted here")
        try:
            with pytest.raises(StoreError, match=r"full|No space"):
                back_up(str(tmp_path / "desk.db"), small / "copy")
            assert list(small.iterdir()) == []
        finally:
            subprocess.run(["umount", str(small)], check=True)
    finally:
        small.rmdir()


def test_a_copy_is_private_before_it_has_its_name(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    rename = Path.replace

    def watched(self: Path, target: Path) -> Path:
        seen.append(self.stat().st_mode & 0o777)
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    address = str(sqlite_database.engine.url.database)
    back_up(address.removeprefix("file:").partition("?")[0], tmp_path / "copy.db")
    assert seen == [0o600]
