"""Rows whose source names no document get symbol and paragraph from the report of their review."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import settings
from pipeline.corpus.schema import LABELLED
from pipeline.corpus.text import normalise
from pipeline.errors import SourceError, StoreError
from pipeline.release.checks.mirrors import mirrors
from pipeline.release.checks.rows import Opened
from pipeline.release.files.folder import manifest, releases
from pipeline.release.site.entries import entries
from pipeline.release.tables.inputs import read_documents
from pipeline.release.tables.paragraphs import Wording, matched, wordings_of
from pipeline.stages import extract, ingest, verify
from pipeline.stages.publish import assemble
from pipeline.store.vocabularies import load_states
from tests.conftest import ROOT
from tests.release.conftest import published

REPORT = ROOT / "data" / "sample" / "reports" / "albania-18.docx"


def wording(text: str, states: str, paragraph: str) -> Wording:
    return Wording(text, frozenset(states.split()), "A/HRC/1/0", paragraph)


def numbers(rows: list[tuple[str, str | None]], report: list[Wording]) -> list[str | None]:
    found = matched([text for text, _ in rows], [state for _, state in rows], report)
    return [match and match.wording.paragraph for match in found]


def test_equal_texts_of_two_states_are_told_apart_by_the_state():
    report = [wording("Build a library", "CHL", "60.1"), wording("Build a library", "FRA PER", "60.2")]
    assert numbers([("Build a library.", "PER"), ("Build a library", "CHL")], report) == ["60.2", "60.1"]


def test_a_text_that_another_state_said_is_not_found():
    report = [wording("Build a library", "CHL", "60.1")]
    assert numbers([("Build a library", "PER"), ("Build a library", None)], report) == [None, None]


def test_two_paragraphs_that_fit_equally_well_are_no_guess():
    twice = [wording("Build a library", "CHL", "60.1"), wording("Build a library", "CHL", "61.4")]
    assert numbers([("Build a library", "CHL")], twice) == [None]
    once = [twice[0], replace(twice[1], paragraph="60.1")]
    assert numbers([("Build a library", "CHL")], once) == ["60.1"]


def test_the_more_similar_of_two_wordings_is_taken():
    report = [
        wording("Build a public library in each of the towns", "CHL", "60.1"),
        wording("Build a public library in each of its towns", "CHL", "60.2"),
    ]
    assert numbers([("Build a public library in each of its towns", "CHL")], report) == ["60.2"]


def test_a_part_of_a_longer_wording_stands_in_its_paragraph():
    report = [
        wording("Build a library in each town and open it on Sundays", "CHL", "60.1"),
        wording("Plant trees along the roads", "CHL", "60.2"),
    ]
    rows = [("Open it on Sundays", "CHL"), ("Open", "CHL"), ("Open a library on Mondays", "CHL")]
    assert numbers(rows, report) == ["60.1", None, None], "the second is too short to be sure of"


def test_what_is_only_nearly_a_part_is_no_guess():
    """By a partial ratio, the first is 97 % like a part of the wording, and asks for another instrument."""
    report = [wording("Consider ratifying the Optional Protocol to CEDAW and those to CRC", "CHL", "60.1")]
    rows = [
        ("Consider ratifying the Optional Protocol to CAT", "CHL"),
        ("Consider ratifying the Optional Protocol to CED", "CHL"),
        ("Consider ratifying the Optional Protocol to CEDAW", "CHL"),
    ]
    assert numbers(rows, report) == [None, None, "60.1"]


def test_a_wording_is_no_part_of_a_shorter_one():
    report = [wording("Build a library in each town", "CHL", "60.1")]
    longer = "Build a library in each town, open it on Sundays and let children in without fee"
    assert numbers([(longer, "CHL")], report) == [None]


def test_a_report_without_wordings_and_rows_without_a_report():
    assert numbers([("Build a library", "CHL")], []) == [None]
    assert numbers([], [wording("Build a library", "CHL", "60.1")]) == []


TEXTS = st.text("abcdefgh ", min_size=3, max_size=60).filter(lambda text: len(normalise(text)) > 2)
STATES = st.sampled_from(["CHL", "FRA", "PER"])


@given(st.lists(st.tuples(TEXTS, STATES), max_size=8), st.lists(st.tuples(TEXTS, STATES), max_size=8))
def test_a_match_names_the_state_and_equal_texts_are_always_found(rows, said):
    report = [wording(text, state, f"60.{place}") for place, (text, state) in enumerate(said)]
    found = matched([text for text, _ in rows], [state for _, state in rows], report)
    for (text, state), match in zip(rows, found, strict=True):
        equal = [w for w in report if normalise(w.text) == normalise(text) and state in w.states]
        if match is not None:
            assert state in match.wording.states
            assert 0.9 <= match.similarity <= 1
        if len(equal) == 1:
            assert match is not None
            assert match.wording == equal[0]
        if len(equal) > 1:
            assert match is None, "several paragraphs have the text"


def test_documents_without_symbol_number_or_review_tell_nothing():
    row = dict.fromkeys(LABELLED.names) | {
        "rec_id": "a",
        "row_id": "a",
        "text": "Build a library",
        "state_under_review": "Nepal",
        "recommending_states": ["Chile", "Nowhere"],
        "session": 18,
        "symbol": "A/HRC/1/0",
        "paragraph": "60.1",
    }
    lacking = [
        row | {name: None} for name in ("text", "state_under_review", "session", "symbol", "paragraph")
    ]
    rows = [row, *lacking, row | {"state_under_review": "Nowhere"}]
    assert wordings_of(rows, load_states()) == {
        ("NPL", 18): [Wording("Build a library", frozenset({"CHL"}), "A/HRC/1/0", "60.1")]
    }


@pytest.fixture(scope="module")
def extracted(tmp_path_factory) -> Path:
    """The sample's report of a coded review, extracted."""
    out = tmp_path_factory.mktemp("extracted") / "reports.parquet"
    extract.run([REPORT], out, settings.load())
    return out


