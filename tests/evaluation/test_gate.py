"""The gate compares rows that neither model was fitted on, and says why in one page."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipeline.corpus.coded import Corpus
from pipeline.evaluation.assessment import Assessor
from pipeline.evaluation.gate import compare, gate_page
from pipeline.evaluation.unfitted import unfitted
from pipeline.models.bundle import Predictions
from pipeline.store.held_out import read_held_out
from pipeline.store.models import load_bundle
from pipeline.store.vocabularies import load_states


def test_rows_that_a_model_was_fitted_on_are_left_out(models: Path, sample: Corpus) -> None:
    twin, split = load_bundle(models / "session"), sample.splits["session"]
    tune, test = split.rows("tune"), split.rows("test")
    found = unfitted(twin, sample, np.concatenate([tune, test]), None, 5)
    assert not any(found.has(i) for i in tune.tolist()), "the model itself was fitted on the tuning session"
    assert [found.has(i) for i in test.tolist()] == (~split.seen[test]).tolist()
    rows = test[~split.seen[test]][::-1]
    expected = twin.predict([sample.texts[i] for i in rows])
    np.testing.assert_array_equal(found.of_rows(rows).action_probabilities, expected.action_probabilities)


def test_what_was_kept_of_a_row_stands_for_the_model(models: Path, sample: Corpus) -> None:
    twin, split = load_bundle(models / "session"), sample.splits["session"]
    kept = read_held_out(models / "session")
    assert kept is not None
    stored = Predictions(kept.action, kept.tags, kept.known, twin.thresholds)
    tune = split.rows("tune")
    found = unfitted(twin, sample, tune, (kept.places(), stored), 5)
    assert all(found.has(i) for i in tune.tolist())
    at = [kept.places()[sample.row_ids[i]] for i in tune.tolist()]
    np.testing.assert_array_equal(found.of_rows(tune).action_probabilities, kept.action[at])


def test_nothing_is_left_of_a_final_model_without_what_was_kept(models: Path, sample: Corpus) -> None:
    final = load_bundle(models / "final")
    rows = np.flatnonzero(np.isin(sample.splits["session"].parts, ("train", "tune", "test")))
    found = unfitted(final, sample, rows, None, 5)
    assert not any(found.has(i) for i in rows.tolist())


def test_the_page_shows_reasons_and_figures_of_both(models: Path, sample: Corpus) -> None:
    twin, rows = load_bundle(models / "session"), sample.splits["session"].rows("test")
    said = twin.predict([sample.texts[i] for i in rows])
    found = compare(Assessor(sample, load_states(), 50, 0, 15), rows, said, said)
    assert all(d.value == d.low == d.high == 0 for d in found.differences.values())
    page = gate_page("new", "old", "champion", ["floors hold"], {"The tuning session": found})
    assert page.startswith("# new: champion\n")
    assert "- floors hold\n" in page
    assert f"### The tuning session ({len(rows):,})" in page
    right = float((said.action == sample.actions[rows]).mean())
    assert f"| action.accuracy | {right:.4f} | {right:.4f} | +0.0000 (+0.0000 to +0.0000) |" in page
