"""How good the labels of a session are expected to be, estimated without coded rows of that session.

All methods use a reference: coded rows of recent sessions that the model was not trained on. Which method is
the best, and how far it was off, is measured on past sessions (`python -m benchmarks.arrival`); the errors of
these sessions give the interval of an estimate.

Sources: threshold on confidence (ATC), S. Garg, S. Balakrishnan, Z. Lipton, B. Neyshabur, H. Sedghi,
Leveraging unlabeled data to predict out-of-distribution performance (ICLR 2022); difference of confidences
(DoC), D. Guillory, V. Shankar, S. Ebrahimi, T. Darrell, L. Schmidt, Predicting with confidence on unseen
distributions (ICCV 2021).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from pipeline.arrival.rows import BoolArray, FloatArray, LabelledRows, Reference
from pipeline.evaluation.intervals import UNDEFINED, Estimate
from pipeline.release.statistics.correction import ACTION_STRATA, PRIOR, action_stratum


def average_confidence(reference: Reference, rows: LabelledRows) -> float:
    """The mean confidence; right if the model is calibrated on the session."""
    del reference
    return float(rows.confidence.mean())


def difference_of_confidences(reference: Reference, rows: LabelledRows) -> float:
    """Accuracy on the reference, plus the difference of the mean confidences."""
    return float(reference.right.mean() + rows.confidence.mean() - reference.rows.confidence.mean())


def above_threshold(reference: Reference, rows: LabelledRows) -> float:
    """ATC: the share of rows above that confidence above which, in the reference, lies a share of rows equal
    to its accuracy.
    """
    threshold = np.quantile(reference.rows.confidence, 1 - reference.right.mean())
    return float((rows.confidence >= threshold).mean())


def by_stratum(reference: Reference, rows: LabelledRows) -> float:
    """The mean accuracy that rows of the same predicted action and band of confidence have in the
    reference.
    """
    return float(right_by_stratum(reference, rows).mean())


def as_before(reference: Reference, rows: LabelledRows) -> float:
    """The accuracy on the reference: what is expected if nothing has changed."""
    del rows
    return float(reference.right.mean())


METHODS: Mapping[str, Callable[[Reference, LabelledRows], float]] = {
    "average_confidence": average_confidence,
    "difference_of_confidences": difference_of_confidences,
    "above_threshold": above_threshold,
    "by_stratum": by_stratum,
    "as_before": as_before,
}
"""Estimators of the accuracy of the actions, by name. Rows without a label must be left out."""


def right_by_stratum(reference: Reference, rows: LabelledRows) -> FloatArray:
    """(n,) the accuracy in the reference of each row's stratum, smoothed by the accuracy of its predicted
    action.
    """
    stratum = action_stratum(reference.rows.action, reference.rows.confidence)
    counts = np.bincount(stratum, minlength=ACTION_STRATA).astype(np.float64)
    hits = np.bincount(stratum, weights=reference.right, minlength=ACTION_STRATA)
    bands = ACTION_STRATA // 5
    of_action = (hits.reshape(5, bands).sum(1) + 1) / (counts.reshape(5, bands).sum(1) + 1)
    share = (hits + PRIOR * np.repeat(of_action, bands)) / (counts + PRIOR)
    found: FloatArray = share[action_stratum(rows.action, rows.confidence)]
    return found


def expected_micro_f1(reference: Reference, rows: LabelledRows) -> float:
    """Micro-F1 of the tags, from their probabilities, shifted by what such an estimate lacks in the
    reference.
    """
    given, tags = reference.rows.given, reference.tags
    measured = 2 * float((given & tags).sum()) / max(1.0, float(given.sum() + tags.sum()))
    shift = measured - _f1_of_scores(reference.rows.scores, given)
    return min(1.0, max(0.0, _f1_of_scores(rows.scores, rows.given) + shift))


def _f1_of_scores(scores: FloatArray, given: BoolArray) -> float:
    return 2 * float(scores[given].sum()) / max(1.0, float(given.sum() + scores.sum()))


@dataclass(frozen=True)
class PastErrors:
    """What an estimator was off by on past sessions.

    Attributes:
        method: its name.
        sessions: that were estimated.
        errors: estimated minus measured, by session; shares, not points.
    """

    method: str
    sessions: tuple[int, ...]
    errors: tuple[float, ...]

    def around(self, value: float, support: int, confidence: float = 0.95) -> Estimate:
        """An estimate with the interval that such errors give: a prediction interval of Student's t with one
        degree of freedom for each session, clipped to 0 and 1.

        >>> errors = PastErrors("average_confidence", (10, 11, 12, 13), (0.01, -0.01, 0.01, -0.01))
        >>> found = errors.around(0.92, 500)
        >>> round(found.low, 3), round(found.high, 3)
        (0.892, 0.948)
        """
        n = len(self.errors)
        if not n or np.isnan(value):
            return Estimate(value, np.nan, np.nan, support) if n == 0 else UNDEFINED
        spread = float(np.sqrt(np.mean(np.square(self.errors))))
        half = float(stats.t.ppf(0.5 + confidence / 2, n)) * spread
        return Estimate(value, max(0.0, value - half), min(1.0, value + half), support)


def least_error(errors: Mapping[str, Sequence[float]]) -> str:
    """The name of the method with the smallest mean absolute error; the first of equals.

    >>> least_error({"a": [0.02, -0.02], "b": [0.01, -0.02]})
    'b'
    """
    return min(errors, key=lambda name: float(np.mean(np.abs(errors[name]))))
