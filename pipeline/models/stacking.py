"""Stacking: the meta-model that combines the scores of network, linear model and codebook rules.

It is a multinomial logistic regression for the action and a logistic regression for each tag, on the outputs
of the base models. The weights of the base models are common to all classes and not negative; parameters of a
single class are shrunk towards a common value (ridge penalty). It is fitted on the tuning part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from pipeline.models.linear import FloatMatrix, Scores

_SPREAD = 0.5
"""Prior standard deviation of a category's intercept, in log odds; keeps rare categories near 0."""
_TAG_SPREAD = 0.1
"""The same for a tag's intercept, around the common one.

It is small because intercepts fitted on one session do not hold in others (docs/experiments.md).
"""
_RULES_SPREAD = 1.0
"""The same for the weight of a rule: of a category around 0, of a tag around the weight common to all tags.
"""
_Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class BaseScores:
    """Outputs of the base models for the same texts, row by row.

    Attributes:
        network: scores of the network, or the mean of several; None where no network ran.
        linear: scores of the linear model.
        rules: (n, 5 + T) 1 where the codebook's rules give the category or the tag, else 0.
        added: what corrections add to the log odds of actions, (n, 5), and tags, (n, T); None without any.
    """

    network: Scores | None
    linear: Scores
    rules: FloatMatrix
    added: tuple[FloatMatrix, FloatMatrix] | None = None

    def without_network(self) -> BaseScores:
        """Outputs of linear model and rules alone."""
        return BaseScores(None, self.linear, self.rules, self.added)

    def take(self, rows: npt.NDArray[np.int64]) -> BaseScores:
        """The rows at some positions, in that order."""
        return BaseScores(
            None if self.network is None else self.network.take(rows),
            self.linear.take(rows),
            self.rules[rows],
            None if self.added is None else (self.added[0][rows], self.added[1][rows]),
        )


@dataclass(frozen=True)
class StackingWeights:
    """Parameters of the meta-model. Field names are keys of a stored ensemble.json.

    Attributes:
        action: weights of the network's and the linear model's log probabilities.
        action_rules: (5) added to the log odds of the category that the rules give.
        action_shift: (5) intercepts of the categories.
        tags: weights of the network's logits and the linear model's margins.
        tag_rules: (T) added to the log odds of a tag that the rules give.
        tag_shift: (T) intercepts of the tags.
    """

    action: tuple[float, ...]
    action_rules: tuple[float, ...]
    action_shift: tuple[float, ...]
    tags: tuple[float, ...]
    tag_rules: tuple[float, ...]
    tag_shift: tuple[float, ...]


def stacked_scores(base: BaseScores, weights: StackingWeights) -> Scores:
    """Scores of the meta-model, as log odds. Without a network, its weight is not used."""
    models = [scores for scores in (base.network, base.linear) if scores is not None]
    action = base.rules[:, :5] * np.asarray(weights.action_rules) + np.asarray(weights.action_shift)
    tags = base.rules[:, 5:] * np.asarray(weights.tag_rules) + np.asarray(weights.tag_shift)
    for scores, action_weight, tag_weight in zip(
        models, weights.action[-len(models) :], weights.tags[-len(models) :], strict=True
    ):
        action = action + action_weight * special.log_softmax(scores.action, axis=1)
        tags = tags + tag_weight * scores.tags
    if base.added is not None:
        action, tags = action + base.added[0], tags + base.added[1]
    return Scores(action.astype(np.float32), tags.astype(np.float32), base.linear.known)


def fit_stacking(
    base: BaseScores, actions: npt.NDArray[np.int64], tags: npt.NDArray[np.bool_]
) -> StackingWeights:
    """Fit the meta-model by penalised log-loss, on rows that no base model was trained on.

    Args:
        base: outputs of the base models for the tuning rows.
        actions: (n,) gold categories, 1..5.
        tags: (n, T) gold tags.

    Returns: parameters, with weight 0 for a network that `base` lacks.
    """
    models = [scores for scores in (base.network, base.linear) if scores is not None]
    rules = base.rules.astype(np.float64)
    logs = np.stack([special.log_softmax(scores.action.astype(np.float64), axis=1) for scores in models])
    action, action_rules, action_shift = _fit_action(logs, rules[:, :5], actions)
    margins = np.stack([scores.tags.astype(np.float64) for scores in models])
    tag, tag_rules, tag_shift = _fit_tags(margins, rules[:, 5:], tags)
    absent = (0.0,) * (2 - len(models))
    return StackingWeights(absent + action, action_rules, action_shift, absent + tag, tag_rules, tag_shift)


