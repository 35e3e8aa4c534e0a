"""Cross-fitted scores: no row is scored by weights that it helped to fit."""

from __future__ import annotations

import numpy as np
from scipy import special

from pipeline.models.cross_fitting import cross_fitted_scores
from pipeline.models.ensemble import Cascade, cascade_scores
from pipeline.models.stacking import BaseScores, fit_stacking, stacked_scores
from tests.models.test_stacking import ACTIONS, ROWS, TAGS, action_loss, ruled, scores, tag_loss

GROUPS = np.random.default_rng(6).integers(0, 200, ROWS)
FOLDS = 5


def test_each_row_is_scored_by_weights_from_the_other_groups() -> None:
    base = BaseScores(scores(2.0, 1), scores(1.5, 2), ruled(0.8, 3))
    found = cross_fitted_scores(base, ACTIONS, TAGS, GROUPS, FOLDS)
    outside, inside = np.flatnonzero(GROUPS % FOLDS == 3), np.flatnonzero(GROUPS % FOLDS != 3)
    by_others = stacked_scores(
        base.take(outside), fit_stacking(base.take(inside), ACTIONS[inside], TAGS[inside])
    )
    np.testing.assert_allclose(found.action[outside], by_others.action, rtol=1e-6)
    np.testing.assert_allclose(found.tags[outside], by_others.tags, rtol=1e-6)


def test_they_do_not_flatter_as_scores_of_the_fitted_rows_do() -> None:
    base = BaseScores(scores(0.5, 1), scores(0.5, 2), ruled(0.0, 3))
    honest = cross_fitted_scores(base, ACTIONS, TAGS, GROUPS, FOLDS)
    flattering = stacked_scores(base, fit_stacking(base, ACTIONS, TAGS))
    assert action_loss(honest) > action_loss(flattering)
    assert tag_loss(honest) > tag_loss(flattering)


def test_in_a_cascade_confident_rows_are_scored_without_networks() -> None:
    base, thresholds = BaseScores(scores(2.0, 1), scores(3.0, 2), ruled(0.8, 3)), (0.9, 0.2)
    found = cross_fitted_scores(base, ACTIONS, TAGS, GROUPS, FOLDS, thresholds)
    outside, inside = np.flatnonzero(GROUPS % FOLDS == 0), np.flatnonzero(GROUPS % FOLDS != 0)
    weights, alone = (
        fit_stacking(v.take(inside), ACTIONS[inside], TAGS[inside]) for v in (base, base.without_network())
    )
    held = base.take(outside)
    by_others = cascade_scores(held.without_network(), held.take, weights, Cascade(alone, *thresholds))
    early = Cascade(alone, *thresholds).exits(stacked_scores(held.without_network(), alone))
    assert 0 < early.sum() < len(early)
    np.testing.assert_allclose(found.action[outside], by_others.action, rtol=1e-6)
    assert special.softmax(found.action[outside][early], axis=1).max(axis=1).min() >= 0.9 - 1e-6
