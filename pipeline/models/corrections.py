"""What reviewers' decisions change in an ensemble: a linear model of what the ensemble still gets wrong.

A network learns nothing between its trainings, and on the texts that reviewers correct it is as confident as
elsewhere. So a linear model is fitted on top of it (as in boosting): its features are those of the ensemble's
linear model, it begins at what the ensemble says, and it learns from the decisions what to add to that. Rows
of recent sessions keep it from changing what was not decided: for these, what the ensemble says is the aim.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from pipeline.models.linear import FloatMatrix, Scores
from pipeline.options import RefreshOptions

_Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Corrections:
    """What is added to the scores of an ensemble.

    Attributes:
        columns: (k) ascending columns of the linear model's features: those that occur in decided texts.
        action: (5, k) weights.
        tags: (T, w) weights of the first w columns, which are word features.
    """

    columns: npt.NDArray[np.int64]
    action: FloatMatrix
    tags: FloatMatrix

    def of(self, features: Any) -> tuple[FloatMatrix, FloatMatrix]:
        """What is added to the log odds: (n, 5) of the actions and (n, T) of the tags.

        Args: `features`, (n, all features) sparse, of the linear model's encoder.
        """
        chosen = features[:, self.columns]
        return (
            np.asarray(chosen @ self.action.T, dtype=np.float32),
            np.asarray(chosen[:, : self.tags.shape[1]] @ self.tags.T, dtype=np.float32),
        )


@dataclass(frozen=True)
class CorrectedRows:
    """Rows that corrections are fitted on.

    Attributes:
        features: (n, all features) sparse, of the linear model's encoder.
        before: what the ensemble says without corrections; it was fitted on none of these rows.
        actions: (n) 1..5; only those of decisions count.
        tags: (n, T); only those of decisions count.
        decided: (n) whether the row is a reviewer's decision.
    """

    features: Any
    before: Scores
    actions: npt.NDArray[np.int64]
    tags: npt.NDArray[np.bool_]
    decided: npt.NDArray[np.bool_]

    def take(self, rows: npt.NDArray[np.int64]) -> CorrectedRows:
        """The rows at some positions, in that order."""
        return CorrectedRows(
            self.features[rows],
            self.before.take(rows),
            self.actions[rows],
            self.tags[rows],
            self.decided[rows],
        )


def fit_corrections(rows: CorrectedRows, words: int, options: RefreshOptions) -> Corrections | None:
    """Fit the corrections by penalised log-loss.

    Args: `words`, how many of the first features are word features.

    Returns: None where no row was decided.
    """
    if not rows.decided.any():
        return None
    columns = np.unique(rows.features[np.flatnonzero(rows.decided)].indices).astype(np.int64)
    of_words = int(np.searchsorted(columns, words))
    chosen = rows.features[:, columns].astype(np.float64)
    weights = np.where(rows.decided, options.decision_weight, 1.0)
    wanted = rows.decided[:, None]
    actions = np.where(
        wanted, np.eye(5)[rows.actions - 1], special.softmax(rows.before.action.astype(np.float64), axis=1)
    )
    tags = np.where(wanted, rows.tags, special.expit(rows.before.tags.astype(np.float64)))

    def action_loss(added: _Doubles) -> tuple[float, _Doubles]:
        logs = special.log_softmax(added, axis=1)
        return float(-(weights[:, None] * actions * logs).sum()), weights[:, None] * (np.exp(logs) - actions)

    def tag_loss(aim: _Doubles, added: _Doubles) -> tuple[float, _Doubles]:
        loss = np.logaddexp(0, added) - aim * added
        return float((weights[:, None] * loss).sum()), weights[:, None] * (special.expit(added) - aim)

    weights_of_tags = np.zeros((tags.shape[1], of_words), dtype=np.float32)
    # Tags in which no decision differs from what the ensemble says need no correction.
    differ = np.flatnonzero((rows.decided[:, None] & (rows.tags != (rows.before.tags > 0))).any(axis=0))
    weights_of_tags[differ] = _fitted(
        chosen[:, :of_words],
        rows.before.tags[:, differ],
        partial(tag_loss, tags[:, differ]),
        options.correction_c,
    )
    return Corrections(
        columns, _fitted(chosen, rows.before.action, action_loss, options.correction_c), weights_of_tags
    )


def _fitted(features: Any, before: FloatMatrix, loss: Any, c: float) -> FloatMatrix:
    """(outputs, features) weights. Args: `loss`, of (n, outputs) log odds, with its gradient."""
    from scipy import optimize  # late: labelling does without

    shape = (before.shape[1], features.shape[1])
    if not all(shape):
        return np.zeros(shape, dtype=np.float32)
    offset, back = before.astype(np.float64), features.T.tocsr()

    def penalised(flat: _Doubles) -> tuple[float, _Doubles]:
        weights = flat.reshape(shape)
        value, gradient = loss(offset + features @ weights.T)
        penalty = float((flat**2).sum()) / (2 * c)
        return value + penalty, (back @ gradient).T.ravel() + flat / c

    found = optimize.minimize(
        penalised, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 100}
    )
    weights: FloatMatrix = found.x.reshape(shape).astype(np.float32)
    return weights
