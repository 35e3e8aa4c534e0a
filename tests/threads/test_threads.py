"""Recommendations that are repeated in a later review."""

import csv
import json

import pytest

from pipeline.store.threads import load_finder
from pipeline.store.vocabularies import config_path
from pipeline.threads.features import FEATURES, asked, features
from pipeline.threads.linking import Wording, related

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
        asked(text, action, ["Torture"], READER, MODEL.frequencies)
        for text, action in ((FIRST, 5), (WEAKER, 3))
    )
    row = features(one, two)
    assert len(row) == len(FEATURES)
    assert row == pytest.approx(features(two, one))
    assert features(one, one)[FEATURES.index("cosine")] == pytest.approx(1)


def test_the_coded_pairs_hold_rows_and_relations_and_no_texts():
    with config_path("thread_pairs.csv").open(encoding="utf-8", newline="") as file:
        pairs = list(csv.DictReader(file))
    assert len(pairs) == 400
    assert len({(p["earlier"], p["later"]) for p in pairs}) == 400
    assert {p["relation"] for p in pairs} == {"same", "near", "related", "different"}
    assert all(len(p["earlier"]) == len(p["later"]) == 20 for p in pairs)
    parts: dict[str, str] = {}
    for pair in pairs:
        assert parts.setdefault(pair["state"], pair["part"]) == pair["part"]


def test_the_figures_beside_the_classifier_reach_the_aims_on_pairs():
    measured = json.loads(config_path("threads_model.json").read_text())["measured"]
    near = measured["same or near"]
    assert near["precision"]["value"] >= 0.85
    assert near["recall"]["value"] >= 0.70
    assert measured["same"]["precision"]["value"] >= 0.9


def test_all_earlier_wordings_that_are_related_are_found_and_no_later_one():
    def wording(key, session, text):
        return Wording(key, session, asked(text, 5, [], READER, MODEL.frequencies))

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
