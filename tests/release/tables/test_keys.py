"""Keys that survive corrections."""

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipeline import settings
from pipeline.corpus.text import recommendation_id, row_id
from pipeline.errors import DecisionError
from pipeline.release.tables.changes import change_counts, row_changes
from pipeline.release.tables.columns import RECOMMENDATIONS
from pipeline.release.tables.keys import corrected_rows, with_keys
from pipeline.stages import verify
from pipeline.stages.publish import assemble
from pipeline.store.vocabularies import load_states
from tests.release.conftest import published
from tests.release.test_verify import change, put, resealed

RATIFY = "Ratify the Optional Protocol to the Convention against Torture"
TYPO = "Ratify the Optinal Protocol to the Convention against Torture"
SCHOOLS = "Build more primary schools in rural areas"


def release(*lines, session=9, kind="recommendation"):
    """Rows of one review: text, State, paragraph."""
    made: list[dict[str, Any]] = []
    for text, state, *paragraph in lines:
        rec_id = recommendation_id("KEN", session, text)
        ordinal = sum(m["rec_id"] == rec_id and m["recommending_state"] == state for m in made)
        made.append(
            dict.fromkeys(RECOMMENDATIONS.names)
            | {
                "rec_id": rec_id,
                "row_id": row_id(rec_id, [state] if state else [], ordinal),
                "text": text,
                "state_under_review_iso": "KEN",
                "recommending_state": state,
                "paragraph": paragraph[0] if paragraph else None,
                "session": session,
                "kind": kind,
                "label_source": "expert",
                "rec_key": "",
                "text_group": "",
            }
        )
    return pa.Table.from_pylist(made, schema=RECOMMENDATIONS)


def pairs(new, old):
    """Text and State of each corrected row, with those that it had."""
    tell = {r["row_id"]: (r["text"], r["recommending_state"]) for t in (new, old) for r in t.to_pylist()}
    return {tell[a]: tell[b] for a, b in corrected_rows(new, old).items()}


def test_a_corrected_typo_keeps_its_key_and_names_what_it_replaces():
    first = with_keys(release((TYPO, "Chile"), (SCHOOLS, "Cuba")), None)
    assert first["rec_key"].to_pylist() == first["rec_id"].to_pylist()
    assert first["replaces"].to_pylist() == [None, None]
    second = with_keys(release((RATIFY, "Chile"), (SCHOOLS, "Cuba")), first)
    assert second["rec_id"][0] != first["rec_id"][0]
    assert second["rec_key"].to_pylist() == first["rec_key"].to_pylist()
    assert second["replaces"].to_pylist() == [first["rec_id"][0].as_py(), None]
    third = with_keys(release((RATIFY + " soon", "Chile"), (SCHOOLS, "Cuba")), second)
    assert third["rec_key"].to_pylist() == first["rec_key"].to_pylist()
    assert third["replaces"][0] == second["rec_id"][0]
    assert with_keys(third, third)["replaces"].equals(third["replaces"])


def test_all_states_of_a_wording_move_together_and_one_alone_leaves_it():
    first = with_keys(release((TYPO, "Chile"), (TYPO, "Cuba")), None)
    both = with_keys(release((RATIFY, "Chile"), (RATIFY, "Cuba")), first)
    assert set(both["rec_key"].to_pylist()) == set(first["rec_key"].to_pylist())
    one = with_keys(release((RATIFY, "Chile"), (TYPO, "Cuba")), first)
    assert one["rec_key"].to_pylist() == one["rec_id"].to_pylist()
    assert one["replaces"].to_pylist() == [first["rec_id"][0].as_py(), None]


def test_a_wording_that_comes_back_beside_its_correction_gets_a_key_of_its_own():
    first = with_keys(release((TYPO, "Chile")), None)
    second = with_keys(release((RATIFY, "Chile")), first)
    third = with_keys(release((RATIFY, "Chile"), (TYPO, "Cuba")), second)
    assert third["rec_key"][0] == first["rec_key"][0]
    assert len(set(third["rec_key"].to_pylist())) == 2


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ((TYPO, "Chile"), (RATIFY, "Chile"), True),
        ((TYPO, "Chile"), (RATIFY, "Cuba"), False),
        ((RATIFY, "Chile"), (RATIFY, "Cuba"), True),
        ((RATIFY, "Chile"), (SCHOOLS, "Chile"), False),
        ((SCHOOLS, "Chile", "99.1"), ("Build primary schools, above all for girls", "Chile", "99.1"), True),
        ((SCHOOLS, "Chile", "99.1"), ("Build primary schools, above all for girls", "Chile", "99.2"), False),
        ((SCHOOLS, "Chile", "99.1"), (SCHOOLS.replace("primary", "primry"), "Chile", "99.2"), True),
    ],
)
def test_review_paragraph_state_and_similarity_decide(old, new, same):
    assert bool(pairs(release(new), release(old))) == same
    assert pairs(release(new, session=10), release(old)) == {}
    assert pairs(release(new, kind="pledge"), release(old)) == {}


