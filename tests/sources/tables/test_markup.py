"""What is exported as .xls and is a web page, XML or text is read for what it is."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits
from pipeline.sources.tables.encoding import detect_in
from pipeline.sources.tables.sheets import open_sheets

LIMITS = DocumentLimits()
PAGE = (
    "<html><head><title>x</title></head><body><table><tr><td>"
    "<table><tr><th rowspan=2>No.<th colspan=2>Recommendation<tr><td>Text<td>Who"
    "<tr><td>1<td>Mend the<br>wells &amp; <b>paths</b><td>Pérou</table>"
    "</td></tr></table><table><tr><td>next</table></body></html>"
)
BOOK = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
    ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
    '<Worksheet ss:Name="Plan"><Table><Row><Cell><Data ss:Type="String">Text</Data></Cell>'
    '<Cell ss:Index="3"><Data ss:Type="String">Score</Data></Cell></Row>'
    '<Row><Cell ss:MergeAcross="1"><Data ss:Type="String">Mend <B xmlns="x">the</B> wells</Data></Cell>'
    '<Cell><Data ss:Type="Number">7</Data></Cell></Row></Table></Worksheet></Workbook>'
)


def sheets(path: Path, content: bytes) -> list[tuple[str, list[tuple[object, ...]]]]:
    path.write_bytes(content)
    return [(sheet.name, [row.values for row in sheet.rows]) for sheet in open_sheets(path, LIMITS)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_tables_of_a_web_page_with_cells_that_span_others(encoding: str, tmp_path: Path) -> None:
    assert sheets(tmp_path / "page.xls", PAGE.encode(encoding)) == [
        (
            "table 1",
            [
                ("No.", "Recommendation", None),
                (None, "Text", "Who"),
                ("1", "Mend the\nwells & paths", "Pérou"),
            ],
        ),
        ("table 2", [("next",)]),
    ]


def test_the_encoding_that_a_page_names_counts_if_there_is_one_of_that_name(tmp_path: Path) -> None:
    for name in ("mac-roman", "no-such-thing"):
        page = f"<html><meta charset={name}><table><tr><td>Pérou</table>"
        encoding = "mac_roman" if name == "mac-roman" else "utf-8"
        assert sheets(tmp_path / "page.csv", page.encode(encoding)) == [("", [("Pérou",)])]


def test_a_workbook_in_xml(tmp_path: Path) -> None:
    assert sheets(tmp_path / "book.xls", BOOK.encode()) == [
        ("Plan", [("Text", None, "Score"), ("Mend the wells", None, 7)])
    ]


def test_a_text_file_under_the_name_of_a_workbook(tmp_path: Path) -> None:
    for ending in (".xls", ".xlsx"):
        rows = sheets(tmp_path / f"plan{ending}", "Text\tWho\nMend the wells\tPérou\n".encode("cp1252"))
        assert rows == [("", [("Text", "Who"), ("Mend the wells", "Pérou")])]


@pytest.mark.parametrize(
    "content", [b"<html><body>Please log in</body></html>", BOOK.encode()[:300], b"<html>"]
)
def test_markup_without_a_table_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"page|workbook"):
        sheets(tmp_path / "page.xls", content)


def test_a_text_that_begins_with_a_tag_is_text(tmp_path: Path) -> None:
    assert sheets(tmp_path / "texts.csv", b"<p>Mend the wells</p>,x\n") == [
        ("", [("<p>Mend the wells</p>", "x")])
    ]


@pytest.mark.parametrize(("encoding", "found"), [("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be")])
def test_two_bytes_a_letter_without_a_mark(encoding: str, found: str, tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    path.write_bytes("Text,Who\nMend the wells,Pérou\n".encode(encoding))
    assert detect_in(path).encoding == found


@pytest.mark.parametrize("content", [bytes(1000), bytes(range(256)) * 20])
def test_bytes_that_are_no_text_are_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    path.write_bytes(content)
    with pytest.raises(SourceError, match="this is no text"):
        detect_in(path)


def compound_file(path: Path, *streams: str) -> Path:
    """A compound file (MS-CFB) of empty streams: what an encrypted workbook is from outside."""
    free, end, fat = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

    def entry(name: str, kind: int, right: int = free, child: int = free) -> bytes:
        raw = f"{name}\0".encode("utf-16-le")
        about = struct.pack("<HBBIII", len(raw), kind, 1, free, right, child)
        return raw.ljust(64, b"\0") + about + bytes(36) + struct.pack("<IQ", end, 0)

    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6)
    head += bytes(10) + struct.pack("<9I", 1, 1, 0, 4096, end, 0, end, 0, 0) + struct.pack("<I", free) * 108
    table = struct.pack("<2I", fat, end) + struct.pack("<I", free) * 126
    entries = [entry("Root Entry", 5, child=1)]
    entries += [entry(n, 2, right=k if k <= len(streams) else free) for k, n in enumerate(streams, start=2)]
    path.write_bytes(head + table + b"".join(entries).ljust(512, b"\0"))
    return path


def test_a_workbook_with_a_password_is_named_as_such(tmp_path: Path) -> None:
    path = compound_file(tmp_path / "locked.xlsx", "EncryptedPackage", "EncryptionInfo")
    with pytest.raises(SourceError, match=r"protected by a password\. Save it without one\."):
        open_sheets(path, LIMITS)
