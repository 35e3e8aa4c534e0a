"""Lines out of a PDF, with size and place of their letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median_low
from typing import Any

from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits
from pipeline.sources.documents.pages.lines import Line

_DIVIDED = "\x02"
_WHERE_TEXT_IS = "Get the version with text from the UN's document system, or recognise its text (OCR) first."


def read_pdf(path: Path, limits: DocumentLimits) -> list[Line]:
    """Every line of every page, in the order of the page's content.

    Raises: SourceError if the file is no PDF, is encrypted or damaged, has too many pages, or has no text.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise _unreadable(path.name, str(error)) from error
    with document:
        if len(document) > limits.pages:
            raise SourceError(
                path.name,
                f"has {len(document):,} pages, more than {limits.pages:,}.",
                "Split it, or raise extract.pages in configs/settings.yaml.",
            )
        try:
            lines = [line for number in range(len(document)) for line in _page(document, number)]
        except pypdfium2.PdfiumError as error:
            raise _unreadable(path.name, str(error)) from error
        pages = len(document)
    letters = sum(len(line.text) for line in lines)
    if letters < 20 * max(pages, 1):
        raise SourceError(
            path.name, f"is a scan without text ({pages} pages, {letters} characters).", _WHERE_TEXT_IS
        )
    return lines


def _unreadable(name: str, reason: str) -> SourceError:
    if "password" in reason.lower() or "security" in reason.lower():
        return SourceError(name, "is encrypted.", "Save it without a password, and try again.")
    return SourceError(name, f"cannot be read as a PDF ({reason.rstrip('.')}).", "Download it again.")


def _page(document: Any, index: int) -> Iterator[Line]:
    import pypdfium2.raw as raw

    page = document[index]
    try:
        text_page = page.get_textpage()
        try:
            handle = text_page.raw
            chars = "".join(_char(raw.FPDFText_GetUnicode(handle, k)) for k in range(text_page.count_chars()))
            number = 0
            for found in re.finditer(rf"[^\r\n{_DIVIDED}]+{_DIVIDED}?", chars):
                line = _line(text_page, raw, found, index + 1, number + 1)
                if line is not None:
                    number += 1
                    yield line
        finally:
            text_page.close()
    finally:
        page.close()


def _char(code: int) -> str:
    # PDFium marks a hyphen that it takes for a word division by one of two codes.
    if code in (0x02, 0xFFFE):
        return _DIVIDED
    if 0xD800 <= code <= 0xDFFF or code == 0 or code > 0x10FFFF:
        return " "
    return chr(code)


def _line(text_page: Any, raw: Any, found: re.Match[str], page: int, number: int) -> Line | None:
    start, chars = found.start(), found.group()
    inked = [k for k, c in enumerate(chars) if not c.isspace() and c != _DIVIDED]
    if not inked:
        return None
    left, bottom, _, _ = text_page.get_charbox(start + inked[0], loose=True)
    handle = text_page.raw
    letters = [k for k in inked if chars[k].isalpha()] or inked
    size = median_low([_size(raw, handle, start + k) for k in letters[:: max(len(letters) // 5, 1)]])
    # A small raised digit or star is the mark of a footnote, and no part of the text.
    marks = [k for k in inked[1:] if chars[k].isdigit() or chars[k] in "*†‡"]
    raised = {k for k in marks if _size(raw, handle, start + k) < 0.75 * size}
    kept = "".join(c for k, c in enumerate(chars) if k not in raised).replace(_DIVIDED, "-").strip()
    return Line(kept, page, number, size=size, left=left, bottom=bottom) if kept else None


def _size(raw: Any, handle: Any, char: int) -> float:
    """Size of a letter in points: that of its font, times what its matrix makes of it."""
    matrix = raw.FS_MATRIX()
    scale = abs(matrix.d) if raw.FPDFText_GetMatrix(handle, char, matrix) and matrix.d else 1.0
    return float(round(raw.FPDFText_GetFontSize(handle, char) * scale, 1))
