"""The ensemble: networks, linear model and codebook rules, combined by a meta-model.

Corrections that were learned from reviewers' decisions are added to what the meta-model says.

The network takes most of the time of labelling. In a cascade it runs only on texts for which the linear model
and the rules alone are not confident (early exit).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from pipeline.models.corrections import Corrections
from pipeline.models.linear import FloatMatrix, LinearClassifier, Scores
from pipeline.models.network.inference import Network, mean_logits
from pipeline.models.stacking import BaseScores, StackingWeights, fit_stacking, stacked_scores


@dataclass(frozen=True)
class Cascade:
    """When the prediction of linear model and rules is final, so that the network need not run.

    Attributes:
        first_stage: weights of the meta-model that combines linear model and rules, without a network.
        action_threshold: least probability of the predicted action, 0 to 1.
        tag_threshold: every tag's probability must be at most this, or at least 1 minus this; 0 to 0.5.
    """

    first_stage: StackingWeights
    action_threshold: float
    tag_threshold: float

    def exits(self, scores: Scores) -> npt.NDArray[np.bool_]:
        """(n,) whether a row needs no network. Args: `scores`, combined by `first_stage`."""
        action = special.softmax(scores.action, axis=1).max(axis=1) >= self.action_threshold
        tags = np.abs(scores.tags).min(axis=1, initial=np.inf) >= special.logit(1 - self.tag_threshold)
        confident: npt.NDArray[np.bool_] = action & tags
        return confident


class EnsembleClassifier:
    """A stacked ensemble of networks, the linear model and the codebook's rules."""

    kind = "ensemble"

    def __init__(
        self,
        networks: Sequence[Network],
        linear: LinearClassifier,
        weights: StackingWeights,
        cascade: Cascade | None = None,
        corrections: Corrections | None = None,
    ) -> None:
        """Args: base models of the same tags, and weights fitted for them; see `Cascade`, `Corrections`."""
        self.networks = tuple(networks)
        self.linear = linear
        self.weights = weights
        self.cascade = cascade
        self.corrections = corrections

    def score(self, texts: Sequence[str], rules: FloatMatrix) -> Scores:
        """Scores of blinded texts. Args: `rules`, (n, 5 + T), see `RuleLabeller.features`."""
        features = self.linear.encoder.encode(texts)
        added = None if self.corrections is None else self.corrections.of(features)
        without_network = BaseScores(None, self.linear.scored(features, texts), rules, added)

        def with_network(rows: npt.NDArray[np.int64]) -> BaseScores:
            chosen = without_network.take(rows)
            return BaseScores(
                network_scores(self.networks, [texts[i] for i in rows.tolist()], chosen.linear),
                chosen.linear,
                chosen.rules,
                chosen.added,
            )

        return cascade_scores(without_network, with_network, self.weights, self.cascade)


def fit_ensemble(
    base: BaseScores,
    actions: npt.NDArray[np.int64],
    tags: npt.NDArray[np.bool_],
    thresholds: tuple[float, float] | None,
) -> tuple[StackingWeights, Cascade | None]:
    """Fit the meta-model, and the first stage of the cascade.

    Args:
        base, actions, tags: see `fit_stacking`.
        thresholds: of the cascade, for action and tags; None if the networks run on every text.
    """
    weights = fit_stacking(base, actions, tags)
    if thresholds is None:
        return weights, None
    return weights, Cascade(fit_stacking(base.without_network(), actions, tags), *thresholds)


def cascade_scores(
    without_network: BaseScores,
    with_network: Callable[[npt.NDArray[np.int64]], BaseScores],
    weights: StackingWeights,
    cascade: Cascade | None,
) -> Scores:
    """Scores of the ensemble; the networks run only on rows that the first stage does not settle.

    Args:
        without_network: outputs of linear model and rules, for all rows.
        with_network: computes the outputs of all base models for the rows at some positions.
        weights: of the meta-model.
        cascade: None if the networks run on every row.
    """
    if cascade is None:
        return stacked_scores(with_network(np.arange(len(without_network.rules))), weights)
    scores = stacked_scores(without_network, cascade.first_stage)
    rest = np.flatnonzero(~cascade.exits(scores))
    second = stacked_scores(with_network(rest), weights)
    scores.action[rest], scores.tags[rest] = second.action, second.tags
    return scores


def network_scores(networks: Sequence[Network], texts: Sequence[str], linear: Scores) -> Scores:
    """Mean scores of the networks for blinded texts; the share of known words is taken from `linear`."""
    actions, tags = mean_logits(networks, texts)
    return Scores(actions, tags.reshape(linear.tags.shape), linear.known)
