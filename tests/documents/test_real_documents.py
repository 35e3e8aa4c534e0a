"""Extraction measured on the real reports, paragraphs and lists; see benchmarks/extraction.py for the table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.extraction import benchmark, summary

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def figures(corpus_folder: Path) -> dict[str, Any]:
    return summary(benchmark(corpus_folder))


def test_reports_say_what_the_coders_found(figures: dict[str, Any]) -> None:
    assert figures["precision"] >= 0.975
    assert figures["State"] >= 0.985
    assert figures["response"] >= 0.96
    assert figures["about"] == 1.0


def test_recall_does_not_fall(figures: dict[str, Any]) -> None:
    """Floors below what was measured; the aims are 0.985 and 0.95 (see docs/extraction.md for what is missed, and why)."""
    assert figures["recall"] >= 0.9835
    assert min(figures["recall by session"].values()) >= 0.945


def test_single_paragraphs(figures: dict[str, Any]) -> None:
    paragraphs = figures["paragraphs"]
    assert paragraphs["paragraphs"] == 212
    assert min(paragraphs[part] for part in ("number", "text", "states")) >= 0.98
    assert paragraphs["rows_out_of_them"] == 11


def test_lists(figures: dict[str, Any]) -> None:
    for line in figures["lists"]:
        assert line["recommendations"] == line["with_themes"] == line["with_position"] == line["with_source"] == line["with_states"]
    assert [line["numbers_equal_report"] for line in figures["lists"] if "numbers_equal_report" in line] == [True]
    assert figures["merged"] == {"rows": 219, "conflicts": 0, "responses": {"Supported": 184, "Noted": 35}}
