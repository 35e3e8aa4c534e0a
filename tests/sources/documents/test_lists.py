"""OHCHR's lists in the layouts of several years, and the covers of documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits
from pipeline.sources.anything import is_document
from pipeline.sources.documents.isolation import read_document
from pipeline.sources.documents.kinds.cover import Cover, read_cover
from pipeline.sources.documents.kinds.ohchr_list import read_list
from pipeline.sources.documents.pages.lines import Line
from pipeline.sources.documents.wording.ordinals import ordinal
from pipeline.store.vocabularies import load_states
from tests.sources.documents.made import W, docx, table, workbook

COVER = Cover(None, load_states().find("Andorra"), 49)

LAYOUTS: dict[str, Any] = {
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
    assert first.themes == ("A12 Norms",)
    assert first.affected_persons == ("women",)
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
    assert not is_document(path, DocumentLimits())
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
        ("trente-quatrième", 34),
        ("quarante et unième", 41),
        ("vingtième", 20),
        ("Cinquante-deuxieme", 52),
        ("49e", 49),
        ("trigésimo cuarto", 34),
        ("cuadragésimo", 40),
        ("vigesimotercer", 23),
        ("12.º", 12),
        ("prochaine", None),
        ("siguiente", None),
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


RIGHTS = [
    ("Recommendation", "Recommending state/s", "Position", "Full list of rights/affected persons"),
    ("Right or area: 3.1. Lamps",) * 4,
    (
        "84.1. Repair all lamps (Peru);\nComments: see the letter\nSource of position: A/HRC/64/1/Add.1",
        "Peru",
        "- Supported",
        "3.1. Lamps\nGroups of Persons:\n- women\n- children\nSDGs:\n- 7 - ENERGY",
    ),
    ("84.2.&nbsp;Paint the&nbsp;benches (Chile);", "Chile", "Accepted in part", "4.2. Benches"),
    ("84.3. Mow the meadows (Nepal);", "Nepal", "Under review", ""),
    ("84.4. Sweep the yards (Malta);", "Malta", "", "5. Yards"),
    ("84.5. Weed the paths (Malta);", "Malta", "See annex", "5. Yards"),
]


def test_what_a_row_says_is_read_from_its_own_columns() -> None:
    found = read_list("list.docx", [RIGHTS], Cover(None, load_states().find("Andorra"), None), load_states())
    assert [(r.paragraph, r.text, r.response, r.response_raw, r.themes) for r in found.records] == [
        ("84.1", "Repair all lamps", "Supported", "Supported", ("3.1. Lamps",)),
        ("84.2", "Paint the benches", "Noted", "Accepted in part", ("4.2. Benches",)),
        ("84.3", "Mow the meadows", "Pending", "Under review", ("3.1. Lamps",)),
        ("84.4", "Sweep the yards", "Pending", "", ("5. Yards",)),
        ("84.5", "Weed the paths", "Pending", "See annex", ("5. Yards",)),
    ]
    first = found.records[0]
    assert (first.affected_persons, first.sdgs) == (("women", "children"), ("7 - ENERGY",))
    assert (first.position_source, first.symbol, first.session) == ("A/HRC/64/1/Add.1", "A/HRC/64/1", 53)
    reasons = [p.reason for p in found.problems]
    assert any("84.1: a comment is left out" in r for r in reasons)
    assert any("84.5: 'See annex' is no position" in r for r in reasons)


def test_a_list_in_french() -> None:
    rows = [
        ("Recommandation", "Position", "Thèmes"),
        ("84.1 Réparer les lampes (Chili);", "Acceptée", "Lampes"),
        ("84.2 Peindre les bancs (Espagne) (Brésil);", "Notée", "Bancs"),
    ]
    found = read_list("list.docx", [rows], COVER, load_states())
    assert [
        (r.paragraph, r.text, len(r.recommending_states), r.response, r.themes) for r in found.records
    ] == [
        ("84.1", "Réparer les lampes", 1, "Supported", ("Lampes",)),
        ("84.2", "Peindre les bancs", 2, "Noted", ("Bancs",)),
    ]


@pytest.mark.parametrize(
    ("lines", "session"),
    [
        (["A/HRC/61/4"], 50),
        (["A/HRC/66/4"], 55),
        (["A/HRC/WG.6/53/L.2"], 53),
        (["Working Group on the Universal Periodic Review", "Fifty-third session", "A/HRC/64/7"], 53),
        (["UPR of Andorra (Fifth Cycle – fifty-first session)"], 51),
    ],
)
def test_the_session_of_a_later_cover(lines: list[str], session: int) -> None:
    assert read_cover([Line(t, 1, n) for n, t in enumerate(lines, 1)], load_states()).session == session
