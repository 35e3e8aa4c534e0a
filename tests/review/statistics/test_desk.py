from __future__ import annotations

import math
from pathlib import Path

import pytest
from sqlalchemy import select, update

from pipeline.review.deciding.entries import Submission
from pipeline.review.deciding.ledger import Ledger
from pipeline.review.opening import fill_queue
from pipeline.review.statistics.desk import read_statistics
from pipeline.review.store.accounts import Person
from pipeline.review.store.database import Database
from pipeline.review.store.tables import items, predictions, readings
from pipeline.review.store.transitions import Codes
from tests.review import invented
from tests.review.bench import people


@pytest.fixture
def who(database: Database, tmp_path: Path) -> dict[str, Person]:
    rows = [
        row | {"needs_review": True, "action": 4, "action_confidence": 0.6 if number % 2 else 0.97}
        for number, row in enumerate(invented.rows(80))
    ]
    fill_queue(database, [invented.write(tmp_path / "labelled.parquet", rows)])
    return people(database)


def decide(database: Database, person: Person, item: int, codes: Codes, *, show: bool = True) -> None:
    with database.read() as connection:
        row = connection.execute(select(items).where(items.c.id == item)).mappings().one()
    sent = Submission(item, row["version"], codes, prediction_id=row["prediction_id"] if show else None)
    Ledger(database, "2014-10", 10).decide(person, sent)


def some(database: Database, confidence: float, count: int) -> list[int]:
    query = (
        select(items.c.id)
        .join(predictions, predictions.c.id == items.c.prediction_id)
        .where(predictions.c.action_confidence == confidence)
    )
    with database.read() as connection:
        return list(connection.scalars(query.order_by(items.c.id).limit(count)))


def test_overruled_by_action_and_band_counts_what_people_saw(
    database: Database, who: dict[str, Person]
) -> None:
    with database.write() as connection:
        connection.execute(update(items).values(second_due=False))
    low, high = some(database, 0.6, 10), some(database, 0.97, 10)
    for number, item in enumerate(low):
        decide(database, who["Anna"], item, Codes(5 if number < 4 else 4, ("Justice",)))
    for number, item in enumerate(high):
        decide(database, who["Ben"], item, Codes(5 if number < 1 else 4, ()))
    Ledger(database, "2014-10", 10).undo(who["Ben"])  # what is taken back does not count
    with database.read() as connection:
        found = read_statistics(connection, database.now())
    assert {o.group: (o.share.support, round(o.share.value, 3)) for o in found.by_band} == {
        "0.50 to 0.70": (10, 0.4),
        "0.95 to 1.00": (9, 0.111),
    }
    assert [(o.group, o.share.support) for o in found.by_action] == [("4", 19)]
    assert (found.shown.support, found.hidden.support) == (19, 0)
    assert {p.name: (p.decided, p.today) for p in found.people} == {"Anna": (10, 10), "Ben": (9, 9)}
    assert found.days[-1][1] == 19
    assert len(found.days) == 14
    assert found.standing["done"] == 19


def test_agreement_comes_from_independent_readings_only(database: Database, who: dict[str, Person]) -> None:
    with database.write() as connection:
        connection.execute(update(items).values(second_due=True))
    chosen = some(database, 0.6, 12)
    for number, item in enumerate(chosen):
        decide(database, who["Anna"], item, Codes(1 + number % 3, ("Justice",)))
        decide(
            database,
            who["Ben" if number % 2 else "Cleo"],
            item,
            Codes(1 + number % 3 if number else 5, ("Justice",) if number > 2 else ("Labour",)),
            show=False,
        )
    decide(database, who["Dora"], chosen[0], Codes(5, ()))  # an adjudicator's word is no reading
    with database.read() as connection:
        found = read_statistics(connection, database.now())
    assert found.pairs == 12
    assert 0.8 < found.kappa.value < 1
    assert found.kappa.low < found.kappa.value < found.kappa.high
    assert 0.8 < found.alpha_nominal < 1
    assert not math.isnan(found.alpha_ordinal)
    assert [(c.names, c.kappa.support) for c in found.couples] == [
        (("Anna", "Ben"), 6),
        (("Anna", "Cleo"), 6),
    ]
    tags = {t.tag: (t.both, t.one) for t in found.tags}
    assert tags == {"Justice": (9, 3), "Labour": (0, 3)}
    assert found.hidden.support == 12
    assert found.hidden.value == 1.0  # nobody read what the model says: 4


def test_an_empty_desk_has_no_found_rather_than_zeros(sqlite_database: Database) -> None:
    with sqlite_database.read() as connection:
        found = read_statistics(connection, sqlite_database.now())
    assert math.isnan(found.kappa.value)
    assert math.isnan(found.audit.value)
    assert found.by_band == []
    assert found.people == []


@pytest.mark.parametrize(
    ("seconds", "median"), [((9.0, 1.0, 4.0), 4.0), ((9.0, 1.0, 4.0, 5.0), 4.5), ((), None)]
)
def test_each_persons_time_is_the_median_of_what_was_measured(
    database: Database, who: dict[str, Person], seconds: tuple[float, ...], median: float | None
) -> None:
    every = some(database, 0.6, 9)
    for item in every:
        decide(database, who["Anna"], item, Codes(4, ()))
    decide(database, who["Ben"], some(database, 0.97, 1)[0], Codes(4, ()))
    with database.write() as connection:
        connection.execute(update(readings).values(seconds=None))
        connection.execute(update(readings).where(readings.c.user_id == who["Ben"].id).values(seconds=77.0))
        for item, value in zip(every, seconds, strict=False):
            connection.execute(update(readings).where(readings.c.item_id == item).values(seconds=value))
    with database.read() as connection:
        found = read_statistics(connection, database.now())
    assert {p.name: p.seconds for p in found.people} == {"Anna": median, "Ben": 77.0}
