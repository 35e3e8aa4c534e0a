"""The table of equal treatment: which groups lie apart, for the evaluated model and the one in use."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from pipeline.charts.treatment import treatment_tables
from pipeline.evaluation.metrics import by_value, slice_quality, to_plain
from tests.random_evaluations import an_evaluation

ROWS = 300
REGIONS = [("Africa", "Asia", "WEOG")[i % 3] for i in range(ROWS)]


def slices(wrong_for: str | None) -> dict[str, Any]:
    """Of a model that is right for all regions but one."""
    found = an_evaluation(ROWS, 1)
    wrong = np.array([region == wrong_for for region in REGIONS])
    action = np.where(wrong, found.gold_action % 5 + 1, found.gold_action)
    evaluation = replace(found, action=action, tags=found.gold_tags)
    plain: dict[str, Any] = to_plain(
        {"recommending_region": slice_quality(evaluation, by_value(REGIONS), samples=100)}
    )
    return plain


def test_pairs_that_differ_are_counted_and_listed() -> None:
    (table,) = treatment_tables({"slices": {"test": slices("Asia")}})
    assert table.title == "2 of 6 comparisons of two regional groups differ significantly on the test session"
    assert len(table.header) == 5
    assert "2 of 3 pairs differ" in table.lines[0][1]
    assert table.lines[0][3:] == ("–", "–")
    assert {(line[1], line[4]) for line in table.more_lines} == {
        ("Africa minus Asia", "Test session"),
        ("Asia minus WEOG", "Test session"),
    }


def test_the_model_in_use_has_columns_of_its_own() -> None:
    document = {"slices": {"test": slices("Asia")}, "champion": {"version": "v0", "slices": slices(None)}}
    (table,) = treatment_tables(document)
    assert table.title.endswith("differ significantly on the test session; with the model in use, none")
    assert table.header[3:5] == ("Model in use: action, accuracy", "Model in use: tags, micro-F1")
    assert "0 of 3 pairs differ" in table.lines[0][3]
    (other,) = treatment_tables({**document, "champion": {"version": "v0", "slices": slices("WEOG")}})
    assert other.title.endswith("; with the model in use, 2")
    assert {line[4] for line in other.more_lines} == {"Test session", "Model in use"}


def test_without_slices_there_is_no_table() -> None:
    assert treatment_tables({}) == []
    assert treatment_tables({"champion": {"version": "v0"}}) == []
