"""Whether a model's evidence is faithful.

Removing the evidence must lower the probability of the label more than removing as many random words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.corpus.text import Span
from pipeline.evaluation.intervals import Estimate
from pipeline.evaluation.metrics.doubt import clustered_mean
from pipeline.models.bundle import Bundle
from pipeline.models.evidence import Faithfulness, FloatArray, faithfulness
from pipeline.models.label_evidence import CATEGORIES, evidence_of, scores_of


@dataclass(frozen=True)
class EvidenceQuality:
    """Faithfulness of the evidence for one task.

    Figures are over labels, intervals by bootstrap over texts.

    Attributes:
        evidence: mean fall of a label's log odds without its evidence.
        random: the same without as many random words.
        gain: mean of the difference.
        won: share of labels that lose more without their evidence than without random words.
    """

    evidence: Estimate
    random: Estimate
    gain: Estimate
    won: Estimate


@dataclass(frozen=True)
class ModelEvidenceQuality:
    """Faithfulness of a model's evidence on a sample: how many texts, and by task."""

    texts: int
    action: EvidenceQuality
    tags: EvidenceQuality


def model_evidence_quality(
    bundle: Bundle, texts: Sequence[str], *, most: int, samples: int, seed: int
) -> ModelEvidenceQuality:
    """How faithful a model's evidence is.

    Args:
        texts: raw texts; equal ones count once.
        most: at most so many of them are used, drawn at random with `seed`.
        samples: bootstrap resamples.
    """
    distinct = list(dict.fromkeys(bundle.seen(text) for text in texts))
    rng = np.random.default_rng(seed)
    drawn = sorted(rng.choice(len(distinct), min(most, len(distinct)), replace=False).tolist())
    seen = [distinct[i] for i in drawn]
    predictions = bundle.predict(seen)
    opinions = bundle.rules.label(seen)
    by_task: dict[str, list[tuple[int, int, list[Span]]]] = {"action": [], "tags": []}
    for place, (text, action, tags, opinion) in enumerate(
        zip(seen, predictions.action.tolist(), predictions.tags, opinions, strict=True)
    ):
        names = [bundle.taxonomy.labels[t] for t in np.flatnonzero(tags).tolist()]
        for column, evidence in evidence_of(bundle, text, action, names, opinion).items():
            by_task["action" if column < CATEGORIES else "tags"].append(
                (place, column, [e.span for e in evidence])
            )
    score = scores_of(bundle)
    found = {
        task: _quality(
            faithfulness(
                [seen[place] for place, _, _ in rows],
                [c for _, c, _ in rows],
                [s for _, _, s in rows],
                score,
                seed,
            ),
            np.array([place for place, _, _ in rows], dtype=np.int64),
            samples,
            seed,
        )
        for task, rows in by_task.items()
    }
    return ModelEvidenceQuality(len(seen), found["action"], found["tags"])


def _quality(found: Faithfulness, places: npt.NDArray[np.int64], samples: int, seed: int) -> EvidenceQuality:
    """Figures of one task; `places` says which text each label belongs to."""
    groups = places[found.rows]

    def mean(values: FloatArray) -> Estimate:
        return clustered_mean(values, groups, samples=samples, seed=seed)

    return EvidenceQuality(
        mean(found.evidence),
        mean(found.random),
        mean(found.evidence - found.random),
        mean((found.evidence > found.random).astype(np.float64)),
    )
