"""What is tried apart from the coded rows reaches the evaluation document and the page, with its failing
cases.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.charts.trials import trial_tables
from pipeline.stages import report
from pipeline.store.behaviours import load_behaviours
from pipeline.store.vocabularies import config_path, read_yaml


@pytest.fixture(scope="module")
def tune(unchanged: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((unchanged / "reports" / "evaluation" / "tune.json").read_text())
    return found


def test_each_class_of_wording_has_a_line(tune: dict[str, object]) -> None:
    behaviour, evidence = trial_tables(tune)
    classes = load_behaviours("2014-10")
    assert [line[0].split("\n") for line in behaviour.lines] == [[b.name, b.rule] for b in classes]
    assert [line[1] for line in behaviour.lines] == [str(len(b.cases)) for b in classes]
    floors = read_yaml(config_path("quality_floors.yaml"))["behaviour"]
    assert [line[4] for line in behaviour.lines] == [
        f"{floors[b.name]:.2f}" if b.name in floors else "–" for b in classes
    ]
    # A model of the small sample fails many; its examples are shown with what is wrong.
    assert behaviour.more
    shown = {text for text, _, _ in behaviour.more_lines}
    assert shown <= {text for b in classes for case in b.cases for text in case.texts}
    assert len(evidence.lines) == 2


def test_the_model_in_use_has_a_column_and_lines_of_its_own(tune: dict[str, object]) -> None:
    alone, alone_evidence = trial_tables(tune)
    in_use = {"behaviour": tune["behaviour"], "evidence": tune["evidence"]}
    both, evidence = trial_tables({**tune, "headline": {"part": "test"}, "champion": in_use})
    assert both.header[2:4] == ("Model", "In use")
    assert [(*line[:3], *line[4:]) for line in both.lines] == [tuple(line) for line in alone.lines]
    assert all(line[2] == line[3] for line in both.lines)
    assert [line[1:] for line in evidence.lines] == 2 * [line[1:] for line in alone_evidence.lines]
    assert [("model in use" in line[0]) for line in evidence.lines] == [False, False, True, True]


def test_a_document_without_trials_has_no_tables() -> None:
    assert trial_tables({}) == []


@pytest.mark.long
def test_the_page_shows_them(unchanged: Path, tmp_path: Path) -> None:
    evaluation = unchanged / "reports" / "evaluation"
    report.run(
        unchanged / "data" / "corpus" / "corpus.parquet",
        [evaluation / "tune.json", evaluation / "test.json"],
        tmp_path / "r.html",
    )
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "two leading verbs<br><small>Of two leading verbs the second counts</small>" in page
    assert "Cases that the model fails" in page
    assert "Evidence for the action" in page
