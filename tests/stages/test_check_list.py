"""A list of drafts in, the same list with categories and advice out."""

from __future__ import annotations

from pathlib import Path

import docx
import openpyxl
import pytest

from pipeline import settings
from pipeline.errors import SourceError, StoreError
from pipeline.stages import check
from pipeline.store.tables import read_parquet
from pipeline.store.word import write_advice

DRAFTS = ["Strengthen the protection of women against violence", "", "Ratify the Convention against Torture"]


def test_a_workbook_keeps_its_columns_and_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["No", "Recommendation", "Desk officer"])
    for number, draft in enumerate(DRAFTS, 1):
        sheet.append([number, draft, f"officer {number}"])
    book.save(tmp_path / "drafts.xlsx")
    out = tmp_path / "out.parquet"
    done = check.run_list(tmp_path / "drafts.xlsx", out, settings.load(), model="shipped")
    rows = read_parquet(out).to_pylist()
    assert [row["Desk officer"] for row in rows] == ["officer 1", "officer 2", "officer 3"]
    assert [row["text"] for row in rows] == DRAFTS
    assert [row["action"] for row in rows] == [4, None, 5]
    assert rows[0]["rewrites"][0].startswith(DRAFTS[0] + ", by ")
    assert rows[1]["review_reasons"] == ["empty-text"]
    assert (rows[2]["rewrites"], rows[2]["makes_specific"]) == ([], [])
    assert (done.rows, done.specific, done.rewritten) == (3, 1, 1)


def test_a_word_document_gives_a_row_a_paragraph(tmp_path: Path, upr) -> None:
    document = docx.Document()
    document.add_heading("Drafts", 1)
    for draft in DRAFTS:
        document.add_paragraph(draft)
    document.save(str(tmp_path / "drafts.docx"))
    out = tmp_path / "out.xlsx"
    said = upr("check", "--list", tmp_path / "drafts.docx", "--out", out, "--model", "shipped")
    assert said.code == 0, said.err
    assert "2 drafts" in said.err
    head, *rows = openpyxl.load_workbook(out).active.iter_rows(values_only=True)
    found = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(row["text"], row["action"]) for row in found] == [(DRAFTS[0], 4), (DRAFTS[2], 5)]
    assert found[0]["why"] == "“Strengthen” asks for general action."


def test_a_word_document_comes_back_as_one(tmp_path: Path, upr) -> None:
    document = docx.Document()
    for draft in (DRAFTS[0], "-- ?! --", DRAFTS[2]):
        document.add_paragraph(draft)
    document.save(str(tmp_path / "drafts.docx"))
    out = tmp_path / "out.docx"
    said = upr("check", "--list", tmp_path / "drafts.docx", "--out", out, "--model", "shipped")
    assert said.code == 0, said.err
    found = [(p.style.name, p.text) for p in docx.Document(str(out)).paragraphs]
    drafts = [text for style, text in found if style == "List Number"]
    assert drafts[0] == DRAFTS[0]
    assert drafts[-1] == DRAFTS[2]
    lines = [text for style, text in found if style == "List Continue"]
    assert lines[0].startswith("Category: 4 General, probability ")
    assert "Why: “Strengthen” asks for general action." in lines
    rewrites = [text for style, text in found if style == "List Bullet 2"]
    assert any(text.startswith(DRAFTS[0] + ", by ") for text in rewrites)
    assert not any(
        "Possible rewrites" in text for text in lines[lines.index("Category: none (empty-text)") :]
    )


@pytest.mark.parametrize("text", ["a\x00b\x0bc", "", "\ud800"])
def test_characters_that_xml_does_not_know_are_spaces(text: str, tmp_path: Path) -> None:
    values = dict.fromkeys(check.ADVICE.names) | {"review_reasons": ["empty-text"]}
    assert write_advice(tmp_path / "out.docx", [(text, values)]) == 1
    assert len(docx.Document(str(tmp_path / "out.docx")).paragraphs) == 4


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("none.docx", None, "no such file"),
        ("drafts.pdf", b"%PDF", "not a kind of list"),
        ("broken.docx", b"no archive", "cannot be read as an Office file"),
        ("empty.csv", b"text\n", "holds no row"),
    ],
)
def test_a_list_that_cannot_be_read_is_one_message(
    name: str, content: bytes | None, told: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    out = tmp_path / "out.csv"
    with pytest.raises(SourceError, match=told):
        check.run_list(tmp_path / name, out, settings.load(), model="shipped")
    assert not out.exists()


def test_wrong_usage_and_wrong_names_are_told(tmp_path: Path, upr) -> None:
    assert upr("check").code == 2
    assert upr("check", "Ratify", "--list", "x.docx", "--out", "y.csv").code == 2
    assert upr("check", "--list", "x.docx").code == 2
    said = upr("check", "Ratify the Convention", "--model", "shipped", "--state", "Chille")
    assert said.code == 1
    assert "Did you mean" in said.err
    with pytest.raises(StoreError):
        check.run_list(tmp_path / "x.docx", tmp_path / "y.odt", settings.load(), model="shipped")
