"""Two models that err differently, as one: the linear one and the fine-tuned network, weighed on the tuning part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from pipeline.classifiers import FloatMatrix, LinearClassifier, Scores
from pipeline.transformer.inference import Network

_SPREAD = 0.5
"""How far a category's or tag's own shift may lie from none (standard deviation, in log odds): rare ones stay near it."""


@dataclass(frozen=True)
class Weights:
    """How the scores of both are added.

    Attributes:
        action: weights of the network's and the linear model's log probabilities.
        action_shift: (5) added for each category.
        tags: weights of the network's logits and the linear model's margins.
        tag_shift: (T) added for each tag.
    """

    action: tuple[float, float]
    action_shift: tuple[float, ...]
    tags: tuple[float, float]
    tag_shift: tuple[float, ...]


def combined(network: Scores, linear: Scores, weights: Weights) -> Scores:
    """The scores of both as log odds of one model."""
    action = weights.action[0] * _log_softmax(network.action) + weights.action[1] * _log_softmax(linear.action)
    tags = weights.tags[0] * network.tags + weights.tags[1] * linear.tags
    return Scores(
        (action + np.asarray(weights.action_shift, dtype=np.float32)).astype(np.float32),
        (tags + np.asarray(weights.tag_shift, dtype=np.float32)).astype(np.float32),
        linear.known,
    )


def _log_softmax(logits: FloatMatrix) -> FloatMatrix:
    result: FloatMatrix = special.log_softmax(logits, axis=1)
    return result


@dataclass(frozen=True)
class Shortcut:
    """When the linear model is so sure that the network is not asked; the network is most of the time that labelling takes.

    Attributes:
        alone: weights of the linear model where it is alone (those of the network are 0).
        action: probability of an action from which on it is sure of it.
        tag: it is sure of a tag whose probability is below this, or above 1 minus this.
    """

    alone: Weights
    action: float
    tag: float

    def sure(self, alone: Scores) -> npt.NDArray[np.bool_]:
        """(n,) whether the linear model alone, weighed as `alone`, is sure of the action and of every tag."""
        action = special.softmax(alone.action, axis=1).max(axis=1) >= self.action
        tags = np.abs(alone.tags).min(axis=1, initial=np.inf) >= special.logit(1 - self.tag)
        sure: npt.NDArray[np.bool_] = action & tags
        return sure


class EnsembleClassifier:
    """The network and the linear model side by side."""

    kind = "ensemble"

    def __init__(self, network: Network, linear: LinearClassifier, weights: Weights, shortcut: Shortcut | None = None) -> None:
        """Args: two models of the same tags, and weights fitted for them; with a `shortcut`, the network is not always asked."""
        self.network = network
        self.linear = linear
        self.weights = weights
        self.shortcut = shortcut

    def score(self, texts: Sequence[str]) -> Scores:
        """Scores of blinded texts."""
        linear = self.linear.score(texts)
        if self.shortcut is None:
            return combined(network_scores(self.network, texts, linear), linear, self.weights)
        scores = combined(linear, linear, self.shortcut.alone)
        rest = np.flatnonzero(~self.shortcut.sure(scores))
        doubtful = Scores(linear.action[rest], linear.tags[rest], linear.known[rest])
        asked = combined(network_scores(self.network, [texts[i] for i in rest.tolist()], doubtful), doubtful, self.weights)
        scores.action[rest], scores.tags[rest] = asked.action, asked.tags
        return scores


def network_scores(network: Network, texts: Sequence[str], linear: Scores) -> Scores:
    """What the network alone says of blinded texts; which words are known is the linear model's to say."""
    actions, tags = network.logits(texts)
    return Scores(actions, tags.reshape(len(texts), linear.tags.shape[1]), linear.known)


def fit_weights(network: Scores, linear: Scores, actions: npt.NDArray[np.int64], tags: npt.NDArray[np.bool_]) -> Weights:
    """Weights of least log-loss on rows that trained neither model, with shifts shrunk towards none.

    Args:
        network, linear: scores of the tuning rows.
        actions: (n,) 1..5.
        tags: (n, T).
    """
    action, action_shift = _fit_action(_log_softmax(network.action), _log_softmax(linear.action), actions)
    tag, tag_shift = _fit_tags(network.tags.astype(np.float64), linear.tags.astype(np.float64), tags)
    return Weights(action, action_shift, tag, tag_shift)


def fit_alone(linear: Scores, actions: npt.NDArray[np.int64], tags: npt.NDArray[np.bool_]) -> Weights:
    """Weights, like those of `fit_weights`, for the linear model without the network."""
    nothing = Scores(np.zeros_like(linear.action), np.zeros_like(linear.tags), linear.known)
    found = fit_weights(nothing, linear, actions, tags)
    return Weights((0.0, found.action[1]), found.action_shift, (0.0, found.tags[1]), found.tag_shift)


def _fit_action(network: FloatMatrix, linear: FloatMatrix, actions: npt.NDArray[np.int64]) -> tuple[tuple[float, float], tuple[float, ...]]:
    from scipy import optimize  # late: labelling does without

    rows = np.arange(len(actions))
    both = np.stack([network, linear]).astype(np.float64)
    gold = np.eye(5)[actions - 1]

    def loss(parameters: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        weights, shift = parameters[:2], parameters[2:]
        logs = special.log_softmax(np.tensordot(weights, both, 1) + shift, axis=1)
        error = np.exp(logs) - gold
        penalty = (shift**2).sum() / (2 * _SPREAD**2)
        gradient = np.concatenate([(both * error).sum(axis=(1, 2)), error.sum(axis=0) + shift / _SPREAD**2])
        return float(-logs[rows, actions - 1].sum() + penalty), gradient

    start = np.array([0.7, 0.3, *[0.0] * 5])
    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * 2 + [(None, None)] * 5).x.tolist()
    return (found[0], found[1]), tuple(found[2:])


def _fit_tags(
    network: npt.NDArray[np.float64], linear: npt.NDArray[np.float64], tags: npt.NDArray[np.bool_]
) -> tuple[tuple[float, float], tuple[float, ...]]:
    from scipy import optimize  # late: labelling does without

    gold = tags.astype(np.float64)

    def loss(parameters: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        # The common offset and each tag's shift from it.
        weights, offset, shift = parameters[:2], parameters[2], parameters[3:]
        logits = weights[0] * network + weights[1] * linear + offset + shift
        error = special.expit(logits) - gold
        penalty = (shift**2).sum() / (2 * _SPREAD**2)
        own = [(error * network).sum(), (error * linear).sum(), error.sum()]
        gradient = np.concatenate([own, error.sum(axis=0) + shift / _SPREAD**2])
        return float(np.logaddexp(0, np.where(tags, -logits, logits)).sum() + penalty), gradient

    start = np.concatenate([[0.7, 1.0, 0.0], np.zeros(tags.shape[1])])
    bounds = [(0, None)] * 2 + [(None, None)] * (1 + tags.shape[1])
    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return (float(found[0]), float(found[1])), tuple((found[2] + found[3:]).tolist())
