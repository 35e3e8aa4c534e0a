"""What mutants are made of: documents and tables of every format that is read."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from tests.sources.documents.test_printed_lists import LINED, VALLEYS, printed

SAMPLE = Path(__file__).resolve().parents[3] / "data" / "sample"

TABLES: dict[str, bytes] = {
    "plan.csv": "No.;Recommendation;Country;Position\r\n7.1;Adopt a law on wells;Per\u00fa;Noted\r\n".encode(
        "cp1252"
    ),
    "plan.tsv": "No.\tTexto\tPa\u00eds\n7.1\tAdoptar una ley de pozos\tPer\u00fa\n".encode("utf-16"),
    "index.json": json.dumps(
        [
            {
                "Text": "7.1 Adopt a law on wells (Peru);",
                "Body": body,
                "UprPositions": ["Noted"],
                "UprSession": ["7"],
            }
            for body in ("- UPR", "- CEDAW")
        ]
    ).encode(),
    "rows.jsonl": b'{"text": "Adopt a law on wells", "lead": 1}\n{"text": "Mend the wells", "lead": null}\n',
    "texts.txt": b"Adopt a law on wells\nMend the wells\n",
    "page.xls": b"<html><table><tr><th>No.<th>Recommendation<tr><td rowspan=2>7.1<td>Adopt a law<br>on wells"
    b"<tr><td colspan=3>Mend the wells &amp; paths</table></html>",
    "xml.xls": b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    b'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Plan"><Table><Row><Cell>'
    b'<Data ss:Type="String">Recommendation</Data></Cell></Row><Row><Cell ss:Index="1" ss:MergeAcross="1">'
    b'<Data ss:Type="String">Adopt a law on wells</Data></Cell></Row></Table></Worksheet></Workbook>',
    "uwazi.json": json.dumps(
        {
            "rows": [
                {
                    "sharedId": f"a{n}",
                    "language": "en",
                    "title": "x",
                    "metadata": {"recommendation": [{"value": "7.1 Adopt a law on wells (Peru);"}]},
                }
                for n in range(3)
            ]
        }
    ).encode(),
    "uwazi.csv": b"Title,Template,Recommendation__en,Recommendation__fr,State under review,"
    b"Recommending state,Response,Action category,Issues,Cycle,Session,Published\n"
    b"T,R,Adopt a law on wells,Adopter une loi,Palau,"
    b'Peru,Supported,5 - S,"Justice,Environment",4th,48 - J,P\n',
    "uhri.csv": b"\xef\xbb\xbfText,Countries Concerned,Reccomending Body,Document Symbol,Themes,"
    b"Affected Persons,Sdgs,"
    b'UPR Reccomending States,UPR Position,UPR Session\r\n"7.1 Adopt a law on wells (Peru);",- Palau,- UPR,'
    b'A/HRC/58/9,"- Wells\n- Paths",- Children,- 6 - WATER,- Peru,- Noted,- 48 - January 2025\r\n',
}
"""Small tables; workbooks, Parquet and documents are written when they are needed."""

_KIND = "application/vnd.oasis.opendocument.spreadsheet"
_OPEN = "urn:oasis:names:tc:opendocument:xmlns"
ODS = {
    "mimetype": _KIND,
    "META-INF/manifest.xml": f'<m:manifest xmlns:m="{_OPEN}:manifest:1.0"><m:file-entry m:full-path="/" '
    f'm:media-type="{_KIND}"/></m:manifest>',
}
"""Parts of every .ods, beside its content."""


def ods(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    """A spreadsheet as LibreOffice saves it, of texts and numbers."""

    def cell(value: object) -> str:
        if isinstance(value, (int, float)):
            attributes = f'office:value-type="float" office:value="{value}"'
            return f"<table:table-cell {attributes}><text:p>{value}</text:p></table:table-cell>"
        text = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(value).split("\n"))
        return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'

    made = "".join(
        f'<table:table table:name="{name}">'
        + "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    content = (
        f'<office:document-content xmlns:office="{_OPEN}:office:1.0" xmlns:table="{_OPEN}:table:1.0" '
        f'xmlns:text="{_OPEN}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>{made}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in {**ODS, "content.xml": content}.items():
            archive.writestr(name, part)
    return path


def documents(folder: Path, *, with_office: bool) -> None:
    """Printed lists with and without ruled lines, and, if LibreOffice can write it, an old Word document."""
    printed(folder / "ruled.pdf", [tuple(row[1:]) for row in VALLEYS[:12]])
    printed(folder / "unruled.pdf", VALLEYS[:12], headings=LINED, style=())
    office = shutil.which("soffice")
    if not with_office:
        return
    if office is None:
        sys.stderr.write("LibreOffice is not installed: no .doc is tried\n")
        return
    with tempfile.TemporaryDirectory() as profile:
        command = [
            office,
            f"-env:UserInstallation={Path(profile).as_uri()}",
            "--headless",
            "--convert-to",
            "doc",
        ]
        source = SAMPLE / "session-document.docx"
        subprocess.run([*command, "--outdir", str(folder), str(source)], check=True, capture_output=True)


def tables(folder: Path) -> list[Path]:
    """Tables to start from, written into a folder."""
    for name, content in TABLES.items():
        (folder / name).write_bytes(content)
    rows = [["No.", "Recommendation", "Country"], ["7.1", "Adopt a law on wells", "Peru"]]
    with xlsxwriter.Workbook(folder / "plan.xlsx") as book:
        for title in ("Plan", "Other"):
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    ods(folder / "plan.ods", {"Plan": rows, "Other": [*rows, ["7.2", "Mend the wells\nand paths", 3]]})
    pq.write_table(
        pa.table({"text": ["Adopt a law on wells"] * 50, "lead": [1] * 50}), folder / "rows.parquet"
    )
    return sorted(folder.iterdir())


def parents(corpus: Path | None, folder: Path, *, with_office: bool = True) -> list[Path]:
    """Documents and tables to start from.

    Args:
        corpus: real ones, None for none.
        folder: an empty one, where others are written.
        with_office: whether LibreOffice, if it is installed, writes a .doc (seconds a mutant).
    """
    found = sorted(p for p in SAMPLE.glob("session-document*") if p.suffix in (".pdf", ".docx", ".xlsx"))
    documents(folder, with_office=with_office)
    found += tables(folder)
    if corpus is not None:
        found += sorted((corpus / "lists").glob("*.*")) + sorted((corpus / "reports").glob("*.pdf"))[::9]
    return found
