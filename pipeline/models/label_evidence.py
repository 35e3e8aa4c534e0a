"""Evidence for the labels of a bundle: occlusion, joined with the words that the codebook's rules name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.corpus.taxonomy import ACTIONS
from pipeline.models.bundle import Bundle
from pipeline.models.evidence import Evidence, FloatArray, Score, find_evidence
from pipeline.rules.labeller import RuleOpinion

CATEGORIES = len(ACTIONS)


def scores_of(bundle: Bundle) -> Score:
    """A model as one matrix of probabilities: the five categories, then the tags in the taxonomy's order."""

    def score(texts: Sequence[str]) -> FloatArray:
        predictions = bundle.predict(texts)
        return np.hstack([predictions.action_probabilities, predictions.tag_scores]).astype(np.float64)

    return score


def evidence_of(
    bundle: Bundle, seen: str, action: int, tags: Sequence[str], opinion: RuleOpinion
) -> dict[int, tuple[Evidence, ...]]:
    """Evidence for labels of one text, by column of `scores_of`.

    Args:
        seen: the text as the model sees it; spans refer to it.
        action, tags: the labels whose evidence is looked for.
        opinion: labels of the rules for `seen`; their words are evidence where the labels are the same.
    """
    columns = {name: CATEGORIES + bundle.taxonomy.index[name] for name in tags}
    spans = {columns[name]: opinion.tag_spans[name] for name in tags if name in opinion.tag_spans}
    if opinion.action == action:
        spans[action - 1] = opinion.action_spans
    return find_evidence(seen, scores_of(bundle), [action - 1, *columns.values()], spans)
