"""States in brackets, and wordings out of the text of an item."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.brackets import BracketReader
from pipeline.sources.documents.wording.completeness import lacks
from pipeline.sources.documents.wording.item import WordingReader
from pipeline.store.vocabularies import load_states

STATES = load_states()
READER = WordingReader(BracketReader(STATES))


def iso(*names: str) -> set[str]:
    return {state.iso if (state := STATES.find(name)) else name for name in names}


def read(text: str) -> list[tuple[str, set[str]]]:
    return [(w.text, iso(*w.states)) for w in READER.read(text)]


@pytest.mark.parametrize(
    ("bracket", "codes"),
    [
        ("(Portugal, Slovakia)", {"PRT", "SVK"}),
        ("(Spain; Chile)", {"ESP", "CHL"}),
        ("(Maldives) (Portugal)", {"MDV", "PRT"}),
        ("(Bolivia (Plurinational State of))", {"BOL"}),
        ("(Venezuela (Bolivarian Republic of), Iran (Islamic Republic of))", {"VEN", "IRN"}),
        ("(United Kingdom of Great Britain and Northern Ireland and France)", {"GBR", "FRA"}),
        ("(Bosnia and Herzegovina and Trinidad and Tobago)", {"BIH", "TTO"}),
        ("(United Kingdom France)", {"GBR", "FRA"}),
        ("(USA)", {"USA"}),
        ("(Trinidad an Tobago, Ghana)", {"TTO", "GHA"}),
        ("(Iran, Islamic Republic of)", {"IRN"}),
        ("(the Netherlands)", {"NLD"}),
        ("(Viet Nam (Socialist Republic of), Observer State of Palestine)", {"VNM", "PSE"}),
        ("(Portugal, on behalf of the Group of Friends)", {"PRT"}),
        ("(Denmark, Germany; Switzerland and Sweden)", {"DNK", "DEU", "CHE", "SWE"}),
    ],
)
def test_states_in_a_bracket_however_they_are_joined(bracket: str, codes: set[str]) -> None:
    assert read(f"Build a library in every valley {bracket};") == [("Build a library in every valley", codes)]


@pytest.mark.parametrize(
    "inner", ["(CEDAW)", "(No. 190)", "(2020)", "(article 9, paragraph 2)", "(MAR)", "(the Paris Principles)"]
)
def test_other_brackets_are_part_of_the_text(inner: str) -> None:
    assert read(f"Ratify the instrument {inner} without delay (Peru)") == [
        (f"Ratify the instrument {inner} without delay", {"PER"})
    ]


def test_two_wordings_under_one_number() -> None:
    assert read(
        "Ratify the treaty on bridges (Chile); Consider ratifying the treaty on bridges (Nepal);"
    ) == [
        ("Ratify the treaty on bridges", {"CHL"}),
        ("Consider ratifying the treaty on bridges", {"NPL"}),
    ]


def test_what_carries_on_does_not_stand_alone() -> None:
    assert read("Found an ombudsman (Ghana) in accordance with the Paris Principles (Kenya)") == [
        ("Found an ombudsman", {"GHA"}),
        ("Found an ombudsman in accordance with the Paris Principles", {"KEN"}),
    ]


def test_alternatives_share_their_object() -> None:
    assert read(
        "Accede to (Algeria)/sign and ratify (Peru)/sign (Chile) the Convention on Ferries (Egypt)"
    ) == [
        ("Accede to the Convention on Ferries", {"DZA"}),
        ("sign and ratify the Convention on Ferries", {"PER"}),
        ("sign the Convention on Ferries", {"CHL", "EGY"}),
    ]


def test_more_objects_of_the_same_verb() -> None:
    assert read("Ratify the Convention on Ferries (Peru), the Protocol on Buoys (Chile)") == [
        ("Ratify the Convention on Ferries", {"PER"}),
        ("Ratify the Protocol on Buoys", {"CHL"}),
    ]


def test_a_state_that_joins_two_clauses_asks_for_both() -> None:
    assert read("Ratify the Protocol (Chile, Benin) and establish a mechanism (Benin)") == [
        ("Ratify the Protocol", {"CHL"}),
        ("Ratify the Protocol and establish a mechanism", {"BEN"}),
    ]


def test_a_state_only_in_the_last_bracket_says_only_the_last_words() -> None:
    assert read("Consider the possibility (Peru) of ratifying the Convention on Ferries (Peru, Chile)") == [
        ("Consider the possibility of ratifying the Convention on Ferries", {"PER"}),
        ("ratify the Convention on Ferries", {"CHL"}),
    ]


def test_a_forgotten_semicolon_before_a_new_sentence() -> None:
    assert read("Keep the lamps lit. (Ghana) Repair the benches in all parks (Kenya);") == [
        ("Keep the lamps lit", {"GHA"}),
        ("Repair the benches in all parks", {"KEN"}),
    ]


def test_several_states_may_share_several_sentences() -> None:
    assert read("To repair all lamps. To paint the benches. (Ghana, Kenya)") == [
        ("To repair all lamps", {"GHA", "KEN"}),
        ("To paint the benches", {"GHA", "KEN"}),
    ]


def test_an_instrument_named_before_is_named_again() -> None:
    assert read("Apply the Convention on Ferries (Ghana), ratify the Optional Protocol thereto (Kenya);")[
        1
    ] == (
        "ratify the Optional Protocol to the Convention on Ferries",
        {"KEN"},
    )


def test_one_states_compound_sentence_stays_whole() -> None:
    text = "Train all wardens of lighthouses, repair the lamps and publish the results"
    assert read(f"{text} (Malta);") == [(text, {"MLT"})]


@pytest.mark.parametrize(
    "broken",
    ["Repair the lamps Bangladesh);", "Repair the lamps (Bangladesh;", "Repair the lamps (Bangladesh)*;"],
)
def test_printers_errors_at_the_bracket(broken: str) -> None:
    assert iso(*READER.read(broken)[0].states) in ({"BGD"}, set())
    assert "lamps" in READER.read(broken)[0].text


def test_an_unclosed_bracket_does_not_hide_the_states() -> None:
    assert read("Amend the act (CERD, in line with the committee (Peru);")[0][1] == {"PER"}


@given(st.text(max_size=300))
def test_any_text_is_read_without_a_fault_and_no_span_leaves_it(text: str) -> None:
    for wording in READER.read(text):
        assert 0 <= wording.start <= wording.end <= len(text)
        assert wording.text == " ".join(wording.text.split())


@given(
    st.lists(st.sampled_from([s.un_name for s in STATES.all]), min_size=1, max_size=6, unique=True),
    st.sampled_from([", ", "; ", ") ("]),
)
def test_any_states_come_back(names: list[str], separator: str) -> None:
    wordings = READER.read(f"Paint every bench ({separator.join(names)});")
    assert [w.text for w in wordings] == ["Paint every bench"]
    assert iso(*wordings[0].states) == iso(*names)


def test_an_adverb_with_states_of_its_own_goes_with_the_verb_that_follows() -> None:
    assert read("Promptly (Nepal) ratify the Ferry Convention (Chile, Peru)") == [
        ("Promptly ratify the Ferry Convention", {"NPL"}),
        ("ratify the Ferry Convention", {"CHL", "PER"}),
    ]


def test_when_to_act_stands_between_verb_and_object() -> None:
    text = (
        "Sign (Chile, Peru) without delay (Nepal) / ratify (Malta) at the earliest opportunity (Ghana)/in "
        "due course (Kenya) the Convention on Ferries"
    )
    assert read(text) == [
        ("Sign the Convention on Ferries", {"CHL", "PER"}),
        ("Sign without delay the Convention on Ferries", {"NPL"}),
        ("ratify the Convention on Ferries", {"MLT"}),
        ("ratify at the earliest opportunity the Convention on Ferries", {"GHA"}),
        ("ratify in due course the Convention on Ferries", {"KEN"}),
    ]


def test_what_was_recommended_before_is_no_wording_of_its_own() -> None:
    assert read("Ratify the Ferry Convention (Peru), as previously recommended in 2010 (Chile)") == [
        ("Ratify the Ferry Convention", {"PER"}),
        ("Ratify the Ferry Convention, as previously recommended in 2010", {"CHL"}),
    ]


def test_the_act_after_what_was_recommended_before_is_another_wording() -> None:
    text = (
        "Ratify the Ferry Convention (Peru), as recommended in 2010 (Chile) (Nepal), and repair wells (Nepal)"
    )
    assert read(text) == [
        ("Ratify the Ferry Convention", {"PER"}),
        ("Ratify the Ferry Convention, as recommended in 2010", {"CHL", "NPL"}),
        ("repair wells", {"NPL"}),
    ]


def test_a_noun_for_the_act_takes_the_same_object() -> None:
    text = "Sign and ratify (Peru)/consider the ratification (Chile) of the Ferry Convention (Chile)"
    assert read(text) == [
        ("Sign and ratify the Ferry Convention", {"PER"}),
        ("consider the ratification of the Ferry Convention", {"CHL"}),
    ]


def test_an_aim_after_a_semicolon_carries_the_wording_on() -> None:
    assert read("Repair the lamps (Peru); so that all paths are lit (Chile)") == [
        ("Repair the lamps", {"PER"}),
        ("Repair the lamps; so that all paths are lit", {"CHL"}),
    ]


def test_no_comma_stands_twice_between_two_parts() -> None:
    assert read("Repair the lamps, (Peru), in line with the plan (Chile)")[-1] == (
        "Repair the lamps, in line with the plan",
        {"CHL"},
    )


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("In the spirit of the lamp review and the ferry study", "a verb"),
        ("Recommended the Ferry Convention", "a verb"),
        ("in order to light the paths", "its beginning"),
        ("Swiftly the Ferry Convention", "a verb"),
        ("Sign and ratify", "an object"),
        ("Ratify as soon as possible", "an object"),
        ("so that the lamps may be repaired", "its beginning"),
        ("as well as the benches that were repaired", "its beginning"),
        ("as previously recommended by the court", "its beginning"),
        ("lamps, benches and wells", "a verb"),
        ("judges and lawyers", "a verb"),
    ],
)
def test_what_is_no_whole_recommendation(text: str, missing: str) -> None:
    assert lacks(text) == missing


@pytest.mark.parametrize(
    "text",
    [
        "Ratify the Ferry Convention as soon as possible",
        "Accession to the Ferry Convention",
        "In line with its plans, to repair the lamps",
        "That the wells become open to all valleys",
        "Clear the backlog of old lamps",
        "Immediately reinstates the law on lamps",
        "Re-consider its stance on ferries",
        "With help from its neighbours, increases its stock of lamps and repair wells",
        "To leave the lamps as they are",
        "Recommended the reduction of the number of lamps",
        "Recommended that wells be built",
    ],
)
def test_what_is_a_whole_recommendation(text: str) -> None:
    assert lacks(text) is None