def test_the_most_similar_pair_stands_and_no_row_stands_twice():
    old = release(("Build ten schools in the north", "Chile"), ("Build ten schools in the south", "Chile"))
    new = release(("Build ten schools in the southh", "Chile"))
    assert pairs(new, old) == {
        ("Build ten schools in the southh", "Chile"): ("Build ten schools in the south", "Chile")
    }


def test_a_corrected_row_is_no_loss_in_the_changes():
    first = with_keys(release((TYPO, "Chile"), (SCHOOLS, "Cuba")), None)
    second = with_keys(release((RATIFY, "Chile")), first)
    diff = row_changes(second, first)
    assert change_counts(diff) == {"added": 0, "removed": 1, "corrected": 1, "relabelled": 0, "changed": 0}
    fields = diff.filter(pc.equal(diff["change"], "corrected"))["field"].to_pylist()
    assert fields == ["rec_id", "row_id", "text", "replaces"]


def corrected(table, place):
    """The table with one text corrected, and the ids that follow."""
    row = table.slice(place, 1).to_pylist()[0]
    text = row["text"] + " without delay"
    state = load_states().find(row["state_under_review"])
    rec_id = recommendation_id(state.iso, row["session"], text)
    for name, value in (("text", text), ("rec_id", rec_id), ("row_id", row_id(rec_id, ["ZZZ"], 0))):
        table = put(table, name, place, value)
    return table


@pytest.fixture
def next_release(inputs, copied, tmp_path):
    """A release in which a text was corrected, beside the one before."""
    paths = {}
    for name in ("corpus", "labelled"):
        table = pq.read_table(getattr(inputs, name))
        paths[name] = tmp_path / f"{name}.parquet"
        pq.write_table(corrected(table, 0), paths[name])
    return published(replace(inputs, **paths), copied.parent)


def test_a_corrected_typo_does_not_stop_a_release(next_release):
    assert next_release.changes["corrected"] == 1
    assert next_release.changes["added"] == next_release.changes["removed"] == 0
    assert "| corrected | 1 |" in (next_release.folder / "CHANGELOG.md").read_text()
    assert verify.run(next_release.folder).sound


@pytest.mark.long
@pytest.mark.parametrize(("column", "value"), [("rec_key", "f" * 20), ("replaces", None)])
def test_a_forged_key_is_found(next_release, column, value):
    folder = next_release.folder
    place = next(
        i
        for i, r in enumerate(pq.read_table(folder / "recommendations.parquet")["replaces"].to_pylist())
        if r
    )
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    change(folder, "recommendations", lambda t: put(t, column, place, value))
    assert any(column in fault for fault in resealed(folder, "derived")["derived"])


def test_a_decision_on_a_text_that_was_corrected_later_holds_for_the_corrected_text(inputs, copied, tmp_path):
    table = pq.read_table(inputs.corpus)
    decision = pa.Table.from_pylist(
        [table.slice(0, 1).to_pylist()[0] | {"action": 2, "issues": ["Poverty"], "label_source": "reviewed"}],
        schema=table.schema,
    )
    own = pa.Table.from_pylist(
        [corrected(table, 0).slice(0, 1).to_pylist()[0] | {"action": 1, "label_source": "reviewed"}],
        schema=table.schema,
    )
    paths = {}
    for name in ("corpus", "labelled"):
        paths[name] = tmp_path / f"{name}.parquet"
        pq.write_table(corrected(pq.read_table(getattr(inputs, name)), 0), paths[name])
    given = replace(inputs, **paths, decisions=tmp_path / "decisions.parquet")

    def label_of_the_row(*decided):
        pq.write_table(pa.concat_tables(decided), given.decisions)
        rows = assemble(given, settings.load(), copied.parent).recommendations
        text = corrected(table, 0)["text"][0].as_py()
        row = rows.filter(pc.equal(rows["text"], text)).to_pylist()[0]
        return row["label_source"], row["action"], row["issues"]

    assert label_of_the_row(decision) == ("reviewed", 2, ["Poverty"])
    assert label_of_the_row(decision, own)[:2] == ("reviewed", 1)
    # Without the release in which the text was as it was decided on, nothing tells what it became.
    with pytest.raises(DecisionError, match="no recommendation of this release"):
        assemble(given, settings.load(), tmp_path / "elsewhere")


def test_a_column_that_the_former_release_did_not_have_is_no_change_of_its_rows():
    first = with_keys(release((RATIFY, "Chile"), (SCHOOLS, "Cuba")), None)
    place = first.column_names.index("symbol")
    told = first.set_column(place, first.schema.field(place), pa.array(["A/HRC/1", "A/HRC/2"]))
    assert row_changes(told, first).num_rows == 2
    assert row_changes(told, first.drop_columns(["symbol"])).num_rows == 0
