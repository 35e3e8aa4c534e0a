"""The arrival report as data: everything that the page shows, as JSON values.

    {
      "format": 1, "session": int,
      "model": {"version", "origin", "demo", "train_sessions", "tune_sessions"},
      "counts": {"rows", "wordings", "recommendations", "recommending_states"},
      "states": [{"state", "recommendations", "wordings", "for_review"}],
      "verdict": {"code", "title", "findings": [{"code", "text"}]},
      "labels": {"unlabelled", "for_review", "accepted": ESTIMATE, "reasons": {CODE: rows}},
      "expected": {"method", "reference": {"sessions", "wordings", "accuracy": ESTIMATE},
                   "accuracy": ESTIMATE, "tags_micro_f1": float, "accepted_error": ESTIMATE,
                   "promised_error": float,
                   "past": [{"session", "error"}]} or null,
      "compared": {"sessions", "wordings", "actions": [CHANGE], "tags": [CHANGE]} or null,
      "wording": WORDING or null,
      "review": {"wordings", "second_readings", "seconds", "measured", "hours"},
      "audit": {"overall": ESTIMATE, "weeks": [{"week", "accuracy": ESTIMATE}], "alarm": bool},
      "coded_since": {"rows", "sessions"}
    }

- ESTIMATE is {"value", "low", "high", "support"}; undefined values are null.
- CHANGE is a `ShareChange`, with "differs" and "points"; WORDING a `WordingComparison`, with "unusual".
- "recommendations" counts one for each recommending State, as UPR Info counts; a wording is a text that
  differs from all others of the session in its letters and digits.
- "expected" is null without coded sessions that the model was not trained on, "compared" and "wording" are
  null without any coded session.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.arrival.comparison import (
    EarlierTexts,
    ShareChange,
    WordingComparison,
    action_changes,
    tag_changes,
    wording_of,
)
from pipeline.arrival.estimates import METHODS, PastErrors, expected_micro_f1
from pipeline.arrival.rows import BoolArray, IntArray, LabelledRows, Reference, labelled_rows
from pipeline.arrival.verdict import Outlook, audit_alarm, findings, verdict_of
from pipeline.corpus.taxonomy import Taxonomy
from pipeline.evaluation.intervals import UNDEFINED, Estimate, wilson
from pipeline.evaluation.metrics.document import to_plain
from pipeline.options import ArrivalOptions, EvaluationOptions

FORMAT = 1


@dataclass(frozen=True)
class Coded:
    """Wordings of earlier sessions that people coded; one a wording and session.

    Attributes:
        row_ids, texts, sessions, reviewed: (m).
        action: (m,) 1..5.
        tags: (m, T).
        rows: coded rows (not wordings) by session.
    """

    row_ids: list[str]
    texts: list[str]
    sessions: list[int]
    reviewed: list[str | None]
    action: IntArray
    tags: BoolArray
    rows: dict[int, int]

    def of(self, sessions: Sequence[int]) -> IntArray:
        """Places of the wordings of some sessions."""
        return np.flatnonzero(np.isin(self.sessions, list(sessions)))


@dataclass(frozen=True)
class DeskFigures:
    """What the review desk has measured.

    Attributes:
        audit: accuracy of accepted labels, over all decisions on the audit sample, and `weeks` by the Monday
            of the week.
        seconds: median time of a decision, None where there are none.
        second_share: share of the items that a second person reads.
    """

    audit: Estimate
    weeks: Sequence[tuple[str, Estimate]]
    seconds: float | None
    second_share: float


NOTHING_MEASURED = DeskFigures(UNDEFINED, (), None, 0.0)


@dataclass(frozen=True)
class KnownSessions:
    """What a session is judged by.

    Attributes:
        model: version, origin, demo, train_sessions, tune_sessions.
        taxonomy: the tags.
        blind: masks States in a text.
        coded: coded sessions before this one.
        reference: those of them with labels of a model that did not learn them; None if there are none.
        errors: of the estimator of accuracy, on past sessions.
        promise: highest share of wrong actions among accepted labels.
        desk: what was measured there.
        options, tests: settings.
    """

    model: dict[str, Any]
    taxonomy: Taxonomy
    blind: Callable[[str], str]
    coded: Coded | None
    reference: Reference | None
    errors: PastErrors
    promise: float
    desk: DeskFigures
    options: ArrivalOptions
    tests: EvaluationOptions


def arrival_document(session: int, table: pa.Table, known: KnownSessions) -> dict[str, Any]:
    """The document of a session.

    Args: `table`, its rows as `label` wrote them, without pledges, at least one.
    """
    rows = labelled_rows(table, known.taxonomy)
    wordings = rows.wordings()
    labelled = wordings.take(np.flatnonzero(wordings.action > 0))
    expected = _expected(labelled, known) if known.reference and len(labelled) else None
    wording = _wording(wordings, known)
    trained = {*known.model["train_sessions"], *known.model["tune_sessions"]}
    since = {s: n for s, n in (known.coded.rows if known.coded else {}).items() if s not in trained}
    outlook = Outlook(
        rows=len(rows),
        unlabelled=int((rows.action == 0).sum()),
        accuracy=expected["accuracy"] if expected else UNDEFINED,
        accepted=wilson(int(labelled.accepted.sum()), len(labelled)),
        accepted_error=expected["accepted_error"] if expected else UNDEFINED,
        wording=wording,
        audit=known.desk.audit,
        coded_since=sum(since.values()),
        coded_sessions=tuple(sorted(since)),
    )
    reasons = findings(outlook, known.promise, known.options)
    verdict = verdict_of(reasons)
    document = {
        "format": FORMAT,
        "session": session,
        "model": known.model,
        "counts": _counts(table, wordings),
        "states": _states(table, rows),
        "verdict": {
            "code": verdict.name.lower(),
            "title": verdict.words,
            "findings": [{"code": f.verdict.name.lower(), "text": f.text} for f in reasons],
        },
        "labels": {
            "unlabelled": outlook.unlabelled,
            "for_review": int((~rows.accepted).sum()),
            "accepted": outlook.accepted,
            "reasons": dict(
                Counter(code for named in table["review_reasons"].to_pylist() for code in named or ())
            ),
        },
        "expected": expected,
        "compared": _compared(labelled, known),
        "wording": wording and {**to_plain(wording), "unusual": wording.unusual},
        "review": _review(wordings, known),
        "audit": {
            "overall": known.desk.audit,
            "weeks": [{"week": week, "accuracy": accuracy} for week, accuracy in known.desk.weeks],
            "alarm": audit_alarm(known.desk.audit, known.promise),
        },
        "coded_since": {"rows": outlook.coded_since, "sessions": outlook.coded_sessions},
    }
    plain: dict[str, Any] = to_plain(document)
    return plain


def _counts(table: pa.Table, wordings: LabelledRows) -> dict[str, int]:
    recommending = [states or [] for states in table["recommending_states"].to_pylist()]
    return {
        "rows": table.num_rows,
        "wordings": len(wordings),
        "recommendations": sum(max(1, len(states)) for states in recommending),
        "recommending_states": len({state for states in recommending for state in states}),
    }


def _states(table: pa.Table, rows: LabelledRows) -> list[dict[str, Any]]:
    """By State under review, in alphabetical order."""
    recommending = table["recommending_states"].to_pylist()
    found: dict[str, dict[str, Any]] = {}
    seen: dict[str, set[int]] = {}
    for i, state in enumerate(rows.reviewed):
        name = state or "not given"
        line = found.setdefault(name, {"state": name, "recommendations": 0, "wordings": 0, "for_review": 0})
        line["recommendations"] += max(1, len(recommending[i] or []))
        of_state = seen.setdefault(name, set())
        if int(rows.groups[i]) not in of_state:
            of_state.add(int(rows.groups[i]))
            line["wordings"] += 1
            line["for_review"] += int(not rows.accepted[i])
    return [found[name] for name in sorted(found)]


def _expected(labelled: LabelledRows, known: KnownSessions) -> dict[str, Any]:
    reference, errors = known.reference, known.errors
    assert reference is not None  # noqa: S101
    accuracy = METHODS[errors.method](reference, labelled)
    return {
        "method": errors.method,
        "reference": {
            "sessions": reference.sessions,
            "wordings": len(reference.rows),
            "accuracy": wilson(int(reference.right.sum()), len(reference.rows)),
        },
        "accuracy": errors.around(min(1.0, max(0.0, accuracy)), len(labelled)),
        "tags_micro_f1": expected_micro_f1(reference, labelled),
        "accepted_error": accepted_error(reference, labelled),
        "promised_error": known.promise,
        "past": [{"session": s, "error": e} for s, e in zip(errors.sessions, errors.errors, strict=True)],
    }


def accepted_error(reference: Reference, rows: LabelledRows) -> Estimate:
    """Expected share of wrong actions among accepted labels: that of the reference, plus the difference of
    the mean confidences; with Wilson's interval of the reference.

    Undefined where nothing is accepted in either.
    """
    known, now = reference.rows.accepted, rows.accepted
    if not known.any() or not now.any():
        return UNDEFINED
    measured = wilson(int((~reference.right[known]).sum()), int(known.sum()))
    shift = float(reference.rows.confidence[known].mean() - rows.confidence[now].mean())
    value, low, high = (min(1.0, max(0.0, x + shift)) for x in (measured.value, measured.low, measured.high))
    return Estimate(value, low, high, int(now.sum()))


def _compared(labelled: LabelledRows, known: KnownSessions) -> dict[str, Any] | None:
    if known.coded is None or known.reference is None or not len(labelled):
        return None
    sessions = sorted(known.coded.rows)[-known.options.earlier_sessions :]
    earlier = known.coded.of(sessions)
    return {
        "sessions": sessions,
        "wordings": len(earlier),
        "actions": [
            _change(c) for c in action_changes(labelled, known.reference, known.coded.action[earlier])
        ],
        "tags": [
            _change(c)
            for c in tag_changes(labelled, known.reference, known.coded.tags[earlier], known.taxonomy.labels)
        ],
    }


def _change(change: ShareChange) -> dict[str, Any]:
    return {**to_plain(change), "differs": change.differs, "points": change.points}


def _wording(wordings: LabelledRows, known: KnownSessions) -> WordingComparison | None:
    coded = known.coded
    if coded is None:
        return None
    against = known.reference.sessions if known.reference else sorted(coded.rows)[-1:]
    return wording_of(
        wordings,
        EarlierTexts(coded.texts, coded.sessions, coded.reviewed),
        against,
        known.blind,
        permutations=known.tests.permutations,
        seed=known.tests.seed,
    )


def _review(wordings: LabelledRows, known: KnownSessions) -> dict[str, Any]:
    """The expected work: items for review once, and a share of them twice."""
    items = int((~wordings.accepted).sum())
    second = round(items * known.desk.second_share)
    seconds = known.desk.seconds or known.options.seconds_per_decision
    return {
        "wordings": items,
        "second_readings": second,
        "seconds": seconds,
        "measured": known.desk.seconds is not None,
        "hours": (items + second) * seconds / 3600,
    }
