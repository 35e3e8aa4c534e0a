"""Out-of-fold scores: each training row scored by a model that saw neither it nor its wording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.classifiers import Scores, fit_linear


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
        model = fit_linear([texts[i] for i in inside.tolist()], actions[inside], tags[inside], seed=seed, **options)
        parts.append((outside, model.score([texts[i] for i in outside.tolist()])))
    order = np.argsort(np.concatenate([rows for rows, _ in parts]))
    return Scores(
        np.concatenate([scores.action for _, scores in parts])[order],
        np.concatenate([scores.tags for _, scores in parts])[order],
        np.concatenate([scores.known for _, scores in parts])[order],
    )
