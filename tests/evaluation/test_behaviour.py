"""Behaviour tests as a tool, and what the shipped model and the rules make of the project's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SettingsError
from pipeline.evaluation.behaviour import (
    ACTION,
    TAGS,
    Behaviour,
    Labels,
    behaviours_from,
    missed_behaviours,
    model_labeller,
    outcomes,
    rule_labeller,
)
from pipeline.store.behaviours import load_behaviours
from pipeline.store.models import load_bundle, shipped_folder
from pipeline.store.vocabularies import config_path, load_taxonomy, read_yaml
from tests.conftest import forget

FLOORS = read_yaml(config_path("quality_floors.yaml"))


def classes(*entries: dict[str, object], **words: list[str]) -> tuple[Behaviour, ...]:
    return behaviours_from(
        {"words": words, "behaviours": [{"name": "x", "rule": "y", **entry} for entry in entries]}, list
    )


def says(**labels: Labels) -> Callable[[Sequence[str]], list[Labels]]:
    """A labeller that knows some texts by their first word."""

    def label(texts: Sequence[str]) -> list[Labels]:
        return [labels[text.split()[0].lower().strip(".")] for text in texts]

    return label


def said(action: int | None, *tags: str) -> Labels:
    return Labels(action, frozenset(tags))


# -- templates


def test_slots_are_filled_in_turn_and_frames_add_their_tags() -> None:
    (found,) = classes(
        {
            "action": 5,
            "times": 2,
            "tags": ["T"],
            "frames": ["Ratify {it}", {"text": "Sign {it} in {town}", "tags": ["S"], "not": ["N"]}],
            "cases": [{"text": "the {deed}", "tags": ["D"]}],
        },
        deed=["pact", "charter", "code"],
        town=["Oslo"],
    )
    assert [case.texts for case in found.cases] == [
        ("Ratify the pact",),
        ("Ratify the charter",),
        ("Sign the code in Oslo",),
        ("Sign the pact in Oslo",),
    ]
    assert [case.tags for case in found.cases[1:3]] == [{"T", "D"}, {"T", "S", "D"}]
    assert found.cases[2].absent == {"N"}
    assert {case.action for case in found.cases} == {5}


def test_texts_that_go_together_get_the_same_words() -> None:
    (found,) = classes(
        {"alike": [ACTION], "times": 2, "cases": [["Fix {a} and {a}", "Mend {a}, then {a}"]]},
        a=["1", "2", "3"],
    )
    assert [case.texts for case in found.cases] == [
        ("Fix 1 and 2", "Mend 1, then 2"),
        ("Fix 3 and 1", "Mend 3, then 1"),
    ]


def test_a_slot_that_varies_takes_all_its_words() -> None:
    (found,) = classes(
        {"alike": [TAGS], "vary": "state", "cases": ["Help {state} on {a}"]},
        a=["x"],
        state=["Kenya", "Japan"],
    )
    assert found.cases[0].texts == ("Help Kenya on x", "Help Japan on x")


def test_a_case_that_comes_twice_counts_once() -> None:
    (found,) = classes({"times": 5, "action": 4, "cases": ["Do {a}"]}, a=["this", "that"])
    assert len(found.cases) == 2


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"cases": ["Do"], "tag": ["T"]}, "tag"),
        ({"cases": [["Do", "Make"]]}, "`alike` needs several texts"),
        ({"cases": ["Do"], "alike": ["action"]}, "without it give one"),
        ({"cases": [["Do", "Make"]], "alike": ["colour"]}, "colour"),
    ],
)
def test_what_is_not_understood_is_refused(entry: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        classes(entry)


# -- outcomes


def test_expected_labels_are_checked() -> None:
    found = classes({"action": 5, "tags": ["T"], "not": ["N"], "cases": ["One", "Two", "Three", "Four"]})
    labeller = says(one=said(5, "T", "X"), two=said(4, "T"), three=said(5), four=said(5, "T", "N"))
    (outcome,) = outcomes(found, labeller)
    assert outcome.passed.value == 0.25
    assert outcome.passed.support == 4
    assert outcome.failures == (("Two", "action 4, not 5"), ("Three", "lacks T"), ("Four", "has N"))


def test_alike_means_the_labels_that_are_named() -> None:
    labeller = says(one=said(5, "T"), two=said(5, "S"), three=said(4, "T"))
    for alike, share in (([ACTION], 0.5), ([TAGS], 0.5), ([ACTION, TAGS], 0.0)):
        (outcome,) = outcomes(
            classes({"alike": alike, "cases": [["One", "Two"], ["One", "Three"]]}), labeller
        )
        assert outcome.passed.value == share
    assert outcome.failures == (
        ("Two", "lacks T; has S, unlike “One”"),
        ("Three", "action 4, not 5, unlike “One”"),
    )


@given(st.lists(st.sampled_from(["One", "Two", "One.", "Two."]), min_size=2, max_size=5, unique=True))
def test_a_labeller_that_does_not_see_the_difference_is_always_alike(texts: list[str]) -> None:
    (outcome,) = outcomes(
        classes({"alike": [ACTION, TAGS], "cases": [texts]}), lambda batch: [said(1, "T")] * len(batch)
    )
    assert outcome.passed.value == 1


def test_each_text_is_labelled_once_in_one_call() -> None:
    calls: list[list[str]] = []

    def label(texts: Sequence[str]) -> list[Labels]:
        calls.append(list(texts))
        return [said(5)] * len(texts)

    outcomes(
        classes({"action": 5, "cases": ["One", "Two"]}, {"name": "z", "action": 4, "cases": ["Two"]}), label
    )
    assert calls == [["One", "Two"]]


def test_floors_that_are_missed_are_named() -> None:
    shares = {"a": 0.9, "b": 0.5, "c": None}
    assert missed_behaviours(shares, {"a": 0.9, "b": 0.6, "c": 0.1, "d": 0.0}) == [
        "behaviour 'b' holds in 0.500 of its cases, below the floor of 0.6",
        "behaviour 'c' was not tried, below the floor of 0.1",
        "behaviour 'd' was not tried, below the floor of 0.0",
    ]


# -- the project's own


def test_the_projects_classes_are_many_have_floors_and_name_tags_that_there_are() -> None:
    found = load_behaviours("2014-10")
    labels = set(load_taxonomy("2014-10").labels)
    left_by_coders = {"a group with several violations stands alone"}
    assert {b.name for b in found} == set(FLOORS["behaviour"]) | left_by_coders
    assert all(0 < floor <= 1 for floor in FLOORS["behaviour"].values())
    assert len({b.name for b in found}) == len(found) >= 30
    assert sum(len(b.cases) for b in found) >= 900
    for behaviour in found:
        for case in behaviour.cases:
            assert case.tags | case.absent <= labels, case
            assert behaviour.alike or case.action or case.tags or case.absent, case
            assert not any("{" in text for text in case.texts)


def test_a_later_taxonomy_has_the_same_classes_in_its_own_words() -> None:
    later = {b.name: b for b in load_behaviours("2026-08")}
    tags = {tag for b in later.values() for case in b.cases for tag in case.tags}
    assert tags <= set(load_taxonomy("2026-08").labels)
    assert "National Human Rights Institution" in tags


def test_a_damaged_file_is_a_settings_error(project: object) -> None:
    path = config_path("behaviour/tags.yaml")
    path.write_text(path.read_text().replace("tags: [Detention]", "tags: [Detension]"))
    forget()
    with pytest.raises(SettingsError, match=r"tags\.yaml"):
        load_behaviours("2026-08")


def test_the_shipped_model_reaches_its_floors() -> None:
    bundle = load_bundle(shipped_folder())
    found = outcomes(load_behaviours(bundle.taxonomy.version), model_labeller(bundle))
    assert missed_behaviours({o.name: o.passed.value for o in found}, FLOORS["behaviour"]) == []


def test_the_rules_reach_theirs() -> None:
    bundle = load_bundle(shipped_folder())
    found = outcomes(load_behaviours(bundle.taxonomy.version), rule_labeller(bundle))
    assert (
        missed_behaviours(
            {o.name: o.passed.value for o in found}, {o.name: FLOORS["behaviour_of_rules"] for o in found}
        )
        == []
    )
