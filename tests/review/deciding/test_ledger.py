from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from pipeline.review.deciding.assigning import assignments, take_back
from pipeline.review.deciding.card import read_card
from pipeline.review.deciding.entries import Entry, Submission
from pipeline.review.deciding.filters import Filter
from pipeline.review.deciding.history import history
from pipeline.review.deciding.leases import note_seen
from pipeline.review.deciding.ledger import Ledger
from pipeline.review.deciding.queue import take_next, waiting
from pipeline.review.statistics.desk import read_statistics
from pipeline.review.store.accounts import Person, set_enabled
from pipeline.review.store.database import Database, open_database
from pipeline.review.store.tables import decisions, items, predictions
from pipeline.review.store.transitions import Codes, Refused, Standing, Status
from tests.review.bench import filled, people

FIVE = Codes(5, ("Torture and other CID treatment",))


@pytest.fixture
def who(database: Database, tmp_path: Path) -> dict[str, Person]:
    filled(database, tmp_path, 60)
    with database.write() as connection:  # which items are read twice is the test's choice here
        connection.execute(update(items).values(second_due=False))
    return people(database)


def ledger_of(database: Database) -> Ledger:
    return Ledger(database, "2014-10", 10)


def open_item(database: Database, person: Person) -> Any:
    item = take_next(database, 10, person, Filter())
    assert item is not None
    with database.read() as connection:
        card = read_card(database, connection, person, item)
    assert card is not None
    return card


def state(database: Database, item: int) -> tuple[str, int, Standing]:
    with database.read() as connection:
        row = connection.execute(select(items).where(items.c.id == item)).mappings().one()
    return row["status"], row["version"], Standing.from_json(row["standing"])


def entries(database: Database, item: int) -> list[dict[str, Any]]:
    with database.read() as connection:
        return history(connection, item)


def test_an_entry_says_who_when_before_after_and_what_was_shown(
    database: Database, who: dict[str, Person]
) -> None:
    card = open_item(database, who["Anna"])
    start = database.now()
    entry = ledger_of(database).decide(
        who["Anna"], Submission(card.id, card.version, FIVE, "sure", card.said["id"], 0.001)
    )
    (row,) = entries(database, card.id)
    assert (row["id"], row["person"], row["kind"], row["note"]) == (entry.id, "Anna", "decide", "sure")
    assert start <= row["at"] <= database.now()
    assert row["before"]["codes"] is None
    assert row["after"]["codes"] == {"action": 5, "issues": list(FIVE.issues)}
    assert (row["shown"]["action"], row["shown"]["action_confidence"]) == (
        card.said["action"],
        card.said["action_confidence"],
    )
    assert (row["model_version"], row["taxonomy_version"]) == ("linear-1", "2014-10")
    assert 0 <= row["seconds"] <= 60
    assert state(database, card.id)[:2] == ("done", 1)


def test_the_time_taken_is_never_longer_than_the_lease_was_held(
    database: Database, who: dict[str, Person]
) -> None:
    card = open_item(database, who["Anna"])
    ledger_of(database).decide(who["Anna"], Submission(card.id, 0, FIVE, seconds=99_999.0))
    assert entries(database, card.id)[0]["seconds"] < 60


def test_nothing_is_entered_on_what_somebody_else_has_changed(
    database: Database, who: dict[str, Person]
) -> None:
    card = open_item(database, who["Anna"])
    ledger = ledger_of(database)
    ledger.decide(who["Anna"], Submission(card.id, card.version, FIVE))
    with pytest.raises(Refused, match="changed") as refusal:
        ledger.decide(who["Ben"], Submission(card.id, card.version, Codes(1, ())))
    assert refusal.value.details["person"] == "Anna"
    assert len(entries(database, card.id)) == 1
    assert state(database, card.id)[2].codes == FIVE


