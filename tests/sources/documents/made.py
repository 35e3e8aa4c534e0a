"""Documents made on the spot, in the layouts of several years."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from pipeline.sources.documents.kinds.cover import Cover
from pipeline.sources.documents.kinds.working_group_report import Extracted, read_report
from pipeline.sources.documents.pages.lines import DocumentText, Line
from pipeline.store.vocabularies import load_states

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DISCLAIMER = (
    "All conclusions and/or recommendations contained in the present report reflect the position "
    "of the submitting State(s)."
)


def text_of(*lines: str) -> DocumentText:
    return DocumentText(tuple(Line(text, 1, number) for number, text in enumerate(lines, start=1)))


def chapter(*lines: str, state: str = "Andorra") -> Extracted:
    """What a report makes of these lines as its chapter."""
    document = text_of("II. Conclusions and/or recommendations", *lines, f"999. {DISCLAIMER}")
    return read_report(
        "report.pdf", document, Cover("A/HRC/60/1", load_states().find(state), 49), load_states()
    )


def pdf(
    path: Path, pages: Sequence[Sequence[str]], symbol: str = "A/HRC/60/1", password: str | None = None
) -> Path:
    """A PDF with a symbol above and a page number below each page's lines."""
    from reportlab.lib.pdfencrypt import StandardEncryption

    encryption = StandardEncryption(password) if password else None
    canvas = Canvas(str(path), pagesize=A4, invariant=1, encrypt=encryption)
    for number, lines in enumerate(pages, start=1):
        canvas.setFont("Times-Bold", 9)
        canvas.drawString(60, 800, symbol)
        canvas.drawString(530, 40, str(number))
        height = 770
        for line in lines:
            small = line.startswith("~")
            canvas.setFont("Times-Roman", 8 if small else 11)
            canvas.drawString(60, height, line.removeprefix("~"))
            height -= 14
        canvas.showPage()
    canvas.save()
    return path


def docx(
    path: Path,
    body: str,
    numbering: str | None = None,
    styles: str | None = None,
    extra: dict[str, bytes] | None = None,
) -> Path:
    """A DOCX of the given XML, with nothing that is not needed."""
    parts = {"word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'}
    if numbering is not None:
        parts["word/numbering.xml"] = f'<w:numbering xmlns:w="{W}">{numbering}</w:numbering>'
    if styles is not None:
        parts["word/styles.xml"] = f'<w:styles xmlns:w="{W}">{styles}</w:styles>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        for name, raw in (extra or {}).items():
            archive.writestr(name, raw)
    return path


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def numbered(text: str, list_id: int, level: int = 0) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>')


def table(*rows: Sequence[str]) -> str:
    cells = (
        "".join(f"<w:tc>{''.join(paragraph(p) for p in cell.split(chr(10)))}</w:tc>" for cell in row)
        for row in rows
    )
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def workbook(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    path.write_bytes(buffer.getvalue())
    return path
