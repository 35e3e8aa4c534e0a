"""Recommendations that are repeated in a later review."""

import csv
import json

import pytest

from pipeline.store.threads import load_finder
from pipeline.store.vocabularies import config_path
from pipeline.threads.features import FEATURES, asked, features
from pipeline.threads.linking import Wording, related
from pipeline.threads.model import PairModel

FINDER = load_finder()
READER, MODEL = FINDER.reader, FINDER.model


FIRST = "Ratify the Optional Protocol to the Convention against Torture"
WEAKER = "Consider ratifying the Optional Protocol to CAT"


def test_an_instrument_is_its_abbreviation_and_ways_to_join_are_one_act():
    one = READER.read(
        "Ratify the Second Optional Protocol to the International Covenant on Civil and Political Rights"
    )
    two = READER.read("Accede to ICCPR-OP2")
    assert one.instruments == two.instruments == {"iccpr-op2"}
    assert one.acts == two.acts == {"ratify"}
    assert READER.read("Consider acceding to CAT").weaker == {"consider"}
    # A part of a word is no instrument.
    assert READER.read("Education of the delegates, and advocated reform").instruments == frozenset()


def test_features_are_as_many_as_their_names_and_do_not_depend_on_the_order():
    one, two = (
        asked(text, action, ["Torture"], READER, MODEL.vocabulary)
        for text, action in ((FIRST, 5), (WEAKER, 3))
    )
    row = features(one, two)
    assert len(row) == len(FEATURES)
    assert row == pytest.approx(features(two, one))
    assert features(one, one)[FEATURES.index("cosine")] == pytest.approx(1)


def compared(later, earlier):
    """The features of two texts by name."""
    one, two = (asked(text, 5, ["Torture"], READER, MODEL.vocabulary) for text in (later, earlier))
    return dict(zip(FEATURES, features(one, two), strict=True))


def relation(later, earlier):
    one, two = (asked(text, 5, ["Torture"], READER, MODEL.vocabulary) for text in (later, earlier))
    return MODEL.judge([features(one, two)])[0][0]


def test_content_leaves_out_how_firmly_and_how_soon_something_is_done():
    found = compared(
        "Take all necessary measures to accede to OPCAT without delay", "Ratify the Optional Protocol to CAT"
    )
    assert found["nothing_left_in_both"] == 1
    assert found["content_of_shorter"] == found["content_of_longer"] == 1


def test_what_is_left_of_two_texts_is_counted_and_weighed():
    wider = compared(
        "Develop a strategy against poverty and homelessness", "Develop a strategy against poverty"
    )
    assert (wider["nothing_left_in_one"], wider["nothing_left_in_both"]) == (1, 0)
    assert wider["lesser_word_left"] == 0
    assert wider["greater_word_left"] == MODEL.vocabulary.weight("homelessnes")
    assert (
        compared("Lift its reservation to article 9", "Lift its reservation to article 16")[
            "lesser_word_left"
        ]
        > 0
    )


def test_only_what_asks_for_the_same_act_on_the_same_subject_is_the_same():
    assert relation("Accede to the Optional Protocol to CAT", FIRST) == "same"
    assert relation(WEAKER, FIRST) == "near"
    assert relation("Ratify OPCAT, ICRMW and the Rome Statute", FIRST) == "near"
    assert relation("Build more primary schools in rural areas", FIRST) is None


def test_weights_must_be_as_many_as_features():
    content = {"features": list(FEATURES), "perhaps": 0.3, **MODEL.vocabulary.content()}
    part = {"weights": [0.0] * len(FEATURES), "bias": 0.0, "threshold": 0.5}
    short = part | {"weights": [0.0]}
    with pytest.raises(ValueError, match=f"1 weights of {len(FEATURES)} features"):
        PairModel.from_content(content | {"repeated": part, "same": short})


def rows(name):
    with config_path(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_coded_pairs_hold_rows_and_relations_and_no_texts():
    pairs = rows("thread_pairs.csv")
    assert len(pairs) == 400
    assert len({(p["earlier"], p["later"]) for p in pairs}) == 400
    assert {p["relation"] for p in pairs} == {"same", "near", "related", "different"}
    assert all(len(p["earlier"]) == len(p["later"]) == 20 for p in pairs)
    parts: dict[str, str] = {}
    for pair in pairs:
        assert parts.setdefault(pair["state"], pair["part"]) == pair["part"]


def test_the_coded_links_are_of_states_that_nothing_is_fitted_on_where_they_measure():
    links, pairs = rows("thread_links.csv"), rows("thread_pairs.csv")
    assert len({(link["earlier"], link["later"]) for link in links}) == len(links)
    assert all(len(link["earlier"]) == len(link["later"]) == 20 for link in links)
    assert {link["relation"] for link in links} == {"same", "near", "related", "different"}
    fitted = {row["state"] for row in (*links, *pairs) if row["part"] == "tune"}
    measured = [link for link in links if link["part"] == "test"]
    assert not fitted & {row["state"] for row in (*measured, *pairs) if row["part"] == "test"}
    assert all(link["said"] and link["first_reading"] and link["second_reading"] for link in measured)


def test_the_figures_beside_the_classifier_reach_the_aims():
    measured = json.loads(config_path("threads_model.json").read_text())["measured"]
    for population in ("pairs", "links"):
        near = measured[population]["same or near"]
        assert near["precision"]["value"] >= 0.85
        assert near["recall"]["value"] >= 0.70
        assert measured[population]["same"]["precision"]["value"] >= 0.9


def test_all_earlier_wordings_that_are_related_are_found_and_no_later_one():
    def wording(key, session, text):
        return Wording(key, session, asked(text, 5, [], READER, MODEL.vocabulary))

    later = [wording("x", 35, FIRST), wording("y", 8, FIRST)]
    earlier = [
        wording("a", 8, FIRST),
        wording("b", 21, WEAKER),
        wording("c", 35, FIRST),
        wording("d", 4, "Build more primary schools in rural areas"),
    ]
    found = {(i, j): relation for i, j, relation, _ in related(later, earlier, MODEL, 40)}
    assert found == {(0, 0): "same", (0, 1): "near"}
    assert [(i, j) for i, j, _, _ in related(later, earlier, MODEL, 1)] == [(0, 0)]
    assert list(related(later, [], MODEL, 40)) == []
