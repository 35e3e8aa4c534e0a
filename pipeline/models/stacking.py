"""Voices as one: how much the network, the linear model and the codebook's rules count, learned on the tuning
part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from pipeline.models.linear import FloatMatrix, Scores

_SPREAD = 0.5
"""How far a category's own shift may lie from none (standard deviation, in log odds): a rare one stays near
it.
"""
_TAG_SPREAD = 0.1
"""How far a tag's shift may lie from the common one: what one session teaches of
single tags does not hold in others (docs/experiments.md)."""
_RULES_SPREAD = 1.0
"""The same for what a rule adds to its category or tag, there from the common value."""
_Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Voices:
    """What is said of the same texts, row by row.

    Attributes:
        network: scores of the network, or the mean of several; None where it was not asked.
        linear: scores of the linear model.
        rules: (n, 5 + T) 1 where the codebook's rules give the category or the tag, else 0.
    """

    network: Scores | None
    linear: Scores
    rules: FloatMatrix

    def unasked(self) -> Voices:
        """The same without networks."""
        return Voices(None, self.linear, self.rules)

    def take(self, rows: npt.NDArray[np.int64]) -> Voices:
        """The same of some rows."""
        return Voices(
            None if self.network is None else self.network.take(rows),
            self.linear.take(rows),
            self.rules[rows],
        )


@dataclass(frozen=True)
class Weights:
    """How the voices are added.

    Attributes:
        action: weights of the network's and the linear model's log probabilities.
        action_rules: (5) added to the category that the rules give.
        action_shift: (5) added to each category.
        tags: weights of the network's logits and the linear model's margins.
        tag_rules: (T) added to a tag that the rules give.
        tag_shift: (T) added to each tag.
    """

    action: tuple[float, ...]
    action_rules: tuple[float, ...]
    action_shift: tuple[float, ...]
    tags: tuple[float, ...]
    tag_rules: tuple[float, ...]
    tag_shift: tuple[float, ...]


def combined(voices: Voices, weights: Weights) -> Scores:
    """The voices as log odds of one model; a network that was not asked says nothing."""
    said = [scores for scores in (voices.network, voices.linear) if scores is not None]
    action = voices.rules[:, :5] * np.asarray(weights.action_rules) + np.asarray(weights.action_shift)
    tags = voices.rules[:, 5:] * np.asarray(weights.tag_rules) + np.asarray(weights.tag_shift)
    for scores, of_action, of_tags in zip(
        said, weights.action[-len(said) :], weights.tags[-len(said) :], strict=True
    ):
        action = action + of_action * special.log_softmax(scores.action, axis=1)
        tags = tags + of_tags * scores.tags
    return Scores(action.astype(np.float32), tags.astype(np.float32), voices.linear.known)


def fit_weights(voices: Voices, actions: npt.NDArray[np.int64], tags: npt.NDArray[np.bool_]) -> Weights:
    """Weights of least log-loss on rows that trained no voice, what is a category's or tag's own being
    shrunk.

    Args:
        voices: of the tuning rows.
        actions: (n,) 1..5.
        tags: (n, T).

    Returns: with a weight of 0 for a network that was not asked.
    """
    said = [scores for scores in (voices.network, voices.linear) if scores is not None]
    rules = voices.rules.astype(np.float64)
    logs = np.stack([special.log_softmax(scores.action.astype(np.float64), axis=1) for scores in said])
    action, action_rules, action_shift = _fit_action(logs, rules[:, :5], actions)
    margins = np.stack([scores.tags.astype(np.float64) for scores in said])
    tag, tag_rules, tag_shift = _fit_tags(margins, rules[:, 5:], tags)
    unasked = (0.0,) * (2 - len(said))
    return Weights(unasked + action, action_rules, action_shift, unasked + tag, tag_rules, tag_shift)


def _fit_action(
    logs: _Doubles, rules: _Doubles, actions: npt.NDArray[np.int64]
) -> tuple[tuple[float, ...], ...]:
    """Args: `logs` (voices, n, 5). Returns: weights of the voices, what the rules add, shifts."""
    voices, rows = len(logs), np.arange(len(actions))
    gold = np.eye(5)[actions - 1]

    def loss(parameters: _Doubles) -> tuple[float, _Doubles]:
        weights, added, shift = np.split(parameters, [voices, voices + 5])
        log_odds = special.log_softmax(np.tensordot(weights, logs, 1) + rules * added + shift, axis=1)
        error = np.exp(log_odds) - gold
        penalty = (shift**2).sum() / (2 * _SPREAD**2) + (added**2).sum() / (2 * _RULES_SPREAD**2)
        gradient = [
            (logs * error).sum(axis=(1, 2)),
            (rules * error).sum(axis=0) + added / _RULES_SPREAD**2,
            error.sum(axis=0) + shift / _SPREAD**2,
        ]
        return float(-log_odds[rows, actions - 1].sum() + penalty), np.concatenate(gradient)

    start = np.concatenate([np.full(voices, 1 / voices), np.zeros(10)])
    return _parts(_least(loss, start, voices), [voices, voices + 5])


def _fit_tags(
    margins: _Doubles, rules: _Doubles, tags: npt.NDArray[np.bool_]
) -> tuple[tuple[float, ...], ...]:
    """Args: `margins` (voices, n, T). Returns: weights of the voices, what the rules add to each tag, shifts
    of each tag.
    """
    voices, columns = len(margins), tags.shape[1]
    gold = tags.astype(np.float64)
    cuts = [voices, voices + 1, voices + 1 + columns, voices + 2 + columns]

    def loss(parameters: _Doubles) -> tuple[float, _Doubles]:
        # What rules add and the shift: each a common value, and each tag's difference from it.
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

    start = np.concatenate([np.ones(voices), np.zeros(2 + 2 * columns)])
    weights, common, own, offset, shift = (
        np.array(part) for part in _parts(_least(loss, start, voices), cuts)
    )
    return tuple(weights.tolist()), tuple((common + own).tolist()), tuple((offset + shift).tolist())


def _least(loss: object, start: _Doubles, voices: int) -> _Doubles:
    """Where the loss is least; no voice counts against itself."""
    from scipy import optimize  # late: labelling does without

    bounds = [(0, None)] * voices + [(None, None)] * (len(start) - voices)
    found: _Doubles = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return found


def _parts(parameters: _Doubles, cuts: list[int]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(part.tolist()) for part in np.split(parameters, cuts))
