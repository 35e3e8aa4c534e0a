"""Tables that a release cannot be made of are one message that names file and column or row."""

import re

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

WRONG = {
    "texts where lists belong": (
        "issues",
        lambda rows: ["Justice"] * rows,
        "column 'issues': is of the type string",
    ),
    "lists where texts belong": (
        "text",
        lambda rows: [["a", "b"]] * rows,
        "'text': is of the type list",
    ),
    "texts where a map belongs": ("issue_scores", lambda rows: ["Justice"] * rows, "column 'issue_scores'"),
    "structures where numbers belong": ("session", lambda rows: [{"a": 1}] * rows, "column 'session'"),
    "truth where times belong": ("labelled_at", lambda rows: [True] * rows, "column 'labelled_at'"),
    "no id": ("rec_id", lambda rows: [None] * rows, "row 1: has no rec_id"),
    "no category": (
        "action",
        lambda rows: [1, 7] + [2] * (rows - 2),
        "row 2: action is 7; it must",
    ),
    "no probability": ("action_confidence", lambda rows: [1.5] * rows, r"row 1: action_confidence is 1.5"),
    "a code of nothing": (
        "text",
        lambda rows: [None] + ["Ratify"] * (rows - 1),
        "row 1: has an action and no text",
    ),
}


@pytest.mark.parametrize("which", ["corpus", "labelled"])
@pytest.mark.parametrize(("name", "values", "said"), WRONG.values(), ids=WRONG.keys())
def test_a_table_of_other_types_or_values_is_one_message(inputs, tmp_path, upr, which, name, values, said):
    table = pq.read_table(getattr(inputs, which)).slice(0, 20)
    place = table.column_names.index(name)
    path = tmp_path / "wrong.parquet"
    pq.write_table(table.set_column(place, name, pa.array(values(table.num_rows))), path)
    given = {"corpus": inputs.corpus, "labelled": inputs.labelled, which: path}
    done = upr("publish", "--out", tmp_path / "out", *(x for k, v in given.items() for x in (f"--{k}", v)))
    assert (done.code, "Traceback" in done.err) == (1, False)
    assert re.search(said, done.err)
    assert str(path) in done.err
    assert not (tmp_path / "out").exists()
