"""Models that err differently, as one: networks, the linear model and the codebook's rules, weighed on the
tuning part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from pipeline.models.linear import FloatMatrix, LinearClassifier, Scores
from pipeline.models.network.inference import Network, mean_logits
from pipeline.models.stacking import Voices, Weights, combined, fit_weights


@dataclass(frozen=True)
class Shortcut:
    """When linear model and rules are so sure that the network is not asked; it is most of the time that
    labelling takes.

    Attributes:
        alone: weights of the voices where there is no network.
        action: probability of an action from which on they are sure of it.
        tag: they are sure of a tag whose probability is below this, or above 1 minus this.
    """

    alone: Weights
    action: float
    tag: float

    def sure(self, alone: Scores) -> npt.NDArray[np.bool_]:
        """(n,) whether scores weighed as `alone` are sure of the action and of every tag."""
        action = special.softmax(alone.action, axis=1).max(axis=1) >= self.action
        tags = np.abs(alone.tags).min(axis=1, initial=np.inf) >= special.logit(1 - self.tag)
        sure: npt.NDArray[np.bool_] = action & tags
        return sure


class EnsembleClassifier:
    """Networks, linear model and codebook rules side by side."""

    kind = "ensemble"

    def __init__(
        self,
        networks: Sequence[Network],
        linear: LinearClassifier,
        weights: Weights,
        shortcut: Shortcut | None = None,
    ) -> None:
        """Args: models of the same tags, and weights fitted for them; with a `shortcut`, networks are not
        always asked.
        """
        self.networks = tuple(networks)
        self.linear = linear
        self.weights = weights
        self.shortcut = shortcut

    def score(self, texts: Sequence[str], rules: FloatMatrix) -> Scores:
        """Scores of blinded texts."""
        unasked = Voices(None, self.linear.score(texts), rules)

        def ask(rows: npt.NDArray[np.int64]) -> Voices:
            chosen = unasked.take(rows)
            return Voices(
                network_scores(self.networks, [texts[i] for i in rows.tolist()], chosen.linear),
                chosen.linear,
                chosen.rules,
            )

        return spoken(unasked, ask, self.weights, self.shortcut)


def fit_speaking(
    voices: Voices,
    actions: npt.NDArray[np.int64],
    tags: npt.NDArray[np.bool_],
    sure: tuple[float, float] | None,
) -> tuple[Weights, Shortcut | None]:
    """How the voices are weighed, and when the networks need not be asked.

    Args:
        voices, actions, tags: see `fit_weights`.
        sure: limits of the shortcut for action and tags, or None to ask the networks always.
    """
    shortcut = None if sure is None else Shortcut(fit_weights(voices.unasked(), actions, tags), *sure)
    return fit_weights(voices, actions, tags), shortcut


def spoken(
    unasked: Voices,
    ask: Callable[[npt.NDArray[np.int64]], Voices],
    weights: Weights,
    shortcut: Shortcut | None,
) -> Scores:
    """The scores of all voices, the networks being asked only where the shortcut is not sure.

    Args:
        unasked: voices without networks.
        ask: gives the voices, with networks, of some rows.
    """
    if shortcut is None:
        return combined(ask(np.arange(len(unasked.rules))), weights)
    scores = combined(unasked, shortcut.alone)
    rest = np.flatnonzero(~shortcut.sure(scores))
    asked = combined(ask(rest), weights)
    scores.action[rest], scores.tags[rest] = asked.action, asked.tags
    return scores


def network_scores(networks: Sequence[Network], texts: Sequence[str], linear: Scores) -> Scores:
    """The mean of what the networks say of blinded texts; which words are known is the linear model's to
    say.
    """
    actions, tags = mean_logits(networks, texts)
    return Scores(actions, tags.reshape(linear.tags.shape), linear.known)
