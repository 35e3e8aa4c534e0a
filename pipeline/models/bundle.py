"""The model as one value.

`Bundle.predict` is the only way to a prediction: `evaluate`, `label`, `check` and MLflow all call it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.corpus.blinding import Mask
from pipeline.corpus.taxonomy import Taxonomy
from pipeline.corpus.text import clean
from pipeline.models.confidence import Calibration, FloatMatrix, Thresholds
from pipeline.models.linear import Classifier
from pipeline.rules.labeller import RuleLabeller, ruled_actions


@dataclass(frozen=True)
class Predictions:
    """Calibrated predictions, row by row.

    Attributes:
        action_probabilities: (n, 5); rows add up to 1.
        tag_scores: (n, T), columns in the order of the taxonomy.
        known: (n,) share of the text's words that occur in the training texts, 0 to 1.
        thresholds: that turn probabilities into labels.
    """

    action_probabilities: FloatMatrix
    tag_scores: FloatMatrix
    known: npt.NDArray[np.float32]
    thresholds: Thresholds

    @property
    def action(self) -> npt.NDArray[np.int64]:
        """(n,) most probable category, 1..5."""
        best: npt.NDArray[np.int64] = self.action_probabilities.argmax(axis=1).astype(np.int64) + 1
        return best

    @property
    def confidence(self) -> FloatMatrix:
        """(n,) probability of that category."""
        highest: FloatMatrix = self.action_probabilities.max(axis=1)
        return highest

    @property
    def accepted(self) -> npt.NDArray[np.bool_]:
        """(n,) whether the action is confident enough to be published without review."""
        return self.confidence >= self.thresholds.accept

    @property
    def tags(self) -> npt.NDArray[np.bool_]:
        """(n, T) whether the tag is predicted."""
        return self.tag_scores >= self.thresholds.tag

    @property
    def action_sets(self) -> npt.NDArray[np.bool_]:
        """(n, 5) prediction sets (conformal). The most probable category is always in its set.

        >>> thresholds = Thresholds(0.5, (0.1, 0.1, 0.1, 0.3, 0.3), 0.9, 0.15, 0.95, 0.7, 0.6, 2, 20_000, ())
        >>> probabilities = np.array([[0.0, 0.0, 0.2, 0.55, 0.25]], dtype=np.float32)
        >>> nothing = np.zeros((1, 0), dtype=np.float32)
        >>> Predictions(probabilities, nothing, np.ones(1, dtype=np.float32), thresholds).action_sets.tolist()
        [[False, False, True, True, False]]
        """
        sets = self.action_probabilities >= np.asarray(self.thresholds.action_set, dtype=np.float32)
        sets[np.arange(len(sets)), self.action_probabilities.argmax(axis=1)] = True
        return sets

    def take(self, rows: npt.NDArray[np.int64]) -> Predictions:
        """The predictions of the rows at some positions, in that order."""
        return Predictions(
            self.action_probabilities[rows], self.tag_scores[rows], self.known[rows], self.thresholds
        )

    def replaced(self, rows: npt.NDArray[np.int64], others: Predictions) -> Predictions:
        """These predictions, with those of the rows at some positions replaced by others, in that order."""
        order = np.arange(len(self.known))
        order[rows] = len(order) + np.arange(len(rows))
        return self.followed_by(others).take(order)

    def followed_by(self, others: Predictions) -> Predictions:
        """These predictions and then the others, with the thresholds of these."""
        return Predictions(
            np.concatenate([self.action_probabilities, others.action_probabilities]),
            np.concatenate([self.tag_scores, others.tag_scores]),
            np.concatenate([self.known, others.known]),
            self.thresholds,
        )


@dataclass(frozen=True)
class Reading:
    """Texts as the model saw them, with the predictions of model and rules, row by row.

    Attributes:
        seen: the texts, clean and with names of States masked.
        rule_actions: (n,) category predicted by the codebook's rules, 0 where no rule applies.
        predictions: of the model.
    """

    seen: list[str]
    rule_actions: npt.NDArray[np.int64]
    predictions: Predictions


@dataclass(frozen=True)
class Bundle:
    """A model with all it needs to label a text.

    Attributes:
        classifier: scores blinded texts.
        calibration: turns scores into probabilities.
        thresholds: that turn probabilities into labels and reasons for review.
        taxonomy: the tags, in column order.
        blinder: masks States before the classifier sees a text.
        rules: the codebook's rules: a base model of an ensemble, and a second opinion beside any model.
        version: hash of all files that decide a prediction; the same model has the same version.
        demo: whether it was trained on the sample corpus; such a model is a demonstration, not for use.
        facts: training data and settings, for the model card; plain JSON values.
    """

    classifier: Classifier
    calibration: Calibration
    thresholds: Thresholds
    taxonomy: Taxonomy
    blinder: Mask
    rules: RuleLabeller
    version: str
    demo: bool
    facts: dict[str, Any]

    def seen(self, text: str) -> str:
        """The text as classifier and rules see it: truncated, cleaned, and with names of States masked."""
        return self.blinder.blind(clean(text[: self.thresholds.max_chars]))

    def predict(self, texts: Sequence[str]) -> Predictions:
        """Predictions for raw texts, row by row; cleaning and masking are done here."""
        return self.read(texts).predictions

    def read(self, texts: Sequence[str]) -> Reading:
        """Predictions of model and rules for raw texts. Equal texts are scored once."""
        seen = [self.seen(text) for text in texts]
        unique = list(dict.fromkeys(seen))
        place = {text: i for i, text in enumerate(unique)}
        rows = np.array([place[text] for text in seen], dtype=np.int64)
        rules = self.rules.features(self.rules.label(unique))
        scores = self.classifier.score(unique, rules)
        predictions = Predictions(
            self.calibration.action(scores), self.calibration.tags(scores), scores.known, self.thresholds
        )
        return Reading(seen, ruled_actions(rules)[rows], predictions.take(rows))
