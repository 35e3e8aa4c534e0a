"""The linear model: it learns, it is reproducible, and it says what it cannot be trained on."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.models.linear import LinearClassifier, fit_linear
from pipeline.options import LinearOptions

VERBS = ("share", "continue", "consider", "promote", "adopt")
TEXTS = [
    f"{verb} {rest}"
    for verb in VERBS
    for rest in ("a law on water", "a plan for water", "schools", "more schools", "the right to water")
]
ACTIONS = np.repeat(np.arange(1, 6), 5)
TAGS = np.array([["water" in text, "school" in text, False, True] for text in TEXTS])
OPTIONS = LinearOptions(
    lead_words=3, lead_weight=2.0, min_document_count=1, max_features=500, action_c=5.0, tag_c=5.0
)


def fitted() -> LinearClassifier:
    return fit_linear(TEXTS, ACTIONS, TAGS, OPTIONS, seed=0)


def test_it_learns_what_it_was_told() -> None:
    scores = fitted().score(TEXTS)
    assert (scores.action.argmax(axis=1) + 1 == ACTIONS).all()
    assert ((scores.tags > 0) == TAGS).all()
    assert (scores.known == 1).all()


def test_a_tag_without_cases_is_never_and_one_of_all_rows_always_given() -> None:
    scores = fitted().score(["adopt a law", "something else", ""])
    assert (scores.tags[:, 2] == -1).all()
    assert (scores.tags[:, 3] == 1).all()


def test_two_fits_give_the_same_weights_to_the_last_bit() -> None:
    """The tags' solver draws at random; nothing may run beside it that draws too."""
    first = fitted().weights
    for _ in range(5):
        again = fitted().weights
        for name in ("action", "action_offset", "tags", "tag_offset"):
            assert getattr(first, name).tobytes() == getattr(again, name).tobytes()


def test_a_category_without_a_case_is_refused() -> None:
    with pytest.raises(ValueError, match="action category 3 has no case"):
        fit_linear(TEXTS, np.where(ACTIONS == 3, 4, ACTIONS), TAGS, OPTIONS, seed=0)
