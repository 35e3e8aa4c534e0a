"""Paragraphs and tables out of a DOCX, automatic list numbers included.

Read from the parts themselves: neither python-docx nor docx2python gives a list number as Word shows it
("134.7" of a level text), or bounds what an archive may unpack to.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits
from pipeline.sources.documents.pages.archive import Archive
from pipeline.sources.documents.pages.lines import Line
from pipeline.sources.documents.pages.numbering import Numbering, W

Row = tuple[str, ...]
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_LEFT_OUT = {f"{W}del", f"{W}moveFrom", f"{W}instrText", f"{W}delText", f"{W}txbxContent", _COMPATIBILITY}


@dataclass
class DocxContent:
    """What stands in a DOCX.

    Attributes:
        lines: the paragraphs in order, those in tables among them.
        tables: the rows of each table, cell texts with line ends between paragraphs.
        header: the text of all page headers.
    """

    lines: list[Line] = field(default_factory=list)
    tables: list[list[Row]] = field(default_factory=list)
    header: str = ""


def read_docx(path: Path, limits: DocumentLimits) -> DocxContent:
    """The content of a DOCX. Deleted text of tracked changes, footnotes, comments and fields' codes are left
    out.

    Raises: SourceError if it cannot be read, or goes beyond the limits.
    """
    archive = Archive(path, limits)
    document = archive.xml("word/document.xml")
    body = document.find(f"{W}body") if document is not None else None
    if body is None:
        raise SourceError(path.name, "is not a Word document.", "Save it as .docx from Word.")
    reader = _Reader(Numbering(archive.xml("word/numbering.xml"), archive.xml("word/styles.xml")))
    reader.read(body)
    headers = [
        root
        for name in sorted(archive.names)
        if name.startswith("word/header") and (root := archive.xml(name)) is not None
    ]
    reader.content.header = "\n".join(" ".join(_text(p) for p in header.iter(f"{W}p")) for header in headers)
    if not any(line.text for line in reader.content.lines):
        raise SourceError(path.name, "holds no text.", "Check that it is the right document.")
    return reader.content


class _Reader:
    def __init__(self, numbering: Numbering) -> None:
        self.content = DocxContent()
        self._numbering = numbering
        self._page = 1
        self._pages_known = False
        self._carried = ""

    def read(self, body: Any) -> None:
        # Word marks where it broke pages when it last saved; other programs do not.
        self._pages_known = next(body.iter(f"{W}lastRenderedPageBreak"), None) is not None
        for element in _blocks(body):
            if element.tag == f"{W}p":
                self._paragraph(element)
            else:
                self._table(element)

    def _paragraph(self, element: Any) -> str:
        properties = element.find(f"{W}pPr")
        text = _text(element)
        if _is_deleted(properties):
            # Without its mark a paragraph is one with the next, whose number it gets.
            self._carried = f"{self._carried} {text}".strip()
            return ""
        text, self._carried = f"{self._carried} {text}".strip(), ""
        number = self._numbering.next(properties)
        shown = f"{number} {text}".strip() if text else ""
        page = self._page
        self._page += sum(1 for _ in element.iter(f"{W}lastRenderedPageBreak"))
        if shown:
            self.content.lines.append(
                Line(
                    " ".join(shown.split()),
                    page if self._pages_known else None,
                    len(self.content.lines) + 1,
                    whole=True,
                    automatic=bool(number),
                )
            )
        return shown

    def _table(self, element: Any) -> None:
        rows: list[Row] = []
        for row in element.iter(f"{W}tr"):
            if _is_deleted(row.find(f"{W}trPr")):
                continue
            cells = [
                cell for cell in row.iterfind(f".//{W}tc") if next(cell.iterancestors(f"{W}tr"), None) is row
            ]
            rows.append(
                tuple(
                    "\n".join(filter(None, (self._paragraph(p) for p in cell.iter(f"{W}p"))))
                    for cell in cells
                )
            )
        self.content.tables.append(rows)


def _blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, also those inside content controls and insertions."""
    for element in parent:
        if element.tag in (f"{W}p", f"{W}tbl"):
            yield element
        elif element.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml", f"{W}smartTag"):
            yield from _blocks(element)


def _text(paragraph: Any) -> str:
    """The text of a paragraph, line breaks inside it kept; letters and their accents composed."""
    lines = (" ".join(line.split()) for line in "".join(_pieces(paragraph)).split("\n"))
    return unicodedata.normalize("NFC", "\n".join(line for line in lines if line))


def _is_deleted(properties: Any | None) -> bool:
    """Whether a tracked change deletes or moves away the mark of a paragraph, or a row."""
    return properties is not None and any(
        properties.find(path) is not None
        for path in (f"{W}rPr/{W}del", f"{W}rPr/{W}moveFrom", f"{W}del", f"{W}moveFrom")
    )


def _pieces(element: Any) -> Iterator[str]:
    for child in element:
        tag = child.tag
        if tag in _LEFT_OUT or not isinstance(tag, str):
            continue
        if tag == f"{W}t":
            yield child.text or ""
        elif tag == f"{W}tab":
            yield " "
        elif tag in (f"{W}br", f"{W}cr"):
            yield "\n"
        elif tag == f"{W}noBreakHyphen":
            yield "-"
        elif tag == f"{W}r" and child.find(f"{W}rPr/{W}vanish") is not None:
            continue
        elif tag not in (f"{W}pPr", f"{W}rPr"):
            yield from _pieces(child)
