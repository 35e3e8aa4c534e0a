"""Scores of rows that nothing was fitted on."""

from __future__ import annotations

import numpy as np
from scipy import special
from test_blending import ACTIONS, ROWS, TAGS, action_loss, ruled, scores, tag_loss

from pipeline.models.cross_fitting import cross_fitted_scores
from pipeline.models.ensemble import Shortcut, spoken
from pipeline.models.stacking import Voices, combined, fit_weights

GROUPS = np.random.default_rng(6).integers(0, 200, ROWS)
FOLDS = 5


def test_each_row_is_scored_by_weights_from_the_other_groups() -> None:
    voices = Voices(scores(2.0, 1), scores(1.5, 2), ruled(0.8, 3))
    found = cross_fitted_scores(voices, ACTIONS, TAGS, GROUPS, FOLDS)
    outside, inside = np.flatnonzero(GROUPS % FOLDS == 3), np.flatnonzero(GROUPS % FOLDS != 3)
    by_others = combined(
        voices.take(outside), fit_weights(voices.take(inside), ACTIONS[inside], TAGS[inside])
    )
    np.testing.assert_allclose(found.action[outside], by_others.action, rtol=1e-6)
    np.testing.assert_allclose(found.tags[outside], by_others.tags, rtol=1e-6)


def test_they_do_not_flatter_as_scores_of_the_fitted_rows_do() -> None:
    voices = Voices(scores(0.5, 1), scores(0.5, 2), ruled(0.0, 3))
    honest = cross_fitted_scores(voices, ACTIONS, TAGS, GROUPS, FOLDS)
    flattering = combined(voices, fit_weights(voices, ACTIONS, TAGS))
    assert action_loss(honest) > action_loss(flattering)
    assert tag_loss(honest) > tag_loss(flattering)


def test_with_a_shortcut_sure_rows_are_scored_without_networks() -> None:
    voices, sure = Voices(scores(2.0, 1), scores(3.0, 2), ruled(0.8, 3)), (0.9, 0.2)
    found = cross_fitted_scores(voices, ACTIONS, TAGS, GROUPS, FOLDS, sure)
    outside, inside = np.flatnonzero(GROUPS % FOLDS == 0), np.flatnonzero(GROUPS % FOLDS != 0)
    weights, alone = (
        fit_weights(v.take(inside), ACTIONS[inside], TAGS[inside]) for v in (voices, voices.unasked())
    )
    held = voices.take(outside)
    by_others = spoken(held.unasked(), held.take, weights, Shortcut(alone, *sure))
    spared = Shortcut(alone, *sure).sure(combined(held.unasked(), alone))
    assert 0 < spared.sum() < len(spared)
    np.testing.assert_allclose(found.action[outside], by_others.action, rtol=1e-6)
    assert special.softmax(found.action[outside][spared], axis=1).max(axis=1).min() >= 0.9 - 1e-6
