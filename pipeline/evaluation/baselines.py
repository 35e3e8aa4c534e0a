"""What a model is compared with: the majority class and the codebook's rules."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.evaluation.assessment import Assessor, Rows
from pipeline.evaluation.metrics import Evaluation, to_plain
from pipeline.models.bundle import Bundle


def baselines(assessor: Assessor, bundle: Bundle, part: str) -> dict[str, Any]:
    """Figures of the majority class and of the codebook rules, on the rows of a part of the session split.

    Neither gives probabilities, so their calibration errors have no meaning.
    """
    corpus = assessor.corpus
    split = corpus.splits["session"]
    rows, train = split.rows(part), split.rows("train")  # type: ignore[arg-type]
    majority = int(np.bincount(corpus.actions[train], minlength=6).argmax())
    common = corpus.tags[train].mean(axis=0)
    opinions = bundle.rules.label([bundle.seen(corpus.texts[i]) for i in rows])
    rule_tags = np.zeros((len(rows), len(corpus.taxonomy.tags)), dtype=bool)
    for row, opinion in enumerate(opinions):
        rule_tags[row, [corpus.taxonomy.index[tag] for tag in opinion.tags]] = True
    rule_actions = np.array([majority if o.action is None else o.action for o in opinions], dtype=np.int64)
    given = {
        "majority": (
            np.full(len(rows), majority, dtype=np.int64),
            np.tile(common == common.max(), (len(rows), 1)),
        ),
        "rules": (rule_actions, rule_tags),
    }
    return {
        name: to_plain(assessor.measure(_hard(assessor, rows, action, tags)))
        for name, (action, tags) in given.items()
    }


def _hard(
    assessor: Assessor, rows: Rows, action: npt.NDArray[np.int64], tags: npt.NDArray[np.bool_]
) -> Evaluation:
    """An evaluation of labels without probabilities."""
    certain = np.zeros((len(rows), 5))
    certain[np.arange(len(rows)), action - 1] = 1.0
    corpus = assessor.corpus
    groups = corpus.splits["session"].groups[rows]
    return Evaluation(
        corpus.actions[rows],
        action,
        certain,
        corpus.tags[rows],
        tags,
        tags.astype(np.float64),
        groups,
        corpus.taxonomy.labels,
    )
