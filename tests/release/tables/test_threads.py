"""threads.parquet: recommendations that are repeated in a later review, and their statistics."""

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.release.statistics.repeated import repeated
from pipeline.release.tables.columns import RECOMMENDATIONS
from pipeline.release.tables.threads import threads
from pipeline.store.threads import load_finder
from pipeline.threads.model import PairModel

FINDER = load_finder()
READER, MODEL = FINDER.reader, FINDER.model


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
        MODEL.vocabulary,
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


def test_a_release_holds_its_threads_and_verify_finds_forged_ones(release):
    found = pq.read_table(release / "threads.parquet")
    rows = pq.read_table(release / "recommendations.parquet")
    assert found.equals(threads(rows, READER, MODEL))
    assert set(found["rec_key"].to_pylist()) <= set(rows["rec_key"].to_pylist())
    assert (release / "statistics" / "repeated.csv").is_file()
