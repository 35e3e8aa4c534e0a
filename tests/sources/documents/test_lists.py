"""OHCHR's lists in the layouts of several years, and the covers of documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import SourceError
from pipeline.sources.documents.isolation import read_document
from pipeline.sources.documents.kinds.cover import Cover, ordinal, read_cover
from pipeline.sources.documents.kinds.ohchr_list import read_list
from pipeline.sources.documents.pages.lines import Line
from pipeline.sources.documents.read import is_document
from pipeline.store.vocabularies import load_states
from tests.sources.documents.made import W, docx, table, workbook

COVER = Cover(None, load_states().find("Andorra"), 49)

LAYOUTS = {
    "themes as rows": [
        (
            "Recommendation",
            "Position",
            "Full list of themes",
            "Assessment/comments on level of implementation",
        ),
        ("Theme: A12 Norms",) * 4,
        (
            "84.1. Repair all lamps (Peru);\nSource of position: A/HRC/60/1/Add.1 - Para. 2",
            "Supported",
            "A12 Norms\nAffected persons:\n- women",
            "",
        ),
        (
            "84.2. Paint the benches (Chile, Nepal);\nSource of position: A/HRC/60/1 - Para. 84",
            "Noted",
            "B1 Benches",
            "",
        ),
        ("Theme: B1 Benches",) * 4,
        (
            "84.1. Repair all lamps (Peru);\nSource of position: A/HRC/60/1/Add.1 - Para. 2",
            "Supported",
            "A12 Norms\nAffected persons:\n- women",
            "",
        ),
    ],
    "number and States in columns": [
        ("No.", "Recommendation", "Recommending State/s", "Position", "Theme"),
        ("84.1", "Repair all lamps", "Peru", "Supported", "A12 Norms"),
        ("84.2", "Paint the benches", "Chile; Nepal", "Not supported", "B1 Benches"),
    ],
    "position before": [
        ("Position", "Paragraph", "Recommendations", "Source of position", "Themes"),
        ("Supported", "84.1", "84.1 Repair all lamps (Peru)", "A/HRC/60/1/Add.1 - Para. 2", "A12 Norms"),
        (
            "Supported in part",
            "84.2",
            "84.2 Paint the benches (Chile) (Nepal)",
            "A/HRC/60/1/Add.1 - Para. 3",
            "B1 Benches",
        ),
    ],
    "no themes": [
        ("Recommendation and recommending State", "Response"),
        ("84.1 Repair all lamps (Peru);", "Accepted"),
        ("84.2 Paint the benches (Chile and Nepal);", "Takes note"),
    ],
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_recommendations(layout: str) -> None:
    found = read_list("list.docx", [LAYOUTS[layout]], COVER, load_states())
    assert [(r.paragraph, r.text, set(r.recommending_states), r.response) for r in found.records] == [
        ("84.1", "Repair all lamps", {"Peru"}, "Supported"),
        ("84.2", "Paint the benches", {"Chile", "Nepal"}, "Noted"),
    ]


def test_what_recurs_is_one_with_all_its_themes_and_its_source() -> None:
    first = read_list("list.docx", [LAYOUTS["themes as rows"]], COVER, load_states()).records[0]
    assert first.themes == ("A12 Norms", "Affected persons: women", "B1 Benches")
    assert first.position_source == "A/HRC/60/1/Add.1 - Para. 2"
    assert first.symbol == "A/HRC/60/1"


def test_a_list_as_docx_and_as_workbook(tmp_path: Path) -> None:
    rows = LAYOUTS["number and States in columns"]
    title = "UPR of Andorra (4th Cycle – 49th session)"
    header = f'<w:hdr xmlns:w="{W}"><w:p><w:r><w:t>{title}</w:t></w:r></w:p></w:hdr>'
    word = read_document(
        docx(tmp_path / "l.docx", table(*rows), extra={"word/header1.xml": header.encode()}), load_states()
    )
    book = read_document(workbook(tmp_path / "l.xlsx", [(title,), *rows]), load_states())
    assert [(r.paragraph, r.text, r.session, r.state_under_review) for r in word.records] == [
        (r.paragraph, r.text, r.session, r.state_under_review) for r in book.records
    ]
    assert (word.kind, word.session, word.state_under_review) == ("list", 49, "Andorra")


def test_a_workbook_of_something_else_is_no_document(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", [("SuR", "Recommendation", "RS"), ("Andorra", "Repair", "Peru")])
    assert not is_document(path)
    with pytest.raises(SourceError, match="headings"):
        read_document(path, load_states())


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("eleventh", 11),
        ("thirty-fourth", 34),
        ("twentieth", 20),
        ("41st", 41),
        ("Forty ninth", 49),
        ("next", None),
    ],
)
def test_ordinals(words: str, number: int | None) -> None:
    assert ordinal(words) == number


def test_a_cover_in_the_layout_of_2008_and_of_2020() -> None:
    old = [
        "A/HRC/8/34",
        "23 May 2008",
        "UNIVERSAL PERIODIC REVIEW",
        "Report of the Working Group on the Universal Periodic Review *",
        "Argentina",
    ]
    text = (
        "1. The Working Group on the Universal Periodic Review held its first session from 7 April "
        "2008. The review of Argentina was held"
    )
    cover = read_cover([Line(t, 1, n) for n, t in enumerate([*old, text], 1)], load_states())
    assert (cover.symbol, cover.state and cover.state.name, cover.session) == ("A/HRC/8/34", "Argentina", 1)
    new = [
        "United Nations A/HRC/59/15/Add.1",
        "Report of the Working Group on the Universal Periodic",
        "Review*",
        "Bolivia (Plurinational State of)",
        "Addendum",
    ]
    cover = read_cover([Line(t, 1, n) for n, t in enumerate(new, 1)], load_states())
    assert (cover.symbol, cover.state and cover.state.iso, cover.session, cover.is_addendum) == (
        "A/HRC/59/15/Add.1",
        "BOL",
        48,
        True,
    )
