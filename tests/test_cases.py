"""Small inputs of the kinds that once failed, each with the right outcome.

They lie in a folder `cases` beside the real corpus, or where UPR_CASES says. Inputs of our own of the same
kinds are in the tests of the readers; these are the ones that were handed in from outside.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline import settings
from pipeline.corpus.schema import LABELLED
from pipeline.store.vocabularies import load_states
from tests.conftest import Upr

Rows = list[dict[str, Any]]
STATES = load_states()


@pytest.fixture(scope="module")
def cases() -> Path:
    corpus = settings.corpus_folder()
    named = os.environ.get("UPR_CASES")
    folder = Path(named) if named else corpus.parent / "cases" if corpus else None
    if folder is None or not folder.is_dir():
        pytest.skip("the cases are missing: set UPR_CASES, or put them in a folder 'cases' beside UPR_CORPUS")
    return folder


@pytest.fixture
def extract(upr: Upr, cases: Path, tmp_path: Path) -> Callable[..., tuple[Rows, str]]:
    """Reads documents of the cases; gives the rows and what was said."""

    def run(*names: str) -> tuple[Rows, str]:
        said = upr("extract", *(cases / name for name in names), "--out", tmp_path / "out.parquet")
        assert said.code == 0, said.err
        return pq.read_table(tmp_path / "out.parquet").to_pylist(), said.err

    return run


@pytest.fixture
def label(upr: Upr, cases: Path, model_path: Path, tmp_path: Path) -> Callable[..., tuple[Rows, str]]:
    """Labels a table of the cases; gives the rows and what was said."""

    def run(name: str, *more: str) -> tuple[Rows, str]:
        out = tmp_path / "out.parquet"
        said = upr("label", cases / name, "--out", out, "--model", model_path, *more)
        assert said.code == 0, said.err
        return pq.read_table(out).to_pylist(), said.err

    return run


def responses(rows: Rows) -> dict[int, str]:
    return {int(row["paragraph"].split(".")[1].split("(")[0]): row["response"] for row in rows}


def iso(names: list[str]) -> set[str]:
    return {state.iso if (state := STATES.find(name)) else name for name in names}


S, N, P = "Supported", "Noted", "Pending"


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("file", "expected", "told"),
    [
        ("full-stop-for-comma", [S] * 8 + [N] * 4, 0),
        ("list-goes-on-in-next-paragraph", [S] * 8 + [N] * 4, 0),
        ("bare-numbers", [S] * 5 + [N, S, S] + [N] * 4, 0),
        ("bare-numbers-as-paragraphs", [P] + [S] * 4 + [N] + [P] * 6, 7),
        ("ranges-and-parts", [S] * 5 + [N] + [S] * 2 + [N] * 4, 0),
    ],
)
def test_addenda(file: str, expected: list[str], told: int, extract: Callable[..., tuple[Rows, str]]) -> None:
    rows, err = extract("addenda/report.docx", f"addenda/{file}.docx")
    assert [responses(rows)[number] for number in range(1, 13)] == expected
    assert (f"no answer to {told} of the 12" in err) == bool(told)
    raw = {row["paragraph"]: row["response_raw"] for row in rows}
    if file == "ranges-and-parts":
        assert "part" in (raw.get("140.6") or raw["140.6(a)"]).lower()
        assert "part" in raw["140.9"].lower()


@pytest.mark.corpus
def test_a_list_with_rights_and_comments(extract: Callable[..., tuple[Rows, str]]) -> None:
    rows, _ = extract("lists/rights-and-comments.docx")
    assert len(rows) == 7
    assert not any("omment" in row["text"] or "\xa0" in row["text"] or "&" in row["text"] for row in rows)
    said = {row["response_raw"]: row["response"] for row in rows}
    assert said["Supported/Noted"] == said["Partially supported"] == said["Supported in principle"] == N
    assert said["Under consideration"] == P
    assert [row["response"] for row in rows].count(P) == 2
    assert any(row["affected_persons"] for row in rows)
    assert not any("Persons" in theme for row in rows for theme in row["themes"] or ())


@pytest.mark.corpus
def test_a_list_in_french(extract: Callable[..., tuple[Rows, str]]) -> None:
    rows, _ = extract("lists/french.docx")
    assert [(row["language"], row["response"], bool(row["recommending_states"])) for row in rows] == [
        ("fr", S, True),
        ("fr", N, True),
    ]


@pytest.mark.corpus
def test_shared_wordings_and_misprints(extract: Callable[..., tuple[Rows, str]]) -> None:
    rows, err = extract("reports/shared-wordings-and-misprints.docx")
    by_state = {
        (row["paragraph"], code): row["text"]
        for row in reversed(rows)
        for code in iso(row["recommending_states"])
    }
    texts = {row["text"]: iso(row["recommending_states"]) for row in rows if row["paragraph"] == "82.1"}
    assert {"Quickly ratify CEDAW", "Ratify CEDAW"} == {text[:1].upper() + text[1:] for text in texts}
    assert all("ITA" in states for states in texts.values())
    assert by_state["82.2", "FRA"].startswith("Ratify as soon as possible the Optional Protocol")
    for code in ("CZE", "EST"):
        assert (
            by_state["82.4", code].replace(",", "") == "Ratify the OP-CAT as recommended previously in 2009"
        )
    for number in ("82.5", "82.6", "82.7"):
        assert any(row["paragraph"] == number for row in rows)
        assert number in err or number.replace(".", "-") in err
    assert not any(row["text"].startswith((".", "o ")) for row in rows)


@pytest.mark.corpus
def test_reports_of_other_kinds(extract: Callable[..., tuple[Rows, str]]) -> None:
    mixed, err = extract("reports/mixed-statement.docx")
    assert {row["response"] for row in mixed} == {P}
    assert "supports some recommendations and not others" in err
    rows, _ = extract("reports/brackets-that-are-no-states.docx")
    assert iso([name for row in rows for name in row["recommending_states"] or ()]) <= iso(
        ["China", "Китай", "中国", "Chile", "Peru", "Andorra"]
    )
    for inner in ("(2020-2025)", "(2030)", "(…)", "(No. 169)", "(169)"):
        assert any(inner in row["text"] for row in rows), inner
    numbered, _ = extract("reports/shared-automatic-numbers.docx")
    assert [(row["paragraph"], row["response"]) for row in numbered] == [
        *((f"6.{n}", S) for n in range(1, 5)),
        *((f"7.{n}", P) for n in (1, 2)),
    ]
    tracked, _ = extract("reports/tracked-changes.docx")
    assert tracked


@pytest.mark.corpus
def test_draft_and_final_report_are_one_review(extract: Callable[..., tuple[Rows, str]]) -> None:
    final, _ = extract("reports/same-review-final.docx")
    both, err = extract("reports/same-review-draft.docx", "reports/same-review-final.docx")
    told = ("paragraph", "symbol", "response", "text")
    assert [[row[name] for name in told] for row in both] == [[row[name] for name in told] for row in final]
    assert len(both) == 6
    assert "same-review-draft.docx" in err


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("file", "language", "reviewed", "response"),
    [("report-fr", "fr", "Angola", S), ("report-es", "es", "Spain", P)],
)
def test_reports_in_other_languages(
    file: str, language: str, reviewed: str, response: str, extract: Callable[..., tuple[Rows, str]]
) -> None:
    rows, _ = extract(f"languages/{file}.docx")
    assert len(rows) == 3
    assert {row["language"] for row in rows} == {language}
    assert {row["state_under_review"] for row in rows} == {reviewed}
    assert {row["response"] for row in rows} == {response}
    named = [iso(row["recommending_states"]) for row in rows]
    french = [{"CIV", "DEU"}, {"USA"}, {"PAK"}]
    assert named == (french if language == "fr" else [{"GMB", "PRY", "SEN", "TUR"}, {"DEU"}, {"KAZ"}])


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("own-sheet-with-title.csv", 2),
        ("tracking.xlsx", 2),
        ("tracking.csv", 2),
        ("tracking-fr-cp1252.csv", 1),
        ("blank-first-row.xlsx", 1),
        ("national-action-plan.xlsx", 1),
        ("export-not-yet-coded.csv", 2),
    ],
)
def test_tables(name: str, texts: int, label: Callable[..., tuple[Rows, str]]) -> None:
    rows, err = label(f"tables/{name}")
    assert sum(bool(row["text"]) for row in rows) >= texts
    if name != "export-not-yet-coded.csv":
        assert "text from" in err or "taken for the text" in err
        assert len(rows[0]) > len(LABELLED)
    assert all(row["action"] for row in rows if row["language"] == "en" and row["text"])


@pytest.mark.corpus
def test_cells_that_are_no_states(label: Callable[..., tuple[Rows, str]]) -> None:
    rows, err = label("tables/state-cells.csv")
    assert [row["recommending_states"] or [] for row in rows] == [[], [], []]
    assert iso([rows[1]["state_under_review"]]) == {"RUS"}
    for cell in ("---", "2019", "?"):
        assert f"'{cell}'" in err


@pytest.mark.corpus
@pytest.mark.parametrize(
    "name",
    ["uwazi-extra-column.csv", "uwazi-language-suffix.csv", "uwazi-commas.csv", "uwazi-later-tags.csv"],
)
def test_uwazi(
    name: str, label: Callable[..., tuple[Rows, str]], upr: Upr, cases: Path, tmp_path: Path
) -> None:
    rows, err = label(f"tables/{name}")
    assert [row["text"] for row in rows][:2] == [
        "Ratify the Convention against Torture",
        "Consider ratifying the ICRMW",
    ]
    if "extra" in name:
        assert rows[0]["Entity URL"] == "https://x"
        assert "Entity URL" in err
    taken = upr(
        "ingest", cases / "tables" / name, "--out", tmp_path / "gold.parquet", "--taxonomy", "2026-08"
    )
    assert taken.code == 0, taken.err
    issues = [set(row["issues"]) for row in pq.read_table(tmp_path / "gold.parquet").to_pylist()]
    assert {"International instruments", "Torture and other CID treatment"} in issues


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["numbers.csv", "markup.csv"])
def test_texts_that_differ_by_their_dress_get_the_same_labels(
    name: str, label: Callable[..., tuple[Rows, str]]
) -> None:
    rows, _ = label(f"text/{name}")
    labelled: dict[str, set[str]] = {}
    for row in rows:
        assert row["text"] == row["text"].strip(" ;<>")
        assert not row["text"][:1].isdigit()
        labels = (row["action"], row["action_confidence"], sorted(row["issues"]), sorted(row["issue_scores"]))
        labelled.setdefault(row["text"], set()).add(repr(labels))
    assert len(labelled) < len(rows)
    assert all(len(labels) == 1 for labels in labelled.values())
    broken = [row for row in rows if "vuln erable" in row["text"]]
    assert all(row["needs_review"] for row in broken)


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["export.csv", "export.xlsx", "export.json"])
def test_uhri(name: str, label: Callable[..., tuple[Rows, str]]) -> None:
    rows, err = label(f"uhri/{name}")
    assert [(row["paragraph"], row["session"], row["symbol"]) for row in rows] == [
        ("121.14", 48, "A/HRC/58/9"),
        ("121.15", 48, "A/HRC/58/9"),
    ]
    assert [row["response_raw"] for row in rows] == ["Supported", "Supported/Noted"]
    assert [iso(row["recommending_states"]) for row in rows] == [{"CHL", "EST"}, {"TUR"}]
    assert all(row["themes"] and row["affected_persons"] and row["sdgs"] for row in rows)
    assert "CEDAW" in err or "mechanism" in err