def test_a_lease_keeps_others_off_until_it_ends(database: Database, who: dict[str, Person]) -> None:
    card = open_item(database, who["Anna"])
    with pytest.raises(Refused, match="leased"):
        ledger_of(database).decide(who["Ben"], Submission(card.id, 0, FIVE))
    later = Database(database.engine, lambda: dt.datetime.now(dt.UTC) + dt.timedelta(minutes=11))
    assert ledger_of(later).decide(who["Ben"], Submission(card.id, 0, FIVE)).status is Status.DONE
    with pytest.raises(Refused, match="changed"):
        ledger_of(later).decide(who["Anna"], Submission(card.id, 0, Codes(1, ())))


def test_a_request_that_is_sent_again_is_entered_once(database: Database, who: dict[str, Person]) -> None:
    card = open_item(database, who["Anna"])
    sent = Submission(card.id, 0, FIVE, request="abc")
    first = ledger_of(database).decide(who["Anna"], sent)
    assert ledger_of(database).decide(who["Anna"], sent).id == first.id
    assert len(entries(database, card.id)) == 1
    # Another person's request of the same name is another request.
    with pytest.raises(Refused, match="changed"):
        ledger_of(database).decide(who["Ben"], sent)


def test_undo_restores_and_is_an_entry_of_its_own(database: Database, who: dict[str, Person]) -> None:
    ledger = ledger_of(database)
    card = open_item(database, who["Anna"])
    before = state(database, card.id)
    done = ledger.decide(who["Anna"], Submission(card.id, 0, FIVE))
    (undone,) = ledger.undo(who["Anna"])
    after = state(database, card.id)
    assert (after[0], after[2]) == (before[0], before[2])
    assert after[1] == 2
    assert [(e["kind"], e["undoes"]) for e in entries(database, card.id)] == [
        ("decide", None),
        ("undo", done.id),
    ]
    assert undone.item_id == card.id
    with pytest.raises(Refused, match="nothing-to-undo"):
        ledger.undo(who["Anna"])


def test_undo_goes_back_one_by_one_and_never_over_another_person(
    database: Database, who: dict[str, Person]
) -> None:
    ledger = ledger_of(database)
    first: list[Any] = []
    second: list[Any] = []
    for chain in (first, second):
        card = open_item(database, who["Anna"])
        ledger.decide(who["Anna"], Submission(card.id, 0, FIVE))
        chain.append(card.id)
    assert ledger.undo(who["Anna"])[0].item_id == second[0]
    ledger.decide(who["Dora"], Submission(first[0], 1, Codes(4, ())))  # an adjudicator corrects the first
    with pytest.raises(Refused, match="undo-moved"):
        ledger.undo(who["Anna"])
    assert state(database, first[0])[2].codes == Codes(4, ())


def test_a_skip_comes_again_at_the_end_and_can_be_undone(database: Database, who: dict[str, Person]) -> None:
    ledger = ledger_of(database)
    card = open_item(database, who["Anna"])
    ledger.skip(who["Anna"], Submission(card.id, 0))
    assert open_item(database, who["Anna"]).id != card.id
    assert state(database, card.id)[1] == 0
    ledger.undo(who["Anna"])
    assert open_item(database, who["Anna"]).id == card.id


def test_when_only_skipped_items_are_left_they_come_again(database: Database, who: dict[str, Person]) -> None:
    with database.write() as connection:
        keep = connection.scalar(select(items.c.id).where(items.c.status == "open").limit(1))
        connection.execute(update(items).where(items.c.id != keep).values(status="certain"))
    ledger_of(database).skip(who["Anna"], Submission(keep, 0))
    assert take_next(database, 10, who["Anna"], Filter()) == keep


def test_escalated_items_leave_the_queue_for_an_adjudicator(
    database: Database, who: dict[str, Person]
) -> None:
    ledger = ledger_of(database)
    card = open_item(database, who["Anna"])
    ledger.escalate(who["Anna"], Submission(card.id, 0, note="Which treaty?"))
    assert state(database, card.id)[0] == "escalated"
    with pytest.raises(Refused, match="needs-adjudicator"):
        ledger.decide(who["Ben"], Submission(card.id, 1, FIVE))
    assert ledger.decide(who["Dora"], Submission(card.id, 1, FIVE)).status is Status.DONE


