"""Reasons for review: each doubt by a text that has it, codes that stay, and words for each of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.models.confidence import Thresholds
from pipeline.models.reasons import DOUBTS, LabelFacts, Reason, doubts, reason_code
from pipeline.review.strings import load_strings, reason_in_words

THRESHOLDS = Thresholds(0.5, (0.1,) * 5, 0.9, 0.15, 0.95, 0.7, 0.6, 2, 100, ("Corruption",))
SURE = LabelFacts(40, 8, 1.0, 5, 0.94, 0.5, True, 5, {"Justice": 0.9})

CASES = [
    ({"words": 1}, {"words": 2}, Reason.TOO_SHORT),
    ({"chars": 101}, {"chars": 100}, Reason.TOO_LONG),
    ({"known": 0.59}, {"known": 0.6}, Reason.UNSEEN_WORDING),
    ({"margin": 0.149}, {"margin": float(np.float32(0.15))}, Reason.CLOSE_ACTIONS),
    ({"rule_action": 4}, {"rule_action": 0}, Reason.MODEL_AND_RULES_DISAGREE),
    ({"rule_action": 4}, {"rule_action": 4, "confidence": 0.95}, Reason.MODEL_AND_RULES_DISAGREE),
    ({"accepted": False}, {"accepted": True}, Reason.WEAK_ACTION),
    ({"tags": {}}, {"tags": {"Justice": 0.5}}, Reason.NO_TAG),
    ({"tags": {"Corruption": 0.69}}, {"tags": {"Corruption": 0.7}}, Reason.RARE_TAG_UNCERTAIN),
    ({"tags": {"Corruption": 0.69}}, {"tags": {"Justice": 0.69}}, Reason.RARE_TAG_UNCERTAIN),
]


@pytest.mark.parametrize(("doubted", "trusted", "reason"), CASES)
def test_each_doubt_begins_at_its_threshold(
    doubted: dict[str, object], trusted: dict[str, object], reason: Reason
) -> None:
    assert doubts(replace(SURE, **doubted), THRESHOLDS) == (reason,)  # type: ignore[arg-type]
    assert doubts(replace(SURE, **trusted), THRESHOLDS) == ()  # type: ignore[arg-type]


def test_no_recommendation_where_neither_rules_nor_model_find_anything() -> None:
    nothing = replace(SURE, rule_action=0, accepted=False, tags={})
    assert doubts(nothing, THRESHOLDS) == (
        Reason.NOT_A_RECOMMENDATION,
        Reason.WEAK_ACTION,
        Reason.NO_TAG,
    )
    for found in ({"rule_action": 4}, {"accepted": True}, {"tags": {"Justice": 0.9}}):
        assert Reason.NOT_A_RECOMMENDATION not in doubts(
            replace(nothing, **found),  # type: ignore[arg-type]
            THRESHOLDS,
        )


def test_doubts_are_asked_in_the_order_of_the_reasons() -> None:
    assert list(DOUBTS) == [reason for reason in Reason if reason in DOUBTS]
    assert doubts(SURE, THRESHOLDS) == ()


def test_every_reason_has_words_and_every_word_a_reason() -> None:
    written = {key.removeprefix("reason.") for key in load_strings() if key.startswith("reason.")}
    assert written == set(Reason)


def test_codes_are_those_that_tables_and_databases_hold() -> None:
    assert [reason.value for reason in Reason] == [
        "empty-text",
        "other-language",
        "language-uncertain",
        "language-not-certified",
        "broken-words",
        "too-short",
        "too-long",
        "unseen-wording",
        "not-a-recommendation",
        "weak-action",
        "close-actions",
        "model-and-rules-disagree",
        "no-tag",
        "rare-tag-uncertain",
        "languages-disagree",
        "unclear-source-row",
        "audit-sample",
        "second-reading-open",
        "passed-on",
        "to-be-coded-by-hand",
    ]


@pytest.mark.parametrize("reason", Reason)
def test_what_was_stored_as_words_is_read_as_its_code(reason: Reason) -> None:
    words = reason.value.replace("-", " ")
    assert reason_code(words) == reason_code(reason) == reason


def test_the_reasons_of_others_stay_as_they_are() -> None:
    sentence = "model: General, coded Specific"
    assert reason_code(sentence) == reason_in_words(sentence) == sentence
