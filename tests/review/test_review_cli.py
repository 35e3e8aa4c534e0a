"""The desk's commands, as people type them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from pipeline.review.deciding.entries import Submission
from pipeline.review.deciding.ledger import Ledger
from pipeline.review.store.database import open_database
from pipeline.review.store.transitions import Codes
from tests.review import invented
from tests.review.bench import PASSWORD, Served, filled, people


def upr(*words: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipeline", "review", *map(str, words)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


def test_from_a_labelled_table_to_a_decision_sheet(desk: Path, tmp_path: Path) -> None:
    table = invented.write(tmp_path / "labelled.xlsx", invented.rows(30))
    added = upr("user", "add", "Anna", "--role", "reviewer", "--database", desk, stdin=f"{PASSWORD}\n")
    assert (added.returncode, added.stdout) == (0, "")
    first = upr("import", table, "--database", desk)
    assert first.returncode == 0
    assert "30 rows: 30 new, 0 known" in first.stderr
    assert "30 rows: 0 new, 30 known" in upr("import", table, "--database", desk).stderr
    assert upr("user", "list", "--database", desk).stdout == "Anna\treviewer\tenabled\n"
    out = tmp_path / "decisions.parquet"
    exported = upr("export", "--out", out, "--database", desk)
    assert exported.returncode == 0
    assert out.is_file()
    assert "0 rows decided by people" in exported.stderr


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
    desk: Path, tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    open_database(str(desk), create=True).close()
    done = upr(*words, "--database", desk, stdin="short\n")
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("words", [("export", "--out", "decisions.csv"), ("user", "list"), ("upgrade",)])
def test_a_mistyped_database_is_told_and_not_made(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = upr(*words, "--database", tmp_path / "folder" / "mistyped.db")
    assert done.returncode == 1
    assert "there is no desk's database here" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    [
        "decisions.csv",
        *(pytest.param(f"decisions.{end}", marks=pytest.mark.long) for end in ("parquet", "json")),
    ],
)
def test_an_export_with_fewer_decisions_replaces_a_fuller_one_only_if_told(tmp_path: Path, name: str) -> None:
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
    assert upr("export", "--out", out, *form, "--database", fuller).returncode == 0
    before = out.read_bytes()
    refused = upr("export", "--out", out, *form, "--database", emptier)
    assert refused.returncode == 1
    assert "--allow-fewer" in refused.stderr
    assert out.read_bytes() == before
    assert upr("export", "--out", out, *form, "--allow-fewer", "--database", emptier).returncode == 0
    assert out.read_bytes() != before
    assert upr("export", "--out", out, *form, "--database", fuller).returncode == 0


def test_a_database_out_of_reach_is_one_clear_message() -> None:
    done = upr("user", "list", "--database", "postgresql://nobody:secret@127.0.0.1:1/none")
    assert done.returncode == 1
    assert "cannot be opened" in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_serve_says_where_it_is_and_stops_on_ctrl_c(desk: Path, serve: Callable[..., Served]) -> None:
    upr("user", "add", "Anna", "--role", "admin", "--database", desk, stdin=f"{PASSWORD}\n")
    server = serve(str(desk))
    assert httpx.get(f"{server.url}/login").status_code == 200
    server.stop()
    assert server.process.returncode in (0, 130)
    assert f":{server.port}/" in server.log()
    assert "Traceback" not in server.log()
