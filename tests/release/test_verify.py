import csv
import json
import shutil
import sqlite3
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipeline.errors import ReleaseError
from pipeline.release.files.folder import MANIFEST, SUMS, seal
from pipeline.stages import verify
from tests.release.conftest import published
from tests.release.test_publish import decisions, written


def faults(folder, checks=verify.CHECKS):
    return {name: found for name, found in verify.run(folder, checks=checks).faults.items() if found}


def resealed(folder, *checks):
    """A forger renews the sums, so that only the other checks can tell; those named are asked."""
    (folder / SUMS).chmod(0o644)
    (folder / SUMS).unlink()
    seal(folder)
    return faults(folder, checks)


def change(folder, name, edit):
    path = folder / f"{name}.parquet"
    pq.write_table(edit(pq.read_table(path)), path)


def put(table, column, place, value):
    values = table[column].to_pylist()
    values[place] = value
    at = table.column_names.index(column)
    return table.set_column(at, table.schema.field(column), pa.array(values, table.schema.field(column).type))


def test_a_sound_release_is_sound_by_itself_and_as_the_latest(release, upr):
    assert faults(release) == {}
    said = upr("verify", release.parent)
    assert (said.code, said.out.count("ok "), "FAULT" in said.out) == (0, len(verify.CHECKS), False)


@pytest.mark.long
def test_the_changes_are_followed_row_by_row(inputs, copied, tmp_path):
    path = written(decisions(inputs.corpus, (0, 1, ["Justice"]), (5, 3, [])), tmp_path / "d.parquet")
    second = published(replace(inputs, decisions=path), copied.parent).folder
    assert faults(second) == {}
    diff = second / "diff.parquet"
    diff.chmod(0o644)
    change(second, "diff", lambda t: t.slice(1))
    assert any("is not the difference from 2025.1" in f for f in resealed(second, "changes")["changes"])
    shutil.rmtree(copied)
    report = verify.run(second)
    assert report.notes == [
        "Release 2025.1 is not beside this one, so the changes could not be followed row by row."
    ]


def test_an_altered_missing_or_added_file_is_found(copied):
    (copied / "labels.csv").write_text("other")
    (copied / "uwazi.csv").unlink()
    (copied / "virus.exe").write_text("x")
    assert faults(copied, ["sums"])["sums"] == [
        "uwazi.csv is missing.",
        "virus.exe is not named in SHA256SUMS.",
        "labels.csv was altered: its checksum differs from SHA256SUMS.",
    ]


def test_a_file_beside_those_that_follow_from_the_tables_is_found_though_it_has_a_sum(copied):
    added = [f"{folder}/added.html" for folder in ("issues", "schemas", "site", "states", "statistics")]
    for name in added:
        (copied / name).write_text("x")
    assert resealed(copied, "recomputed")["recomputed"] == [
        f"{name} does not follow from the tables." for name in added
    ]


def test_a_release_of_another_version_is_told_in_one_sentence_and_is_followed_by_a_new_one(inputs, copied):
    facts = json.loads((copied / "release.json").read_text())
    del facts["schema_version"]  # as before there was one
    (copied / "release.json").write_text(json.dumps(facts))
    shutil.rmtree(copied / "issues")
    found = resealed(copied)
    assert list(found) == ["columns"]
    assert "Check it with the version" in found["columns"][0]
    assert len(found["columns"]) == 1
    again = published(inputs, copied.parent)
    assert (again.created, again.folder.name) == (True, "2025.2")
    assert faults(again.folder, ["sums", "columns", "changes"]) == {}


