"""The comparison of classifiers: its light peers from training to answers, and its page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.benchmark_page import write_page
from benchmarks.classifiers import RESULTS, figures
from benchmarks.peers import ENTRIES, measured
from pipeline import settings
from pipeline.corpus.coded import Corpus
from pipeline.store.files import read_json


def test_the_page_is_what_the_results_give(tmp_path: Path) -> None:
    write_page(RESULTS, tmp_path)
    assert (tmp_path / "benchmark.md").read_text() == (settings.home() / "docs" / "benchmark.md").read_text()


@pytest.fixture
def measure(sample: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Trains a peer on the sample, lets it label, and gives its figures."""
    monkeypatch.setattr(measured, "_LEAST_SECONDS", 0.05)

    def run(name: str) -> dict[str, Any]:
        folder = tmp_path / name
        folder.mkdir()
        measured.train(name, "session", sample, folder)
        measured.label(name, "session", sample, folder)
        return {
            "accuracy": figures(sample, "session", folder)["all"]["action"]["accuracy"]["value"],
            "folder": folder,
        }

    return run


def test_what_learns_is_better_than_the_commonest_label_and_what_labels_is_what_was_saved(
    measure: Any, sample: Corpus
) -> None:
    majority, linear = measure("majority"), measure("linear")
    assert linear["accuracy"] > majority["accuracy"]
    answers = np.load(linear["folder"] / "answers.npz")["answers.actions"]
    gold = sample.actions[sample.splits["session"].rows("test")]
    assert linear["accuracy"] == pytest.approx(np.mean(answers == gold))
    assert read_json(linear["folder"] / "train.json")["model_megabytes"] > 0


def test_rules_learn_nothing_and_still_code(measure: Any) -> None:
    assert measure("rules")["accuracy"] > 0.5


def test_every_result_is_of_a_peer_on_a_split_that_it_is_trained_on() -> None:
    for path in RESULTS.glob("*/*.json"):
        assert path.parent.name in ENTRIES[path.stem].splits
