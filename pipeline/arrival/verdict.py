"""What the figures of a session mean for those who label it: go on, review more, or retrain first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from pipeline.arrival.comparison import WordingComparison
from pipeline.evaluation.intervals import Estimate, wilson
from pipeline.options import ArrivalOptions


class Verdict(IntEnum):
    """What to do, in ascending order of effort."""

    GO_ON = 0
    REVIEW_MORE = 1
    RETRAIN_FIRST = 2

    @property
    def words(self) -> str:
        """As a title."""
        return {0: "Go on", 1: "Review more", 2: "Retrain first"}[self.value]


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
            "Nothing was found that speaks against the labels. Review what is queued, and its audit sample.",
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
    text = (
        f"The actions are expected to be right in {accuracy.value:.1%} of the rows, less than the "
        f"{least:.0%} that are asked for (`arrival.least_accuracy`). Code a part of the session by "
        f"hand, and retrain with it."
    )
    return [Finding(Verdict.RETRAIN_FIRST, text)]


def _of_coded_rows(outlook: Outlook, enough: int) -> list[Finding]:
    if outlook.coded_since < enough:
        return []
    sessions = ", ".join(map(str, outlook.coded_sessions))
    text = (
        f"{outlook.coded_since:,} recommendations that people coded (sessions {sessions}) are not yet in "
        f"what the model has learned from. Retrain, and label again: `make run`."
    )
    return [Finding(Verdict.RETRAIN_FIRST, text)]


def _of_audit(audit: Estimate, promise: float) -> list[Finding]:
    if not audit_alarm(audit, promise):
        return []
    text = (
        f"Of {audit.support:,} accepted labels that people checked, {audit.value:.1%} have the right action "
        f"(at least {audit.low:.1%}), and {1 - promise:.0%} were promised. Raise `audit_share` in "
        f"configs/review.yaml, and retrain."
    )
    return [Finding(Verdict.REVIEW_MORE, text)]


def _of_accepted(outlook: Outlook, promise: float) -> list[Finding]:
    error = outlook.accepted_error
    if not error.defined or error.value <= promise:
        return []
    text = (
        f"Among the labels that need no review, {error.value:.1%} of the actions are expected to be wrong, "
        f"more than the {promise:.0%} that were promised. Review a larger random sample of them "
        f"(`audit_share` in configs/review.yaml)."
    )
    return [Finding(Verdict.REVIEW_MORE, text)]


def _of_wording(wording: WordingComparison | None) -> list[Finding]:
    if wording is None or not wording.unusual:
        return []
    text = (
        f"The texts differ from those that the limits were chosen on by more than any of the last "
        f"{len(wording.scale)} sessions did (AUC {wording.test.auc.value:.2f}, before at most "
        f"{max(wording.scale.values()):.2f}). The limits may not hold: review a larger random sample."
    )
    return [Finding(Verdict.REVIEW_MORE, text)]


def _of_unlabelled(outlook: Outlook) -> list[Finding]:
    if not outlook.unlabelled:
        return []
    text = (
        f"{outlook.unlabelled:,} of {outlook.rows:,} rows have no label (another language, or no text): they "
        f"are coded by hand at the desk."
    )
    return [Finding(Verdict.REVIEW_MORE, text)]
