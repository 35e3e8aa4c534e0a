"""Make the sample documents: from session-document.md a report (PDF, DOCX), an addendum (PDF) and an
OHCHR-style list (DOCX, XLSX); from upr-info/18.csv the report of one of its reviews (DOCX).

A tool for developers (needs the extra `dev`), run when session-document.md or upr-info/18.csv changes:

    python data/sample/make_documents.py

The same text gives the same bytes. Layout follows what the United Nations publishes: symbol and page number
in the margin, a footnote at the chapter's heading, words divided at line ends, list numbers that are
automatic in the DOCX.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import docx
import xlsxwriter
from docx.document import Document as DocxDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Spacer
from reportlab.platypus.doctemplate import BaseDocTemplate, PageTemplate
from reportlab.platypus.frames import Frame

HERE = Path(__file__).resolve().parent
SYMBOL, CODED_SYMBOL = "A/HRC/61/0", "A/HRC/26/0"
INVENTED = (
    "Sample document: everything in it is invented. It is not a United Nations document and must "
    "not be quoted."
)
DATE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)

SUPPORTED_LATER = ("85.3", "85.4", "85.5", "85.7", "85.9")
NOTED_LATER = ("85.1", "85.2", "85.6", "85.8")
THEMES = {
    "Acceptance of international norms": r"\b(?:Ratify|ratif|Accede|Convention)",
    "Women": r"\bwomen|abortion|gender",
    "Children": r"\bchild",
    "Persons with disabilities": r"disabilit",
    "Migrants and refugees": r"migrant|refugee|asylum|foreigner|citizenship|residence",
    "Other rights and follow-up": r".",
}


def paragraphs() -> list[tuple[str, str]]:
    """The text as (kind, text): heading, item, or text. The note about the sample itself is left to the
    cover.
    """
    found: list[tuple[str, str]] = []
    for block in (HERE / "session-document.md").read_text(encoding="utf-8").split("\n\n"):
        text = " ".join(block.split())
        if not text or text.startswith(
            ("**", "# ", "(Paragraphs", "Symbol", "Human Rights Council,", "State under")
        ):
            continue
        if text.startswith("#"):
            found.append(("heading", text.lstrip("# ")))
        else:
            found.append(("item" if re.match(r"\d+\.\d+\s", text) else "text", text))
    return found


class _Page:
    """Margins as the UN prints them, and the footnote on the page where the chapter begins."""

    def __init__(self, symbol: str) -> None:
        self.symbol, self.note = symbol, False

    def draw(self, canvas: Canvas, document: Any) -> None:
        canvas.setFont("Times-Bold", 9)
        canvas.drawString(60, 800, self.symbol)
        canvas.drawString(535, 40, str(document.page))
        canvas.setFont("Times-Roman", 9)
        canvas.drawString(60, 40, "GE.26-00000")
        if document.page == 1:
            canvas.drawString(60, 60, f"* {INVENTED}")
        elif self.note:
            canvas.drawString(60, 60, "** The conclusions and recommendations have not been edited.")
        self.note = False


class _Marked(Paragraph):  # type: ignore[misc]
    """The chapter's heading, which asks for the footnote on its page."""

    page: _Page

    def draw(self) -> None:
        self.page.note = True
        super().draw()


def _pdf(path: Path, symbol: str, title: list[str], blocks: list[tuple[str, str]]) -> None:
    page = _Page(symbol)
    body = {
        "fontName": "Times-Roman",
        "fontSize": 10,
        "leading": 12,
        "alignment": TA_JUSTIFY,
        "spaceAfter": 6,
    }
    styles = {
        "text": ParagraphStyle("text", leftIndent=40, **body),
        "item": ParagraphStyle("item", leftIndent=70, **(body | {"fontName": "Times-Bold"})),
        "heading": ParagraphStyle(
            "heading", fontName="Times-Bold", fontSize=13, leading=16, spaceBefore=8, spaceAfter=8
        ),
        "title": ParagraphStyle("title", fontName="Times-Bold", fontSize=12, leading=16, spaceAfter=6),
    }
    document = BaseDocTemplate(
        str(path), pagesize=A4, invariant=1, title=title[-1], author="", subject="invented sample"
    )
    frame = Frame(60, 80, 475, 700, leftPadding=0, rightPadding=0)
    document.addPageTemplates([PageTemplate("page", [frame], onPageEnd=page.draw)])
    story: list[Any] = [Paragraph(line, styles["title"]) for line in title] + [Spacer(1, 40)]
    for kind, text in blocks:
        marked = text.startswith("II. Conclusions")
        shown = f"{text}**" if marked else text
        # Words are divided at hyphens, as in the originals.
        flowable = (_Marked if marked else Paragraph)(shown.replace("&", "&amp;"), styles[kind])
        flowable.page = page
        story.append(flowable)
    document.build(story)