FORGERIES = {
    "a row is dropped": ("recommendations", lambda t: t.slice(1), {"keys", "counts", "mirrors", "changes"}),
    "a row is repeated": (
        "recommendations",
        lambda t: pa.concat_tables([t, t.slice(0, 1)]),
        {"keys", "counts", "mirrors"},
    ),
    "a label is changed": (
        "recommendations",
        lambda t: put(t, "action", 0, 1 if t["action"][0].as_py() != 1 else 2),
        {"people first", "mirrors"},
    ),
    "a machine's label takes a person's place": (
        "recommendations",
        lambda t: put(t, "label_source", 0, "model"),
        {"people first", "counts", "changes"},
    ),
    "tags are changed": (
        "recommendations",
        lambda t: put(t, "issues", 0, ["Elections", "Detention", "Poverty"]),
        {"people first", "mirrors"},
    ),
    "a text is changed": ("recommendations", lambda t: put(t, "text", 2, "Something else"), {"mirrors"}),
    "an action is none": ("recommendations", lambda t: put(t, "action", 0, 6), {"values"}),
    "a column is dropped": ("recommendations", lambda t: t.drop_columns(["text_group"]), {"columns"}),
    "a column is retyped": (
        "labels",
        lambda t: t.set_column(6, "given", t["given"].cast(pa.int64())),
        {"columns"},
    ),
    "a label belongs to no row": ("labels", lambda t: put(t, "row_id", 0, "f" * 20), {"keys"}),
    "a label is gone": (
        "labels",
        lambda t: t.filter(pc.not_equal(t["label_id"], "justice")),
        {"counts", "people first"},
    ),
    "a probability is none": (
        "labels",
        lambda t: put(t, "probability", pc.index(t["source"], "model").as_py(), 1.2),
        {"values"},
    ),
    "a row trains instead of testing": (
        "splits",
        lambda t: put(t, "session_split", t["session_split"].to_pylist().index("test"), "train"),
        {"derived"},
    ),
    "a response is turned": (
        "recommendations",
        lambda t: put(t, "response", 0, "Noted" if t["response"][0].as_py() != "Noted" else "Supported"),
        {"mirrors", "recomputed"},
    ),
    "what the model learned is hidden": (
        "recommendations",
        lambda t: put(t, "machine_in_sample", t["machine_in_sample"].to_pylist().index(True), False),
        {"derived", "mirrors", "recomputed"},
    ),
    "a State is exchanged": (
        "recommendations",
        lambda t: put(t, "state_under_review", 0, "France"),
        {"derived", "mirrors"},
    ),
    "splits are mixed up": ("splits", lambda t: t.take(pa.array(range(t.num_rows - 1, -1, -1))), {"keys"}),
}


def _edit_csv(name, column, place, value):
    def edit(folder):
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
        lines[place][lines[0].index(column)] = value
        with (folder / name).open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(lines)

    return edit


def _edit_json(folder):
    path = folder / "recommendations.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(i for i, line in enumerate(lines) if json.loads(line)["issue_scores"])
    line = json.loads(lines[place])
    line["issue_scores"] = {"key": "value"}
    path.write_text("".join([*lines[:place], json.dumps(line) + "\n", *lines[place + 1 :]]), encoding="utf-8")


def _edit_database(statement):
    def edit(folder):
        connection = sqlite3.connect(folder / "upr.sqlite")
        connection.execute(statement)
        connection.commit()
        connection.close()

    return edit


def _edit_workbook(folder):
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed: extra `test`")
    book = openpyxl.load_workbook(folder / "upr.xlsx")
    sheet = book["Recommendations"]
    place = [cell.value for cell in sheet[1]].index("response") + 1
    sheet.cell(3, place).value = "Noted" if sheet.cell(3, place).value != "Noted" else "Supported"
    book.save(folder / "upr.xlsx")


CELLS = {
    "a response in the .csv": _edit_csv("recommendations.csv", "response", 3, "Pending"),
    "a probability in the .csv of labels": _edit_csv("labels.csv", "probability", 2, "0.123"),
    "a time in the .csv": _edit_csv("recommendations.csv", "labelled_at", 1, "2020-01-01T00:00:00Z"),
    "the probabilities of tags in the .jsonl": _edit_json,
    "a response in SQLite": _edit_database(
        "UPDATE recommendations SET response = 'Pending' WHERE rowid_ = 3"
    ),
    "the labels in SQLite": _edit_database("UPDATE labels SET label = 'Justice' WHERE rowid_ = 3"),
    "the taxonomy in SQLite": _edit_database(
        "UPDATE taxonomy SET label = 'Justice and law' WHERE rowid_ = 3"
    ),
    "the search index of SQLite": _edit_database(
        "UPDATE recommendations_fts SET text = 'nothing of it' WHERE rowid = 3"
    ),
    "a response in the workbook": _edit_workbook,
}


