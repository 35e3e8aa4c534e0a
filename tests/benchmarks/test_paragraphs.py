"""The measurement of paragraphs runs, and the real reports give what the documentation says."""

from __future__ import annotations

import re

import pytest

from benchmarks import paragraphs
from tests.conftest import ROOT


def figures(printed: str) -> dict[str, float]:
    return {name: float(share) for share, name in re.findall(r"^(\S+) \(.*?: (.*)$", printed, re.MULTILINE)}


def test_every_row_of_the_sample_s_report_is_found(capsys):
    paragraphs.main(["--corpus", str(ROOT / "data" / "sample"), "--show", "27"])
    printed = capsys.readouterr().out
    assert printed.startswith("1 reports\n")
    found = figures(printed)
    assert found["rows of these reviews with symbol and paragraph"] == 1
    assert found["found, with the coded response where the report gives one"] == 1
    assert len(re.findall(r"^[01]\.\d{3} 10[23]\.\d+ \S.*\n      \S.*$", printed, re.MULTILINE)) == 27


@pytest.mark.long
def test_real_rows_are_found_in_their_reports_and_have_the_coded_response(corpus_folder, capsys):
    paragraphs.main(["--corpus", str(corpus_folder)])
    found = figures(capsys.readouterr().out)
    assert found["rows of these reviews with symbol and paragraph"] >= 0.98
    assert found["found, with the coded response where the report gives one"] >= 0.998
    assert found["most similar text, whose paragraph names the State"] >= 0.995
