"""What the figures of a session mean for those who label it: go on, review more, or retrain first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from pipeline.arrival.comparison import WordingComparison
from pipeline.arrival.strings import say
from pipeline.evaluation.intervals import Estimate, wilson
from pipeline.options import ArrivalOptions
from pipeline.store.sentences import decimal, percent


class Verdict(IntEnum):
    """What to do, in ascending order of effort."""

    GO_ON = 0
    REVIEW_MORE = 1
    RETRAIN_FIRST = 2

    @property
    def words(self) -> str:
        """As a title."""
        return say(f"verdict.{self.name.lower().replace('_', '-')}")


@dataclass(frozen=True)
class Finding:
    """A reason for a verdict.

    Attributes:
        verdict: what it speaks for.
        text: what was found, and what to do; plain sentences.
    """

    verdict: Verdict
    text: str


@dataclass(frozen=True)
class Outlook:
    """What is expected of the labels of a session.

    Attributes:
        rows: of the session; `unlabelled` of them have no label.
        accuracy: expected, of the actions.
        accepted: share of the labelled rows that needs no review.
        accepted_error: expected share of wrong actions among them.
        wording: None where nothing is known of earlier texts.
        audit: accuracy of accepted labels that people measured at the desk, by the audit sample.
        coded_since: coded rows that the model has not learned from, and `coded_sessions` that have them.
    """

    rows: int
    unlabelled: int
    accuracy: Estimate
    accepted: Estimate
    accepted_error: Estimate
    wording: WordingComparison | None
    audit: Estimate
    coded_since: int
    coded_sessions: tuple[int, ...]


def findings(outlook: Outlook, promise: float, options: ArrivalOptions) -> list[Finding]:
    """The reasons, those that ask for most first; never empty.

    Args: `promise`, the highest share of wrong actions among accepted labels that was promised.
    """
    found = [
        *_of_accuracy(outlook.accuracy, options.least_accuracy),
        *_of_coded_rows(outlook, options.retrain_rows),
        *_of_audit(outlook.audit, promise),
        *_of_accepted(outlook, promise),
        *_of_wording(outlook.wording),
        *_of_unlabelled(outlook),
    ]
    found = found or [
        Finding(
            Verdict.GO_ON,
            say("finding.nothing"),
        )
    ]
    return sorted(found, key=lambda finding: -finding.verdict)


def verdict_of(found: Sequence[Finding]) -> Verdict:
    """The strongest of the reasons."""
    return max((finding.verdict for finding in found), default=Verdict.GO_ON)


def audit_alarm(audit: Estimate, promise: float) -> bool:
    """Whether the audit sample contradicts the promise: the lower end of the measured accuracy is below it.

    It needs as many decisions as would show the promise if all of them were right; with fewer, the lower end
    is always below it.
    """
    if not audit.defined or wilson(audit.support, audit.support).low < 1 - promise:
        return False
    return audit.low < 1 - promise


def _of_accuracy(accuracy: Estimate, least: float) -> list[Finding]:
    if not accuracy.defined or accuracy.value >= least:
        return []
    text = say("finding.accuracy", value=percent(accuracy.value, 1), least=percent(least, 0))
    return [Finding(Verdict.RETRAIN_FIRST, text)]


def _of_coded_rows(outlook: Outlook, enough: int) -> list[Finding]:
    if outlook.coded_since < enough:
        return []
    sessions = ", ".join(map(str, outlook.coded_sessions))
    text = say("finding.coded", n=outlook.coded_since, sessions=sessions)
    return [Finding(Verdict.RETRAIN_FIRST, text)]


def _of_audit(audit: Estimate, promise: float) -> list[Finding]:
    if not audit_alarm(audit, promise):
        return []
    text = say(
        "finding.audit",
        n=audit.support,
        value=percent(audit.value, 1),
        low=percent(audit.low, 1),
        promised=percent(1 - promise, 0),
    )
    return [Finding(Verdict.REVIEW_MORE, text)]


def _of_accepted(outlook: Outlook, promise: float) -> list[Finding]:
    error = outlook.accepted_error
    if not error.defined or error.value <= promise:
        return []
    text = say("finding.accepted", value=percent(error.value, 1), promise=percent(promise, 0))
    return [Finding(Verdict.REVIEW_MORE, text)]


def _of_wording(wording: WordingComparison | None) -> list[Finding]:
    if wording is None or not wording.unusual:
        return []
    text = say(
        "finding.wording",
        n=len(wording.scale),
        auc=decimal(wording.test.auc.value, 2),
        most=decimal(max(wording.scale.values()), 2),
    )
    return [Finding(Verdict.REVIEW_MORE, text)]


def _of_unlabelled(outlook: Outlook) -> list[Finding]:
    if not outlook.unlabelled:
        return []
    text = say("finding.unlabelled", n=outlook.unlabelled, all=outlook.rows)
    return [Finding(Verdict.REVIEW_MORE, text)]
