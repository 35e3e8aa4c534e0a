"""DOCX: automatic numbers as Word shows them, tracked changes, tables, and archives that mean harm."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits
from pipeline.sources.documents.isolation import read_document
from pipeline.sources.documents.pages.docx_text import read_docx
from pipeline.sources.documents.pages.numbering import in_style
from pipeline.store.vocabularies import load_states
from tests.sources.documents.made import docx, numbered, paragraph, table

TWO_LEVELS = (
    '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="84"/><w:numFmt '
    'w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>'
    '<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText '
    'w:val="(%3)"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="7"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="8"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="1"><w:startOverride '
    'w:val="5"/></w:lvlOverride></w:num>'
)


def lines(path: Path) -> list[str]:
    return [line.text for line in read_docx(path, DocumentLimits()).lines]


def test_levels_count_as_word_counts(tmp_path: Path) -> None:
    body = (
        numbered("Intro", 7)
        + numbered("Repair", 7, 1)
        + numbered("small", 7, 2)
        + numbered("Paint", 7, 1)
        + numbered("Next", 7)
        + numbered("Mow", 7, 1)
    )
    assert lines(docx(tmp_path / "a.docx", body, TWO_LEVELS)) == [
        "84. Intro",
        "84.1 Repair",
        "(a) small",
        "84.2 Paint",
        "85. Next",
        "85.1 Mow",
    ]


def test_a_list_may_start_anew(tmp_path: Path) -> None:
    body = numbered("Intro", 7) + numbered("Repair", 7, 1) + numbered("Paint", 8, 1) + numbered("Mow", 8, 1)
    assert lines(docx(tmp_path / "a.docx", body, TWO_LEVELS)) == [
        "84. Intro",
        "84.1 Repair",
        "84.5 Paint",
        "84.6 Mow",
    ]


def test_numbers_that_come_with_a_style(tmp_path: Path) -> None:
    styles = (
        '<w:style w:styleId="Item"><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId '
        'w:val="7"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="Child"><w:basedOn w:val="Item"/></w:style>'
    )
    body = paragraph("Repair", '<w:pStyle w:val="Item"/>') + paragraph("Paint", '<w:pStyle w:val="Child"/>')
    assert lines(docx(tmp_path / "a.docx", body, TWO_LEVELS, styles)) == ["84.1 Repair", "84.2 Paint"]


def test_tracked_changes_fields_and_special_hyphens(tmp_path: Path) -> None:
    body = (
        "<w:p><w:r><w:t>Repair </w:t></w:r><w:del><w:r><w:delText>no "
        "</w:delText></w:r></w:del><w:ins><w:r><w:t>all </w:t></w:r></w:ins>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>pre</w:t><w:noBreakHyphen/><w:t>war "
        "lamps</w:t></w:r>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r></w:p>"
    )
    assert lines(docx(tmp_path / "a.docx", body)) == ["Repair all pre-war lamps"]


def test_tables_keep_rows_and_paragraphs(tmp_path: Path) -> None:
    content = read_docx(
        docx(tmp_path / "a.docx", table(("Recommendation", "Position"), ("1.1 Repair\nSource", "Noted"))),
        DocumentLimits(),
    )
    assert content.tables == [[("Recommendation", "Position"), ("1.1 Repair\nSource", "Noted")]]


@pytest.mark.parametrize(
    ("number", "style", "shown"),
    [
        (4, "lowerRoman", "iv"),
        (27, "lowerLetter", "aa"),
        (3, "upperLetter", "C"),
        (9, "upperRoman", "IX"),
        (7, "decimalZero", "07"),
        (7, "decimal", "7"),
    ],
)
def test_number_styles(number: int, style: str, shown: str) -> None:
    assert in_style(number, style) == shown


def test_external_entities_are_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret words")
    path = tmp_path / "x.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f'<!DOCTYPE d [<!ENTITY e SYSTEM "{secret.as_uri()}">]><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            "<w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body></w:document>",
        )
    with pytest.raises(SourceError, match="document type"):
        read_docx(path, DocumentLimits())


def test_entities_that_multiply_are_refused(tmp_path: Path) -> None:
    bomb = (
        '<!DOCTYPE d [<!ENTITY a "'
        + "x" * 100
        + '">'
        + "".join(f'<!ENTITY a{n} "{("&a%s;" % ("" if n == 1 else n - 1)) * 50}">' for n in range(1, 9))
        + "]>"
    )
    path = tmp_path / "x.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", bomb + "<d>&a8;</d>")
    with pytest.raises(SourceError):
        read_document(path, load_states())


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = docx(tmp_path / "x.docx", paragraph("Repair"), extra={"word/media/a.bin": b"\0" * 30_000_000})
    with pytest.raises(SourceError, match="would unpack to 30 MB"):
        read_docx(path, DocumentLimits(unpacked_bytes=10_000_000))


def test_an_archive_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = docx(tmp_path / "x.docx", paragraph("R" * 3_000_000))
    raw = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("word/document.xml").file_size
    path.write_bytes(raw.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little")))
    with pytest.raises(SourceError):
        read_docx(path, DocumentLimits(unpacked_bytes=1_000_000))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "encrypted"),
        ("a.docx", b"PK\x03\x04 broken", "cannot be read as an Office file"),
        ("a.docx", b"plain text", "cannot be read as an Office file"),
        ("a.pdf", b"%PDF-1.4 broken", "cannot be read as a PDF"),
        ("a.pdf", b"", "empty"),
        ("a.xlsx", b"PK\x05\x06" + b"\0" * 18, "cannot be read as a workbook"),
        ("a.odt", b"x", "not a kind of document"),
    ],
)
def test_broken_files_get_one_clear_message(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SourceError, match=said):
        read_document(path, load_states())


def test_a_path_that_leads_out_of_the_archive_is_not_followed(tmp_path: Path) -> None:
    path = docx(tmp_path / "x.docx", paragraph("Repair"), extra={"../../escaped.txt": b"out"})
    assert lines(path) == ["Repair"]
    assert not list(tmp_path.parent.glob("escaped.txt"))


def test_tracked_changes_are_read_as_accepted(tmp_path: Path) -> None:
    mark = "<w:rPr><w:del/></w:rPr>"
    run = "<w:r><w:t>{}</w:t></w:r>"
    body = (
        numbered("Intro", 7)
        + paragraph("Repair all", f'<w:numPr><w:ilvl w:val="1"/><w:numId w:val="7"/></w:numPr>{mark}')
        + numbered("lamps", 7, 1)
        + f'<w:p><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="7"/></w:numPr>{mark}</w:pPr>'
        "<w:del><w:r><w:delText>Withdrawn</w:delText></w:r></w:del></w:p>"
        + f"<w:p><w:moveFrom>{run.format('Moved')}</w:moveFrom></w:p>"
        + f"<w:p><w:moveTo>{run.format('Moved')}</w:moveTo></w:p>"
        + numbered("Paint", 7, 1)
    )
    assert lines(docx(tmp_path / "a.docx", body, TWO_LEVELS)) == [
        "84. Intro",
        "84.1 Repair all lamps",
        "Moved",
        "84.2 Paint",
    ]


def test_a_row_that_a_tracked_change_deletes_is_left_out(tmp_path: Path) -> None:
    rows = table(("kept", "a"), ("gone", "b")).replace(
        "<w:tr><w:tc><w:p><w:pPr></w:pPr><w:r><w:t>gone",
        "<w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:pPr></w:pPr><w:r><w:t>gone",
    )
    assert read_docx(docx(tmp_path / "a.docx", rows), DocumentLimits()).tables == [[("kept", "a")]]


def test_a_list_that_goes_on_under_the_next_paragraph_gets_its_numbers(tmp_path: Path) -> None:
    one = (
        '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
        '<w:lvlText w:val="84.%1"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="7"><w:abstractNumId w:val="1"/></w:num>'
    )
    body = (
        paragraph("Report of the Working Group on the Universal Periodic Review")
        + paragraph("Andorra")
        + paragraph("II. Conclusions and/or recommendations")
        + paragraph("84. The following recommendations enjoy the support of Andorra:")
        + numbered("Repair the lamps (Peru);", 7)
        + numbered("Paint the benches (Chile);", 7)
        + paragraph("85. The following recommendations will be examined by Andorra:")
        + numbered("Mow the meadows (Ghana);", 7)
        + numbered("Sweep the yards (Malta).", 7)
        + paragraph(
            "86. All conclusions and/or recommendations contained in the present report reflect the position"
        )
    )
    found = read_document(docx(tmp_path / "a.docx", body, one), load_states())
    assert [(r.paragraph, r.response) for r in found.records] == [
        ("84.1", "Supported"),
        ("84.2", "Supported"),
        ("85.1", "Pending"),
        ("85.2", "Pending"),
    ]
    assert any("number 84.3 stands where 85.1 is due" in p.reason for p in found.problems)
