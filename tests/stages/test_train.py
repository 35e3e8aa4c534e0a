"""What `train` stores as thresholds follows from the corpus: recomputed here from the rows themselves."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from pipeline import settings
from pipeline.corpus.coded import Corpus
from pipeline.store.models import load_bundle

STORED = 1e-3
"""A stored model's weights are rounded, so its probabilities are those of training to this."""


def category_probabilities(models: Path, sample: Corpus, name: str) -> tuple[dict[int, list[float]], ...]:
    """By category, the probability that each row coded so has of it: in the tuning part, and out of fold."""
    bundle, split = load_bundle(models / name), sample.splits[name]
    tune = split.rows("tune")
    predicted = bundle.predict([sample.texts[i] for i in tune]).action_probabilities
    coded = dict(zip(sample.row_ids, sample.actions.tolist(), strict=True))
    tuning: dict[int, list[float]] = {k: [] for k in range(1, 6)}
    earlier: dict[int, list[float]] = {k: [] for k in range(1, 6)}
    for row, place in enumerate(tune):
        action = int(sample.actions[place])
        tuning[action].append(float(predicted[row, action - 1]))
    for row in pq.read_table(models / "out_of_fold.parquet").to_pylist():
        action = coded[row["row_id"]]
        earlier[action].append(float(row["action_probabilities"][action - 1]))
    return tuning, earlier


def conformal(probabilities: list[float], risk: float) -> float:
    """The k-th smallest, k = floor(risk (n + 1)); 0 where that is 0."""
    k = int(risk * (len(probabilities) + 1))
    return sorted(probabilities)[k - 1] if k else 0.0


def test_a_category_with_few_tuning_rows_is_calibrated_on_earlier_sessions_too(
    models: Path, sample: Corpus
) -> None:
    doubt = settings.load().train.doubt
    tuning, earlier = category_probabilities(models, sample, "session")
    few = [k for k in tuning if len(tuning[k]) < doubt.set_rows]
    assert few, "the sample has no rare category to try this on"
    assert all(earlier[k] for k in few)
    thresholds = load_bundle(models / "session").thresholds.action_set
    for k in range(1, 6):
        used = tuning[k] + (earlier[k] if k in few else [])
        assert thresholds[k - 1] == pytest.approx(conformal(used, doubt.set_risk), abs=STORED)
    # Earlier rows change something: without them, this test could not fail.
    assert any(abs(conformal(tuning[k], doubt.set_risk) - thresholds[k - 1]) > 10 * STORED for k in few)


def test_the_random_split_has_no_earlier_sessions(models: Path, sample: Corpus) -> None:
    tuning, _ = category_probabilities(models, sample, "random")
    thresholds = load_bundle(models / "random").thresholds.action_set
    risk = settings.load().train.doubt.set_risk
    assert list(thresholds) == pytest.approx([conformal(tuning[k], risk) for k in range(1, 6)], abs=STORED)


@pytest.mark.parametrize("name", ["session", "random"])
def test_rare_tags_are_those_with_few_cases_in_training(models: Path, sample: Corpus, name: str) -> None:
    labels = sample.taxonomy.labels
    counts: Counter[str] = Counter()
    for i in sample.splits[name].rows("train"):
        counts.update(labels[t] for t in np.flatnonzero(sample.tags[i]))
    thresholds = load_bundle(models / name).thresholds
    cases = settings.load().train.doubt.rare_tag_cases
    rare = {label for label in labels if counts[label] < cases}
    assert set(thresholds.rare_tags) == rare
    assert len(thresholds.rare_tags) == len(rare)
    assert rare, "without a rare tag, this test could not fail"


def test_limits_of_doubt_are_those_of_the_settings(models: Path) -> None:
    chosen = settings.load()
    thresholds, doubt = load_bundle(models / "session").thresholds, chosen.train.doubt
    for name in ("close", "disagree", "rare_tag", "known", "min_words"):
        assert getattr(thresholds, name) == getattr(doubt, name), name
    assert thresholds.max_chars == chosen.ingest.max_text_chars
