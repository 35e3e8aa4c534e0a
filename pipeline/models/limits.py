"""Calibration and thresholds of a model, from rows that it was not fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.models.confidence import (
    Calibration,
    HeldOut,
    Thresholds,
    accept_threshold,
    best_tag_threshold,
    conformal_thresholds,
    fit_calibration,
    micro_f1,
)
from pipeline.models.linear import Scores
from pipeline.options import DoubtOptions


@dataclass(frozen=True)
class Limits:
    """What turns a classifier's scores into labels.

    Attributes:
        calibration: of the scores.
        thresholds: on the calibrated probabilities.
        held_out: figures of the rows they were chosen on: "action.accuracy", "tags.micro_f1".
    """

    calibration: Calibration
    thresholds: Thresholds
    held_out: dict[str, float]


def fit_limits(
    scores: Scores,
    actions: npt.NDArray[np.int64],
    tags: npt.NDArray[np.bool_],
    doubt: DoubtOptions,
    *,
    max_chars: int,
    rare_tags: Sequence[str],
    earlier: HeldOut | None = None,
) -> Limits:
    """Calibrate, and choose the thresholds.

    Args:
        scores: of rows that the classifier was not fitted on.
        actions: (n) 1..5.
        tags: (n, T).
        doubt: which errors are tolerated, and the thresholds that do not depend on the model.
        max_chars: a longer text is truncated and reviewed.
        rare_tags: labels with few cases in training.
        earlier: out-of-fold rows of earlier sessions, for prediction sets of rare categories.
    """
    calibration = fit_calibration(scores, actions, tags)
    probabilities, tag_scores = calibration.action(scores), calibration.tags(scores)
    right = probabilities.argmax(axis=1) + 1 == actions
    tag_limit = best_tag_threshold(tag_scores, tags)
    thresholds = Thresholds(
        tag=tag_limit,
        action_set=conformal_thresholds(
            HeldOut(probabilities, actions), doubt.set_risk, earlier, doubt.set_rows
        ),
        accept=accept_threshold(probabilities.max(axis=1), right, doubt.max_accepted_error, doubt.certainty),
        close=doubt.close,
        disagree=doubt.disagree,
        rare_tag=doubt.rare_tag,
        known=doubt.known,
        min_words=doubt.min_words,
        max_chars=max_chars,
        rare_tags=tuple(rare_tags),
    )
    held_out = {
        "action.accuracy": float(right.mean()),
        "tags.micro_f1": micro_f1(tag_scores >= tag_limit, tags),
    }
    return Limits(calibration, thresholds, held_out)
