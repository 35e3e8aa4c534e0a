"""The chapter of a report: numbers, gaps, responses, provenance, page joins."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import SourceError
from pipeline.sources.documents.isolation import read_document
from pipeline.sources.documents.pages.lines import join
from pipeline.store.vocabularies import load_states
from tests.sources.documents.made import chapter, pdf

SUPPORT = (
    "84. The recommendations listed below have been examined by Andorra and enjoy the support of Andorra:"
)
EXAMINE = (
    "85. The following recommendations will be examined by Andorra, which will provide responses in due time:"
)
REFUSE = "86. The recommendations below did not enjoy the support of Andorra:"


def numbers(*lines: str) -> list[str | None]:
    return [record.paragraph for record in chapter(*lines).records]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("84.1 Repair (Peru);", "84.2 Paint (Chile).", ["84.1", "84.2"]),
        ("84.1. Repair (Peru);", "84.2. Paint (Chile).", ["84.1", "84.2"]),
        ("1. Repair (Peru);", "2. Paint (Chile).", ["84.1", "84.2"]),
        ("1. Repair (Peru)", "2 Paint (Chile)", ["84.1", "84.2"]),
        ("Recommendation 84.1 Repair (Peru);", "Recommendation 84.2 Paint (Chile);", ["84.1", "84.2"]),
    ],
)
def test_numbers_as_the_years_print_them(first: str, second: str, expected: list[str]) -> None:
    assert numbers(SUPPORT, first, second) == expected


def test_low_numbers_of_later_reports() -> None:
    assert numbers(
        "6. The following recommendations enjoy the support of Andorra:",
        "6.1 Repair (Peru);",
        "6.2 Paint (Chile);",
    ) == [
        "6.1",
        "6.2",
    ]


def test_a_running_list_goes_on_through_several_paragraphs() -> None:
    lines = (SUPPORT, "1. Repair (Peru);", "2. Paint (Chile);", EXAMINE, "3. Sweep (Ghana);")
    found = chapter(*lines)
    assert [(r.paragraph, r.response) for r in found.records] == [
        ("84.1", "Supported"),
        ("84.2", "Supported"),
        ("85.3", "Pending"),
    ]
    assert not found.problems


def test_a_list_that_reaches_its_own_paragraphs_number() -> None:
    lines = [
        "3. The following recommendations enjoy the support of Andorra:",
        "1. Repair (Peru);",
        "2. Paint (Chile);",
        "3. Sweep (Ghana);",
    ]
    assert numbers(*lines, "4. Mow (Malta);", "5. Weed (Italy);") == ["3.1", "3.2", "3.3", "3.4", "3.5"]


def test_gaps_and_duplicates_are_named_with_their_place() -> None:
    found = chapter(SUPPORT, "84.1 Repair (Peru);", "84.4 Paint (Chile);", "84.4 Sweep (Ghana);")
    reasons = [problem.reason for problem in found.problems]
    assert [r.paragraph for r in found.records] == ["84.1", "84.4", "84.4"]
    assert any("page 1, line 4" in r and "84.2, 84.3 are missing before 84.4" in r for r in reasons)
    assert any("84.4 is repeated" in r for r in reasons)


def test_a_document_that_breaks_off_inside_the_chapter_is_told(tmp_path: Path) -> None:
    opening = [
        "Report of the Working Group on the Universal Periodic Review",
        "Andorra",
        "1. The Working Group held its ninth session.",
    ]
    pages = [opening, ["II. Conclusions and/or recommendations", SUPPORT, "84.1 Repair (Peru);"]]
    document = read_document(pdf(tmp_path / "r.pdf", pages), load_states())
    assert len(document.records) == 1
    assert any("page 2, line 5: the document ends inside the chapter" in p.reason for p in document.problems)


def test_a_misprinted_number_is_taken_for_the_due_one_and_told() -> None:
    found = chapter(SUPPORT, "84.1 Repair (Peru);", "48.2 Paint (Chile);", "84.3 Sweep (Ghana);")
    assert [r.paragraph for r in found.records] == ["84.1", "84.2", "84.3"]
    assert ["48.2" in p.reason for p in found.problems] == [True]


def test_a_number_inside_a_sentence_begins_nothing() -> None:
    assert numbers(
        SUPPORT,
        "84.1 Repair what is named in paragraph",
        "84.9 above, and the 2003",
        "12. report (Peru);",
        "84.2 Paint (Chile);",
    ) == ["84.1", "84.2"]


@pytest.mark.parametrize(
    ("sentence", "response"),
    [
        (SUPPORT, "Supported"),
        (EXAMINE, "Pending"),
        (REFUSE, "Noted"),
        ("84. The following recommendations have been noted by Andorra:", "Noted"),
        ("84. Andorra cannot accept the following recommendations:", "Noted"),
        (
            (
                "84. The following recommendations enjoy the support of Andorra, which considers them "
                "implemented:"
            ),
            "Supported",
        ),
        ("84. Andorra supports in part the following recommendations:", "Noted"),
        ("84. Andorra will consider the following recommendations and respond in due course:", "Pending"),
        (
            "84. Les recommandations ci-après ont été examinées par l’Andorre et recueillent son adhésion :",
            "Supported",
        ),
        ("84. Les recommandations suivantes n’ont pas recueilli l’adhésion de l’Andorre :", "Noted"),
        ("84. L’Andorre a pris note des recommandations énumérées ci-dessous :", "Noted"),
        ("84. Les recommandations ci-après seront examinées par l’Andorre, qui y répondra :", "Pending"),
        ("84. Las siguientes recomendaciones cuentan con el apoyo de Andorra:", "Supported"),
        ("84. Las recomendaciones que figuran a continuación no gozan del apoyo de Andorra:", "Noted"),
        ("84. Andorra ha tomado nota de las recomendaciones siguientes:", "Noted"),
        ("84. Andorra acepta en parte las recomendaciones siguientes:", "Noted"),
        ("84. Las recomendaciones que figuran a continuación serán examinadas por Andorra:", "Pending"),
    ],
)
def test_responses(sentence: str, response: str) -> None:
    number = sentence.split(".")[0]
    assert [r.response for r in chapter(sentence, f"{number}.1 Repair (Peru);").records] == [response]


def test_a_response_that_follows_its_list() -> None:
    lines = (
        "84. The following recommendations were made:",
        "1. Repair (Peru);",
        "85. All recommendations enjoy the support of Andorra.",
    )
    assert [r.response for r in chapter(*lines).records] == ["Supported"]


def test_a_heading_between_items_is_a_theme_and_no_recommendation() -> None:
    found = chapter(SUPPORT, "84.1 Repair (Peru);", "Rights of gardeners", "84.2 Paint (Chile);")
    assert [(r.text, r.themes) for r in found.records] == [
        ("Repair", None),
        ("Paint", ("Rights of gardeners",)),
    ]


def test_a_heading_before_the_first_item_is_its_theme() -> None:
    found = chapter(
        SUPPORT,
        "A. Rights of gardeners",
        "84.1 Repair (Peru);",
        "B. Lamps",
        "84.2 Paint (Chile);",
        EXAMINE,
        "85.1 Mow (Ghana);",
    )
    assert [r.themes for r in found.records] == [("Rights of gardeners",), ("Lamps",), None]


def test_lettered_lists() -> None:
    found = chapter(
        "84. Andorra supports the following recommendations:", "(a) Repair (Peru);", "(b) Paint (Chile)."
    )
    assert [(r.paragraph, r.text, r.response) for r in found.records] == [
        ("84(a)", "Repair", "Supported"),
        ("84(b)", "Paint", "Supported"),
    ]


def test_bullets_without_numbers() -> None:
    found = chapter(
        "84. Andorra supports the following recommendations:", "• Repair (Peru);", "• Paint (Chile)."
    )
    assert [(r.paragraph, r.text) for r in found.records] == [("84", "Repair"), ("84", "Paint")]


def test_a_comment_of_the_state_is_told_and_left_out() -> None:
    lines = ("87. Andorra offered the following comments:", "87.1 Andorra explained that no lamp is broken.")
    found = chapter(SUPPORT, "84.1 Repair (Peru);", *lines)
    assert [r.paragraph for r in found.records] == ["84.1"]
    assert any("87.1 is a comment" in p.reason for p in found.problems)


def test_recommendations_that_stand_in_the_dialogue() -> None:
    from pipeline.sources.documents.kinds.cover import Cover
    from pipeline.sources.documents.kinds.working_group_report import read_report
    from tests.sources.documents.made import DISCLAIMER, text_of

    document = text_of(
        "1. The review of Andorra was held.",
        "2. Peru thanked Andorra. It recommended that Andorra (a) repair all lamps; and (b) paint",
        "every bench. Peru asked about boats.",
        "II. Conclusions and/or recommendations",
        SUPPORT,
        "84.1 Sweep (Chile);",
        (
            "85. The recommendations noted in the report in paragraphs 2 (a) and (b) did not enjoy the "
            "support of Andorra."
        ),
        f"86. {DISCLAIMER}",
    )
    found = read_report(
        "r.pdf", document, Cover("A/HRC/60/1", load_states().find("Andorra"), 49), load_states()
    )
    assert [(r.paragraph, r.text, r.recommending_states, r.response) for r in found.records] == [
        ("84.1", "Sweep", ("Chile",), "Supported"),
        ("2(a)", "repair all lamps", ("Peru",), "Noted"),
        ("2(b)", "paint every bench", ("Peru",), "Noted"),
    ]


def test_pages_headers_footnotes_and_divided_words(tmp_path: Path) -> None:
    pages = [
        ["Report of the Working Group on the Universal Periodic Review", "Andorra"],
        [
            "1. The Working Group held its forty-ninth session. The review of Andorra was held in May. A "
            "pre-school is free."
        ]
        + [f"{n}. Something was said by a delegation about the lamps." for n in range(2, 5)],
        [
            "II. Conclusions and/or recommendations",
            SUPPORT,
            "84.1 Repair every lamp in all valleys, and in each pre-",
            "school, without",
            "~1 A footnote.",
        ],
        [
            "any delay (Peru);",
            "84.2 Paint the benches (Chile).",
            "87. All conclusions and/or recommendations contained in the present report reflect",
        ],
    ]
    document = read_document(pdf(tmp_path / "r.pdf", pages), load_states())
    assert [(r.text, r.page) for r in document.records] == [
        ("Repair every lamp in all valleys, and in each pre-school, without any delay", 3),
        ("Paint the benches", 4),
    ]
    first = document.records[0]
    assert first.char_start is not None
    assert first.char_end is not None
    assert document.text[first.char_start : first.char_end].startswith("Repair every lamp")
    assert document.text[first.char_start : first.char_end].endswith("(Peru)")
    assert (document.symbol, document.state_under_review, document.session) == ("A/HRC/60/1", "Andorra", 49)


def test_what_a_page_prints_around_its_text() -> None:
    from pipeline.sources.documents.pages.lines import Line
    from pipeline.sources.documents.pages.running_heads import body

    texts = ("A/HRC/60/1", "Page 12", "6{}.", "Text of page {}", "(Peru);", "12", "GE.24-12345 (E)")
    lines = [
        Line(text.replace("{}", str(page)), page, number, size=10.0, bottom=800.0 - number)
        for page in range(1, 7)
        for number, text in enumerate(texts, start=1)
    ]
    assert [line.text for line in body(lines) if line.page == 1] == ["61.", "Text of page 1", "(Peru);"]


@pytest.mark.parametrize(
    ("pieces", "known", "joined"),
    [
        (["infor-", "mation"], {"information"}, "information"),
        (["follow-", "up"], {"follow-up"}, "follow-up"),
        (["multi-", "ethnic"], {"multi", "ethnic"}, "multi-ethnic"),
        (["2007-", "2015"], set(), "2007-2015"),
        (["moyen-", "et long terme"], set(), "moyen- et long terme"),
        (["proj-", "et"], {"projet"}, "projet"),
        (["long-", "and short-term"], set(), "long- and short-term"),
        (["OP-", "CAT"], set(), "OP-CAT"),
        (["one", "two"], set(), "one two"),
    ],
)
def test_lines_joined(pieces: list[str], known: set[str], joined: str) -> None:
    assert join(pieces, known) == joined


def test_a_document_without_the_chapter_says_so(tmp_path: Path) -> None:
    path = pdf(
        tmp_path / "r.pdf",
        [["Report of the Working Group on the Universal Periodic Review", "Andorra", "1. Nothing here."]],
    )
    with pytest.raises(SourceError, match="has no chapter"):
        read_document(path, load_states())


def test_misprinted_numbers_are_rows_of_their_own_and_told() -> None:
    found = chapter(
        SUPPORT,
        "84.1 Repair the lamps (Peru);",
        "84-2. Paint the benches (Chile);",
        "84.3. .Mow the meadows (Ghana);",
        "84.4 o sweep the yards (Malta);",
        "84.5 Weed the paths (Italy).",
    )
    assert [(r.paragraph, r.text) for r in found.records] == [
        ("84.1", "Repair the lamps"),
        ("84.2", "Paint the benches"),
        ("84.3", "Mow the meadows"),
        ("84.4", "sweep the yards"),
        ("84.5", "Weed the paths"),
    ]
    reasons = " | ".join(p.reason for p in found.problems)
    assert "number 84-2. stands where 84.2 is due" in reasons
    assert "paragraph 84.3 begins with '.'" in reasons
    assert "paragraph 84.4 begins with 'o'" in reasons


def test_a_misprint_in_a_plain_list() -> None:
    found = chapter(SUPPORT, "1. Repair (Peru);", "2. o paint (Chile);", "3. .Mow (Ghana);")
    assert [(r.paragraph, r.text) for r in found.records] == [
        ("84.1", "Repair"),
        ("84.2", "paint"),
        ("84.3", "Mow"),
    ]


def test_a_mixed_statement_answers_nothing_and_is_told() -> None:
    found = chapter(
        "84. In the discussion the following recommendations were made to Andorra:",
        "84.1 Repair (Peru);",
        "84.2 Paint (Chile).",
        "85. Andorra takes note of the recommendations above; there are some that enjoy its support, others "
        "that need to be examined, and others which do not enjoy its support.",
    )
    assert [r.response for r in found.records] == ["Pending", "Pending"]
    assert any("supports some recommendations and not others" in p.reason for p in found.problems)


def test_reported_speech_under_one_number_is_several_recommendations() -> None:
    found = chapter(
        SUPPORT,
        "1. That Andorra take measures against dim lamps; recommends the continuation of the talks; "
        "it also recommended that the State pursue the search for wells (Peru, Chile);",
        "2. Recommended that Andorra adopt a law on yards (Malta); it further recommended that the "
        "Government build bridges (Ghana);",
        "3. Adopt the law that the court recommended; also request experts (Nepal).",
    )
    assert [(r.paragraph, r.text, set(r.recommending_states)) for r in found.records] == [
        ("84.1", "take measures against dim lamps", {"Peru", "Chile"}),
        ("84.1", "continue the talks", {"Peru", "Chile"}),
        ("84.1", "pursue the search for wells", {"Peru", "Chile"}),
        ("84.2", "adopt a law on yards", {"Malta"}),
        ("84.2", "build bridges", {"Ghana"}),
        ("84.3", "Adopt the law that the court recommended; also request experts", {"Nepal"}),
    ]


def test_what_an_item_retells_begins_with_its_own_act() -> None:
    found = chapter(
        SUPPORT,
        "1. Recommended that Andorra repair lamps (Malta); that it takes care of wells (Peru); as well as "
        "the strengthening of bridges (Nepal);",
        "2. recommended that the authorities paint yards and that the State pursue its search "
        "for wells (Kenya);",
        "3. That Andorra repair lamps (Malta).",
        "4. Recommended that limits be set for lamps (Chile).",
    )
    assert [(r.paragraph, r.text, set(r.recommending_states)) for r in found.records] == [
        ("84.1", "repair lamps", {"Malta"}),
        ("84.1", "take care of wells", {"Peru"}),
        ("84.1", "strengthen bridges", {"Nepal"}),
        ("84.2", "paint yards", {"Kenya"}),
        ("84.2", "pursue its search for wells", {"Kenya"}),
        ("84.3", "That Andorra repair lamps", {"Malta"}),
        ("84.4", "Recommended that limits be set for lamps", {"Chile"}),
    ]


def test_a_fragment_is_told_and_goes_to_review(tmp_path: Path) -> None:
    opening = [
        "Report of the Working Group on the Universal Periodic Review",
        "Andorra",
        "1. The Working Group held its ninth session.",
        "II. Conclusions and/or recommendations",
        SUPPORT,
        "84.1 Repair the lamps in all valleys (Peru);",
        "84.2 Lamps, benches and wells of the valleys (Chile);",
        "84.3 Take measures to paint the benches (Ghana).",
    ]
    records = read_document(pdf(tmp_path / "r.pdf", [opening]), load_states()).records
    assert [bool(r.fault) for r in records] == [False, True, False]
    assert "paragraph 84.2: this wording lacks a verb" in str(records[1].fault)


MADE = "84. In the course of the discussion, the following recommendations were made to Andorra:"


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (("(1) ", "(2) ", "(3) "), ["84.1", "84.2", "84.3"]),
        (("[1] ", "[2] ", "[3] "), ["84.1", "84.2", "84.3"]),
        (("R1. ", "R2. ", "R3. "), ["84.1", "84.2", "84.3"]),
        (("a) ", "b) ", "c) "), ["84(a)", "84(b)", "84(c)"]),
        (("a. ", "b. ", "c. "), ["84(a)", "84(b)", "84(c)"]),
        (("i. ", "ii. ", "iii. "), ["84(i)", "84(ii)", "84(iii)"]),
        (("- ", "- ", "- "), ["84", "84", "84"]),
        (("", "", ""), ["84", "84", "84"]),
    ],
)
def test_items_are_told_apart_however_they_are_marked(
    labels: tuple[str, str, str], expected: list[str]
) -> None:
    texts = ("Repair the lamps (Peru);", "Paint the benches (Chile);", "Sweep the paths (Ghana).")
    found = chapter(MADE, *(label + text for label, text in zip(labels, texts, strict=True)))
    assert [(r.paragraph, r.text, list(r.recommending_states)) for r in found.records] == [
        (expected[0], "Repair the lamps", ["Peru"]),
        (expected[1], "Paint the benches", ["Chile"]),
        (expected[2], "Sweep the paths", ["Ghana"]),
    ]


@pytest.mark.parametrize(
    "form",
    [
        "{state} recommended that Andorra repair the lamps;",
        "{state} encouraged the Government to repair the lamps.",
        "{state} recommended repairing the lamps;",
        "{state}: repair the lamps;",
        "repair the lamps - {state};",
        "repair the lamps [{state}];",
        "repair the lamps, as recommended by {state};",
        "repair the lamps (recommendation made by {state});",
        "({state}) repair the lamps;",
    ],
)
@pytest.mark.parametrize(("state", "names"), [("Peru", ["Peru"]), ("Ghana and Mali", ["Ghana", "Mali"])])
def test_states_that_stand_in_no_bracket_at_the_end(form: str, state: str, names: list[str]) -> None:
    found = chapter(
        MADE,
        "1. Paint the benches (Chile);",
        f"2. {form.format(state=state)[:1].upper()}{form.format(state=state)[1:]}",
    )
    assert [((r.text or "").lower(), list(r.recommending_states)) for r in found.records[1:]] == [
        ("repair the lamps", names)
    ]
    assert not found.problems


def test_paragraphs_of_the_chapter_may_be_recommendations_themselves() -> None:
    found = chapter(
        MADE,
        "85. Peru recommended that Andorra repair the lamps.",
        "86. It was recommended that Andorra paint the benches (Chile).",
        "87. Sweep the paths (Ghana, Mali).",
        "88. Andorra thanked all delegations (Peru, Chile).",
    )
    assert [(r.paragraph, r.text, list(r.recommending_states)) for r in found.records] == [
        ("85", "repair the lamps", ["Peru"]),
        ("86", "paint the benches", ["Chile"]),
        ("87", "Sweep the paths", ["Ghana", "Mali"]),
    ]


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        (
            "Take measures against rust, recommended the continuation of the talks, and also encouraged the "
            "Government to pursue its work",
            ["Take measures against rust", "continue the talks", "pursue its work"],
        ),
        (
            "Recommended that Andorra take measures against rust, that it continue the talks and that it "
            "pursue its work",
            ["take measures against rust", "continue the talks", "pursue its work"],
        ),
        (
            "That measures be taken against rust; that the State open the wells; and that lamps be repaired",
            ["That measures be taken against rust", "open the wells", "That lamps be repaired"],
        ),
        (
            "Recommended to repair lamps. Also recommended to the Government that wells be opened",
            ["repair lamps", "recommended to the Government that wells be opened"],
        ),
        (
            "While noting the efforts on rust, recommended that Andorra open the wells",
            ["While noting the efforts on rust, recommended that Andorra open the wells"],
        ),
        (
            "Comply with the plan and, in this connection, recommended to repair lamps",
            ["Comply with the plan and, in this connection, recommended to repair lamps"],
        ),
        (
            "That every lamp be lit, given the fog, that it be kept clean",
            ["That every lamp be lit, given the fog, that it be kept clean"],
        ),
    ],
)
def test_each_act_that_the_report_retells_is_a_recommendation(text: str, acts: list[str]) -> None:
    found = chapter(MADE, "1. Paint the benches (Chile);", f"2. {text} (Peru).")
    assert [r.text.lower() for r in found.records[1:] if r.text] == [act.lower() for act in acts]
    assert all(r.recommending_states == ("Peru",) for r in found.records[1:])