def test_a_second_reading_is_blind_and_recorded_as_blind(database: Database, who: dict[str, Person]) -> None:
    ledger = ledger_of(database)
    with database.write() as connection:
        connection.execute(update(items).values(second_due=True))
    card = open_item(database, who["Anna"])
    ledger.decide(who["Anna"], Submission(card.id, 0, FIVE, prediction_id=card.said["id"]))
    with database.read() as connection:
        blind = read_card(database, connection, who["Ben"], card.id)
    assert blind is not None
    assert blind.blind
    assert (
        blind.said,
        blind.draft.action,
        blind.draft.issues,
        blind.reasons,
        blind.considered,
        blind.competing,
    ) == (
        None,
        None,
        (),
        (),
        [],
        (),
    )
    assert all(not piece.speaks_for for piece in blind.pieces)
    # A forged form that names the prediction does not make the entry a seeing one.
    ledger.decide(who["Ben"], Submission(card.id, 1, Codes(4, ()), prediction_id=card.said["id"]))
    assert entries(database, card.id)[1]["shown"] == {"blind": True}
    assert state(database, card.id)[0] == "disputed"


def test_who_saw_the_suggestion_is_no_blind_reader(database: Database, who: dict[str, Person]) -> None:
    ledger = ledger_of(database)
    with database.write() as connection:
        connection.execute(update(items).values(second_due=True))
    card = open_item(database, who["Ben"])
    ledger.skip(who["Ben"], Submission(card.id, 0))
    assert open_item(database, who["Anna"]).id == card.id
    ledger.decide(who["Anna"], Submission(card.id, 0, FIVE))
    with pytest.raises(Refused, match="seen"):
        ledger.decide(who["Ben"], Submission(card.id, 1, FIVE))
    # Cleo has seen nothing and gets it; Anna never does.
    assert open_item(database, who["Cleo"]).id == card.id
    with pytest.raises(Refused, match="own-second"):
        Ledger(
            Database(database.engine, lambda: dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)), "2014-10", 10
        ).decide(who["Anna"], Submission(card.id, 1, FIVE))


@pytest.mark.parametrize("table", [decisions, predictions])
def test_history_and_predictions_cannot_be_changed_even_by_sql(
    database: Database, who: dict[str, Person], table: Any
) -> None:
    card = open_item(database, who["Anna"])
    ledger_of(database).decide(who["Anna"], Submission(card.id, 0, FIVE))
    for statement in (update(table).values(action=1), delete(table)):
        with pytest.raises(DBAPIError, match="append-only"), database.write() as connection:
            connection.execute(statement)
    if not database.is_sqlite:
        with pytest.raises(DBAPIError, match="append-only"), database.write() as connection:
            connection.execute(text(f"TRUNCATE {table.name} CASCADE"))


