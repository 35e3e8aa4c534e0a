from __future__ import annotations

import itertools

import pytest

from pipeline.review.deciding.card import competing


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
