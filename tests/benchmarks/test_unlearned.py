"""No figure of a model rests on rows that it learned: those of a final model are of its evaluated twin, or of
its held-out predictions.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from benchmarks.model_card import figures
from benchmarks.unlearned import evaluated, unlearned
from pipeline.corpus.coded import Corpus
from pipeline.errors import ModelError
from pipeline.store.descriptions import described
from pipeline.store.held_out import NAME
from pipeline.store.models import load_bundle


def test_of_rows_that_a_final_model_learned_only_its_held_out_predictions_count(
    models: Path, sample: Corpus, tmp_path: Path
) -> None:
    folder, bundle = models / "final", load_bundle(models / "final")
    split = sample.splits["session"]
    rows = split.rows("test")[::-1]
    found = unlearned(folder, bundle, sample, rows)
    learned = bundle.predict([sample.texts[i] for i in rows])
    assert np.abs(found.action_probabilities - learned.action_probabilities).max() > 0.01
    twin = load_bundle(models / "session").predict([sample.texts[i] for i in rows])
    # Both are linear models of the sessions before the test session.
    assert np.corrcoef(found.action_probabilities.ravel(), twin.action_probabilities.ravel())[0, 1] > 0.95
    with pytest.raises(ModelError, match=r"learned [0-9,]+ of the rows that it is to be measured on"):
        unlearned(folder, bundle, sample, split.rows("train"))
    forgetful = tmp_path / "final"
    shutil.copytree(folder, forgetful)
    (forgetful / NAME).unlink()
    with pytest.raises(ModelError, match=f"learned {len(rows):,} of the rows"):
        unlearned(forgetful, bundle, sample, rows)


def test_rows_of_both_kinds_come_in_the_order_asked_for(models: Path, sample: Corpus) -> None:
    folder, bundle = models / "session", load_bundle(models / "session")
    split = sample.splits["session"]
    rows = np.array([*split.rows("test")[:3], *split.rows("tune")[:3], *split.rows("test")[3:6]])
    together = unlearned(folder, bundle, sample, rows)
    for place, row in enumerate(rows.tolist()):
        alone = unlearned(folder, bundle, sample, np.array([row]))
        np.testing.assert_allclose(
            together.action_probabilities[place], alone.action_probabilities[0], atol=1e-6
        )


def test_the_figures_of_a_final_model_are_those_of_its_twin_and_say_so(models: Path, sample: Corpus) -> None:
    final, twin = described(models / "final"), described(models / "session")
    document = figures(models / "final", sample, models / "session", samples=20)
    rows = sample.splits["session"].rows("test")
    said = load_bundle(models / "session").predict([sample.texts[i] for i in rows])
    assert (document["model"], document["figures_of"]) == (final.version, twin.version)
    assert document["test"]["all"]["action"]["accuracy"]["value"] == pytest.approx(
        np.mean(said.action == sample.actions[rows])
    )
    assert set(document["held_out"]) == {f"session_{session}" for session in final.facts["tune_sessions"]}


def test_a_twin_is_looked_for_by_its_version(models: Path, project: Path) -> None:
    assert evaluated(models / "session") == models / "session"
    with pytest.raises(ModelError, match="learned the test session, and its evaluated twin, linear-"):
        evaluated(models / "final")
    with pytest.raises(ModelError, match="is not in"):
        evaluated(models / "final", models / "random")
    shutil.copytree(models / "session", project / "models" / "trained" / "session")
    assert evaluated(models / "final") == project / "models" / "trained" / "session"
