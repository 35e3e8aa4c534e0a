"""The desk's commands, as people type them."""

from __future__ import annotations

import io
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from pipeline.review.deciding.entries import Submission
from pipeline.review.deciding.ledger import Ledger
from pipeline.review.store.database import open_database
from pipeline.review.store.transitions import Codes
from tests.conftest import Said, Upr
from tests.review import invented
from tests.review.bench import PASSWORD, Served, filled, people


@pytest.fixture
def review(upr: Upr, monkeypatch: pytest.MonkeyPatch) -> Upr:
    """`upr review` in this process, with what is typed or piped into it."""

    def run(*words: str | Path, stdin: str = "") -> Said:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        return upr("review", *words)

    return run


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


def test_from_a_labelled_table_to_a_decision_sheet(review: Upr, desk: Path, tmp_path: Path) -> None:
    table = invented.write(tmp_path / "labelled.xlsx", invented.rows(30))
    added = review("user", "add", "Anna", "--role", "reviewer", "--database", desk, stdin=f"{PASSWORD}\n")
    assert (added.code, added.out) == (0, "")
    first = review("import", table, "--database", desk)
    assert first.code == 0
    assert "30 rows: 30 new, 0 known" in first.err
    assert "30 rows: 0 new, 30 known" in review("import", table, "--database", desk).err
    assert review("user", "list", "--database", desk).out == "Anna\treviewer\tenabled\n"
    out = tmp_path / "decisions.parquet"
    exported = review("export", "--out", out, "--database", desk)
    assert exported.code == 0
    assert out.is_file()
    assert "0 rows decided by people" in exported.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("user", "add", "Anna", "--role", "king"), 2, "king"),
        (("user", "add", "Anna", "--role", "admin"), 1, "at least 10"),
        (("user", "disable", "Nobody"), 1, "no such account"),
        (("import", "nothing.parquet"), 1, "nothing.parquet: there is no such file."),
        (("export", "--out", "out.doc"), 1, "out.doc"),
        (("export",), 2, "--out"),
        (("serve", "--host", "0.0.0.0"), 1, "no accounts"),
    ],
)
def test_wrong_input_is_one_clear_message(
    review: Upr, desk: Path, tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    open_database(str(desk), create=True).close()
    done = review(*words, "--database", desk, stdin="short\n")
    assert done.code == code
    assert said in done.err
    assert done.out == ""


@pytest.mark.parametrize("words", [("export", "--out", "decisions.csv"), ("user", "list"), ("upgrade",)])
def test_a_mistyped_database_is_told_and_not_made(
    review: Upr, tmp_path: Path, words: tuple[str, ...]
) -> None:
    done = review(*words, "--database", tmp_path / "folder" / "mistyped.db")
    assert done.code == 1
    assert "there is no desk's database here" in done.err
    assert list(tmp_path.iterdir()) == []


def test_an_update_makes_no_desk_of_a_mistyped_name(upr: Upr, tmp_path: Path) -> None:
    done = upr("update", tmp_path, "--database", tmp_path / "mistyped.db")
    assert done.code == 1
    assert "there is no desk's database here" in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ("export", "--out", "decisions.csv"),
        ("user", "list"),
        ("upgrade",),
        ("doctor",),
        ("backup", "copy.db"),
        ("import", "labelled.parquet"),
        ("user", "add", "Anna", "--role", "admin"),
    ],
)
def test_a_database_of_another_program_stays_as_it_is(
    review: Upr, tmp_path: Path, words: tuple[str, ...]
) -> None:
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('1f2e3d')")
        connection.commit()
    before = other.read_bytes()
    done = review(*words, "--database", other, stdin=f"{PASSWORD}\n")
    assert done.code == 1
    assert "other.db" in done.err
    assert other.read_bytes() == before
    assert list(tmp_path.iterdir()) == [other]


@pytest.mark.parametrize(
    "name",
    [
        "decisions.csv",
        *(pytest.param(f"decisions.{end}", marks=pytest.mark.long) for end in ("parquet", "json")),
    ],
)
def test_an_export_with_fewer_decisions_replaces_a_fuller_one_only_if_told(
    review: Upr, tmp_path: Path, name: str
) -> None:
    out = tmp_path / name
    form = ("--format", "label-studio") if name.endswith(".json") else ()
    fuller, emptier = tmp_path / "fuller.db", tmp_path / "emptier.db"
    for path, decided in ((fuller, 3), (emptier, 1)):
        database = open_database(str(path), create=True)
        filled(database, tmp_path, 40 if decided == 3 else 20)
        person = people(database)["Dora"]
        ledger = Ledger(database, "2014-10", 10)
        for number in range(1, decided + 1):
            sent = Submission(number, 0, Codes(4, ("Torture and other CID treatment",)))
            ledger.decide(person, sent)
        database.close()
    assert review("export", "--out", out, *form, "--database", fuller).code == 0
    before = out.read_bytes()
    refused = review("export", "--out", out, *form, "--database", emptier)
    assert refused.code == 1
    assert "--allow-fewer" in refused.err
    assert out.read_bytes() == before
    assert review("export", "--out", out, *form, "--allow-fewer", "--database", emptier).code == 0
    assert out.read_bytes() != before
    assert review("export", "--out", out, *form, "--database", fuller).code == 0


def test_a_database_out_of_reach_is_one_clear_message(review: Upr) -> None:
    done = review("user", "list", "--database", "postgresql://nobody:secret@127.0.0.1:1/none")
    assert done.code == 1
    assert "cannot be opened" in done.err
    assert "secret" not in done.err


@pytest.mark.long
def test_serve_says_where_it_is_and_stops_on_ctrl_c(
    review: Upr, desk: Path, serve: Callable[..., Served]
) -> None:
    review("user", "add", "Anna", "--role", "admin", "--database", desk, stdin=f"{PASSWORD}\n")
    server = serve(str(desk))
    assert httpx.get(f"{server.url}/login").status_code == 200
    server.stop()
    assert server.process.returncode in (0, 130)
    assert f":{server.port}/" in server.log()
    assert "Traceback" not in server.log()
