"""The model as one value, and the only way to a prediction: `evaluate`, `label`, `check` and MLflow all call
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.corpus.blinding import Blinder
from pipeline.corpus.taxonomy import Taxonomy
from pipeline.corpus.text import clean
from pipeline.models.confidence import Calibration, FloatMatrix, Limits
from pipeline.models.linear import Classifier
from pipeline.rules.labeller import RuleLabeller, ruled_actions


@dataclass(frozen=True)
class Predictions:
    """Calibrated predictions, row by row.

    Attributes:
        action_probabilities: (n, 5); rows add up to 1.
        tag_scores: (n, T), columns in the order of the taxonomy.
        known: (n,) share of the text's words that the training had.
        limits: where they are cut.
    """

    action_probabilities: FloatMatrix
    tag_scores: FloatMatrix
    known: npt.NDArray[np.float32]
    limits: Limits

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
        """(n,) whether the action is sure enough to stand without a person."""
        return self.confidence >= self.limits.accept

    @property
    def tags(self) -> npt.NDArray[np.bool_]:
        """(n, T) tags given."""
        return self.tag_scores >= self.limits.tag

    @property
    def action_sets(self) -> npt.NDArray[np.bool_]:
        """(n, 5) categories that cannot be ruled out; the most probable one is always among them."""
        sets = self.action_probabilities >= np.asarray(self.limits.action_set, dtype=np.float32)
        sets[np.arange(len(sets)), self.action_probabilities.argmax(axis=1)] = True
        return sets

    def take(self, rows: npt.NDArray[np.int64]) -> Predictions:
        """The predictions of some rows."""
        return Predictions(
            self.action_probabilities[rows], self.tag_scores[rows], self.known[rows], self.limits
        )

    def followed_by(self, others: Predictions) -> Predictions:
        """These predictions and then others, cut where these are."""
        return Predictions(
            np.concatenate([self.action_probabilities, others.action_probabilities]),
            np.concatenate([self.tag_scores, others.tag_scores]),
            np.concatenate([self.known, others.known]),
            self.limits,
        )


@dataclass(frozen=True)
class Reading:
    """Texts as the model saw them, and what was made of them, row by row.

    Attributes:
        seen: the texts, clean and without names of States.
        rule_actions: (n,) category that the codebook's rules give, 0 where none applies.
        predictions: the model's.
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
        limits: where probabilities are cut.
        taxonomy: the tags, in column order.
        blinder: masks States before the classifier sees a text.
        rules: the codebook's rules: a voice of an ensemble, and the second opinion beside any model.
        version: hash of what the model is; the same model has the same version.
        demo: trained on the sample corpus; a demonstration, not for use.
        facts: what it was trained on and with, for the card: plain JSON values.
    """

    classifier: Classifier
    calibration: Calibration
    limits: Limits
    taxonomy: Taxonomy
    blinder: Blinder
    rules: RuleLabeller
    version: str
    demo: bool
    facts: dict[str, Any]

    def seen(self, text: str) -> str:
        """The text as classifier and rules see it: cut where it is too long, clean, and without the names of
        States.
        """
        return self.blinder.blind(clean(text[: self.limits.max_chars]))

    def predict(self, texts: Sequence[str]) -> Predictions:
        """Predictions for texts as they come."""
        return self.read(texts).predictions

    def read(self, texts: Sequence[str]) -> Reading:
        """Predictions for texts as they come, and what the rules say; cleaning and blinding are done here,
        equal texts are scored once.
        """
        seen = [self.seen(text) for text in texts]
        unique = list(dict.fromkeys(seen))
        place = {text: i for i, text in enumerate(unique)}
        rows = np.array([place[text] for text in seen], dtype=np.int64)
        rules = self.rules.features(self.rules.label(unique))
        scores = self.classifier.score(unique, rules)
        predictions = Predictions(
            self.calibration.action(scores), self.calibration.tags(scores), scores.known, self.limits
        )
        return Reading(seen, ruled_actions(rules)[rows], predictions.take(rows))
