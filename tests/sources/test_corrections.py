"""What decisions contradict is named, with the former values."""

from __future__ import annotations

from typing import Any

from pipeline.sources.corrections import corrections


def row(
    name: str, text: str, action: int | None, *issues: str, source: str | None = "expert"
) -> dict[str, Any]:
    return {
        "row_id": name,
        "text": text,
        "session": 9,
        "kind": "recommendation",
        "action": action,
        "issues": list(issues),
        "label_source": source if action else None,
        "source_file": "decisions.csv" if source == "reviewed" else "6-9.csv",
        "source_row": 7,
    }


def test_a_replaced_code_keeps_its_former_values() -> None:
    old, new = row("a", "Adopt a law", 5, "Justice"), row("a", "Adopt a law", 4, "Poverty", source="reviewed")
    (found,) = corrections([new], [(old, new)]).to_pylist()
    assert found["kind"] == "same row"
    assert (found["former_action"], found["former_issues"]) == (5, ["Justice"])
    assert (found["action"], found["issues"], found["source_file"]) == (4, ["Poverty"], "decisions.csv")


def test_a_decision_that_agrees_corrects_nothing() -> None:
    old, new = row("a", "Adopt a law", 5, "Justice"), row("a", "Adopt a law", 5, "Justice", source="reviewed")
    assert corrections([new, row("b", "adopt a LAW.", 5, "Justice")], [(old, new)]).num_rows == 0


def test_codes_of_the_same_wording_are_named_and_others_are_not() -> None:
    rows = [
        row("a", "Adopt a law", 4, "Poverty", source="reviewed"),
        row("b", "adopt a LAW.", 5, "Justice"),
        row("c", "Adopt a law", None),
        row("d", "Adopt another law", 5, "Justice"),
        row("e", "Adopt a law", 5, "Justice") | {"kind": "pledge"},
    ]
    (found,) = corrections(rows, []).to_pylist()
    assert (found["row_id"], found["kind"], found["former_action"], found["action"]) == (
        "b",
        "same wording",
        5,
        4,
    )


def test_decisions_that_contradict_each_other_are_both_named() -> None:
    rows = [
        row("a", "Adopt a law", 4, "Poverty", source="reviewed"),
        row("b", "Adopt a law", 5, "Poverty", source="reviewed"),
        row("c", "Adopt a law", 5, "Poverty"),
    ]
    found = corrections(rows, []).to_pylist()
    assert [(f["row_id"], f["kind"], f["former_action"], f["action"]) for f in found] == [
        ("a", "contradiction", 4, 5),
        ("b", "contradiction", 5, 4),
    ]
