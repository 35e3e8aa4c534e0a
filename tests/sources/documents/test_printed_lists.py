"""Lists and matrices of OHCHR as PDF, as Word prints them: ruled cells, the headings again on each page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits
from pipeline.sources.documents.read import Document, read_here
from pipeline.store.vocabularies import load_states

HEADINGS = ("Recommendation", "Positio<br/>n", "Full list of themes")
TOP = ("VALIGN", (0, 0), (-1, -1), "TOP")
GRID = (("GRID", (0, 0), (-1, -1), 0.5, "black"),)
SENTENCE = (
    "Repair the lamps, benches, wells and bridges of valley N before the winter, and all paths between them"
)
THEMES = "- Lamps &amp; paths at night and on<br/>feast days<br/>- Wells<br/>Affected persons:<br/>- children"


def printed(
    path: Path,
    rows: Sequence[tuple[str, ...]],
    height: float = 0,
    headings: Sequence[str] = HEADINGS,
    style: Sequence[tuple[object, ...]] = GRID,
    **layout: object,
) -> Document:
    """A PDF of the rows under the headings, read. Args: `height`, taken from the page above the table."""
    text = getSampleStyleSheet()["BodyText"]
    cells = [[Paragraph(cell, text) for cell in row] for row in (headings, *rows)]
    merged = [("SPAN", (0, n), (-1, n)) for n, row in enumerate(rows, start=1) if set(row[1:]) == {""}]
    widths = {2: (350, 100), 3: (240, 45, 180), 4: (40, 210, 75, 130)}[len(headings)]
    options = {"repeatRows": 1, "splitInRow": 1, **layout}
    table = Table(cells, colWidths=widths, style=TableStyle([TOP, *style, *merged]), **options)
    cover = Paragraph("Andorra: thematic list of recommendations, session 36, A/HRC/46/11", text)
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


LINED = ("No.", "Recommendation", "Position", "Full list of themes")
VALLEYS = [
    (
        f"84.{n}",
        f"{SENTENCE.replace('N', str(n))} (Peru, Chad);",
        ("Supported", "Noted")[n % 2],
        f"- Valley {n}",
    )
    for n in range(1, 31)
]
LAYOUTS: dict[str, tuple[Sequence[str], Sequence[tuple[str, ...]]]] = {
    "numbers in a column": (LINED, VALLEYS),
    "numbers before the text": (("Recommendation", "Position"), [(f"{n} {t}", p) for n, t, p, _ in VALLEYS]),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("titled", [False, True])
@pytest.mark.parametrize(
    "lines", [(), (("LINEBELOW", (0, 0), (-1, 0), 1, "black"),), (("BOX", (0, 0), (-1, -1), 1, "black"),)]
)
def test_a_table_without_ruled_lines(
    layout: str, titled: bool, lines: tuple[tuple[object, ...], ...], tmp_path: Path
) -> None:
    headings, rows = LAYOUTS[layout]
    title = (
        "Theme: Roads and water in the mountains, in all valleys and on all paths",
        *[""] * (len(headings) - 1),
    )
    given = [r for n, row in enumerate(rows) for r in ([title, row] if titled and n % 5 == 0 else [row])]
    found = printed(tmp_path / "plain.pdf", given, headings=headings, style=lines, splitInRow=0)
    assert [(r.paragraph, r.text, r.recommending_states, r.response) for r in found.records] == [
        (number, text.split(" (Peru")[0], ("Peru", "Chad"), position) for number, text, position, _ in VALLEYS
    ]
    themes = [(f"Valley {n}",) for n in range(1, 31)] if len(headings) == 4 else None
    if themes:
        assert [r.themes for r in found.records] == themes
    assert (found.state_under_review, found.session, found.symbol) == ("Andorra", 36, "A/HRC/46/11")
    assert "no ruled lines" in found.problems[0].reason


def test_lines_around_every_other_row_hide_no_row(tmp_path: Path) -> None:
    bands = [
        (kind, (0, n), (-1, n), 1, "black") for n in range(1, 31, 2) for kind in ("LINEABOVE", "LINEBELOW")
    ]
    found = printed(tmp_path / "bands.pdf", VALLEYS, headings=LINED, style=bands, splitInRow=0)
    assert [r.paragraph for r in found.records] == [number for number, *_ in VALLEYS]


@pytest.mark.parametrize(
    ("style", "rows", "why"),
    [
        ((("VALIGN", (0, 1), (-1, -1), "MIDDLE"),), VALLEYS, "not clear where its rows begin"),
        ((), [(n, t, "somebody did it", h) for n, t, _, h in VALLEYS], "under its positions are none"),
        ((("VALIGN", (0, 1), (-1, -1), "BOTTOM"),), VALLEYS, "not clear where its rows begin"),
    ],
)  # fmt: skip
def test_a_table_whose_columns_or_rows_are_not_clear_is_named(
    style: tuple[tuple[object, ...], ...], rows: list[tuple[str, ...]], why: str, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match=f"without ruled lines, and .*{why}"):
        printed(tmp_path / "unclear.pdf", rows, headings=LINED, style=style, splitInRow=0)


def test_no_state_of_a_row_is_taken_for_the_state_under_review(tmp_path: Path) -> None:
    style = getSampleStyleSheet()["BodyText"]
    rows = [["Recommendation", "Position"], ["84.1 Repair the lamps (Peru,<br/>Chad);", "Noted"]]
    table = Table([[Paragraph(cell, style) for cell in row] for row in rows], colWidths=(300, 100))
    SimpleDocTemplate(str(tmp_path / "x.pdf"), invariant=1).build(
        [Paragraph("A list of the 48th UPR session", style), table]
    )
    found = read_here(tmp_path / "x.pdf", load_states(), DocumentLimits())
    assert (found.state_under_review, found.session) == ("", 48)
    assert any("State under Review was not found" in problem.reason for problem in found.problems)