@pytest.fixture(scope="module")
def located(inputs, extracted, tmp_path_factory) -> Path:
    """A release that was given the report."""
    given_report = replace(inputs, documents=extracted)
    return published(given_report, tmp_path_factory.mktemp("located") / "out").folder


def test_all_rows_of_the_review_have_their_paragraph_and_no_others(located, release):
    rows = pq.read_table(located / "recommendations.parquet").to_pylist()
    before = pq.read_table(release / "recommendations.parquet").to_pylist()
    ours = [r for r in rows if (r["state_under_review"], r["session"]) == ("Albania", 18)]
    asked = [r for r in ours if r["kind"] == "recommendation"]
    assert len(asked) == 27
    assert {r["symbol"] for r in asked} == {"A/HRC/26/0"}
    joined = [r for r in asked if r["paragraph"] == "102.2"]
    assert [r["text"].split()[0] for r in joined] == ["Create", "Call"], "UPR Info split the paragraph"
    # Paragraphs of chapter 102 enjoy support and those of 103 are noted, which the match did not look at.
    assert {(r["paragraph"].split(".")[0], r["response"]) for r in asked} == {
        ("102", "Supported"),
        ("103", "Noted"),
    }
    assert all(0.9 <= r["paragraph_similarity"] <= 1 for r in asked)
    kept = ("symbol", "paragraph", "paragraph_similarity")
    others = [r for r in rows if r not in asked]
    assert all(r["paragraph_similarity"] is None for r in others)
    known = {r["row_id"]: r for r in before}
    for row in rows:
        assert {k: v for k, v in row.items() if k not in kept} == {
            k: v for k, v in known[row["row_id"]].items() if k not in kept
        }
    assert manifest(located)["counts"]["rows_with_paragraph"] == 27
    assert manifest(release)["counts"]["rows_with_paragraph"] == 0


def test_every_format_holds_them_and_the_release_is_sound(located):
    assert list(mirrors(Opened(located, manifest(located)))) == []
    assert verify.run(located).sound


def test_the_page_of_the_state_shows_them_without_a_link_to_an_invented_document(located):
    page = (located / "states" / "ALB.html").read_text()
    assert "<td>102.2<td>Create a youth parliament" in page
    assert "UN document: A/HRC/26/0</p>" in page


