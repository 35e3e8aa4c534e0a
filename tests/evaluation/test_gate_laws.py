"""What the gate compares: the challenger's figures less the champion's, on rows that the test draws."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score

from pipeline.corpus.coded import Corpus
from pipeline.evaluation.assessment import Assessor
from pipeline.evaluation.gate import GateComparison, compare, gate_page
from pipeline.models.bundle import Predictions
from pipeline.store.vocabularies import load_states
from tests.models.known_scores import THRESHOLDS


@pytest.fixture(scope="module")
def rows(sample: Corpus) -> np.ndarray:
    return sample.splits["session"].rows("test")


def right_in(share: float, sample: Corpus, rows: np.ndarray) -> Predictions:
    """Predictions that are the codes in a share of rows, and another category and no tag in the others."""
    right = np.random.default_rng(0).random(len(rows)) < share
    actions = np.where(right, sample.actions[rows], sample.actions[rows] % 5 + 1)
    tags = sample.tags[rows] & right[:, None]
    known = np.ones(len(rows), dtype=np.float32)
    return Predictions(np.eye(5, dtype=np.float32)[actions - 1], tags.astype(np.float32), known, THRESHOLDS)


@pytest.fixture  # for each test: the mutation run asks by test which lines ran
def found(sample: Corpus, rows: np.ndarray) -> GateComparison:
    assessor = Assessor(sample, load_states(), 50, 0, 15)
    return compare(assessor, rows, right_in(0.9, sample, rows), right_in(0.6, sample, rows))


def test_figures_are_those_of_scikit_learn(sample: Corpus, rows: np.ndarray, found: GateComparison) -> None:
    assert found.rows == len(rows) > 100
    for share, figures in ((0.9, found.challenger), (0.6, found.champion)):
        said = right_in(share, sample, rows)
        assert figures == {
            "action.accuracy": pytest.approx(accuracy_score(sample.actions[rows], said.action)),
            "tags.micro_f1": pytest.approx(f1_score(sample.tags[rows], said.tags, average="micro")),
        }


def test_differences_are_the_challengers_figures_less_the_champions(found: GateComparison) -> None:
    assert list(found.differences) == ["action.accuracy", "tags.micro_f1"]
    for name, difference in found.differences.items():
        assert difference.value == pytest.approx(found.challenger[name] - found.champion[name])
        assert 0 < difference.low < difference.value < difference.high


def test_without_any_tag_the_tags_are_wrong_and_not_undefined(sample: Corpus, rows: np.ndarray) -> None:
    tagless = np.array([i for i in rows.tolist() if sample.tags[i].any()][:5])
    none = right_in(0.0, sample, tagless)
    found = compare(Assessor(sample, load_states(), 50, 0, 15), tagless, none, none)
    assert found.challenger == {"action.accuracy": 0.0, "tags.micro_f1": 0.0}


def test_the_page_holds_every_figure_of_the_comparison(found: GateComparison) -> None:
    page = gate_page("new", "old", "champion", ["one", "two"], {"The tuning session": found})
    lines = page.splitlines()
    assert lines[:2] == ["# new: champion", ""]
    assert "Compared with the model in use, old." in lines
    assert lines[lines.index("## Reasons") :][:4] == ["## Reasons", "", "- one", "- two"]
    assert f"### The tuning session ({found.rows:,})" in lines
    assert "There was no comparison." not in page
    for name, d in found.differences.items():
        assert (
            f"| {name} | {found.challenger[name]:.4f} | {found.champion[name]:.4f} | "
            f"{d.value:+.4f} ({d.low:+.4f} to {d.high:+.4f}) |"
        ) in lines


def test_the_page_says_where_nothing_was_compared() -> None:
    assert "There was no comparison." in gate_page("new", "old", "held back", [], {}).splitlines()
