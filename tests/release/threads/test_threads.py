"""Recommendations that are repeated in a later review."""

import csv
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import SettingsError
from pipeline.release.files import beside
from pipeline.release.tables.columns import RECOMMENDATIONS
from pipeline.release.threads.features import FEATURES, asked, features
from pipeline.release.threads.following import threads
from pipeline.release.threads.model import PairModel
from pipeline.release.threads.reading import Reader
from pipeline.release.threads.repeated import repeated
from pipeline.store.files import read_json
from pipeline.store.vocabularies import config_path, read_yaml

READER = Reader(read_yaml(config_path("threads.yaml")))
MODEL = PairModel.from_content(read_json(config_path("threads_model.json")))


def table(*lines):
    """Rows of one State: key, session, text, response, action."""
    rows = [
        dict.fromkeys(RECOMMENDATIONS.names)
        | {
            "rec_id": key,
            "row_id": f"{key}-{number}",
            "rec_key": key,
            "text": text,
            "text_group": key,
            "session": session,
            "response": response,
            "action": action,
            "issues": [],
            "state_under_review": "Kenya",
            "state_under_review_iso": "KEN",
            "kind": "recommendation",
        }
        for number, (key, session, text, response, action) in enumerate(lines)
    ]
    return pa.Table.from_pylist(rows, schema=RECOMMENDATIONS)


def followed(rows):
    return {r["rec_key"]: r for r in threads(rows, READER, MODEL).to_pylist()}


FIRST = ("a", 8, "Ratify the Optional Protocol to the Convention against Torture", "Noted", 5)
AGAIN = ("b", 21, "Sign and ratify OPCAT", "Noted", 5)
THIRD = ("c", 35, "Ratify the Optional Protocol to CAT", "Supported", 5)
WEAKER = ("d", 35, "Consider ratifying the Optional Protocol to CAT", "Supported", 3)
OTHER = ("e", 21, "Build more primary schools in rural areas", "Supported", 5)


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
    one, two = (asked(line[2], line[4], ["Torture"], READER, MODEL.frequencies) for line in (FIRST, WEAKER))
    row = features(one, two)
    assert len(row) == len(FEATURES)
    assert row == pytest.approx(features(two, one))
    assert features(one, one)[FEATURES.index("cosine")] == pytest.approx(1)


def test_a_recommendation_asked_three_times_is_one_thread_in_order():
    found = followed(table(FIRST, OTHER, AGAIN, THIRD))
    assert {k: (r["thread_id"], r["order"], r["repeats"]) for k, r in found.items()} == {
        "a": ("a", 1, None),
        "b": ("a", 2, "a"),
        "c": ("a", 3, "a") if found["c"]["repeats"] == "a" else ("a", 3, "b"),
    }
    assert found["a"]["relation"] == "first"
    assert found["b"]["relation"] in ("same", "near")


def test_a_weaker_form_is_near_and_never_the_same():
    assert followed(table(FIRST, WEAKER))["d"]["relation"] == "near"


def test_equal_wordings_are_the_same_and_one_review_has_no_thread():
    assert followed(table(FIRST, ("z", 21, FIRST[2] + ".", "Noted", 5)))["z"]["relation"] == "same"
    assert followed(table(FIRST, ("z", 8, FIRST[2] + ".", "Noted", 5))) == {}
    assert followed(table(FIRST, OTHER)) == {}


def test_what_is_perhaps_the_same_is_offered_and_counts_nowhere():
    never = PairModel(
        MODEL.repeated.__class__(MODEL.repeated.weights, MODEL.repeated.bias, 2.0),
        MODEL.same,
        0.0,
        MODEL.frequencies,
    )
    rows = table(FIRST, AGAIN)
    found = threads(rows, READER, never)
    assert [(r["rec_key"], r["order"], r["relation"], r["repeats"]) for r in found.to_pylist()] == [
        ("b", None, "perhaps", "a")
    ]
    assert repeated(rows, found)[["wordings", "same", "near", "noted_before"]].to_numpy().tolist() == [
        [1, 0, 0, 0]
    ]


def test_statistics_say_what_was_answered_before_and_what_is_answered_now():
    rows = table(FIRST, OTHER, ("c", 21, THIRD[2], "Supported", 5))
    made = repeated(rows, threads(rows, READER, MODEL)).to_dict("records")
    assert len(made) == 1
    line = made[0]
    assert (line["reviewed"], line["session"], line["wordings"]) == ("Kenya", 21, 2)
    assert line["same"] + line["near"] == 1
    assert (line["supported_before"], line["noted_before"], line["noted_before_supported_now"]) == (0, 1, 1)
    assert (line["more_specific"], line["less_specific"]) == (0, 0)


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


def test_a_damaged_word_list_is_one_message(tmp_path, monkeypatch):
    (tmp_path / "threads.yaml").write_text("instruments: {}\n")
    (tmp_path / "threads_model.json").write_text("{}")
    monkeypatch.setattr(beside, "config_path", lambda name: tmp_path / name)
    with pytest.raises(SettingsError, match="Restore both"):
        beside.following(RECOMMENDATIONS.empty_table())


def test_a_release_holds_its_threads_and_verify_finds_forged_ones(release):
    found = pq.read_table(release / "threads.parquet")
    rows = pq.read_table(release / "recommendations.parquet")
    assert found.equals(threads(rows, READER, MODEL))
    assert set(found["rec_key"].to_pylist()) <= set(rows["rec_key"].to_pylist())
    assert (release / "statistics" / "repeated.csv").is_file()
