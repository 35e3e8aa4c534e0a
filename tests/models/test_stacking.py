"""The meta-model: what its weights learn, and that rare classes are shrunk towards the common value."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import special

from pipeline.models.linear import FloatMatrix, Scores
from pipeline.models.stacking import BaseScores, StackingWeights, fit_stacking, stacked_scores

ROWS = 600
RNG = np.random.default_rng(5)
ACTIONS = RNG.integers(1, 6, ROWS)
TAGS = RNG.random((ROWS, 4)) < np.array([0.5, 0.2, 0.1, 0.01])
SILENT = np.zeros((ROWS, 9), dtype=np.float32)


def scores(strength: float, seed: int, tag_bias: float = 0.0) -> Scores:
    """Scores that point to the gold by `strength`, with noise of one."""
    rng = np.random.default_rng(seed)
    action = strength * np.eye(5)[ACTIONS - 1] + rng.normal(size=(ROWS, 5))
    tags = strength * np.where(TAGS, 1, -1) + rng.normal(size=TAGS.shape) + tag_bias
    return Scores(action.astype(np.float32), tags.astype(np.float32), np.ones(ROWS, dtype=np.float32))


def ruled(right: float, seed: int) -> FloatMatrix:
    """Rules that give the gold in a share `right` of the rows, and a random label otherwise."""
    rng = np.random.default_rng(seed)
    gold = np.hstack([np.eye(5)[ACTIONS - 1], TAGS])
    shuffled = gold[rng.permutation(ROWS)]
    return np.where(rng.random((ROWS, 1)) < right, gold, shuffled).astype(np.float32)


def action_loss(of: Scores) -> float:
    return float(-special.log_softmax(of.action, axis=1)[np.arange(ROWS), ACTIONS - 1].mean())


def tag_loss(of: Scores) -> float:
    return float(np.logaddexp(0, np.where(TAGS, -of.tags, of.tags)).mean())


def fitted(
    network: Scores | None, linear: Scores, rules: FloatMatrix = SILENT
) -> tuple[StackingWeights, Scores]:
    """Weights fitted to the gold, and the scores that they give."""
    base = BaseScores(network, linear, rules)
    weights = fit_stacking(base, ACTIONS, TAGS)
    return weights, stacked_scores(base, weights)


def test_two_models_are_better_than_each() -> None:
    network, linear = scores(2.0, 1), scores(1.5, 2)
    _, both = fitted(network, linear)
    assert action_loss(both) < min(action_loss(network), action_loss(linear)) - 0.05
    assert tag_loss(both) < min(tag_loss(network), tag_loss(linear)) - 0.01


def test_rules_that_are_often_right_help_and_those_that_guess_do_not() -> None:
    network, linear = scores(2.0, 1), scores(1.5, 2)
    _, without = fitted(network, linear)
    helped, with_rules = fitted(network, linear, ruled(0.8, 3))
    assert action_loss(with_rules) < action_loss(without) - 0.05
    assert tag_loss(with_rules) < 0.7 * tag_loss(without)
    guessed, _ = fitted(network, linear, ruled(0.0, 3))
    assert np.mean(guessed.action_rules) < 0.3 * np.mean(helped.action_rules)
    assert np.mean(guessed.tag_rules) < 0.5 * np.mean(helped.tag_rules)


def test_where_the_rules_are_silent_they_change_nothing() -> None:
    weights, _ = fitted(scores(2.0, 1), scores(1.5, 2), ruled(0.8, 3))
    silent = StackingWeights(
        weights.action, (0.0,) * 5, weights.action_shift, weights.tags, (0.0,) * 4, weights.tag_shift
    )
    base = BaseScores(scores(2.0, 1), scores(1.5, 2), SILENT)
    np.testing.assert_array_equal(stacked_scores(base, weights).action, stacked_scores(base, silent).action)
    np.testing.assert_array_equal(stacked_scores(base, weights).tags, stacked_scores(base, silent).tags)


def test_a_model_that_knows_nothing_gets_next_to_no_weight() -> None:
    weights, _ = fitted(scores(3.0, 1), scores(0.0, 2))
    assert weights.action[1] < 0.1 * weights.action[0]
    assert weights.tags[1] < 0.1 * weights.tags[0]


def test_an_overconfident_model_is_toned_down() -> None:
    network = scores(2.0, 1)
    loud = Scores(network.action * 10, network.tags * 10, network.known)
    (weights, _), (quiet, _) = (fitted(of, scores(0.0, 2)) for of in (loud, network))
    assert weights.action[0] == pytest.approx(quiet.action[0] / 10, rel=0.05)
    assert weights.tags[0] == pytest.approx(quiet.tags[0] / 10, rel=0.05)


def test_a_model_that_points_the_wrong_way_gets_no_weight_rather_than_a_negative_one() -> None:
    weights, _ = fitted(scores(2.0, 1), scores(-2.0, 2))
    assert (weights.action[1], weights.tags[1]) == (0.0, 0.0)


BASE = BaseScores(scores(1.0, 1, tag_bias=-1.0), scores(0.7, 2), ruled(0.6, 3))
"""Models and rules of which each helps, and tags that need an intercept."""


def by_definition(weights: StackingWeights) -> tuple[FloatMatrix, FloatMatrix]:
    """Log odds of actions, (n, 5), up to a constant of each row, and tags, (n, T)."""
    models = (BASE.network, BASE.linear)
    action = BASE.rules[:, :5] * weights.action_rules + weights.action_shift
    tags = BASE.rules[:, 5:] * weights.tag_rules + weights.tag_shift
    for of, own, tag in zip(models, weights.action, weights.tags, strict=True):
        assert of is not None
        action = action + own * (of.action - special.logsumexp(of.action, axis=1, keepdims=True))
        tags = tags + tag * of.tags
    return action, tags


def penalised_loss(weights: StackingWeights) -> float:
    """What the parameters are to minimise: the log-loss, and a normal prior for what belongs to one class.

    Standard deviations: 0.5 of a category's intercept, 0.1 of a tag's around their mean; 1 of a rule's
    weight, for a category around 0 and for a tag around their mean.
    """
    action, tags = by_definition(weights)
    log_loss = special.logsumexp(action, axis=1) - action[np.arange(ROWS), ACTIONS - 1]
    loss = log_loss.sum() + np.logaddexp(0, np.where(TAGS, -tags, tags)).sum()
    for values, spread, centred in (
        (weights.action_shift, 0.5, False),
        (weights.action_rules, 1.0, False),
        (weights.tag_shift, 0.1, True),
        (weights.tag_rules, 1.0, True),
    ):
        around = np.mean(values) if centred else 0.0
        loss += ((np.array(values) - around) ** 2).sum() / (2 * spread**2)
    return float(loss)


def test_scores_are_the_weighted_sum_of_models_rules_and_intercepts() -> None:
    rng = np.random.default_rng(8)
    drawn = (rng.normal(size=size).tolist() for size in (2, 5, 5, 2, 4, 4))
    weights = StackingWeights(*map(tuple, drawn))
    action, tags = by_definition(weights)
    found = stacked_scores(BASE, weights)
    np.testing.assert_allclose(found.action, action, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.tags, tags, rtol=1e-4, atol=1e-5)
    assert found.action.dtype == found.tags.dtype == np.float32


def test_no_other_parameters_nearby_have_a_smaller_penalised_loss() -> None:
    weights = fit_stacking(BASE, ACTIONS, TAGS)
    least = penalised_loss(weights)
    for name, values in vars(weights).items():
        for place in range(len(values)):
            for step in (-0.02, 0.02):
                moved = list(values)
                moved[place] += step
                other = replace(weights, **{name: tuple(moved)})
                assert penalised_loss(other) > least, (name, place, step)


def test_a_common_bias_of_the_tags_is_taken_back() -> None:
    weights, _ = fitted(scores(2.0, 1, tag_bias=-3.0), scores(0.0, 2))
    plain, _ = fitted(scores(2.0, 1), scores(0.0, 2))
    assert np.mean(weights.tag_shift) - np.mean(plain.tag_shift) == pytest.approx(
        3.0 * plain.tags[0], rel=0.1
    )


def test_the_shift_of_a_tag_without_cases_stays_near_the_others() -> None:
    tags = TAGS.copy()
    tags[:, 3] = False
    shift = np.array(
        fit_stacking(BaseScores(scores(2.0, 1), scores(1.0, 2), SILENT), ACTIONS, tags).tag_shift
    )
    # Without the shrinking it would run off: the log-loss of 600 rows without a case falls for ever.
    assert abs(shift[3] - shift[:3].mean()) < 3.0


def test_scores_keep_the_known_words_and_the_shapes() -> None:
    linear = scores(1.5, 2)
    _, both = fitted(scores(2.0, 1), linear, ruled(0.5, 3))
    assert (both.action.shape, both.tags.shape) == ((ROWS, 5), (ROWS, 4))
    assert both.action.dtype == np.float32
    assert both.known is linear.known


def test_a_missing_network_has_no_weight() -> None:
    weights, _ = fitted(None, scores(1.0, 2))
    assert (weights.action[0], weights.tags[0]) == (0.0, 0.0)
    assert weights.action[1] > 0.5


def test_what_is_added_to_the_scores_is_added() -> None:
    """Corrections that were learned from decisions, of the action and of the tags."""
    base = BaseScores(scores(2.0, 1), scores(1.5, 2), ruled(0.8, 3))
    weights = fit_stacking(base, ACTIONS, TAGS)
    added = np.random.default_rng(9).normal(size=(ROWS, 9)).astype(np.float32)
    plain = stacked_scores(base, weights)
    found = stacked_scores(replace(base, added=(added[:, :5], added[:, 5:])), weights)
    np.testing.assert_allclose(found.action, plain.action + added[:, :5], atol=1e-5)
    np.testing.assert_allclose(found.tags, plain.tags + added[:, 5:], atol=1e-5)


def test_some_rows_get_the_scores_that_they_have_among_all_rows() -> None:
    base = BaseScores(scores(2.0, 1), scores(1.5, 2), ruled(0.8, 3))
    weights = fit_stacking(base, ACTIONS, TAGS)
    added = np.random.default_rng(9).normal(size=(ROWS, 9)).astype(np.float32)
    base = replace(base, added=(added[:, :5], added[:, 5:]))
    rows = np.array([5, 0, 599])
    np.testing.assert_array_equal(
        stacked_scores(base.take(rows), weights).action, stacked_scores(base, weights).action[rows]
    )
