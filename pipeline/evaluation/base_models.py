"""Figures of the base models of an ensemble, each alone, on rows that none of them was fitted on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.evaluation.assessment import Assessor, Rows
from pipeline.models.bundle import Bundle
from pipeline.models.confidence import micro_f1
from pipeline.models.ensemble import EnsembleClassifier, network_scores
from pipeline.models.linear import Scores


def base_model_figures(assessor: Assessor, bundle: Bundle, rows: Rows) -> dict[str, dict[str, float]]:
    """Accuracy of the action and micro-F1 of the tags of each base model, and of the uncalibrated whole.

    Args:
        bundle: the evaluated model.
        rows: positions of the test rows.

    Returns: by base model: "linear", with networks also "networks" (their mean) and "meta-model". A tag is
        taken from a probability of one half on.
    """
    texts = [bundle.seen(assessor.corpus.texts[i]) for i in rows]
    rules = bundle.rules.features(bundle.rules.label(texts))
    classifier = bundle.classifier
    found: dict[str, Scores] = {}
    if isinstance(classifier, EnsembleClassifier):
        found["linear"] = classifier.linear.score(texts)
        found["networks"] = network_scores(classifier.networks, texts, found["linear"])
        found["meta-model"] = classifier.score(texts, rules)
    else:
        found["linear"] = classifier.score(texts, rules)
    gold = assessor.corpus.actions[rows], assessor.corpus.tags[rows]
    return {name: _figures(scores, *gold) for name, scores in found.items()}


def _figures(scores: Scores, actions: npt.NDArray[np.int64], tags: npt.NDArray[np.bool_]) -> dict[str, float]:
    if not len(actions):
        return {}
    return {
        "action.accuracy": float((scores.action.argmax(axis=1) + 1 == actions).mean()),
        "tags.micro_f1": micro_f1(scores.tags > 0, tags),
    }
