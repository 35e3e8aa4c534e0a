"""Whether a model's evidence is faithful: leaving it out must cost the label more than leaving out as many
random words.
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
from pipeline.models.explanations import CATEGORIES, explained, scores_of


@dataclass(frozen=True)
class EvidenceQuality:
    """Whether evidence for one task is what the model leans on; each figure over labels, intervals by
    bootstrap over texts.

    Attributes:
        evidence: mean fall of a label's log odds without its evidence.
        random: the same without as many random words.
        gain: mean of the difference.
        won: share of labels where the evidence weighs more.
    """

    evidence: Estimate
    random: Estimate
    gain: Estimate
    won: Estimate


@dataclass(frozen=True)
class ExplanationQuality:
    """Faithfulness of a model's evidence on a sample: how many texts, and by task."""

    texts: int
    action: EvidenceQuality
    tags: EvidenceQuality


def explanation_quality(
    bundle: Bundle, texts: Sequence[str], *, most: int, samples: int, seed: int
) -> ExplanationQuality:
    """How faithful a model's evidence is.

    Args:
        texts: distinct or not; each wording counts once.
        most: at most so many of them, drawn with `seed`.
        samples: bootstrap resamples.
    """
    distinct = list(dict.fromkeys(bundle.seen(text) for text in texts))
    generator = np.random.default_rng(seed)
    drawn = sorted(generator.choice(len(distinct), min(most, len(distinct)), replace=False).tolist())
    seen = [distinct[i] for i in drawn]
    predictions = bundle.predict(seen)
    opinions = bundle.rules.label(seen)
    asked: dict[str, list[tuple[int, int, list[Span]]]] = {"action": [], "tags": []}
    for place, (text, action, tags, opinion) in enumerate(
        zip(seen, predictions.action.tolist(), predictions.tags, opinions, strict=True)
    ):
        names = [bundle.taxonomy.labels[t] for t in np.flatnonzero(tags).tolist()]
        for column, pieces in explained(bundle, text, action, names, opinion).items():
            asked["action" if column < CATEGORIES else "tags"].append(
                (place, column, [e.span for e in pieces])
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
        for task, rows in asked.items()
    }
    return ExplanationQuality(len(seen), found["action"], found["tags"])


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
