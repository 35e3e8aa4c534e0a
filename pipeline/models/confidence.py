"""Doubt in numbers: calibrated probabilities, prediction sets, and the limits from which a person should
look.
"""

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
    """Fit by least log-loss on rows that did not train the model.

    Args:
        scores: of the tuning rows.
        actions: (n,) 1..5.
        tags: (n, T).
    """
    from scipy import optimize  # late: labelling does without

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
class Limits:
    """Where decisions are cut. Every threshold of the project that acts on a probability stands here.

    Attributes:
        tag: a tag is given from this probability on.
        action_set: (5) a category is in the prediction set from this probability on (class-conditional
            conformal).
        accept: an action below this probability goes to a person.
        close: two actions nearer than this go to a person.
        disagree: an action below this probability that the codebook rules do not share goes to a person.
        rare_tag: a given rare tag below this probability goes to a person.
        known: a text with a smaller share of known words goes to a person.
        min_words: a text with fewer words goes to a person.
        max_chars: what stands beyond so many characters is not read, and the text goes to a person.
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


def best_tag_limit(probabilities: FloatMatrix, tags: npt.NDArray[np.bool_]) -> float:
    """The probability at which micro-F1 on the tuning rows is highest, on a grid of 0.005."""
    return float(max(np.linspace(0.05, 0.95, 181), key=lambda limit: micro_f1(probabilities >= limit, tags)))


def micro_f1(given: npt.NDArray[np.bool_], tags: npt.NDArray[np.bool_]) -> float:
    """Micro-F1 of tags given, (n, T), against gold; 0 where there is neither."""
    total = given.sum() + tags.sum()
    return float(2 * (given & tags).sum() / total) if total else 0.0


@dataclass(frozen=True)
class Coded:
    """Rows that trained no part of what is said of them.

    Attributes:
        probabilities: (n, 5) of the categories.
        actions: (n,) 1..5, as coded.
    """

    probabilities: FloatMatrix
    actions: npt.NDArray[np.int64]

    def own(self, category: int) -> FloatMatrix:
        """Probability of the category in each row that is coded so."""
        own: FloatMatrix = self.probabilities[self.actions == category, category - 1]
        return own


def conformal_limits(
    tuning: Coded, risk: float, earlier: Coded | None = None, few: int = 0
) -> tuple[float, ...]:
    """For each category the probability from which it belongs to the prediction set.

    Split conformal prediction, class-conditional: with exchangeable rows, a row of a category has it in its
    set with probability at least 1 - risk. A category with too few rows for that (fewer than 1/risk - 1) gets
    0: it is never ruled out. The sets are those of crepes (a test compares them), as one number a category,
    which is all that labelling needs.

    Args:
        tuning: rows of the tuning part.
        earlier: out-of-fold rows of earlier sessions; they are added for a category with fewer than `few`
            tuning rows.
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


def accept_limit(
    confidence: FloatMatrix, right: npt.NDArray[np.bool_], max_error: float, certainty: float
) -> float:
    """The lowest confidence from which on the actions of the tuning rows are wrong in at most `max_error`.

    Judged by the upper Clopper-Pearson bound at `certainty`, limits tested from strict to loose and stopped
    at the first that fails (fixed-sequence testing keeps the certainty although many limits are looked at).

    Returns: 1.01, which accepts nothing, if no limit holds.
    """
    from scipy import stats  # late: labelling does without

    chosen = 1.01
    # Below so many rows not even an unbroken record would do; which limit is tested first does not depend on
    # the gold.
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
