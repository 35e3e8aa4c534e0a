from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from sqlalchemy import update

from pipeline.review.deciding.card import LEAST_SIMILARITY, competing, read_card
from pipeline.review.store.database import Database
from pipeline.review.store.tables import items
from tests.review.bench import filled, people


@pytest.mark.parametrize(
    ("action", "action_set", "rule", "expected"),
    [
        (4, [4, 5], None, (4, 5)),
        (4, [2, 4, 5], 3, (4, 3)),  # the rules' word first
        (4, [1, 3, 4], 4, (4, 3)),  # else the nearest that is not ruled out
        (5, [5], 5, (5, 4)),
        (1, [1], None, (1, 2)),
        (None, [], 3, ()),
    ],
)
def test_the_two_actions_to_weigh(
    action: int | None, action_set: list[int], rule: int | None, expected: tuple[int, ...]
) -> None:
    assert competing(action, action_set, rule) == expected


def test_there_are_always_two() -> None:
    for action, rule in itertools.product(range(1, 6), (None, 1, 2, 3, 4, 5)):
        pair = competing(action, [action], rule)
        assert len(set(pair)) == 2
        assert set(pair) <= set(range(1, 6))


def test_precedents_that_are_hardly_similar_are_not_shown(sqlite_database: Database, tmp_path: Path) -> None:
    filled(sqlite_database, tmp_path, 10)
    anna = people(sqlite_database)["Anna"]
    similar = [[1, 0.9], [2, LEAST_SIMILARITY], [3, LEAST_SIMILARITY - 0.01], [4, 0.06]]
    with sqlite_database.write() as connection:
        connection.execute(update(items).where(items.c.id == 1).values(similar=similar))
        connection.execute(update(items).where(items.c.id == 2).values(similar=similar[2:]))
    with sqlite_database.read() as connection:
        cards = [read_card(sqlite_database, connection, anna, item) for item in (1, 2)]
    assert [[p.similarity for p in card.precedents] for card in cards if card] == [
        [0.9, LEAST_SIMILARITY],
        [],
    ]
    assert all(card.compared for card in cards if card)
