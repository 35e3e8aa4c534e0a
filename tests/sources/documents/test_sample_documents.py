"""The sample report comes out the same from PDF, DOCX and list, and as session-document-gold.csv says."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline import settings
from pipeline.corpus.schema import LABELLED
from pipeline.corpus.text import normalise
from pipeline.sources.documents.isolation import read_document
from pipeline.stages import extract
from pipeline.store.tables import read_parquet
from pipeline.store.vocabularies import load_states
from tests.coded_rows import SAMPLE

REPORTS = ("session-document.pdf", "session-document.docx")
LISTS = ("session-document-list.docx", "session-document-list.xlsx")
ADDENDUM = "session-document-addendum.pdf"


def gold() -> list[dict[str, str]]:
    with (SAMPLE / "session-document-gold.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def codes(names: list[str]) -> set[str]:
    states = load_states()
    return {state.iso if (state := states.find(name)) else name for name in names}


def rows(tmp_path: Path, *names: str) -> list[dict[str, Any]]:
    out = tmp_path / "out.parquet"
    extract.run([SAMPLE / name for name in names], out, settings.load())
    assert read_parquet(out).schema.equals(LABELLED)
    table: list[dict[str, Any]] = read_parquet(out).to_pylist()
    return table


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_gives_the_gold(tmp_path: Path, name: str) -> None:
    found = rows(tmp_path, name)
    assert [(r["paragraph"], normalise(r["text"]), r["response"]) for r in found] == [
        (g["paragraph"], normalise(g["text"]), g["response"]) for g in gold()
    ]
    assert [codes(r["recommending_states"]) for r in found] == [
        codes(g["recommending_states"].split("; ")) for g in gold()
    ]
    assert {(r["state_under_review"], r["session"], r["cycle"], r["language"]) for r in found} == {
        ("Andorra", 49, 4, "en")
    }


def test_rec_id_is_the_same_from_every_format(tmp_path: Path) -> None:
    ids = [{r["rec_id"] for r in rows(tmp_path, name)} for name in (*REPORTS, *LISTS)]
    assert all(found == ids[0] for found in ids)
    assert len(ids[0]) == len(gold())


@pytest.mark.parametrize("name", LISTS)
def test_a_list_gives_each_recommendation_once_with_themes_position_and_source(
    tmp_path: Path, name: str
) -> None:
    found = rows(tmp_path, name)
    assert len(found) == len(gold())
    assert all(r["themes"] and r["response"] and r["position_source"].startswith("A/HRC/61/0") for r in found)


def test_report_addendum_and_list_together_are_one_set_with_the_final_response(tmp_path: Path) -> None:
    found = rows(tmp_path, REPORTS[0], ADDENDUM, LISTS[0])
    assert len(found) == len(gold())
    assert {r["response"] for r in found} == {"Supported", "Noted"}
    assert {r["paragraph"]: r["response"] for r in found}["85.1"] == "Noted"
    assert all(r["themes"] and r["page"] for r in found)


def test_a_span_leads_back_to_the_line(tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    extract.run([SAMPLE / REPORTS[0]], out, settings.load(), text_folder=tmp_path / "text")
    text = (tmp_path / "text" / f"{REPORTS[0]}.txt").read_text(encoding="utf-8")
    for row in read_parquet(out).to_pylist():
        raw = normalise(text[row["char_start"] : row["char_end"]])
        assert raw.startswith(normalise(row["text"]))
        assert row["page"] >= 1


def test_an_addendum_alone_has_nothing_to_say(tmp_path: Path) -> None:
    from pipeline.errors import SourceError

    with pytest.raises(SourceError, match="together with its report"):
        extract.run([SAMPLE / ADDENDUM], tmp_path / "out.parquet", settings.load())
    assert not list(tmp_path.iterdir())


@pytest.mark.long
def test_good_documents_are_written_and_failed_ones_named(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    (tmp_path / "in" / "report.pdf").write_bytes((SAMPLE / REPORTS[0]).read_bytes())
    command = [
        sys.executable,
        "-m",
        "pipeline",
        "extract",
        str(tmp_path / "in"),
        "--out",
        str(tmp_path / "out.csv"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "broken.pdf" in done.stderr
    assert "Traceback" not in done.stderr
    assert len((tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()) == len(gold()) + 1


def test_strict_writes_nothing_where_there_is_a_problem(tmp_path: Path) -> None:
    from pipeline.errors import SourceError

    with pytest.raises(SourceError, match="--strict"):
        extract.run(
            [SAMPLE / REPORTS[0], SAMPLE / REPORTS[1]], tmp_path / "out.parquet", settings.load(), strict=True
        )
    assert not list(tmp_path.iterdir())


def test_what_is_odd_stands_in_the_rejects_file(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    report = extract.run([SAMPLE / REPORTS[0], SAMPLE / REPORTS[1]], out, settings.load())
    rejects = [json.loads(line) for line in (tmp_path / "out.jsonl.rejects.jsonl").read_text().splitlines()]
    assert len(rejects) == len(report.problems) == 1
    assert "are reports of the same review" in rejects[0]["reason"]


def test_the_documents_are_made_from_the_text(tmp_path: Path) -> None:
    """What make_documents.py writes today is what stands in the repository."""
    (tmp_path / "upr-info").mkdir()
    for name in ("session-document.md", "session-document-gold.csv", "make_documents.py", "upr-info/18.csv"):
        (tmp_path / name).write_bytes((SAMPLE / name).read_bytes())
    subprocess.run([sys.executable, str(tmp_path / "make_documents.py")], check=True)
    for name in (*REPORTS, *LISTS, ADDENDUM, "reports/albania-18.docx"):
        made, kept = (read_document(folder / name, load_states()) for folder in (tmp_path, SAMPLE))
        assert (made.text, made.records, made.positions) == (kept.text, kept.records, kept.positions)
