"""Documents of one review together: each recommendation once, with its final response."""

from __future__ import annotations

from typing import Any

from pipeline.sources.documents.merge import merge
from pipeline.sources.documents.read import Document
from pipeline.sources.documents.wording.responses import Answer
from pipeline.sources.records import Record


def record(paragraph: str, text: str, response: str, file: str = "report.pdf", **more: Any) -> Record:
    return Record(
        file=file,
        row=1,
        text=text,
        paragraph=paragraph,
        response=response,
        state_under_review="Andorra",
        session=49,
        **more,
    )


def document(kind: str, file: str, *records: Record, session: int | None = 49, **more: object) -> Document:
    symbol = more.pop("symbol", "A/HRC/60/1")
    return Document(file, kind, symbol, "Andorra", session, list(records), **more)  # type: ignore[arg-type]


def test_the_final_response_wins_and_conflicts_are_listed() -> None:
    report = document(
        "report",
        "report.pdf",
        record("84.1", "Repair", "Supported"),
        record("85.1", "Paint", "Pending"),
        record("85.2", "Mow", "Pending"),
    )
    addendum = document(
        "addendum",
        "add.pdf",
        positions=dict.fromkeys(("85.1", "84.1", "99.9"), Answer("Noted")),
        session=None,
    )
    listed = document(
        "list",
        "list.docx",
        record("85.1", "Paint", "Supported", "list.docx", themes=("Benches",)),
        record("85.3", "Dig", "Noted", "list.docx"),
    )
    merged = merge([report, listed, addendum])
    assert [(r.paragraph, r.response) for r in merged.records] == [
        ("84.1", "Noted"),
        ("85.1", "Noted"),
        ("85.2", "Pending"),
        ("85.3", "Noted"),
    ]
    assert merged.records[1].themes == ("Benches",)
    reasons = " | ".join(p.reason for p in merged.problems)
    assert "84.1: Noted here, Supported before" in reasons
    assert "85.1: Noted here, Supported before" in reasons
    assert "85.3 of the list: this wording does not stand in the report" in reasons
    assert "cites recommendation 99.9" in reasons
    assert "gives no answer to 1 of the 4 recommendations: 85.2" in reasons
    assert "85.2 does not stand in the list" in reasons


def test_documents_of_different_reviews_stay_apart() -> None:
    other = Document(
        "o.pdf", "report", "A/HRC/60/2", "Peru", 49, [record("84.1", "Repair", "Supported", "o.pdf")]
    )
    merged = merge([document("report", "report.pdf", record("84.1", "Repair", "Noted")), other])
    assert [(r.file, r.response) for r in merged.records] == [("report.pdf", "Noted"), ("o.pdf", "Supported")]
    assert not merged.problems


def test_a_final_report_wins_over_its_draft_in_whatever_order_they_come() -> None:
    draft = document(
        "report",
        "draft.docx",
        record("6.1", "Repair all lamps", "Pending", "draft.docx", recommending_states=("Peru",)),
        record("6.2", "Repair all lamps", "Pending", "draft.docx", recommending_states=("Chile",)),
        record("6.3", "Dig a well in each valley", "Pending", "draft.docx", recommending_states=("Peru",)),
        symbol="A/HRC/WG.6/49/L.3",
    )
    final = document(
        "report",
        "final.docx",
        record("84.1", "Repair all lamps", "Supported", "final.docx", recommending_states=("Peru",)),
        record("84.2", "Repair all lamps", "Supported", "final.docx", recommending_states=("Chile",)),
        symbol="A/HRC/60/1",
    )
    for order in ([draft, final], [final, draft]):
        merged = merge(order)
        assert [(r.paragraph, r.response, r.file) for r in merged.records] == [
            ("84.1", "Supported", "final.docx"),
            ("84.2", "Supported", "final.docx"),
        ]
        reasons = [p.reason for p in merged.problems]
        assert (
            "draft.docx (A/HRC/WG.6/49/L.3) and final.docx (A/HRC/60/1) are reports of the same review"
            in reasons[0]
        )
        assert "2 recommendations are in both, 1 only here are left out" in reasons[0]
        assert reasons[1].startswith("paragraph 6.3 of the draft does not stand in the final report")


def test_a_list_without_positions_leaves_those_of_the_report() -> None:
    report = document("report", "report.pdf", record("84.1", "Repair", "Supported"))
    listed = document(
        "list",
        "list.docx",
        record(
            "84.1", "Repair", "", "list.docx", themes=("Lamps",), affected_persons=("women",), sdgs=("7",)
        ),
    )
    merged = merge([report, listed])
    assert [(r.response, r.themes, r.affected_persons, r.sdgs) for r in merged.records] == [
        ("Supported", ("Lamps",), ("women",), ("7",))
    ]
    assert not merged.problems


def test_an_addendum_belongs_to_the_report_of_its_symbol_whatever_its_own_session() -> None:
    report = document("report", "report.pdf", record("84.1", "Repair", "Pending"))
    answers = {"84.1": Answer("Noted")}
    addendum = document("addendum", "add.pdf", symbol="A/HRC/60/1/Add.1", session=50, positions=answers)
    assert [r.response for r in merge([report, addendum]).records] == ["Noted"]