def _numbered(document: DocxDocument, parents: list[str]) -> dict[str, str]:
    """Add an automatic list for each paragraph that has one ("84.%1") and one for the paragraphs; returns
    list ids by name.
    """
    numbering = document.part.numbering_part.element
    ids: dict[str, str] = {}
    for place, (name, pattern) in enumerate([*((parent, f"{parent}.%1") for parent in parents)], start=50):
        numbering.insert(
            0,
            parse_xml(
                f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{place}"><w:lvl w:ilvl="0"><w:start '
                f'w:val="1"/>'
                f'<w:numFmt w:val="decimal"/><w:lvlText w:val="{pattern}"/></w:lvl></w:abstractNum>'
            ),
        )
        numbering.append(
            parse_xml(f'<w:num {nsdecls("w")} w:numId="{place}"><w:abstractNumId w:val="{place}"/></w:num>')
        )
        ids[name] = str(place)
    return ids


def _number(paragraph: Any, list_id: str) -> None:
    properties = paragraph._p.get_or_add_pPr()
    properties.append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="{list_id}"/></w:numPr>')
    )


def _report_docx(path: Path, symbol: str, title: list[str], blocks: list[tuple[str, str]]) -> None:
    document = _new_docx(symbol)
    for line in title:
        document.add_paragraph(line, style="Title" if line == title[-1] else "Normal")
    document.add_paragraph(f"* {INVENTED}")
    lists = _numbered(
        document, list(dict.fromkeys(text.split(".")[0] for kind, text in blocks if kind == "item"))
    )
    for kind, text in blocks:
        if kind == "heading":
            document.add_paragraph(text, style="Heading 1")
        elif kind == "item":
            number, rest = text.split(" ", 1)
            _number(document.add_paragraph(rest), lists[number.split(".")[0]])
        else:
            document.add_paragraph(text)
    _save(document, path)


def _new_docx(header: str) -> DocxDocument:
    document = docx.Document()
    document.core_properties.created = document.core_properties.modified = DATE
    document.core_properties.author = document.core_properties.comments = ""
    document.sections[0].header.paragraphs[0].text = header
    return document


def _save(document: DocxDocument, path: Path) -> None:
    """Save with fixed times, so that the same text gives the same bytes."""
    document.save(str(path))
    with zipfile.ZipFile(path) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def _list_rows(items: list[str]) -> list[tuple[str, ...]]:
    """Rows of an OHCHR-style list: ordered by theme, a recommendation under each of its themes."""
    with (HERE / "session-document-gold.csv").open(encoding="utf-8") as file:
        first = {row["paragraph"]: row["response"] for row in csv.DictReader(file)}
    grouped: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for item in items:
        number = item.split(" ", 1)[0]
        position = (
            "Supported" if number in SUPPORTED_LATER else "Noted" if number in NOTED_LATER else first[number]
        )
        source = (
            f"{SYMBOL}/Add.1 - Para. 2"
            if number.startswith("85")
            else f"{SYMBOL} - Para. {number.split('.')[0]}"
        )
        themes = [theme for theme, pattern in THEMES.items() if re.search(pattern, item)]
        themes = themes[:-1] if len(themes) > 1 else themes
        for theme in themes:
            grouped[theme].append(
                (f"{item}\nSource of position: {source}", position, "\n".join(f"- {t}" for t in themes))
            )
    rows: list[tuple[str, ...]] = [("Recommendation", "Position", "Full list of themes")]
    for theme in THEMES:
        rows.append((f"Theme: {theme}",))
        rows += grouped[theme]
    return rows


