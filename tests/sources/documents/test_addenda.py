"""Addenda: which recommendations the State supports after all, and which it notes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.sources.documents.answers import apply_answers
from pipeline.sources.documents.kinds.addendum import Answers, read_positions
from pipeline.sources.documents.pages.lines import DocumentText
from pipeline.sources.documents.wording.numbers import cited_numbers, numbers_in
from pipeline.sources.documents.wording.responses import position_of
from pipeline.sources.records import Record
from tests.sources.documents.made import text_of


def read(document: DocumentText, tables: Sequence[Sequence[Sequence[str]]] = ()) -> dict[str, str]:
    return {number: answer.position for number, answer in read_positions(document, tables).positions.items()}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("122.1, 122.17-18 and 122.22", ["122.1", "122.17", "122.18", "122.22"]),
        ("122.34- 35, 122.14– 15", ["122.34", "122.35", "122.14", "122.15"]),
        ("85.1 to 85.3", ["85.1", "85.2", "85.3"]),
        ("6.12", ["6.12"]),
        ("on 12.5.2020 and A/HRC/43/15", []),
        ("no numbers", []),
    ],
)
def test_numbers_cited(text: str, numbers: list[str]) -> None:
    assert numbers_in(text) == numbers


def test_positions_of_an_addendum() -> None:
    positions = read(
        text_of(
            "1. Andorra received 9 recommendations.",
            "Accepted recommendations",
            "2. The Government accepts the following recommendations 85.1, 85.2-",
            "3, 85.5.",
            "85.1",
            "The work has begun. See recommendation 85.8.",
            "Noted recommendations",
            "3. Andorra takes note of recommendations 85.6 and 85.7.",
            "85.8",
            "This is being studied.",
            "85.9 Not accepted. The law forbids it.",
        )
    )
    assert positions == {
        **dict.fromkeys(("85.1", "85.2", "85.3", "85.5"), "Supported"),
        **dict.fromkeys(("85.6", "85.7", "85.8", "85.9"), "Noted"),
    }


@pytest.mark.parametrize(
    "lines",
    [
        ["85.1 Supported; 85.2 Noted; 85.3 Not accepted."],
        ["85.1: Supported", "85.2: Noted", "85.3: Partially supported"],
        [
            "4. Recommendation 85.1: Andorra will act.",
            "85.1",
            "Supported.",
            "85.2",
            "Noted.",
            "85.3",
            "Does not enjoy the support of Andorra.",
        ],
        [
            "The following recommendations enjoy the support of Andorra: 85.1.",
            "Andorra does not support recommendations 85.2 to 85.3.",
        ],
    ],
)
def test_positions_however_they_are_laid_out(lines: list[str]) -> None:
    assert read(text_of(*lines)) == {"85.1": "Supported", "85.2": "Noted", "85.3": "Noted"}


def test_positions_in_a_table_without_headings() -> None:
    rows = [
        ("85.1", "Supported", "Work has begun."),
        ("85.2, 85.4", "Noted", ""),
        ("85.3", "Andorra has a law.", ""),
    ]
    assert read(text_of("Addendum"), [rows]) == {
        "85.1": "Supported",
        "85.2": "Noted",
        "85.4": "Noted",
    }


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("recommendations 1–5, 7 and 8", ["1", "2", "3", "4", "5", "7", "8"]),
        ("recommendations Nos. 3 to 5 and 9", ["3", "4", "5", "9"]),
        ("recommendation 85.6 (a) and (c), 85.7", ["85.6(a)", "85.6(c)", "85.7"]),
        ("85.1. 85.2; 85.4 – 85.6", ["85.1", "85.2", "85.4", "85.5", "85.6"]),
        ("received 12 recommendations in 2026", []),
        ("recommendations 3 of 4 experts", []),
    ],
)
def test_numbers_cited_without_their_paragraph_or_with_a_letter(text: str, numbers: list[str]) -> None:
    assert cited_numbers(text) == numbers


@pytest.mark.parametrize(
    "lines",
    [
        ["Andorra accepts recommendations 85.1, 85.2. 85.3, 85.4 and 85.5.", "It notes recommendation 85.6."],
        [
            "2. Andorra accepts the recommendations: 85.1, 85.2.",
            "85.3, 85.4. 85.5.",
            "It takes note of recommendation 85.6.",
        ],
        [
            "Andorra accepts the following recommendations:",
            "85.1, 85.2;",
            "85.3. 85.4,",
            "85.5.",
            "Noted recommendations",
            "85.6.",
        ],
        ["Andorra supports recommendations 85.1 to 85.5 and takes note of 85.6."],
        ["Recommendations 85.1 to 85.5 are accepted, while 85.6 is not accepted."],
        ["Andorra supports recommendations 85.1–85.6, with the exception of 85.6.", "85.6 Noted."],
    ],
)
def test_a_list_of_numbers_goes_on_over_full_stops_lines_and_paragraphs(lines: list[str]) -> None:
    expected = dict.fromkeys(("85.1", "85.2", "85.3", "85.4", "85.5"), "Supported") | {"85.6": "Noted"}
    assert read(text_of(*lines)) == expected


REPORT = [
    Record("report.pdf", n, f"Repair lamp {n}", paragraph=f"85.{n}", response="Pending") for n in range(1, 7)
]


def answered(*lines: str, records: Sequence[Record] = REPORT) -> tuple[list[tuple[str, str]], str, Answers]:
    answers = read_positions(text_of(*lines))
    out, told = apply_answers(records, answers.positions, "add.docx")
    reasons = " | ".join([*answers.remarks, *(p.reason for p in told)])
    return [(r.response, r.response_raw) for r in out], reasons, answers


def test_bare_numbers_are_those_of_the_report() -> None:
    found, told, _ = answered(
        "3. Andorra accepts the recommendations 1-3 and 5.", "4. Andorra notes recommendations 4, 6."
    )
    assert [position for position, _ in found] == ["Supported"] * 3 + ["Noted", "Supported", "Noted"]
    assert not told


def test_a_bare_number_that_two_lists_have_is_told_and_not_taken() -> None:
    two = [*REPORT, Record("report.pdf", 9, "Paint", paragraph="86.1", response="Pending")]
    found, told, _ = answered("Andorra accepts recommendation 1.", records=two)
    assert {position for position, _ in found} == {"Pending"}
    assert "cites recommendation 1," in told


def test_paragraphs_that_have_the_numbers_of_the_recommendations() -> None:
    found, told, _ = answered(
        "Its answers are as follows:",
        "1. Andorra cannot make a statement on this yet.",
        "2. Andorra supports the recommendation. A law is being drafted.",
        "3., 4. The Government accepts these recommendations.",
        "5. Andorra does not accept the recommendation.",
    )
    assert [position for position, _ in found] == [
        "Pending",
        "Supported",
        "Supported",
        "Supported",
        "Noted",
        "Pending",
    ]
    assert "numbers of its paragraphs are read" in told
    assert "gives no answer to 2 of the 6 recommendations: 85.1, 85.6." in told


def test_an_addendum_in_prose_is_not_taken_by_its_paragraph_numbers() -> None:
    lines = (
        "1. Andorra accepts the recommendation to repair the lamps.",
        "2. It accepts the recommendation on benches.",
    )
    assert not read(text_of(*lines))


def test_an_answer_in_part_keeps_the_words_of_the_state() -> None:
    found, told, _ = answered(
        "Andorra supports recommendations 85.1 and 85.2 (b).",
        "Andorra partially accepts recommendation 85.3. It accepts 85.4 in principle. It cannot accept "
        "85.5 and 85.6.",
    )
    assert found == [
        ("Supported", ""),
        ("Noted", "Supported in part: (b)"),
        ("Noted", "partially accepts"),
        ("Noted", "accepts 85.4 in principle"),
        ("Noted", ""),
        ("Noted", ""),
    ]
    assert "only part (b) of recommendation 85.2" in told


def test_a_part_that_is_a_row_of_its_own_is_answered_alone() -> None:
    rows = [
        Record("r.pdf", n, "Repair", paragraph=f"85.1({c})", response="Pending") for n, c in enumerate("ab")
    ]
    found, told, _ = answered("Andorra supports recommendation 85.1 (a).", records=rows)
    assert [position for position, _ in found] == ["Supported", "Pending"]
    found, told, _ = answered("Andorra supports recommendation 85.1.", records=rows)
    assert [position for position, _ in found] == ["Supported", "Supported"]
    assert not told


@pytest.mark.parametrize(
    "sentence",
    [
        "Some of these recommendations enjoy the support of Andorra, others need to be examined further.",
        "Andorra takes note of the recommendations; a number are accepted, the rest will be considered.",
        "Among the recommendations there are some that Andorra supports and others that it rejects.",
    ],
)
def test_a_sentence_that_supports_some_and_not_others_answers_nothing(sentence: str) -> None:
    assert position_of(sentence) is None
    assert "nothing is taken from it" in " ".join(read_positions(text_of(sentence)).remarks)


@pytest.mark.parametrize(
    ("sentence", "position"),
    [
        (
            "The following recommendations enjoy the support of Andorra, which holds some as implemented",
            "Supported",
        ),
        ("Partially supported", "Noted"),
        ("Supported/Noted", "Noted"),
        ("Accepted in principle", "Noted"),
        ("Under consideration", "Pending"),
    ],
)
def test_positions_of_a_sentence_or_cell(sentence: str, position: str) -> None:
    assert position_of(sentence) == position