def test_of_many_who_decide_the_same_at_once_one_is_heard(
    database_address: str, database: Database, who: dict[str, Person]
) -> None:
    with database.write() as connection:
        item = connection.scalar(select(items.c.id).where(items.c.status == "open").limit(1))
    others = [
        open_database(database_address, create=True) for _ in range(4)
    ]  # as four processes would: nothing shared but the database
    heard: list[Entry] = []
    refused: list[str] = []
    start = threading.Barrier(12)

    def decide(number: int) -> None:
        start.wait()
        try:
            heard.append(
                ledger_of(others[number % 4]).decide(
                    who["Dora"], Submission(item, 0, Codes(1 + number % 5, ()))
                )
            )
        except Refused as refusal:
            refused.append(refusal.reason)

    threads = [threading.Thread(target=decide, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for other in others:
        other.close()
    assert len(heard) == 1
    assert refused == ["refused.changed"] * 11
    assert len(entries(database, item)) == 1


def second_reading(database: Database, who: dict[str, Person]) -> int:
    """An item that Anna has decided, and that Ben has read blind and differently."""
    with database.write() as connection:
        connection.execute(update(items).values(second_due=True))
    card = open_item(database, who["Anna"])
    ledger_of(database).decide(who["Anna"], Submission(card.id, 0, FIVE))
    ledger_of(database).decide(who["Ben"], Submission(card.id, 1, Codes(3, ())))
    return int(card.id)


def test_a_second_reading_that_is_repeated_is_not_called_blind(
    database: Database, who: dict[str, Person]
) -> None:
    item = second_reading(database, who)
    with database.read() as connection:
        assert read_statistics(connection, database.now()).pairs == 1
    # The answer told Ben that the readings differ; he takes his back and reads once more.
    ledger_of(database).undo(who["Ben"])
    ledger_of(database).decide(who["Ben"], Submission(item, 3, FIVE))
    assert entries(database, item)[-1]["shown"] == {"blind": False}
    with database.read() as connection:
        assert read_statistics(connection, database.now()).pairs == 0


def test_who_looked_at_the_decision_after_a_second_reading_cannot_repeat_it(
    database: Database, who: dict[str, Person]
) -> None:
    item = second_reading(database, who)
    with database.write() as connection:
        note_seen(database, connection, who["Ben"], item)
    ledger_of(database).undo(who["Ben"])
    with pytest.raises(Refused, match="seen"):
        ledger_of(database).decide(who["Ben"], Submission(item, 3, FIVE))
    assert open_item(database, who["Cleo"]).id == item


def test_a_decision_that_cannot_be_taken_back_does_not_block_the_one_before(
    database: Database, who: dict[str, Person]
) -> None:
    ledger = ledger_of(database)
    first = open_item(database, who["Anna"])
    ledger.decide(who["Anna"], Submission(first.id, 0, FIVE))
    latest = open_item(database, who["Anna"])
    ledger.decide(who["Anna"], Submission(latest.id, 0, FIVE))
    ledger.decide(who["Dora"], Submission(latest.id, 1, Codes(2, ())))
    with pytest.raises(Refused, match="undo-moved") as refused:
        ledger.undo(who["Anna"])
    (taken,) = ledger.undo(who["Anna"], before=int(str(refused.value.details["entry"])))
    assert taken.item_id == first.id
    assert state(database, first.id)[0] == "open"
    assert state(database, latest.id)[2].codes == Codes(2, ())


def test_what_is_assigned_to_somebody_still_reaches_its_second_reader(
    database: Database, who: dict[str, Person]
) -> None:
    with database.write() as connection:
        connection.execute(update(items).values(second_due=True, assignee_id=who["Anna"].id))
    card = open_item(database, who["Anna"])
    assert take_next(database, 10, who["Ben"], Filter()) is None
    ledger_of(database).decide(who["Anna"], Submission(card.id, 0, FIVE))
    assert take_next(database, 10, who["Ben"], Filter()) == card.id
    with database.read() as connection:
        assert waiting(connection, who["Ben"], Filter()) == 1


def test_what_is_assigned_to_a_disabled_account_reaches_everybody(
    database: Database, who: dict[str, Person]
) -> None:
    with database.write() as connection:
        connection.execute(update(items).values(assignee_id=who["Cleo"].id))
    assert take_next(database, 10, who["Ben"], Filter()) is None
    set_enabled(database, "Cleo", False)
    assert take_next(database, 10, who["Ben"], Filter()) is not None
    with database.read() as connection:
        (assigned,) = assignments(connection)
        assert (assigned["name"], bool(assigned["disabled"])) == ("Cleo", True)
        assert waiting(connection, who["Ben"], Filter()) == assigned["count"]
    assert take_back(database, who["Cleo"].id) == assigned["count"]
    with database.read() as connection:
        assert assignments(connection) == []
