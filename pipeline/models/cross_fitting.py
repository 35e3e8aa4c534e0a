"""Out-of-fold scores: each row is scored by a model that was fitted on neither the row nor its wording."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.models.bundle import Bundle, Predictions
from pipeline.models.ensemble import EnsembleClassifier, cascade_scores, fit_ensemble, network_scores
from pipeline.models.linear import Scores, fit_linear
from pipeline.models.stacking import BaseScores
from pipeline.options import LinearOptions


def out_of_fold_scores(
    texts: Sequence[str],
    actions: npt.NDArray[np.int64],
    tags: npt.NDArray[np.bool_],
    groups: npt.NDArray[np.int64],
    folds: int,
    seed: int,
    options: LinearOptions,
) -> Scores:
    """Out-of-fold scores of the linear model for its training rows.

    Args:
        texts: blinded.
        actions: (n,) 1..5.
        tags: (n, T).
        groups: (n,) text groups; a group is in one fold.
        folds: number of models to train; each is trained without the groups of one fold.
        seed: of the models.
        options: of the linear model.

    Raises: ValueError if a fold's complement lacks a category.
    """
    fold = groups % folds
    parts: list[tuple[npt.NDArray[np.int64], Scores]] = []
    for held_out in range(folds):
        inside, outside = np.flatnonzero(fold != held_out), np.flatnonzero(fold == held_out)
        model = fit_linear([texts[i] for i in inside.tolist()], actions[inside], tags[inside], options, seed)
        parts.append((outside, model.score([texts[i] for i in outside.tolist()])))
    return _in_order(parts)


def cross_fitted_scores(
    base: BaseScores,
    actions: npt.NDArray[np.int64],
    tags: npt.NDArray[np.bool_],
    groups: npt.NDArray[np.int64],
    folds: int,
    thresholds: tuple[float, float] | None = None,
) -> Scores:
    """Scores of an ensemble for the rows that its meta-model is fitted on, by cross-fitting.

    Calibration and thresholds are chosen on these: scores of the very rows that the meta-model was fitted on
    would be too good.

    Args:
        base: outputs of the base models for the tuning rows, with networks.
        actions, tags, groups, folds: see `out_of_fold_scores`.
        thresholds: of the cascade, for action and tags; None without a cascade.
    """
    fold = groups % folds
    parts: list[tuple[npt.NDArray[np.int64], Scores]] = []
    for held_out in range(folds):
        inside, outside = np.flatnonzero(fold != held_out), np.flatnonzero(fold == held_out)
        fitted = fit_ensemble(base.take(inside), actions[inside], tags[inside], thresholds)
        held = base.take(outside)
        parts.append((outside, cascade_scores(held.without_network(), held.take, *fitted)))
    return _in_order(parts)


def cross_fitted_predictions(
    bundle: Bundle,
    texts: Sequence[str],
    actions: npt.NDArray[np.int64],
    tags: npt.NDArray[np.bool_],
    groups: npt.NDArray[np.int64],
    folds: int,
) -> Predictions:
    """Predictions of a model for the rows that its meta-model was fitted on, by meta-models without the row.

    Its base models must not have been trained on these rows. A model without a meta-model predicts as always.

    Args:
        texts: raw.
        actions, tags, groups, folds: see `out_of_fold_scores`.
    """
    ensemble = bundle.classifier
    if not isinstance(ensemble, EnsembleClassifier):
        return bundle.predict(texts)
    seen = [bundle.seen(text) for text in texts]
    linear = ensemble.linear.score(seen)
    rules = bundle.rules.features(bundle.rules.label(seen))
    base = BaseScores(network_scores(ensemble.networks, seen, linear), linear, rules)
    cascade = ensemble.cascade
    limits = None if cascade is None else (cascade.action_threshold, cascade.tag_threshold)
    scores = cross_fitted_scores(base, actions, tags, groups, folds, limits)
    return Predictions(
        bundle.calibration.action(scores), bundle.calibration.tags(scores), scores.known, bundle.thresholds
    )


def _in_order(parts: Sequence[tuple[npt.NDArray[np.int64], Scores]]) -> Scores:
    """The scores of all parts in row order. Args: `parts`, positions of rows and their scores."""
    order = np.argsort(np.concatenate([rows for rows, _ in parts]))
    return Scores(
        np.concatenate([scores.action for _, scores in parts])[order],
        np.concatenate([scores.tags for _, scores in parts])[order],
        np.concatenate([scores.known for _, scores in parts])[order],
    )
