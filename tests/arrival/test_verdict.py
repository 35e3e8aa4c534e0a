"""What to do about a session."""

import math
from typing import Any

import pytest

from pipeline.arrival.comparison import WordingComparison
from pipeline.arrival.verdict import Outlook, Verdict, audit_alarm, findings, verdict_of
from pipeline.evaluation.exchangeability import SessionTest
from pipeline.evaluation.intervals import UNDEFINED, Estimate, wilson
from pipeline.options import ArrivalOptions

OPTIONS = ArrivalOptions()


def outlook(**changes):
    quiet: dict[str, Any] = {
        "rows": 1000,
        "unlabelled": 0,
        "accuracy": Estimate(0.92, 0.9, 0.94, 1000),
        "accepted": wilson(700, 1000),
        "accepted_error": Estimate(0.02, 0.01, 0.03, 700),
        "wording": None,
        "audit": UNDEFINED,
        "coded_since": 0,
        "coded_sessions": (),
    }
    return Outlook(**(quiet | changes))


def wording(auc, p, scale):
    return WordingComparison(
        wilson(1, 10), SessionTest(Estimate(auc, auc - 0.02, auc + 0.02, 100), p, 14), scale, []
    )


def said(**changes):
    found = findings(outlook(**changes), 0.03, OPTIONS)
    return verdict_of(found), " ".join(f.text for f in found)


def test_a_quiet_session_goes_on():
    verdict, text = said()
    assert verdict is Verdict.GO_ON
    assert text.startswith("Nothing was found")


@pytest.mark.parametrize(
    ("changes", "verdict", "words"),
    [
        ({"accuracy": Estimate(0.85, 0.8, 0.9, 9)}, Verdict.RETRAIN_FIRST, "85.0%"),
        ({"coded_since": 1200, "coded_sessions": (17, 18)}, Verdict.RETRAIN_FIRST, "sessions 17, 18"),
        ({"coded_since": 999, "coded_sessions": (17,)}, Verdict.GO_ON, "Nothing"),
        ({"accepted_error": Estimate(0.05, 0.03, 0.07, 9)}, Verdict.REVIEW_MORE, "5.0%"),
        ({"accepted_error": UNDEFINED, "accuracy": UNDEFINED}, Verdict.GO_ON, "Nothing"),
        ({"wording": wording(0.7, 0.002, {16: 0.5, 17: 0.6})}, Verdict.REVIEW_MORE, "AUC 0.70"),
        ({"wording": wording(0.7, 0.2, {16: 0.5, 17: 0.6})}, Verdict.GO_ON, "Nothing"),
        ({"wording": wording(0.6, 0.002, {16: 0.5, 17: 0.6})}, Verdict.GO_ON, "Nothing"),
        ({"wording": wording(math.nan, math.nan, {})}, Verdict.GO_ON, "Nothing"),
        ({"audit": wilson(170, 200)}, Verdict.REVIEW_MORE, "85.0%"),
        ({"unlabelled": 4}, Verdict.REVIEW_MORE, "4 of 1,000"),
    ],
)
def test_each_reason_speaks_for_its_verdict(changes, verdict, words):
    found, text = said(**changes)
    assert found is verdict
    assert words in text


def test_the_strongest_reason_comes_first():
    found = findings(outlook(unlabelled=1, coded_since=5000, coded_sessions=(17,)), 0.03, OPTIONS)
    assert [f.verdict for f in found] == [Verdict.RETRAIN_FIRST, Verdict.REVIEW_MORE]


def test_the_alarm_waits_for_a_sample_that_could_hold_the_promise():
    assert not audit_alarm(wilson(20, 20), 0.03)  # all right, but too few to show it
    assert not audit_alarm(wilson(10, 20), 0.03)
    assert not audit_alarm(wilson(500, 500), 0.03)
    assert audit_alarm(wilson(480, 500), 0.03)
    assert not audit_alarm(UNDEFINED, 0.03)
