"""A database of revision 0002 is read by this desk: its history is counted, and its words are found."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from pipeline.review.deciding.activity import Sought, entries
from pipeline.review.deciding.entries import ANSWERS, reading_of
from pipeline.review.deciding.ledger import Ledger
from pipeline.review.deciding.search import find
from pipeline.review.rounds.planning import all_rounds
from pipeline.review.statistics.desk import read_statistics
from pipeline.review.store.accounts import Person, find_user
from pipeline.review.store.database import Database, open_database, upgrade_database
from pipeline.review.store.doctor import examine
from pipeline.review.store.tables import decisions, items, readings
from tests.review.bench import filled, people

WRITTEN_BEFORE = Path(__file__).with_name("desk-0002.sql")


@pytest.fixture
def upgraded(tmp_path: Path) -> Database:
    path = tmp_path / "desk.db"
    connection = sqlite3.connect(path)
    connection.executescript(WRITTEN_BEFORE.read_text(encoding="utf-8"))
    connection.close()
    assert upgrade_database(str(path)) == ["0003", "0004", "0005"]
    return open_database(str(path))


def named(database: Database, name: str) -> Person:
    person = find_user(database, name)
    assert person is not None
    return person


def test_each_answer_that_stands_is_counted_as_the_desk_counts_a_new_one(upgraded: Database) -> None:
    with upgraded.read() as connection:
        every = [dict(r) for r in connection.execute(select(decisions).order_by(decisions.c.id)).mappings()]
        undone = {e["undoes"] for e in every}
        stand = [reading_of(e) for e in every if e["kind"] in ANSWERS and e["id"] not in undone]
        counted = connection.execute(select(readings).order_by(readings.c.decision_id)).mappings()
        assert [dict(row) for row in counted] == stand
        found = read_statistics(connection, upgraded.now())
    assert len(stand) == 10
    assert (found.pairs, found.audit.support, found.hidden.support) == (2, 1, 2)
    assert {p.name: p.decided for p in found.people} == {"Anna": 4, "Ben": 4, "Dora": 2}
    assert all(f.good or f.check == "people" for f in examine(upgraded))


def test_an_undo_after_the_upgrade_is_counted_no_more(upgraded: Database) -> None:
    undone = Ledger(upgraded, "2014-10", 10).undo(named(upgraded, "Anna"))
    assert [e.item_id for e in undone] == [4]
    with upgraded.read() as connection:
        assert connection.scalar(select(readings.c.decision_id).where(readings.c.item_id == 4)) is None


def test_the_doctor_finds_what_is_counted_wrongly(upgraded: Database) -> None:
    with upgraded.write() as connection:
        connection.execute(delete(readings).where(readings.c.item_id == 1))
    found = {f.check: f for f in examine(upgraded)}["statistics agree with the history"]
    assert found.found == "1 decisions are counted wrongly"


def test_what_was_imported_before_is_a_round_of_its_own(upgraded: Database) -> None:
    with upgraded.read() as connection:
        (before,) = all_rounds(connection)
        assert (before.plan.name, before.plan.second_share) == ("Earlier imports", 0.1)
        assert set(connection.scalars(select(items.c.round_id))) == {1}
        found = entries(connection, named(upgraded, "Dora"), Sought(document="A/HRC/99/1"), 50)
        assert len(found) == 14
        one = entries(connection, named(upgraded, "Dora"), Sought(paragraph="130.1"), 50)
        assert [entry["item_id"] for entry in one] == [1]


def test_words_of_an_old_database_are_found(upgraded: Database) -> None:
    with upgraded.read() as connection:
        texts = {row.id: row.text for row in connection.execute(select(items.c.id, items.c.text))}
        word = texts[1].split()[-1].rstrip(".")
        found = find(connection, named(upgraded, "Anna"), word)
    assert 1 in [row["id"] for row in found]


def test_all_words_must_begin_a_word_of_the_text(database: Database, tmp_path: Path) -> None:
    filled(database, tmp_path)
    anna = people(database)["Anna"]

    def ids(words: str) -> list[int]:
        with database.read() as connection:
            return [row["id"] for row in find(connection, anna, words)]

    with database.write() as connection:
        first, second = connection.scalars(select(items.c.id).order_by(items.c.id).limit(2))
        connection.execute(
            update(items)
            .where(items.c.id == first)
            .values(text="Sign the Optional Protocol (OP-CAT), A/HRC/7/3.")
        )
        connection.execute(update(items).where(items.c.id == second).values(text="Protect women's shelters."))
    assert ids("PROTO optional") == [first]
    assert ids("hrc") == [first]
    assert ids("op-cat") == [first]
    assert ids("otocol") == []
    assert ids("women's") == [second]
    assert ids("s shelter") == [second]
    assert ids("' \" ) * & !") == []
    assert ids("protocol shelters") == []
