"""From a source's words to the table's: one spelling, ids, hints for what is not known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.opening import standardiser
from pipeline.sources.records import Record
from pipeline.sources.standard import Standardiser, StandardRow
from pipeline.store.vocabularies import load_states, load_taxonomy

TEXT = "Adopt a law on the safety of ferries"


def machine(**options: object) -> Standardiser:
    return standardiser(load_states(), load_taxonomy("2014-10"), **options)  # type: ignore[arg-type]


def row(**values: object) -> StandardRow:
    given_ = {
        "text": TEXT,
        "state_under_review": "Iceland",
        "recommending_states": ("Bhutan",),
        "session": "7",
    } | values
    return machine().row(Record("x.csv", 1, **given_))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Cape Verde", "Cape Verde"),
        ("Cabo Verde", "Cape Verde"),
        ("Democratic People's Republic of Korea", "DPR Korea"),
        ("DPR Korea", "DPR Korea"),
    ],
)
def test_states_get_one_spelling(written: str, name: str) -> None:
    done = row(state_under_review=written, recommending_states=(written,))
    assert done.faults == ()
    assert (done.values["state_under_review"], done.values["recommending_states"]) == (name, [name])


def test_an_unknown_state_is_a_fault_with_a_hint_and_keeps_its_spelling() -> None:
    done = row(recommending_states=("Bhutann",))
    assert len(done.faults) == 1
    assert "'Bhutann' (recommending State)" in done.faults[0]
    assert "Did you mean 'Bhutan'?" in done.faults[0]
    assert done.values["recommending_states"] == ["Bhutann"]
    assert "(State under Review)" in row(state_under_review="Atlantis").faults[0]


@pytest.mark.parametrize("cell", ["---", "2019", "?", "—", "…"])
def test_what_is_no_name_of_a_state_is_left_out_and_told(cell: str) -> None:
    done = row(recommending_states=(cell, "Bhutan"), state_under_review=cell)
    assert done.values["recommending_states"] == ["Bhutan"]
    assert done.values["state_under_review"] is None
    assert [fault.partition(" is ")[0] for fault in done.faults] == [
        f"'{cell}' (State under Review)",
        f"'{cell}' (recommending State)",
    ]


@given(st.text(st.characters(exclude_categories=["L"]), min_size=1, max_size=20))
def test_a_cell_without_letters_is_never_another_state(cell: str) -> None:
    done = row(recommending_states=(cell,), state_under_review=cell)
    assert done.values["recommending_states"] == []
    assert done.values["state_under_review"] is None


def test_a_state_that_the_source_does_not_know_is_left_empty() -> None:
    done = row(recommending_states=("&#40;Unknown&#41;",))
    assert done.faults == ()
    assert done.values["recommending_states"] == []


def test_html_entities_are_resolved() -> None:
    done = row(
        text="Protect women&#039;s rights &amp; dignity&nbsp;&#40;in full&#41;",
        recommending_states=("Trinidad &amp; Tobago",),
    )
    assert done.values["text"] == "Protect women's rights & dignity (in full)"
    assert done.values["recommending_states"] == ["Trinidad & Tobago"]


def test_an_unknown_tag_is_a_fault_with_the_nearest_as_a_hint() -> None:
    done = row(issues=("Right to helth", "Justice"))
    assert done.faults == (
        "'Right to helth' is not one of the 54 tags of taxonomy 2014-10. Did you mean 'Right to health'? "
        "Correct it, or add it under aliases in configs/taxonomy/2014-10.yaml.",
    )
    assert done.values["issues"] == ["Justice"]


def test_a_tag_like_no_other_gets_no_hint() -> None:
    assert "Did you mean" not in row(issues=("xyzzy qqq",)).faults[0]


@pytest.mark.parametrize(
    ("word", "response"),
    [
        ("Accepted", "Supported"),
        ("supported", "Supported"),
        ("Not Supported", "Noted"),
        ("Rejected", "Noted"),
        ("Noted", "Noted"),
        ("Pending", "Pending"),
        ("", None),
    ],
)
def test_responses(word: str, response: str | None) -> None:
    done = row(response=word)
    assert done.faults == ()
    assert done.values["response"] == response
    assert done.values["response_raw"] == (word or None)


def test_a_pledge_has_neither_response_nor_recommending_state() -> None:
    done = row(response="Voluntary Pledge", recommending_states=("Iceland",), action="4")
    assert done.faults == ()
    assert done.values["kind"] == "pledge"
    assert (done.values["response"], done.values["recommending_states"]) == (None, [])
    assert done.values["response_raw"] == "Voluntary Pledge"
    assert done.values["action"] == 4


@pytest.mark.parametrize(
    ("written", "session", "cycle"),
    [("18", 18, 2), (12, 12, 1), ("44 - November 2023", 44, 4), ("9.0", 9, 1), ("", None, None)],
)
def test_sessions(written: str | int, session: int | None, cycle: int | None) -> None:
    done = row(session=written)
    assert done.faults == ()
    assert (done.values["session"], done.values["cycle"]) == (session, cycle)


@pytest.mark.parametrize("written", ["0", "spring", "-3", "2013"])
def test_what_is_no_session_is_a_fault(written: str) -> None:
    assert "is not a UPR session" in row(session=written).faults[0]


@pytest.mark.parametrize(
    ("written", "action"),
    [("4", 4), ("4 - General action", 4), (4.0, 4), ("5.0", 5), ("", None), (None, None)],
)
def test_actions(written: str | float | None, action: int | None) -> None:
    done = row(action=written)
    assert done.faults == ()
    assert done.values["action"] == action


@pytest.mark.parametrize("written", ["6", "0", "four", "4.5", "-1", "45"])
def test_what_is_no_action_is_a_fault(written: str) -> None:
    assert "is not an action category" in row(action=written).faults[0]


def test_without_a_taxonomy_gold_is_not_even_looked_at() -> None:
    blind = standardiser(load_states(), None)
    done = blind.row(Record("x.csv", 1, TEXT, action="9", issues=("nonsense",)))
    assert done.faults == ()
    assert (done.values["action"], done.values["issues"]) == (None, None)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "empty"),
        (None, "empty"),
        (" \n– ?", "empty"),
        ("Ado\x00pt a law", "NUL"),
        ("law " * 30, "more than the 100"),
    ],
)
def test_faults_of_a_text(text: str | None, fault: str) -> None:
    done = machine(max_text_chars=100).row(Record("x.csv", 1, text))
    assert len(done.faults) == 1
    assert fault in done.faults[0]


def test_equal_rows_get_ids_of_their_own_and_the_same_wording_one_rec_id() -> None:
    made = machine()
    first, again, other = (
        made.row(Record("x.csv", n, TEXT, "Iceland", (by,))).values
        for n, by in ((1, "Bhutan"), (2, "Bhutan"), (3, "Chad"))
    )
    assert len({first["row_id"], again["row_id"], other["row_id"]}) == 3
    assert first["rec_id"] == again["rec_id"] == other["rec_id"]


def test_counted_by_file_the_same_row_of_two_files_has_one_row_id() -> None:
    made = machine(count_by_file=True)
    one, two = (
        made.row(Record(file, 1, TEXT, "Iceland", ("Bhutan",))).values["row_id"]
        for file in ("a.csv", "b.csv")
    )
    assert one == two


@given(
    st.text(max_size=60),
    st.text(max_size=20),
    st.text(max_size=20),
    st.text(max_size=10),
    st.text(max_size=10),
    st.text(max_size=20),
)
def test_no_value_makes_it_crash_and_the_types_hold(
    text: str, state: str, by: str, session: str, action: str, tag: str
) -> None:
    record = Record("x.csv", 1, text, state, (by,), session, response=tag, action=action, issues=(tag,))
    done = machine(max_text_chars=50).row(record)
    assert done.values["action"] in {None, 1, 2, 3, 4, 5}
    assert done.values["session"] is None or done.values["session"] >= 1
    assert set(done.values["issues"]) <= set(load_taxonomy("2014-10").labels)
    assert len(done.values["row_id"]) == 20


def test_codes_of_a_taxonomy_that_is_not_known_are_a_fault() -> None:
    done = row(action=5, issues=("Justice",), taxonomy_version="1999-01")
    assert len(done.faults) == 1
    assert "taxonomy '1999-01'" in done.faults[0]
    assert row(action=5, issues=("Justice",), taxonomy_version="2014-10").faults == ()
    assert row(taxonomy_version="1999-01").faults == (), "a row without codes"
