"""What `train` stores as thresholds follows from the corpus: recomputed here from the rows themselves."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipeline import settings
from pipeline.corpus.coded import Corpus
from pipeline.errors import SourceError
from pipeline.models.features import words_of
from pipeline.stages import train
from pipeline.store.held_out import read_held_out
from pipeline.store.models import load_bundle

STORED = 1e-3
"""A stored model's weights are rounded, so its probabilities are those of training to this."""


def category_probabilities(models: Path, sample: Corpus, name: str) -> tuple[dict[int, list[float]], ...]:
    """By category, the probability that each row coded so has of it: in the tuning part, and out of fold.

    Of the session split these are kept, since the model is trained on the tuning part, too, once its limits
    are chosen.
    """
    split = sample.splits[name]
    tune = split.rows("tune")
    kept = read_held_out(models / name)
    predicted = load_bundle(models / name).predict([sample.texts[i] for i in tune]).action_probabilities
    if kept is not None:
        predicted = kept.action[[kept.places()[sample.row_ids[i]] for i in tune]]
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


def test_a_corpus_of_one_session_is_one_clear_error(sample_path: Path, tmp_path: Path) -> None:
    table = pq.read_table(sample_path)
    only = tmp_path / "corpus.parquet"
    pq.write_table(table.filter(pc.equal(table["session"], 17)), only)
    with pytest.raises(
        SourceError, match=r"no rows to train on; coded recommendations are of sessions 17\. Add"
    ):
        train.run(only, tmp_path / "models", settings.load())
    assert not (tmp_path / "models").exists()


def test_the_random_split_has_no_earlier_sessions(models: Path, sample: Corpus) -> None:
    tuning, _ = category_probabilities(models, sample, "random")
    thresholds = load_bundle(models / "random").thresholds.action_set
    risk = settings.load().train.doubt.set_risk
    assert list(thresholds) == pytest.approx([conformal(tuning[k], risk) for k in range(1, 6)], abs=STORED)


@pytest.mark.parametrize("name", ["session", "random"])
def test_rare_tags_are_those_with_few_cases_in_training(models: Path, sample: Corpus, name: str) -> None:
    labels = sample.taxonomy.labels
    counts: Counter[str] = Counter()
    parts = ("train", "tune") if name == "session" else ("train",)
    for i in np.flatnonzero(np.isin(sample.splits[name].parts, parts)):
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


def test_a_wording_of_the_test_session_is_known_to_the_final_model_and_not_to_its_twin(
    models: Path, sample: Corpus
) -> None:
    twin, final = (load_bundle(models / name) for name in ("session", "final"))
    assert (twin.facts["train_sessions"][-1], final.facts["train_sessions"][-1]) == (17, 18)
    assert final.facts["evaluated_twin"] == twin.version
    split = sample.splits["session"]
    words = Counter(
        word for i in split.rows("test") for word in set(words_of(twin.blinder.blind(sample.texts[i])))
    )
    fitted = {
        word
        for i in np.flatnonzero(np.isin(split.parts, ("train", "tune")))
        for word in words_of(twin.blinder.blind(sample.texts[i]))
    }
    own = sorted(word for word, texts in words.items() if texts > 1 and word not in fitted)
    assert own, "the test session has no word of its own"
    assert twin.predict(own).known.max() == 0
    assert final.predict(own).known.min() == 1


def test_limits_rest_on_no_row_that_any_part_was_fitted_on(models: Path, sample: Corpus) -> None:
    """The linear model that scored a session for calibration was fitted on earlier sessions alone."""
    session = dict(zip(sample.row_ids, sample.sessions, strict=True))
    for name, sessions in (("session", {17}), ("final", {17, 18})):
        kept = read_held_out(models / name)
        assert kept is not None
        assert {session[row_id] for row_id in kept.row_ids} == sessions
        rows = [i for i, row_id in enumerate(kept.row_ids) if session[row_id] == 17]
        texts = dict(zip(sample.row_ids, sample.texts, strict=True))
        in_sample = load_bundle(models / name).predict([texts[kept.row_ids[i]] for i in rows])
        gold = dict(zip(sample.row_ids, sample.actions.tolist(), strict=True))
        own = np.array([gold[kept.row_ids[i]] - 1 for i in rows])
        place = np.arange(len(rows))
        # What was fitted on a row gives its own category more probability.
        assert kept.action[rows][place, own].mean() < in_sample.action_probabilities[place, own].mean() - 0.05
