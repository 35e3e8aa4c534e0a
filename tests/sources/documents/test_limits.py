"""Documents that hang, swell, are scans or are encrypted: a message, and the others go on."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits
from pipeline.sources.documents.isolation import read_document
from pipeline.store.vocabularies import load_states
from tests.coded_rows import SAMPLE
from tests.sources.documents.made import docx, paragraph, pdf

REPORT = SAMPLE / "session-document.pdf"


def test_a_time_limit_ends_the_reading() -> None:
    with pytest.raises(SourceError, match=r"took more than 0\.01 seconds"):
        read_document(REPORT, load_states(), DocumentLimits(seconds=0.01))


def test_too_many_pages() -> None:
    with pytest.raises(SourceError, match="pages, more than 1"):
        read_document(REPORT, load_states(), DocumentLimits(pages=1))


def test_too_large_a_file() -> None:
    with pytest.raises(SourceError, match="more than the 0 MB allowed"):
        read_document(REPORT, load_states(), DocumentLimits(file_bytes=100))


def test_too_little_memory_is_a_message_and_no_crash(tmp_path: Path) -> None:
    swollen = docx(tmp_path / "big.docx", paragraph("Repair all lamps " * 5_000_000))
    with pytest.raises(SourceError, match=r"big\.docx"):
        read_document(swollen, load_states(), DocumentLimits(memory_bytes=500_000_000))


def test_a_scan_without_text(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "scan.pdf"), pagesize=A4)
    for _ in range(3):
        canvas.rect(100, 100, 300, 500, fill=1)
        canvas.showPage()
    canvas.save()
    with pytest.raises(SourceError, match="scan without text"):
        read_document(tmp_path / "scan.pdf", load_states())


def test_an_encrypted_pdf(tmp_path: Path) -> None:
    path = pdf(tmp_path / "locked.pdf", [["II. Conclusions and/or recommendations"]], password="secret")
    with pytest.raises(SourceError, match="encrypted"):
        read_document(path, load_states())


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        read_document(tmp_path / "none.pdf", load_states())
    (tmp_path / "folder.pdf").mkdir()
    with pytest.raises(SourceError, match="no file"):
        read_document(tmp_path / "folder.pdf", load_states())
