"""What a State was asked in earlier reviews, found when a table is imported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from pipeline.review.deciding.asked_before import AskedBefore
from pipeline.review.deciding.card import Card, read_card
from pipeline.review.deciding.entries import Submission
from pipeline.review.deciding.ledger import Ledger
from pipeline.review.opening import fill_queue
from pipeline.review.store.accounts import Person
from pipeline.review.store.before import earlier
from pipeline.review.store.database import Database
from pipeline.review.store.tables import items
from pipeline.review.store.transitions import Codes
from tests.review import invented
from tests.review.bench import people

Row = dict[str, Any]
ASKED = "Ratify the Optional Protocol to the Convention against Torture"
AGAIN = "Sign and ratify OPCAT"
WEAKER = "Consider ratifying the Optional Protocol to CAT"
OTHER = "Build more primary schools in rural areas"


CODES = {"action": 5, "issues": ["International instruments"]}


def place(text: str, state: str, session: int, by: str) -> dict[str, Any]:
    return {
        "text": text,
        "state_under_review": state,
        "session": session,
        "recommending_states": [by],
        "row_id": f"{text} {state} {session} {by}"[-40:],
    }


def row(text: str, state: str, session: int, by: str = "France", **values: Any) -> dict[str, Any]:
    """A row that experts coded."""
    return invented.rows(1, by="expert")[0] | place(text, state, session, by) | CODES | values


def doubted(text: str, state: str, session: int, by: str = "France", **values: Any) -> dict[str, Any]:
    """A row that a model labelled and people are asked about."""
    return invented.rows(1)[0] | place(text, state, session, by) | CODES | {"needs_review": True} | values


def imported(database: Database, folder: Path, labelled: list[Row], coded: Sequence[Row] = ()) -> Any:
    tables = [invented.write(folder / "labelled.parquet", labelled)]
    precedents = [invented.write(folder / "coded.parquet", list(coded))] if coded else []
    return fill_queue(database, tables, precedents)[0]


def item_of(database: Database, text: str) -> Any:
    with database.read() as connection:
        return connection.execute(select(items).where(items.c.text == text)).mappings().one()


def card_of(database: Database, person: Person, text: str) -> Card:
    number = item_of(database, text)["id"]
    with database.read() as connection:
        card = read_card(database, connection, person, number)
    assert card is not None
    return card


def asked(database: Database, person: Person, text: str) -> list[AskedBefore]:
    return card_of(database, person, text).asked_before


def test_earlier_ones_to_the_same_state_are_found_with_states_responses_and_codes(
    database: Database, tmp_path: Path
) -> None:
    coded = [
        row(ASKED, "Kenya", 8, response="Noted"),
        row(ASKED, "Kenya", 8, by="Peru", response="Noted"),
        row(ASKED, "Fiji", 9),  # another State
        row(OTHER, "Kenya", 8),
    ]
    imported(database, tmp_path, [doubted(AGAIN, "Kenya", 35)], coded)
    found = asked(database, people(database)["Anna"], AGAIN)
    assert [(f.text, f.session, f.state, f.by, f.responses) for f in found] == [
        (ASKED, 8, "Kenya", ("France", "Peru"), ("Noted",))
    ]
    assert found[0].relation in ("same", "near")
    assert (found[0].codes, found[0].people) == (Codes(5, ("International instruments",)), True)


def test_each_state_of_a_wording_counts_with_its_own_reviews(
    sqlite_database: Database, tmp_path: Path
) -> None:
    rows = [doubted(AGAIN, "Kenya", 21), doubted(AGAIN, "Fiji", 35)]
    coded = [row(ASKED, "Kenya", 8), row(ASKED, "Kenya", 35), row(ASKED, "Fiji", 21), row(ASKED, "Chile", 8)]
    imported(sqlite_database, tmp_path, rows, coded)
    found = asked(sqlite_database, people(sqlite_database)["Anna"], AGAIN)
    # The review of Kenya in session 35 came later than the recommendation.
    assert [(f.state, f.session) for f in found] == [("Fiji", 21), ("Kenya", 8)]


def test_rows_of_the_test_session_and_pledges_are_left_out(sqlite_database: Database, tmp_path: Path) -> None:
    coded = [row(ASKED, "Kenya", 18), row(ASKED, "Kenya", 8, kind="pledge")]
    imported(sqlite_database, tmp_path, [doubted(AGAIN, "Kenya", 35)], coded)
    assert asked(sqlite_database, people(sqlite_database)["Anna"], AGAIN) == []


def test_what_is_perhaps_the_same_comes_last(sqlite_database: Database, tmp_path: Path) -> None:
    imported(sqlite_database, tmp_path, [doubted(AGAIN, "Kenya", 35)], [row(ASKED, "Kenya", 8)])
    anna = people(sqlite_database)["Anna"]
    with sqlite_database.write() as connection:
        number = connection.scalar(select(earlier.c.id))
        connection.execute(update(items).values(earlier=[[number, "near"], [number, "perhaps"]]))
    assert [f.relation for f in asked(sqlite_database, anna, AGAIN)] == ["near", "perhaps"]


def test_what_a_model_labelled_in_the_same_table_and_in_earlier_imports_is_found(
    database: Database, tmp_path: Path
) -> None:
    anna = people(database)["Anna"]
    imported(database, tmp_path, [doubted(ASKED, "Kenya", 21, response="Supported")])
    imported(database, tmp_path, [doubted(AGAIN, "Kenya", 35), doubted(WEAKER, "Kenya", 30)])
    found = {f.text: f for f in asked(database, anna, AGAIN)}
    assert set(found) == {ASKED, WEAKER}
    assert found[WEAKER].relation != "same"
    assert (found[ASKED].people, found[ASKED].responses) == (False, ("Supported",))
    assert found[ASKED].codes == Codes(5, ("International instruments",))


def decide(database: Database, person: Person, text: str, codes: Codes) -> None:
    ledger = Ledger(database, "2014-10", lease_minutes=10)
    item = item_of(database, text)
    ledger.decide(person, Submission(item["id"], item["version"], codes, None, None, 1.0, None))


def test_what_people_decided_at_the_desk_takes_the_place_of_the_models_label(
    sqlite_database: Database, tmp_path: Path
) -> None:
    ann = people(sqlite_database)["Anna"]
    imported(sqlite_database, tmp_path, [doubted(ASKED, "Kenya", 21), doubted(AGAIN, "Kenya", 35)])
    with sqlite_database.write() as connection:
        connection.execute(update(items).values(second_due=False))
    decided = Codes(4, ("Torture and other CID treatment",))
    decide(sqlite_database, ann, ASKED, decided)
    (found,) = asked(sqlite_database, ann, AGAIN)
    assert (found.codes, found.people) == (decided, True)


def test_a_blind_reader_sees_no_label_of_a_model_and_no_code_of_the_same_wording(
    sqlite_database: Database, tmp_path: Path
) -> None:
    named = people(sqlite_database)
    rows = [doubted(ASKED, "Kenya", 35), doubted(AGAIN, "Kenya", 25)]
    coded = [row(ASKED, "Kenya", 8), row("Ratify OPCAT without delay", "Kenya", 9)]
    imported(sqlite_database, tmp_path, rows, coded)
    with sqlite_database.write() as connection:
        connection.execute(update(items).values(second_due=True))
    decide(sqlite_database, named["Anna"], ASKED, Codes(5, ("Labour",)))
    card = card_of(sqlite_database, named["Ben"], ASKED)
    assert card.blind
    seen = {f.session: f.codes for f in card.asked_before}
    assert seen == {8: None, 9: Codes(5, ("International instruments",)), 25: None}
    assert {f.session: f.codes is None for f in asked(sqlite_database, named["Anna"], ASKED)} == {
        8: False,
        9: False,
        25: False,
    }


def test_the_same_table_again_changes_nothing_and_a_new_place_is_followed(
    sqlite_database: Database, tmp_path: Path
) -> None:
    anna = people(sqlite_database)["Anna"]
    first, coded = doubted(AGAIN, "Kenya", 35), [row(ASKED, "Kenya", 8), row(ASKED, "Fiji", 21)]
    imported(sqlite_database, tmp_path, [first], coded)
    before = item_of(sqlite_database, AGAIN)
    imported(sqlite_database, tmp_path, [first], coded)
    assert item_of(sqlite_database, AGAIN) == before
    assert [f.state for f in asked(sqlite_database, anna, AGAIN)] == ["Kenya"]
    imported(sqlite_database, tmp_path, [first, doubted(AGAIN, "Fiji", 36)], coded)
    assert {f.state for f in asked(sqlite_database, anna, AGAIN)} == {"Kenya", "Fiji"}


def test_an_item_from_before_earlier_reviews_were_kept_gets_them_by_an_import(
    sqlite_database: Database, tmp_path: Path
) -> None:
    anna = people(sqlite_database)["Anna"]
    rows, coded = [doubted(AGAIN, "Kenya", 35)], [row(ASKED, "Kenya", 8)]
    imported(sqlite_database, tmp_path, rows, coded)
    with sqlite_database.write() as connection:
        connection.execute(update(items).values(earlier=None))
    assert asked(sqlite_database, anna, AGAIN) == []
    imported(sqlite_database, tmp_path, rows, coded)
    assert [f.session for f in asked(sqlite_database, anna, AGAIN)] == [8]
