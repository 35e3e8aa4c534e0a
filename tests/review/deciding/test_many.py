"""Many items at once: assigned or decided by a filter; and the history across items."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, update

from pipeline.review.deciding.activity import Sought, decided_otherwise, entries, note_told, notes, untold
from pipeline.review.deciding.assigning import assign_filter, assignments, take_back
from pipeline.review.deciding.bulk import Change, confirm, prepare
from pipeline.review.deciding.entries import Submission
from pipeline.review.deciding.filters import Filter
from pipeline.review.deciding.ledger import Ledger
from pipeline.review.deciding.queue import next_for_adjudicator, take_next, waiting
from pipeline.review.store.accounts import Person
from pipeline.review.store.database import Database
from pipeline.review.store.tables import items, occurrences
from pipeline.review.store.transitions import Codes
from tests.review.bench import filled, people

SOME = Codes(4, ("Justice",))


@pytest.fixture
def who(database: Database, tmp_path: Path) -> dict[str, Person]:
    filled(database, tmp_path, 80)
    with database.write() as connection:
        connection.execute(update(items).values(second_due=False))
    return people(database)


def ledger(database: Database) -> Ledger:
    return Ledger(database, "2014-10", 10)


def sent(database: Database, item: int, codes: Codes | None = SOME, **more: str) -> Submission:
    with database.read() as connection:
        version = connection.scalar(select(items.c.version).where(items.c.id == item))
    return Submission(item, version or 0, codes, **more)  # type: ignore[arg-type]


def open_ids(database: Database, count: int) -> list[int]:
    with database.read() as connection:
        query = select(items.c.id).where(items.c.status == "open").order_by(items.c.priority.desc())
        return list(connection.scalars(query.limit(count)))


def disputed(database: Database, who: dict[str, Person], item: int) -> None:
    with database.write() as connection:
        connection.execute(update(items).where(items.c.id == item).values(second_due=True))
    ledger(database).decide(who["Anna"], sent(database, item, Codes(1, ())))
    ledger(database).decide(who["Ben"], sent(database, item, Codes(2, ())))


def test_a_filter_is_assigned_whole_or_in_part_and_taken_over(
    database: Database, who: dict[str, Person]
) -> None:
    wanted = Filter(state="Kenya")
    with database.read() as connection:
        all_of_it = waiting(connection, who["Dora"], wanted)
    assert assign_filter(database, wanted, who["Anna"].id, who["Dora"], 3) == 3
    assert assign_filter(database, wanted, who["Anna"].id, who["Dora"]) == all_of_it > 3
    assert take_back(database, who["Anna"].id, who["Ben"].id, who["Dora"]) == all_of_it
    with database.read() as connection:
        assert [(a["name"], a["count"]) for a in assignments(connection)] == [("Ben", all_of_it)]
        assert waiting(connection, who["Anna"], wanted) == 0
    assert assign_filter(database, Filter(mine=True), None, who["Dora"]) == 0
    assert assign_filter(database, wanted, None, who["Dora"]) == all_of_it
    assert assign_filter(database, Filter(state="Atlantis"), who["Anna"].id, who["Dora"]) == 0


def test_a_bulk_decision_leaves_out_what_somebody_has_open_and_names_them(
    database: Database, who: dict[str, Person]
) -> None:
    taken = take_next(database, 10, who["Ben"], Filter())
    assert taken is not None
    ids = open_ids(database, 5)
    assert taken in ids
    preview = prepare(database, who["Anna"], ids, Change(5, (), ()))
    assert [(one.item_id, one.person) for one in preview.held] == [(taken, "Ben")]
    assert (len(preview.lines), preview.missing) == (4, 0)
    done = confirm(database, ledger(database), who["Anna"], preview.id)
    assert taken not in {entry.item_id for entry in done}


def test_a_bulk_decision_is_read_a_second_time_as_a_single_one_is(
    database: Database, who: dict[str, Person]
) -> None:
    ids = open_ids(database, 4)
    with database.write() as connection:
        connection.execute(update(items).where(items.c.id.in_(ids[:2])).values(second_due=True))
    preview = prepare(database, who["Anna"], ids, Change(5, (), ()))
    done = confirm(database, ledger(database), who["Anna"], preview.id)
    assert {e.item_id: e.status.value for e in done} == {
        item: "second" if item in ids[:2] else "done" for item in ids
    }
    assert len(ledger(database).undo(who["Anna"])) == 4
    assert set(open_ids(database, 4)) == set(ids)


def test_the_history_is_found_by_person_answer_and_place(database: Database, who: dict[str, Person]) -> None:
    first, second = open_ids(database, 2)
    ledger(database).decide(who["Anna"], sent(database, first, Codes(5, ())))
    ledger(database).decide(who["Ben"], sent(database, second, Codes(2, ())))
    with database.read() as connection:
        query = select(occurrences).where(occurrences.c.item_id == first)
        place = connection.execute(query).mappings().first()
        assert place is not None

        def found(**sought: str) -> list[int]:
            return [e["item_id"] for e in entries(connection, who["Cleo"], Sought(**sought), 50)]

        assert found() == [second, first]
        assert found(person=str(who["Ben"].id)) == [second]
        assert found(action="5") == [first]
        assert found(action="5", person=str(who["Ben"].id)) == []
        assert first in found(session=str(place["source"]["session"]))
        assert first in found(state=place["source"]["state_under_review"])
        assert found(document=place["document"], paragraph=place["paragraph"]) == [first]
        assert found(document="A/HRC/1/1") == []
        assert found(person="9" * 200) == found(action="-1") == []
        assert [e["item_id"] for e in entries(connection, who["Cleo"], Sought(), 1)] == [second]


def test_the_list_tells_a_blind_reader_nothing(database: Database, who: dict[str, Person]) -> None:
    (item,) = open_ids(database, 1)
    with database.write() as connection:
        connection.execute(update(items).where(items.c.id == item).values(second_due=True))
    ledger(database).decide(who["Anna"], sent(database, item, note="About the text."))
    with database.read() as connection:
        (blind,) = entries(connection, who["Ben"], Sought(), 5)
        (own,) = entries(connection, who["Anna"], Sought(), 5)
        assert [note["note"] for note in notes(connection, item)] == ["About the text."]
        assert notes(connection, item, only_of=who["Ben"].id) == []
        # The answer can be sought, and what is found by it would tell it.
        assert entries(connection, who["Ben"], Sought(action="4"), 5) == []
        assert len(entries(connection, who["Anna"], Sought(action="4"), 5)) == 1
    assert (blind["action"], blind["issues"], blind["note"]) == (None, None, None)
    assert own["action"] == 4


def test_a_reader_learns_what_was_decided_otherwise_and_why(
    database: Database, who: dict[str, Person]
) -> None:
    first, second = open_ids(database, 2)
    for item in (first, second):
        disputed(database, who, item)
    with database.read() as connection:
        assert next_for_adjudicator(connection, who["Anna"]) is None
        chosen = next_for_adjudicator(connection, who["Dora"])
        assert {chosen, next_for_adjudicator(connection, who["Dora"], chosen)} == {first, second}
    ledger(database).decide(who["Dora"], sent(database, first, Codes(2, ()), note="It continues an action."))
    with database.read() as connection:
        (told,) = decided_otherwise(connection, who["Anna"])
        assert (told.item_id, told.mine, told.decided) == (first, Codes(1, ()), Codes(2, ()))
        assert (told.by, told.reason, told.new) == ("Dora", "It continues an action.", True)
        assert decided_otherwise(connection, who["Ben"]) == []  # who read as it was decided
        assert (untold(connection, who["Anna"]), untold(connection, who["Ben"])) == (1, 0)
    note_told(database, who["Anna"], told.decision_id)
    with database.read() as connection:
        assert untold(connection, who["Anna"]) == 0
        assert len(decided_otherwise(connection, who["Anna"])) == 1
