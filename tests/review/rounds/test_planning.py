"""An import is a round: its shares change for what nobody has read, and it can be withdrawn."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import func, select

from pipeline.models.reasons import Reason
from pipeline.review.deciding.entries import Submission
from pipeline.review.deciding.filters import Filter
from pipeline.review.deciding.ledger import Ledger
from pipeline.review.deciding.queue import status_counts, take_next, waiting
from pipeline.review.exchange.exports import write_table
from pipeline.review.rounds.planning import RoundPlan, all_rounds, bring_back, change_round, withdraw
from pipeline.review.rounds.progress import read_progress
from pipeline.review.settings import DeskSettings
from pipeline.review.store.accounts import Person
from pipeline.review.store.acts import latest_acts
from pipeline.review.store.database import Database
from pipeline.review.store.doctor import examine
from pipeline.review.store.tables import decisions, items
from pipeline.review.store.transitions import Codes, Refused
from tests.review.bench import filled, people

SETTINGS = DeskSettings()


@pytest.fixture
def who(database: Database, tmp_path: Path) -> dict[str, Person]:
    filled(database, tmp_path, 120)
    return people(database)


def decide(database: Database, person: Person, count: int) -> list[int]:
    done = []
    for _ in range(count):
        item = take_next(database, 10, person, Filter())
        assert item is not None
        with database.read() as connection:
            version = connection.scalar(select(items.c.version).where(items.c.id == item))
        Ledger(database, "2014-10", 10).decide(person, Submission(item, version or 0, Codes(4, ())))
        done.append(item)
    return done


def change(database: Database, person: Person, **values: object) -> tuple[int, int]:
    with database.read() as connection:
        plan = all_rounds(connection)[0].plan
    return change_round(database, SETTINGS, person, 1, RoundPlan(**(vars(plan) | values)))  # type: ignore[arg-type]


def twice(database: Database) -> set[int]:
    with database.read() as connection:
        return set(connection.scalars(select(items.c.id).where(items.c.second_due)))


def sound(database: Database) -> bool:
    return all(finding.good or finding.check == "people" for finding in examine(database))


def test_an_import_is_a_round_with_the_settings_shares(
    database: Database, who: dict[str, Person], tmp_path: Path
) -> None:
    filled(database, tmp_path, 120)  # the same again brings nothing, and begins no round
    with database.read() as connection:
        rounds = all_rounds(connection)
        in_round = connection.scalar(select(func.count()).where(items.c.round_id == 1))
        assert in_round == sum(status_counts(connection).values())
    assert [one.plan for one in rounds] == [RoundPlan("labelled", 0.02, 0.1)]


def test_a_new_share_counts_for_what_nobody_has_read(database: Database, who: dict[str, Person]) -> None:
    change(database, who["Dora"], second_share=0.0)
    assert twice(database) == set()
    read = decide(database, who["Anna"], 3)
    some = change(database, who["Dora"], second_share=0.4)[0]
    few = twice(database)
    assert len(few) == some > 20
    change(database, who["Dora"], second_share=1.0)
    assert few < twice(database)
    assert twice(database).isdisjoint(read)
    assert sound(database)


def test_a_larger_audit_queues_more_confident_labels_and_a_smaller_one_fewer(
    database: Database, who: dict[str, Person]
) -> None:
    with database.read() as connection:
        before = status_counts(connection)
    _, came = change(database, who["Dora"], audit_share=1.0)
    with database.read() as connection:
        all_of_them = status_counts(connection)
        assert waiting(connection, who["Anna"], Filter(reason=Reason.AUDIT_SAMPLE.value)) >= came
    assert came == before["certain"] > 20
    assert (all_of_them["certain"], all_of_them["open"]) == (0, before["open"] + came)
    assert sound(database)
    change(database, who["Dora"], audit_share=0.02)
    with database.read() as connection:
        assert status_counts(connection) == before
    assert sound(database)


def test_a_withdrawn_round_waits_for_nobody_and_is_not_exported(
    database: Database, who: dict[str, Person], tmp_path: Path
) -> None:
    change(database, who["Dora"], second_share=0.0)
    done = decide(database, who["Anna"], 2)
    with database.read() as connection:
        before = status_counts(connection)
    withdraw(database, who["Dora"], 1)
    assert take_next(database, 10, who["Anna"], Filter()) is None
    assert write_table(database, tmp_path / "out.csv")[0] == 0
    with pytest.raises(Refused, match=r"refused\.withdrawn"):
        Ledger(database, "2014-10", 10).decide(who["Anna"], Submission(done[0], 1, Codes(1, ())))
    with pytest.raises(Refused, match=r"refused\.withdrawn"):
        Ledger(database, "2014-10", 10).undo(who["Anna"])
    assert sound(database)
    bring_back(database, who["Dora"], 1)
    with database.read() as connection:
        assert status_counts(connection) == before
        assert connection.scalar(select(func.count()).select_from(decisions)) == 2
        acts = [(act["person"], act["what"]) for act in latest_acts(connection)]
    assert acts == [("Dora", "round-brought-back"), ("Dora", "round-withdrawn"), ("Dora", "round-changed")]
    assert write_table(database, tmp_path / "out.csv")[0] >= 2
    assert sound(database)


def test_what_a_withdrawn_round_held_comes_again_with_another_import(
    database: Database, who: dict[str, Person], tmp_path: Path
) -> None:
    withdraw(database, who["Dora"], 1)
    filled(database, tmp_path, 120, model="linear-2")
    with database.read() as connection:
        counts = status_counts(connection)
        numbers = set(connection.scalars(select(items.c.round_id).where(items.c.status == "open")))
    assert counts["open"] > 20
    assert counts["withdrawn"] == 0
    assert numbers == {2}
    assert sound(database)


def test_a_round_of_some_people_is_given_to_no_other(database: Database, who: dict[str, Person]) -> None:
    change(database, who["Dora"], people=(who["Ben"].id,))
    assert take_next(database, 10, who["Anna"], Filter()) is None
    assert take_next(database, 10, who["Ben"], Filter(round="1")) is not None
    with database.read() as connection:
        assert waiting(connection, who["Anna"], Filter()) == 0
        assert waiting(connection, who["Ben"], Filter()) > 20


def test_progress_tells_what_is_left_and_who_did_what(database: Database, who: dict[str, Person]) -> None:
    change(database, who["Dora"], second_share=0.0, deadline=dt.date(2027, 1, 31))
    decide(database, who["Anna"], 6)
    decide(database, who["Ben"], 2)
    with database.read() as connection:
        counts = status_counts(connection)
        now = database.now()
        progress = read_progress(connection, 1, now)
        later = read_progress(connection, 1, now + dt.timedelta(hours=2))
        assert all_rounds(connection)[0].plan.deadline == dt.date(2027, 1, 31)
    assert (progress.done, progress.left, progress.readings_left) == (8, counts["open"], counts["open"])
    assert [(p.name, p.done, p.last_hour) for p in progress.people] == [("Anna", 6, 6), ("Ben", 2, 2)]
    assert progress.per_hour == 8
    assert progress.seconds_left == counts["open"] / 8 * 3600
    assert later.seconds_left is None
    assert later.days_left == counts["open"] / 8
    change(database, who["Dora"], second_share=1.0)
    with database.read() as connection:
        assert read_progress(connection, 1, now).readings_left == 2 * counts["open"]


def test_there_must_be_such_a_round(database: Database, who: dict[str, Person]) -> None:
    for act in (withdraw, bring_back):
        with pytest.raises(Refused, match=r"refused\.no-round"):
            act(database, who["Dora"], 7)
