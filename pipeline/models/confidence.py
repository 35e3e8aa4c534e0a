"""Uncertainty: calibrated probabilities, prediction sets, and the thresholds for review."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from pipeline.models.linear import Scores

FloatMatrix = npt.NDArray[np.float32]
_STEPS = 401


@dataclass(frozen=True)
class Calibration:
    """Turns scores into probabilities.

    Attributes:
        temperature: divides the action logits before the softmax.
        tag_slope, tag_offset: a tag's probability is sigmoid(slope * score + offset), the same for all tags.
    """

    temperature: float
    tag_slope: float
    tag_offset: float

    def action(self, scores: Scores) -> FloatMatrix:
        """(n, 5) probabilities of the categories; rows add up to 1."""
        probabilities: FloatMatrix = special.softmax(
            scores.action.astype(np.float64) / self.temperature, axis=1
        ).astype(np.float32)
        return probabilities

    def tags(self, scores: Scores) -> FloatMatrix:
        """(n, T) probabilities of the tags."""
        probabilities: FloatMatrix = special.expit(
            self.tag_slope * scores.tags.astype(np.float64) + self.tag_offset
        ).astype(np.float32)
        return probabilities


def fit_calibration(
    scores: Scores, actions: npt.NDArray[np.int64], tags: npt.NDArray[np.bool_]
) -> Calibration:
    """Fit by minimal log-loss on rows that the model was not trained on.

    Args:
        scores: of the tuning rows.
        actions: (n,) 1..5.
        tags: (n, T).
    """
    from scipy import optimize  # imported late: labelling does not need it

    rows = np.arange(len(actions))
    logits = scores.action.astype(np.float64)

    def action_loss(log_temperature: float) -> float:
        return float(-special.log_softmax(logits / np.exp(log_temperature), axis=1)[rows, actions - 1].mean())

    temperature = float(np.exp(optimize.minimize_scalar(action_loss, bounds=(-3.0, 3.0), method="bounded").x))
    flat, gold = scores.tags.astype(np.float64).ravel(), tags.ravel()

    def tag_loss(parameters: npt.NDArray[np.float64]) -> float:
        margin = np.where(gold, 1, -1) * (parameters[0] * flat + parameters[1])
        return float(np.logaddexp(0, -margin).mean())

    slope, offset = optimize.minimize(tag_loss, np.array([2.0, 0.0]), method="Nelder-Mead").x
    return Calibration(temperature, float(slope), float(offset))


@dataclass(frozen=True)
class Thresholds:
    """The thresholds of a model: every threshold of the project that acts on a probability.

    Attributes:
        tag: a tag is predicted from this probability on.
        action_set: (5) a category is in the prediction set from this probability on (class-conditional
            conformal).
        accept: an action with a lower probability goes to review.
        close: a text whose two most probable actions differ by less goes to review.
        disagree: an action that differs from that of the codebook's rules and has a lower probability goes to
            review.
        rare_tag: a predicted rare tag with a lower probability sends the text to review.
        known: a text with a smaller share of known words goes to review.
        min_words: a text with fewer words goes to review.
        max_chars: a text is truncated after so many characters, and then goes to review.
        rare_tags: labels with few cases in training.
    """

    tag: float
    action_set: tuple[float, ...]
    accept: float
    close: float
    disagree: float
    rare_tag: float
    known: float
    min_words: int
    max_chars: int
    rare_tags: tuple[str, ...]


def best_tag_threshold(probabilities: FloatMatrix, tags: npt.NDArray[np.bool_]) -> float:
    """The probability at which micro-F1 on the tuning rows is highest, on a grid of 0.005."""
    return float(max(np.linspace(0.05, 0.95, 181), key=lambda limit: micro_f1(probabilities >= limit, tags)))


def micro_f1(given: npt.NDArray[np.bool_], tags: npt.NDArray[np.bool_]) -> float:
    """Micro-F1 of predicted tags, (n, T), against gold tags, (n, T); 0 where both are empty."""
    total = given.sum() + tags.sum()
    return float(2 * (given & tags).sum() / total) if total else 0.0


@dataclass(frozen=True)
class HeldOut:
    """Gold categories and predicted probabilities of rows that the model was not trained on.

    Attributes:
        probabilities: (n, 5) of the categories.
        actions: (n,) 1..5, as coded.
    """

    probabilities: FloatMatrix
    actions: npt.NDArray[np.int64]

    def own(self, category: int) -> FloatMatrix:
        """Probability of the category in each row that has it as gold."""
        own: FloatMatrix = self.probabilities[self.actions == category, category - 1]
        return own


def conformal_thresholds(
    tuning: HeldOut, risk: float, earlier: HeldOut | None = None, few: int = 0
) -> tuple[float, ...]:
    """For each category the probability from which it belongs to the prediction set.

    Split conformal prediction, class-conditional: with exchangeable rows, the set of a row contains its gold
    category with probability at least 1 - risk. A category with too few rows for that (fewer than 1/risk - 1)
    gets threshold 0, so it is in every set. The sets equal those of the library crepes (a test compares
    them).

    >>> rows = np.linspace(0.05, 0.95, 19, dtype=np.float32)
    >>> probabilities = np.stack([rows, 1 - rows, *[np.zeros(19, np.float32)] * 3], axis=1)
    >>> [round(x, 2) for x in conformal_thresholds(HeldOut(probabilities, np.ones(19, dtype=np.int64)), 0.1)]
    [0.1, 0.0, 0.0, 0.0, 0.0]

    Args:
        tuning: rows of the tuning part.
        risk: highest share of sets without the gold category, 0 to 1.
        earlier: out-of-fold rows of earlier sessions; they are added for a category with fewer than `few`
            tuning rows.
        few: see `earlier`.

    Returns: five thresholds, for categories 1 to 5.
    """
    limits = []
    for category in range(1, 6):
        own = tuning.own(category)
        if earlier is not None and len(own) < few:
            own = np.concatenate([own, earlier.own(category)])
        own = np.sort(own)
        # The k-th smallest of n, where k = floor(risk * (n + 1)); none if k is 0.
        k = int(np.floor(risk * (len(own) + 1)))
        limits.append(float(own[k - 1]) if k >= 1 else 0.0)
    return tuple(limits)


def accept_threshold(
    confidence: FloatMatrix, right: npt.NDArray[np.bool_], max_error: float, certainty: float
) -> float:
    """The lowest threshold of confidence above which at most a share `max_error` of the actions is wrong.

    The error must be below `max_error` by its upper Clopper-Pearson bound at `certainty`. Thresholds are
    tested from high to low until the first one fails; this fixed sequence keeps the certainty although many
    thresholds are tested.

    Args:
        confidence: (n,) probability of the predicted action, of the tuning rows.
        right: (n,) whether the predicted action is the gold one.
        max_error: a share, 0 to 1.
        certainty: of the bound, 0 to 1.

    Returns: 1.01, which accepts nothing, if no threshold holds.
    """
    from scipy import stats  # imported late: labelling does not need it

    chosen = 1.01
    # With fewer rows the bound exceeds `max_error` even if all are right. Skipping these thresholds does not
    # look at the gold, so the sequence stays fixed.
    fewest = int(np.ceil(np.log(1 - certainty) / np.log(1 - max_error)))
    for limit in np.linspace(1.0, 0.2, _STEPS):
        accepted = confidence >= limit
        n = int(accepted.sum())
        if n < fewest:
            continue
        wrong = int((accepted & ~right).sum())
        if stats.beta.ppf(certainty, wrong + 1, n - wrong) > max_error:
            break
        chosen = float(limit)
    return chosen
