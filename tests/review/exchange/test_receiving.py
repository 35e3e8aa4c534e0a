"""Decisions out and files in, by the browser: nothing is taken in before it was looked at."""

from __future__ import annotations

import csv
import html
import io
import os
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from pipeline.review.deciding.entries import Submission
from pipeline.review.deciding.ledger import Ledger
from pipeline.review.exchange.receiving import Reception, Step
from pipeline.review.rounds.planning import all_rounds
from pipeline.review.store.accounts import find_user
from pipeline.review.store.database import Database
from pipeline.review.store.tables import decisions, items
from pipeline.review.store.transitions import Codes
from tests.review import invented
from tests.review.bench import ServedHere, filled, people
from tests.review.web.test_team import Visitor


@pytest.fixture
def dora(sqlite_database: Database, tmp_path: Path, home: Path) -> Iterator[Visitor]:
    """At a desk whose files are kept in a home folder of the test."""
    filled(sqlite_database, tmp_path, 40)
    people(sqlite_database)
    server = ServedHere(sqlite_database)
    with Visitor(base_url=server.url) as visitor:
        visitor.enter("Dora")
        yield visitor
    server.stop()


def bring(visitor: Visitor, name: str, content: bytes) -> str:
    token = re.search(r'name="csrf" value="([^"]+)"', visitor.get("/me").text)
    answer = visitor.post(
        "/exchange/files", data={"csrf": token[1] if token else ""}, files={"file": (name, content)}
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_who_brings_many_files_removes_only_own_ones_with_which_nothing_is_left_to_do(
    home: Path, tmp_path: Path
) -> None:
    content = invented.write(tmp_path / "labelled.parquet", invented.rows(1, seed=3)).read_bytes()
    reception = Reception()
    theirs = reception.take(2, "theirs.parquet", content)
    own = [reception.take(1, f"{number}.parquet", content) for number in range(20)]
    steps = [Step.READY, Step.TAKING, Step.TAKEN, Step.LABELLING, Step.FAILED]
    for one, step in zip(own, steps * 4, strict=True):
        one.step = step
    gone = []
    for number in range(20, 29):
        newest = reception.take(1, f"{number}.parquet", content)
        newest.step = Step.LABELLING
        gone += [one for one in own if one not in gone and reception.find(one.token, 1) is None]
    assert reception.find(theirs.token, 2) is theirs
    assert theirs.path.exists()
    finished = [one for one in own if one.step in (Step.TAKEN, Step.FAILED)]
    assert gone == [*finished, own[0]], "finished ones first, the oldest of each kind first"
    assert not any(one.path.exists() for one in gone)


def decide_one(database: Database) -> None:
    dora = find_user(database, "Dora")
    assert dora is not None
    with database.read() as connection:
        item = connection.scalar(
            select(items.c.id).where(items.c.status == "open", items.c.second_due.is_(False))
        )
    Ledger(database, "2014-10", 10).decide(dora, Submission(item or 0, 0, Codes(4, ("Justice",))))


def entered(database: Database) -> int:
    with database.read() as connection:
        return connection.scalar(select(func.count()).select_from(decisions)) or 0


def test_an_edited_sheet_comes_back_after_its_changes_were_seen(
    dora: Visitor, sqlite_database: Database
) -> None:
    decide_one(sqlite_database)
    sheet = dora.get("/exchange/export?name=sheet.csv")
    assert "attachment" in sheet.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    for row in rows:
        row |= {"action": "2", "note": "Seen again."}
    edited = io.StringIO()
    writer = csv.DictWriter(edited, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    page = bring(dora, "sheet.csv", edited.getvalue().encode())
    seen = dora.get(page).text
    assert "Change 1 decision" in seen
    assert "4 General" in seen
    assert "2 Continuing" in seen
    assert entered(sqlite_database) == 1  # looking changes nothing
    assert dora.submit(page + "/take").status_code == 303
    assert entered(sqlite_database) == 2
    assert "1 decision changed" in dora.get(page).text
    assert dora.submit(page + "/take").status_code == 404  # once


def test_a_labelled_table_becomes_a_round(dora: Visitor, sqlite_database: Database, tmp_path: Path) -> None:
    table = invented.write(tmp_path / "new.parquet", invented.rows(30, seed=77))
    page = bring(dora, "session 46.parquet", table.read_bytes())
    assert "Begin a round with 30 rows" in dora.get(page).text
    assert dora.submit(page + "/take", name="Session 46").status_code == 303
    end = time.monotonic() + 300
    while "a round of their own" not in (seen := dora.get(page).text):
        assert time.monotonic() < end, seen
        time.sleep(0.5)
    with sqlite_database.read() as connection:
        assert [one.plan.name for one in all_rounds(connection)] == ["Session 46", "labelled"]
    assert "30 rows were new to the desk." in seen
    dora.submit("/me/language", language="fr")
    again = bring(dora, "session 46.parquet", table.read_bytes())
    dora.submit(again + "/take", name="Session 46 again")
    while "aucune campagne" not in (seen := html.unescape(dora.get(again).text)):
        assert time.monotonic() < end, seen
        time.sleep(0.5)
    assert "30 lignes étaient déjà au poste." in seen


@pytest.mark.long
def test_what_cannot_be_labelled_is_told(dora: Visitor, home: Path) -> None:
    page = bring(dora, "report.pdf", b"%PDF-1.4 damaged")
    received = home / "data" / "reviewed" / "received"
    assert len(list(received.iterdir())) > 0
    assert "being read and labelled" in dora.get(page).text
    end = time.monotonic() + 300
    while "cannot be used" not in (seen := dora.get(page).text):
        assert time.monotonic() < end
        time.sleep(0.5)
    assert re.search(
        r"<li[^>]*>report\.pdf: cannot be read as a PDF", seen
    )  # named once, without the command
    assert "Traceback" not in seen
    assert dora.submit(page + "/forget").status_code == 303
    assert dora.get(page).status_code == 404
    assert list(received.iterdir()) == []


def test_what_a_restart_left_is_removed_after_a_week(dora: Visitor, home: Path, tmp_path: Path) -> None:
    folder = home / "data" / "reviewed" / "received"
    folder.mkdir(parents=True)
    for name, days in (("old.pdf", 8), ("old-labelled.parquet", 8), ("new.pdf", 6)):
        (folder / name).touch()
        moment = time.time() - days * 86_400
        os.utime(folder / name, (moment, moment))
    table = invented.write(tmp_path / "new.parquet", invented.rows(3, seed=77))
    bring(dora, "new.parquet", table.read_bytes())
    left = {path.name for path in folder.iterdir()}
    assert len(left) == 2  # with what was brought
    assert "new.pdf" in left


def test_tasks_of_other_tools_come_with_their_settings(dora: Visitor) -> None:
    answer = dora.get("/exchange/export?name=label-studio.json")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert sorted(archive.namelist()) == ["label-studio.json", "label-studio.json.config.xml"]
    assert dora.get("/exchange/export?name=../desk.db").status_code == 404


def test_a_reviewer_brings_and_fetches_nothing(dora: Visitor) -> None:
    page = bring(dora, "x.csv", b"a,b\n1,2\n")
    with Visitor(base_url=dora.base_url) as anna:
        anna.enter("Anna")
        for address in ("/exchange", "/exchange/export?name=sheet.csv", page):
            assert anna.get(address).status_code == 403
        assert anna.submit("/exchange/files").status_code in (403, 422)
        assert anna.submit(page + "/take").status_code == 403