def _list_docx(path: Path, rows: list[tuple[str, ...]]) -> None:
    document = _new_docx(
        "UPR of Andorra (4th Cycle – 49th session)\nThematic list of recommendations (invented)"
    )
    table = document.add_table(rows=0, cols=3)
    for row in rows:
        cells = table.add_row().cells
        if len(row) == 1:
            cells[0].merge(cells[2]).text = row[0]
            continue
        for cell, text in zip(cells, row, strict=True):
            cell.text = text
    _save(document, path)


def _list_xlsx(path: Path, rows: list[tuple[str, ...]]) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": DATE})
        sheet = book.add_worksheet("Matrix")
        sheet.write_string(
            0, 0, "UPR of Andorra (4th Cycle – 49th session): thematic list of recommendations (invented)"
        )
        for place, row in enumerate(rows, start=2):
            for column, text in enumerate(row):
                sheet.write_string(place, column, text)


def coded_paragraphs(reviewed: str) -> list[tuple[str, str]]:
    """The report of a review of upr-info/18.csv, as `paragraphs` gives one: equal texts of several States are
    one paragraph, and the texts of a State that has two or more are joined, two and two.
    """
    with (HERE / "upr-info" / "18.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["To"] == reviewed]
    found = [
        ("heading", "Introduction"),
        (
            "text",
            "1. The Working Group on the Universal Periodic Review, established in accordance with Human "
            "Rights Council resolution 5/1, held its eighteenth session. The review of "
            f"{reviewed} was held at the first meeting.",
        ),
        ("heading", "II. Conclusions and/or recommendations"),
    ]
    answers = (
        ("Accepted", 102, f"The recommendations listed below enjoy the support of {reviewed}:"),
        ("Noted", 103, f"The recommendations below did not enjoy the support of {reviewed} and are noted:"),
    )
    for response, number, opening in answers:
        by_text: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            if row["Response"] == response:
                by_text[row["Text"].strip(" .")].append(row["From"])
        by_states: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for text, states in by_text.items():
            by_states[tuple(states)].append(text)
        found.append(("text", f"{number}. {opening}"))
        items = [
            (" and ".join([first, *(text[0].lower() + text[1:] for text in second)]), states)
            for states, texts in by_states.items()
            for first, *second in (texts[at : at + 2] for at in range(0, len(texts), 2))
        ]
        found += [
            ("item", f"{number}.{place} {text} ({', '.join(states)});")
            for place, (text, states) in enumerate(items, 1)
        ]
    closing = next(text for kind, text in paragraphs() if text.startswith("87. "))
    found.append(("text", closing.replace("87. ", "104. ", 1)))
    return found


def main() -> None:
    """Write all sample documents."""
    blocks = paragraphs()
    items = [text for kind, text in blocks if kind == "item"]
    title = ["Human Rights Council", "Sixty-first session", "Agenda item 6", "Universal periodic review"]
    report = [*title, "Report of the Working Group on the Universal Periodic Review*", "Andorra"]
    _pdf(HERE / "session-document.pdf", SYMBOL, report, blocks)
    _report_docx(HERE / "session-document.docx", SYMBOL, report, blocks)
    replies = [
        ("text", "1. Andorra has examined the recommendations that it had left open at its review."),
        ("heading", "Position of Andorra"),
        ("text", "2. Andorra accepts the following recommendations: 85.3-5, 85.7 and 85.9."),
        ("text", f"3. Andorra takes note of the following recommendations: {', '.join(NOTED_LATER)}."),
    ]
    _pdf(HERE / "session-document-addendum.pdf", f"{SYMBOL}/Add.1", [*report, "Addendum"], replies)
    rows = _list_rows(items)
    _list_docx(HERE / "session-document-list.docx", rows)
    _list_xlsx(HERE / "session-document-list.xlsx", rows)
    (HERE / "reports").mkdir(exist_ok=True)
    _report_docx(
        HERE / "reports" / "albania-18.docx",
        CODED_SYMBOL,
        ["Human Rights Council", "Twenty-sixth session", *report[2:-1], "Albania"],
        coded_paragraphs("Albania"),
    )


if __name__ == "__main__":
    main()
