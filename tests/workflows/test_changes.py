"""What is new, changed, corrected or withdrawn."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.schema import LABELLED
from pipeline.workflows.changes import Correction, changes_between

TEXT = "Ratify the Convention on the Rights of Persons with Disabilities and amend the penal code"


def row(row_id, text=TEXT, **changes):
    made = dict.fromkeys(LABELLED.names) | {
        "row_id": row_id,
        "text": text,
        "state_under_review": "Kenya",
        "session": 49,
        "recommending_states": ["Ghana"],
        "source_file": "a.csv",
    }
    return made | changes


def rows(*made):
    return {r["row_id"]: r for r in made}


def test_a_row_is_new_changed_coded_or_as_before():
    before = rows(row("same"), row("answered"), row("coded"))
    now = rows(
        row("same", source_row=7, page=3),
        row("answered", response="Supported"),
        row("coded", action=5, issues=["Justice"]),
        row("new", text="Do it"),
    )
    found = changes_between(before, now)
    assert (found.new, found.changed, found.coded, found.unchanged) == (["new"], ["answered"], ["coded"], 1)
    assert found.any


def test_an_empty_list_is_no_change():
    found = changes_between(rows(row("a", themes=[])), rows(row("a", themes=None)))
    assert not found.any


def test_a_corrected_wording_is_paired_with_the_one_that_it_takes_the_place_of():
    other = row("other", text="Abolish the death penalty", recommending_states=["Peru"])
    before = rows(row("old"), other)
    now = rows(row("fixed", text=TEXT.replace("penal", "criminal")))
    found = changes_between(before, now)
    assert found.corrected == [Correction("old", "fixed")]
    assert found.withdrawn == ["other"]
    assert sorted(found.gone) == ["old", "other"]


def test_a_correction_stays_within_its_review_and_states():
    for changes in ({"session": 48}, {"state_under_review": "Peru"}, {"recommending_states": ["Peru"]}):
        found = changes_between(rows(row("old", **changes)), rows(row("new", text=TEXT + " now")))
        assert found.corrected == []
        assert found.withdrawn == ["old"]


def test_the_most_alike_are_paired_and_each_once():
    before = rows(row("a"), row("b", text=TEXT + " before the next review"))
    now = rows(row("c", text=TEXT + " before its next review"))
    found = changes_between(before, now)
    assert found.corrected == [Correction("b", "c")]
    assert found.withdrawn == ["a"]


def test_rows_of_a_source_that_was_not_read_are_not_missed():
    before = rows(row("a"), row("b", source_file="b.csv"))
    assert changes_between(before, {}, {"b.csv"}).withdrawn == ["b"]
    assert sorted(changes_between(before, {}).withdrawn) == ["a", "b"]


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["x", "y", None])),
    st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["x", "y", None])),
)
def test_every_row_is_counted_once(before, now):
    old = {k: row(k, response=v) for k, v in before.items()}
    new = {k: row(k, response=v) for k, v in now.items()}
    found = changes_between(old, new)
    assert len(found.new) + len(found.changed) + len(found.coded) + found.unchanged == len(new)
    assert set(found.gone) == set(old) - set(new)
    assert not changes_between(new, new).any
