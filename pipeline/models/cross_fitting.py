"""Out-of-fold scores: each row scored by what was fitted on neither it nor its wording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.models.ensemble import fit_speaking, spoken
from pipeline.models.linear import Scores, fit_linear
from pipeline.models.stacking import Voices


def out_of_fold_scores(
    texts: Sequence[str],
    actions: npt.NDArray[np.int64],
    tags: npt.NDArray[np.bool_],
    groups: npt.NDArray[np.int64],
    folds: int,
    seed: int,
    options: Mapping[str, Any],
) -> Scores:
    """Scores of the linear model for its own training rows, honestly.

    Args:
        texts: blinded.
        actions: (n,) 1..5.
        tags: (n, T).
        groups: (n,) text groups; a group is in one fold.
        folds: models to train; each leaves out the groups of one fold.
        seed: of the models.
        options: see `fit_linear`.

    Raises: ValueError if a fold's complement lacks a category.
    """
    fold = groups % folds
    parts: list[tuple[npt.NDArray[np.int64], Scores]] = []
    for left_out in range(folds):
        inside, outside = np.flatnonzero(fold != left_out), np.flatnonzero(fold == left_out)
        model = fit_linear(
            [texts[i] for i in inside.tolist()], actions[inside], tags[inside], seed=seed, **options
        )
        parts.append((outside, model.score([texts[i] for i in outside.tolist()])))
    return _in_order(parts)


def cross_fitted_scores(
    voices: Voices,
    actions: npt.NDArray[np.int64],
    tags: npt.NDArray[np.bool_],
    groups: npt.NDArray[np.int64],
    folds: int,
    sure: tuple[float, float] | None = None,
) -> Scores:
    """Scores of an ensemble for the rows that its weights are fitted on, honestly: calibration and limits
    need such.

    Args:
        voices: of the tuning rows, with networks.
        actions, tags, groups, folds: see `out_of_fold_scores`.
        sure: limits of the shortcut for action and tags, or None without one.
    """
    fold = groups % folds
    parts: list[tuple[npt.NDArray[np.int64], Scores]] = []
    for left_out in range(folds):
        inside, outside = np.flatnonzero(fold != left_out), np.flatnonzero(fold == left_out)
        seen, held = voices.take(inside), voices.take(outside)
        parts.append(
            (
                outside,
                spoken(held.unasked(), held.take, *fit_speaking(seen, actions[inside], tags[inside], sure)),
            )
        )
    return _in_order(parts)


def _in_order(parts: Sequence[tuple[npt.NDArray[np.int64], Scores]]) -> Scores:
    """The scores of parts, each with the rows it holds, as one, row by row."""
    order = np.argsort(np.concatenate([rows for rows, _ in parts]))
    return Scores(
        np.concatenate([scores.action for _, scores in parts])[order],
        np.concatenate([scores.tags for _, scores in parts])[order],
        np.concatenate([scores.known for _, scores in parts])[order],
    )
