"""A review that is given in two languages is one set: rows are aligned by their number, or it is told."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.sources.documents.merge import Merged, merge
from pipeline.sources.documents.read import Document
from pipeline.sources.records import Record
from pipeline.store.languages import versions_of_languages
from tests.conftest import Upr
from tests.sources.documents.made import docx, paragraph
from tests.sources.documents.structures import ITEMS
from tests.sources.documents.test_french_and_spanish import REPORTS
from tests.sources.documents.test_structures import FRAMES, LANGUAGES, whole

TEXTS = {
    "en": ("Repair the lamps", "Paint the benches", "Mow the meadows"),
    "fr": ("Réparer les lampes", "Peindre les bancs", "Tondre les prairies"),
    "es": ("Reparar las lámparas", "Pintar los bancos", "Segar los prados"),
}
STATES = {
    "en": (("Germany",), ("Spain", "Brazil"), ("Ivory Coast",)),
    "fr": (("Allemagne",), ("Brésil", "Espagne"), ("Côte d’Ivoire",)),
    "es": (("Alemania",), ("España", "Brasil"), ("Côte d’Ivoire",)),
}


def record(language: str, number: str, text: str, states: tuple[str, ...], **more: Any) -> Record:
    return Record(
        file=f"{language}.docx",
        row=1,
        text=text,
        paragraph=number,
        recommending_states=states,
        response=more.pop("response", "Supported"),
        state_under_review="Andorra",
        session=49,
        language=language,
        **more,
    )


def document(language: str, *records: Record, kind: str = "report") -> Document:
    rows = records or tuple(
        record(language, f"61.{n}", text, states)
        for n, (text, states) in enumerate(zip(TEXTS[language], STATES[language], strict=True), start=1)
    )
    return Document(f"{language}.docx", kind, "A/HRC/60/1", "Andorra", 49, rows)  # type: ignore[arg-type]


def texts(merged: Merged) -> list[tuple[str | None, str | None, str | None]]:
    return [(r.text, r.text_fr, r.text_es) for r in merged.records]


@pytest.mark.parametrize("order", list(itertools.permutations(("en", "fr", "es"))))
def test_three_languages_are_one_set_in_whatever_order_they_come(order: tuple[str, ...]) -> None:
    merged = merge([document(language) for language in order])
    assert texts(merged) == list(zip(*(TEXTS[language] for language in ("en", "fr", "es")), strict=True))
    assert {(r.language, r.file) for r in merged.records} == {("en", "en.docx")}
    assert merged.problems == []


def test_without_english_french_is_first_and_both_texts_are_kept() -> None:
    merged = merge([document("es"), document("fr")])
    assert texts(merged) == [(fr, fr, es) for fr, es in zip(TEXTS["fr"], TEXTS["es"], strict=True)]
    assert {r.language for r in merged.records} == {"fr"}


def test_what_only_one_document_has_is_told_and_kept() -> None:
    english, french = document("en").records, document("fr").records
    merged = merge([document("en", *english[:2]), document("fr", *french[1:])])
    assert texts(merged) == [
        ("Repair the lamps", None, None),
        ("Paint the benches", "Peindre les bancs", None),
        ("Tondre les prairies", None, None),
    ]
    [told] = merged.problems
    assert told.file == "fr.docx"
    assert "1 of 2 recommendations have their French text" in told.reason
    assert "stand in this document alone, and are added: 61.3" in told.reason
    assert "stand in the other document alone: 61.1" in told.reason


def test_a_number_with_other_states_is_not_aligned() -> None:
    wrong = record("fr", "61.1", "Peindre les bancs", ("Brésil",))
    shifted = document("fr", wrong, *document("fr").records[1:])
    merged = merge([document("en"), shifted])
    assert [fr for _, fr, _ in texts(merged)] == [None, *TEXTS["fr"][1:]]
    assert "1 name other States, and their texts are left out: 61.1" in merged.problems[0].reason


def test_a_state_that_one_document_lacks_or_misspells_does_not_part_the_texts() -> None:
    partly = document("fr", record("fr", "61.2", "Peindre les bancs", ("Brésil", "Espagn")))
    nameless = document("es", record("es", "61.2", "Pintar los bancos", ()))
    merged = merge([document("en"), partly, nameless])
    assert texts(merged)[1] == ("Paint the benches", "Peindre les bancs", "Pintar los bancos")


def test_wordings_of_one_number_are_aligned_by_their_states_alone() -> None:
    english = document(
        "en",
        record("en", "61.1", "Repair the lamps", ("Germany",)),
        record("en", "61.1", "Repair the red lamps", ("Spain",)),
        record("en", "61.2", "Paint", ("Chile",)),
        record("en", "61.2", "Paint again", ("Chile",)),
    )
    french = document(
        "fr",
        record("fr", "61.1", "Réparer les lampes rouges", ("Espagne",)),
        record("fr", "61.1", "Réparer les lampes", ("Allemagne",)),
        record("fr", "61.2", "Peindre, et encore peindre", ("Chili",)),
    )
    merged = merge([english, french])
    assert [(r.text, r.text_fr) for r in merged.records] == [
        ("Repair the lamps", "Réparer les lampes"),
        ("Repair the red lamps", "Réparer les lampes rouges"),
        ("Paint", None),
        ("Paint again", None),
    ]
    assert "61.2" in merged.problems[0].reason
    assert "61.1" not in merged.problems[0].reason


def test_wordings_that_the_same_states_made_are_aligned_in_their_order() -> None:
    named = {"en": ("Ghana", "Kenya"), "fr": ("Kenya", "Ghana"), "es": ("Ghana", "Kenya")}
    merged = merge(
        [
            document(language, *(record(language, "61.1", text, named[language]) for text in TEXTS[language]))
            for language in ("en", "fr", "es")
        ]
    )
    assert texts(merged) == list(zip(*(TEXTS[language] for language in ("en", "fr", "es")), strict=True))
    assert merged.problems == []


def test_every_structure_of_an_item_is_aligned() -> None:
    documents = []
    for place, language in enumerate(LANGUAGES):
        items = (f"84.{n} {item[place]}" for n, item in enumerate(ITEMS.values(), start=1))
        read = whole(language, [FRAMES[language][1], *items])
        rows = [replace(r, language=language, file=f"{language}.docx") for r in read.records]
        documents.append(Document(f"{language}.docx", "report", "A/HRC/60/1", "Andorra", 49, rows))
    merged = merge(documents)
    assert len(merged.records) > len(ITEMS)
    assert all(r.text_fr and r.text_es for r in merged.records)
    assert merged.problems == []


def test_rows_without_a_number_are_left_out_and_counted() -> None:
    merged = merge([document("en"), document("fr", record("fr", "", "Réparer les lampes", ("Allemagne",)))])
    assert texts(merged) == [(text, None, None) for text in TEXTS["en"]]
    assert "1 have no number" in merged.problems[0].reason


def test_another_response_is_told_and_the_list_of_the_other_language_speaks_later() -> None:
    noted = [replace(r, response="Noted") for r in document("fr").records]
    reports = merge([document("en"), document("fr", *noted)])
    assert {r.response for r in reports.records} == {"Supported"}
    assert [p.reason for p in reports.problems if "61.2 is Noted here, and Supported in en.docx" in p.reason]
    listed = [replace(document("fr").records[0], response="Noted", response_raw="Notée", themes=("Lampes",))]
    merged = merge([document("en"), document("fr", *listed, kind="list")])
    assert (merged.records[0].response, merged.records[0].response_raw) == ("Noted", "Notée")
    assert merged.records[0].themes == ("Lampes",)


def test_a_language_without_a_column_is_merged_by_its_text_as_before() -> None:
    other = document("pt", record("pt", "61.1", "Reparar as lâmpadas", ("Germany",)))
    merged = merge([document("en"), other])
    assert len(merged.records) == 4
    assert "reports of the same review" in merged.problems[0].reason


def test_extract_and_label_keep_both_texts(upr: Upr, model_path: Path, tmp_path: Path) -> None:
    files = [
        docx(tmp_path / f"{language}.docx", "".join(paragraph(line) for line in lines))
        for language, lines in REPORTS.items()
    ]
    said = upr("extract", *files, "--out", tmp_path / "read.parquet")
    assert said.code == 0, said.err
    read = pq.read_table(tmp_path / "read.parquet").to_pylist()
    assert [row["paragraph"] for row in read] == ["61.1", "61.2", "62.1", "63.1", "64.1"]
    assert read[2]["text"] == read[2]["text_fr"] == "Peindre les bancs publics"
    assert read[2]["text_es"] == "Pintar los bancos públicos"
    said = upr("label", *files, "--out", tmp_path / "out.parquet", "--model", model_path)
    assert said.code == 0, said.err
    labelled = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert [(r["text"], r["text_fr"], r["text_es"]) for r in labelled] == [
        (r["text"], r["text_fr"], r["text_es"]) for r in read
    ]
    assert all(r["action"] and r["needs_review"] for r in labelled)
    assert {r["model_version"] for r in labelled} <= set(versions_of_languages(("fr", "es")).values())