def _fit_action(
    logs: _Doubles, rules: _Doubles, actions: npt.NDArray[np.int64]
) -> tuple[tuple[float, ...], ...]:
    """Fit the part for the action.

    Args: `logs`, (models, n, 5) log probabilities; `rules`, (n, 5).

    Returns: weights of the models, weights of the rules, intercepts.
    """
    models, rows = len(logs), np.arange(len(actions))
    gold = np.eye(5)[actions - 1]

    def loss(parameters: _Doubles) -> tuple[float, _Doubles]:
        weights, added, shift = np.split(parameters, [models, models + 5])
        log_odds = special.log_softmax(np.tensordot(weights, logs, 1) + rules * added + shift, axis=1)
        error = np.exp(log_odds) - gold
        penalty = (shift**2).sum() / (2 * _SPREAD**2) + (added**2).sum() / (2 * _RULES_SPREAD**2)
        gradient = [
            (logs * error).sum(axis=(1, 2)),
            (rules * error).sum(axis=0) + added / _RULES_SPREAD**2,
            error.sum(axis=0) + shift / _SPREAD**2,
        ]
        return float(-log_odds[rows, actions - 1].sum() + penalty), np.concatenate(gradient)

    start = np.concatenate([np.full(models, 1 / models), np.zeros(10)])
    return _parts(_minimise(loss, start, models), [models, models + 5])


def _fit_tags(
    margins: _Doubles, rules: _Doubles, tags: npt.NDArray[np.bool_]
) -> tuple[tuple[float, ...], ...]:
    """Fit the part for the tags.

    Args: `margins`, (models, n, T); `rules`, (n, T).

    Returns: weights of the models, weights of the rules for each tag, intercepts of the tags.
    """
    models, columns = len(margins), tags.shape[1]
    gold = tags.astype(np.float64)
    cuts = [models, models + 1, models + 1 + columns, models + 2 + columns]

    def loss(parameters: _Doubles) -> tuple[float, _Doubles]:
        # Weights of rules and intercepts are each a common value and every tag's difference from it.
        weights, common, own, offset, shift = np.split(parameters, cuts)
        logits = np.tensordot(weights, margins, 1) + rules * (common + own) + offset + shift
        error = special.expit(logits) - gold
        penalty = (shift**2).sum() / (2 * _TAG_SPREAD**2) + (own**2).sum() / (2 * _RULES_SPREAD**2)
        ruled, column = (rules * error).sum(axis=0), error.sum(axis=0)
        gradient = [
            (margins * error).sum(axis=(1, 2)),
            ruled.sum(keepdims=True),
            ruled + own / _RULES_SPREAD**2,
            column.sum(keepdims=True),
            column + shift / _TAG_SPREAD**2,
        ]
        return float(np.logaddexp(0, np.where(tags, -logits, logits)).sum() + penalty), np.concatenate(
            gradient
        )

    start = np.concatenate([np.ones(models), np.zeros(2 + 2 * columns)])
    weights, common, own, offset, shift = (
        np.array(part) for part in _parts(_minimise(loss, start, models), cuts)
    )
    return tuple(weights.tolist()), tuple((common + own).tolist()), tuple((offset + shift).tolist())


def _minimise(loss: object, start: _Doubles, models: int) -> _Doubles:
    """The parameters of least loss. The first `models`, weights of the base models, are not negative."""
    from scipy import optimize  # late: labelling does without

    bounds = [(0, None)] * models + [(None, None)] * (len(start) - models)
    found: _Doubles = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return found


def _parts(parameters: _Doubles, cuts: list[int]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(part.tolist()) for part in np.split(parameters, cuts))