@pytest.mark.parametrize("what", CELLS)
def test_every_cell_of_a_copy_is_compared(copied, what):
    CELLS[what](copied)
    assert "mirrors" in resealed(copied, "mirrors")


@pytest.mark.long
@pytest.mark.parametrize("sheet", ["About", "Taxonomy", "Sessions"])
def test_every_sheet_of_the_workbook_is_compared(copied, sheet):
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed: extra `test`")
    book = openpyxl.load_workbook(copied / "upr.xlsx")
    book[sheet].cell(2, 2).value = "another value"
    book.save(copied / "upr.xlsx")
    found = resealed(copied, "recomputed")
    assert f"upr.xlsx, sheet {sheet}, row 2" in str(found["recomputed"])


FIRST_FORGERY, *OTHER_FORGERIES = FORGERIES


@pytest.mark.parametrize(
    "what", [FIRST_FORGERY, *(pytest.param(what, marks=pytest.mark.long) for what in OTHER_FORGERIES)]
)
def test_a_forged_table_is_found_although_its_sums_are_right(copied, what):
    name, edit, checks = FORGERIES[what]
    change(copied, name, edit)
    assert resealed(copied, *checks).keys() == checks


DAMAGED = {
    "README.md": "cards",
    "CITATION.cff": "cards",
    "croissant.json": "cards",
    "datapackage.json": "cards",
    "recommendations.csv": "mirrors",
    "recommendations.jsonl": "mirrors",
    "upr.sqlite": "mirrors",
    "upr.xlsx": "mirrors",
    "uwazi.csv": "recomputed",
    "recommendations.parquet": "columns",
    "metrics.json": "recomputed",
}
DAMAGED_PAGES = (
    "index.html",
    "states/FRA.html",
    "issues/justice.html",
    "es/states/FRA.html",
    "search.html",
    "site/rows.js",
    "site/texts-01.js",
    "site/figures.js",
    "statistics/sessions.csv",
)
"""Files that are told by making all pages and statistics anew, which takes seconds."""


@pytest.mark.parametrize(
    ("file", "check"),
    [
        *DAMAGED.items(),
        *(pytest.param(file, "recomputed", marks=pytest.mark.long) for file in DAMAGED_PAGES),
    ],
)
@pytest.mark.parametrize("damage", ["cut", pytest.param("emptied", marks=pytest.mark.long)])
def test_a_damaged_file_is_a_fault_and_never_a_crash(copied, file, check, damage):
    path = copied / file
    content = path.read_bytes()
    # A text's end may be a row that no check needs; half of it is.
    path.write_bytes(content[: len(content) // 2] if damage == "cut" and file != "CITATION.cff" else b"")
    assert check in resealed(copied, check)


def test_counts_that_are_not_those_of_the_tables_are_found(copied):
    path = copied / MANIFEST
    content = json.loads(path.read_text())
    content["counts"]["pledges"] += 1
    path.write_text(json.dumps(content))
    assert any("pledges" in fault for fault in resealed(copied, "counts")["counts"])


def test_what_is_no_release_is_refused(tmp_path, upr):
    with pytest.raises(ReleaseError, match="there is no such folder"):
        verify.run(tmp_path / "nothing")
    (tmp_path / MANIFEST).write_text("[]")
    said = upr("verify", tmp_path)
    assert said.code == 1
    assert "does not describe a release" in said.err


@pytest.mark.long
def test_a_fault_is_exit_1_with_the_place(copied, upr):
    (copied / "labels.csv").write_text("other")
    said = upr("verify", copied)
    assert said.code == 1
    assert "labels.csv was altered" in said.out
    assert "not what it promises" in said.err
