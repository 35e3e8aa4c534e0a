"""Invented sessions for the arrival report: rows whose confidence says how often they are right."""

from __future__ import annotations

import numpy as np

from pipeline.arrival.rows import LabelledRows, Reference

TAGS = 3


def labelled(confidence, action=None, session=18, accept=0.9, scores=None):
    """Rows with a confidence each, in wordings of their own."""
    n = len(confidence)
    scores = np.full((n, TAGS), 0.0) if scores is None else np.asarray(scores, dtype=np.float64)
    return LabelledRows(
        texts=[f"Adopt measure number {i} of session {session}" for i in range(n)],
        groups=np.arange(n),
        reviewed=[f"State {i % 5}" for i in range(n)],
        session=[session] * n,
        action=np.full(n, 4) if action is None else np.asarray(action),
        confidence=np.asarray(confidence, dtype=np.float64),
        given=scores >= 0.5,
        scores=scores,
        accepted=np.asarray(confidence) >= accept,
    )


def coded(confidence, right, session=17, tags=None, scores=None):
    """A reference: rows of which it is known whether the action is right."""
    rows = labelled(confidence, session=session, scores=scores)
    action = np.where(right, rows.action, 5)
    gold = np.zeros((len(right), TAGS), dtype=bool) if tags is None else np.asarray(tags)
    return Reference(rows, action, gold)


def calibrated(n, seed=0, easier=0.0):
    """Confidences between 0.5 and 1, and actions that are right as often as they say."""
    rng = np.random.default_rng(seed)
    confidence = np.clip(0.5 + 0.5 * rng.beta(2 + easier, 1, n), 0.5, 0.999)
    return confidence, rng.random(n) < confidence