def test_rows_without_a_paragraph_stand_after_those_with_one(inputs, extracted, tmp_path):
    some = pq.read_table(extracted)
    pq.write_table(some.slice(5), tmp_path / "some.parquet")
    given_some = replace(inputs, documents=tmp_path / "some.parquet")
    shown = entries(assemble(given_some, settings.load()).recommendations)
    numbers = [e.paragraph for e in shown if (e.reviewed, e.session) == ("Albania", 18)]
    assert [n for n in numbers if n][:3] == ["102.6", "102.7", "102.8"]
    assert numbers.index("102.6") == 0
    assert None in numbers


def test_the_card_says_where_they_come_from(located, release):
    assert "27 rows have symbol and paragraph, 27 of them by comparing" in (located / "README.md").read_text()
    assert "have symbol and paragraph" not in (release / "README.md").read_text()


def test_what_the_source_says_is_left_as_it_is(inputs, extracted, tmp_path):
    table = pq.read_table(inputs.corpus)
    place = table.column_names.index("paragraph")
    numbers = pa.array(["7.1"] * table.num_rows, pa.string())
    pq.write_table(table.set_column(place, table.schema.field(place), numbers), tmp_path / "corpus.parquet")
    named = replace(inputs, corpus=tmp_path / "corpus.parquet", documents=extracted)
    rows = assemble(named, settings.load()).recommendations
    assert set(rows["paragraph"].to_pylist()) == {"7.1", None}, "the rows of the new session have none"
    assert set(rows["symbol"].to_pylist()) == {None}
    assert rows["paragraph_similarity"].null_count == rows.num_rows


def test_a_release_read_again_keeps_symbol_and_paragraph(located, tmp_path):
    ingest.run([located / "recommendations.parquet"], tmp_path / "again.parquet", settings.load())
    again = pq.read_table(tmp_path / "again.parquet")
    assert sum(p is not None for p in again["paragraph"].to_pylist()) == 27


def test_documents_may_be_a_folder_of_tables_also_an_empty_one(extracted, tmp_path):
    limits = settings.load().extract
    assert read_documents(tmp_path, limits).num_rows == 0
    extract.run([REPORT], tmp_path / "one.csv", settings.load())
    (tmp_path / "one.csv.rejects.jsonl").write_text('{"file": "x"}\n')
    found = read_documents(tmp_path, limits)
    assert found["paragraph"].to_pylist() == pq.read_table(extracted)["paragraph"].to_pylist()


def test_documents_that_are_no_tables_make_no_release(inputs, tmp_path):
    with pytest.raises(StoreError, match="upr extract"):
        published(replace(inputs, documents=tmp_path / "none.parquet"), tmp_path / "out")
    with pytest.raises(SourceError, match=r"albania-18\.docx"):
        published(replace(inputs, documents=REPORT), tmp_path / "out")
    assert releases(tmp_path / "out") == []


def test_an_empty_folder_is_a_fault_unless_it_is_allowed(tmp_path):
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / ".gitkeep").touch()
    out = tmp_path / "reports.parquet"
    with pytest.raises(SourceError, match="holds no file"):
        extract.run([tmp_path / "reports"], out, settings.load())
    assert extract.run([tmp_path / "reports"], out, settings.load(), allow_empty=True).rows == 0
    assert pq.read_table(out).schema.names == LABELLED.names
    assert pq.read_table(out).num_rows == 0
    (tmp_path / "reports" / "note.txt").write_text("to do")
    with pytest.raises(SourceError, match="holds no file"):
        extract.run([tmp_path / "reports"], out, settings.load(), allow_empty=True)


def test_a_release_after_one_without_the_column_is_sound(inputs, extracted, tmp_path):
    first = published(inputs, tmp_path / "out").folder / "recommendations.parquet"
    pq.write_table(pq.read_table(first).drop_columns(["paragraph_similarity"]), first)
    second = published(replace(inputs, documents=extracted), tmp_path / "out").folder
    assert second.name == "2025.2"
    assert verify.run(second).sound
