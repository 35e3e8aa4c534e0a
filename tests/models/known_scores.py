"""A model whose probabilities a test chooses, with the project's real rules, blinder and taxonomy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from pipeline.models.bundle import Bundle
from pipeline.models.confidence import Calibration, FloatMatrix, Thresholds
from pipeline.models.linear import Scores
from pipeline.rules.labeller import RuleLabeller
from pipeline.store.vocabularies import load_blinder, load_codebook, load_taxonomy

THRESHOLDS = Thresholds(
    tag=0.3,
    action_set=(0.05,) * 5,
    accept=0.8,
    close=0.1,
    disagree=0.95,
    rare_tag=0.7,
    known=0.6,
    min_words=2,
    max_chars=2000,
    rare_tags=(),
)


@dataclass(frozen=True)
class Known:
    """What the model is to say of one text: probabilities, and the share of its words that it knows."""

    action: tuple[float, ...] = (0.02, 0.02, 0.02, 0.02, 0.92)
    tags: Mapping[str, float] | None = None
    known: float = 1.0


class KnownScores:
    """A classifier that looks its scores up by text."""

    kind = "known"

    def __init__(self, labels: Sequence[str], answers: Mapping[str, Known]) -> None:
        self._labels, self._answers = labels, answers

    def score(self, texts: Sequence[str], rules: FloatMatrix) -> Scores:
        """Logits whose softmax and sigmoid are the chosen probabilities."""
        rows = [self._answers[text] for text in texts]
        action = np.log(np.array([row.action for row in rows]))
        tags = np.array([[(row.tags or {}).get(label, 0.01) for label in self._labels] for row in rows])
        return Scores(
            action.astype(np.float32),
            special.logit(tags).astype(np.float32),
            np.array([row.known for row in rows], dtype=np.float32),
        )


def known_bundle(
    rules: RuleLabeller, answers: Mapping[str, Known], thresholds: Thresholds = THRESHOLDS
) -> Bundle:
    """A bundle that says of each text what `answers` says."""
    taxonomy = load_taxonomy("2014-10")
    classifier = KnownScores(taxonomy.labels, answers)
    calibration = Calibration(1.0, 1.0, 0.0)
    return Bundle(classifier, calibration, thresholds, taxonomy, load_blinder(), rules, "known", True, {})


def real_rules() -> RuleLabeller:
    """The rules of the codebook, for the taxonomy of the corpus."""
    return RuleLabeller(load_codebook(), load_taxonomy("2014-10"))
