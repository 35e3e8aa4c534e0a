"""Evaluations of no model at all: random gold labels and predictions that miss them now and then."""

import numpy as np

from pipeline.evaluation.metrics import Evaluation

TAGS = ("Corruption", "Freedom of association and peaceful assembly", "Elections", "Right to food")


def an_evaluation(rows: int, seed: int, error: float = 0.2, groups: int | None = None) -> Evaluation:
    """Random gold and predictions that are wrong with probability `error`; the last tag is rare or absent."""
    rng = np.random.default_rng(seed)
    gold = rng.choice(5, rows, p=[0.02, 0.2, 0.1, 0.3, 0.38]) + 1
    said = np.where(rng.random(rows) < error, rng.integers(1, 6, rows), gold)
    probabilities = rng.dirichlet(np.ones(5), rows)
    best = probabilities.argmax(axis=1)
    lines = np.arange(rows)
    probabilities[lines, best], probabilities[lines, said - 1] = (
        probabilities[lines, said - 1],
        probabilities[lines, best],
    )
    gold_tags = rng.random((rows, 4)) < np.array([0.3, 0.2, 0.1, 0.01])
    tags = gold_tags ^ (rng.random((rows, 4)) < error * 0.3)
    scores = np.clip(np.where(tags, 0.5, 0.0) + rng.random((rows, 4)) * 0.5, 0, 1)
    return Evaluation(
        gold, said, probabilities, gold_tags, tags, scores, rng.integers(0, groups or rows, rows), TAGS
    )
