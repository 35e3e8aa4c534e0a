"""Lists and matrices of OHCHR as PDF, as Word prints them: ruled cells, the headings again on each page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

from pipeline.settings import DocumentLimits
from pipeline.sources.documents.read import Document, read_here
from pipeline.store.vocabularies import load_states

HEADINGS = ("Recommendation", "Positio<br/>n", "Full list of themes")
SENTENCE = (
    "Repair the lamps, benches, wells and bridges of valley N before the winter, and all paths between them"
)
THEMES = "- Lamps &amp; paths at night and on<br/>feast days<br/>- Wells<br/>Affected persons:<br/>- children"


def printed(path: Path, rows: Sequence[tuple[str, ...]], height: float = 0) -> Document:
    """A PDF of the rows under the headings, read. Args: `height`, taken from the page above the table."""
    style = getSampleStyleSheet()["BodyText"]
    cells = [[Paragraph(cell, style) for cell in row] for row in (HEADINGS, *rows)]
    merged = [("SPAN", (0, n), (-1, n)) for n, row in enumerate(rows, start=1) if len(set(row[1:])) == 1]
    grid = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black"), *merged])
    table = Table(cells, colWidths=(240, 45, 180), repeatRows=1, splitInRow=1, style=grid)
    cover = Paragraph("Andorra: thematic list of recommendations, session 36, A/HRC/46/11", style)
    SimpleDocTemplate(str(path), pagesize=(A4[0], A4[1] - height), invariant=1).build([cover, table])
    return read_here(path, load_states(), DocumentLimits())


def test_a_printed_list_is_read_row_by_row(tmp_path: Path) -> None:
    rows = [
        ("Theme: Lamps", "", ""),
        ("84.1 Repair the lamps of all non-<br/>paved paths (Peru);", "Support<br/>ed", THEMES),
        ("84.2 Paint the benches (Chile)<br/>Source of position: A/HRC/46/11/Add.1", "Noted", "- Benches"),
    ]
    found = printed(tmp_path / "list.pdf", rows)
    assert (found.kind, found.symbol) == ("list", "A/HRC/46/11")
    assert [
        (r.paragraph, r.text, r.recommending_states, r.response_raw, r.themes, r.affected_persons)
        for r in found.records
    ] == [
        (
            "84.1",
            "Repair the lamps of all non-paved paths",
            ("Peru",),
            "Supported",
            ("Lamps & paths at night and on feast days", "Wells"),
            ("children",),
        ),
        ("84.2", "Paint the benches", ("Chile",), "Noted", ("Benches",), None),
    ]
    assert found.records[1].position_source == "A/HRC/46/11/Add.1"


def test_rows_go_on_over_pages_and_headings_come_again(tmp_path: Path) -> None:
    rows = [
        (f"84.{n} {SENTENCE.replace('N', str(n))} (Peru);", "Noted", f"- Valley {n}") for n in range(1, 60)
    ]
    for height in (0, 5, 11):
        found = printed(tmp_path / "long.pdf", rows, height)
        assert [r.paragraph for r in found.records] == [f"84.{n}" for n in range(1, 60)]
        assert [r.text for r in found.records] == [SENTENCE.replace("N", str(n)) for n in range(1, 60)]
        assert [r.themes for r in found.records] == [(f"Valley {n}",) for n in range(1, 60)]
