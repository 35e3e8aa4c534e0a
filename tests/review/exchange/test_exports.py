from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pyarrow.parquet as pq
import pytest
import xlsxwriter
from sqlalchemy import select, update

from pipeline import settings
from pipeline.corpus.schema import LABELLED
from pipeline.errors import DecisionError, SourceError, StoreError
from pipeline.review.deciding.entries import Submission
from pipeline.review.deciding.history import history
from pipeline.review.deciding.ledger import Ledger
from pipeline.review.opening import export_file, import_files
from pipeline.review.store.accounts import Person
from pipeline.review.store.database import Database
from pipeline.review.store.tables import items
from pipeline.review.store.transitions import Codes, Standing
from pipeline.settings import DocumentLimits
from pipeline.sources.tables.contract import SHEET_COLUMNS
from pipeline.sources.tables.labelled import read_labelled
from pipeline.stages import ingest
from pipeline.store.tables import read_parquet
from tests.review import invented
from tests.review.bench import people

FIVE = Codes(5, ("Justice", "Impunity"))


@pytest.fixture
def who(sqlite_database: Database, tmp_path: Path) -> dict[str, Person]:
    rows = invented.rows(40)
    for number, row in enumerate(rows[:3]):
        row |= {"text": "=Abolish; the death penalty", "row_id": f"same{number}", "needs_review": True}
    rows.append(
        rows[0]
        | {
            "row_id": "gold",
            "label_source": "expert",
            "action": 4,
            "issues": ["Death penalty"],
            "model_version": None,
        }
    )
    import_files(sqlite_database, [invented.write(tmp_path / "labelled.parquet", rows)])
    with sqlite_database.write() as connection:
        connection.execute(update(items).values(second_due=False))
    return people(sqlite_database)


def item_of(database: Database, text: str) -> Any:
    with database.read() as connection:
        return connection.execute(select(items).where(items.c.text == text)).mappings().one()


def decide(
    database: Database, person: Person, codes: Codes, text: str = "=Abolish; the death penalty"
) -> int:
    row = item_of(database, text)
    Ledger(database, "2014-10", 10).decide(
        person, Submission(row["id"], row["version"], codes, prediction_id=row["prediction_id"])
    )
    return int(row["id"])


def codes_of(database: Database, text: str = "=Abolish; the death penalty") -> Codes | None:
    return Standing.from_json(item_of(database, text)["standing"]).codes


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def edit(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def edit_as_workbook(path: Path, rows: list[dict[str, str]]) -> Path:
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False})
    sheet = book.add_worksheet()
    for number, cells in enumerate([list(rows[0]), *(list(row.values()) for row in rows)]):
        for place, cell in enumerate(cells):
            sheet.write_string(number, place, cell)
    book.close()
    return path


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl", ".csv", ".xlsx"])
def test_decisions_come_out_in_the_contracts_columns(
    sqlite_database: Database, who: dict[str, Person], tmp_path: Path, suffix: str
) -> None:
    decide(sqlite_database, who["Anna"], FIVE)
    out = tmp_path / f"decisions{suffix}"
    assert "4 rows" in export_file(sqlite_database, out, "table")[0]
    sheet, rows = read_labelled(out, DocumentLimits())
    found = list(rows)
    assert sheet == (suffix in (".csv", ".xlsx"))
    assert {r.values["row_id"] for r in found} == {"same0", "same1", "same2", "gold"}
    for row in found:
        v = row.values
        assert (v["action"], v["issues"], v["label_source"], v["text"]) == (
            5,
            list(FIVE.issues),
            "reviewed",
            "=Abolish; the death penalty",
        )
        assert (v["model_version"], v["taxonomy_version"], v["needs_review"]) == (
            "linear-1",
            "2014-10",
            False,
        )
        assert v["labelled_at"] is not None
        if sheet:
            assert row.sheet["decided_by"] == "Anna"
            assert row.sheet["expert_action"] == (
                "4" if v["row_id"] == "gold" else ""
            )  # gold stays visible beside the correction
            assert row.sheet["expert_issues"] == ("Death penalty" if v["row_id"] == "gold" else "")


def test_parquet_holds_exactly_the_contract_and_a_sheet_the_sheet(
    sqlite_database: Database, who: dict[str, Person], tmp_path: Path
) -> None:
    decide(sqlite_database, who["Anna"], FIVE)
    export_file(sqlite_database, tmp_path / "d.parquet", "table")
    assert pq.read_schema(tmp_path / "d.parquet").equals(LABELLED)
    export_file(sqlite_database, tmp_path / "d.csv", "table")
    row = read(tmp_path / "d.csv")[0]
    assert tuple(row) == (*LABELLED.names, *SHEET_COLUMNS)
    assert row["text"] == "'=Abolish; the death penalty"  # no spreadsheet runs it


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl", ".csv", ".xlsx"])
def test_ingest_takes_decisions_in_every_format(
    sqlite_database: Database, who: dict[str, Person], tmp_path: Path, suffix: str
) -> None:
    decide(sqlite_database, who["Anna"], FIVE)
    export_file(sqlite_database, tmp_path / f"d{suffix}", "table")
    ingest.run([tmp_path / f"d{suffix}"], tmp_path / "corpus.parquet", settings.load())
    taken = read_parquet(tmp_path / "corpus.parquet").to_pylist()
    assert {(row["action"], tuple(row["issues"]), row["label_source"]) for row in taken} == {
        (5, FIVE.issues, "reviewed")
    }


def test_what_nobody_has_settled_is_left_out_and_what_waits_for_a_second_reading_says_so(
    sqlite_database: Database, who: dict[str, Person], tmp_path: Path
) -> None:
    with sqlite_database.write() as connection:
        connection.execute(update(items).values(second_due=True))
    decide(sqlite_database, who["Anna"], FIVE)
    export_file(sqlite_database, tmp_path / "open.csv", "table")
    assert {(r["needs_review"], r["review_reasons"]) for r in read(tmp_path / "open.csv")} == {
        ("True", "second-reading-open")
    }
    decide(sqlite_database, who["Ben"], Codes(1, ()))
    lines = export_file(sqlite_database, tmp_path / "disputed.csv", "table")
    assert read(tmp_path / "disputed.csv") == []
    assert "1 wordings left out" in lines[1]


@pytest.mark.parametrize(
    ("form", "tags"), [("csv", "Justice; death PENALTY"), ("xlsx", "Justicia; peine de mort")]
)
def test_an_edited_sheet_comes_back_with_the_same_history(
    sqlite_database: Database, who: dict[str, Person], tmp_path: Path, form: str, tags: str
) -> None:
    item = decide(sqlite_database, who["Anna"], FIVE)
    export_file(sqlite_database, tmp_path / "sheet.csv", "table")
    rows = read(tmp_path / "sheet.csv")
    rows[1] |= {"action": "4", "issues": tags}
    edited = (
        edit(tmp_path / "edited.csv", rows)
        if form == "csv"
        else edit_as_workbook(tmp_path / "edited.xlsx", rows)
    )
    (line,) = import_files(sqlite_database, [edited])
    assert "1 decisions changed, 3 rows as they were" in line
    assert codes_of(sqlite_database) == Codes(4, ("Justice", "Death penalty"))
    with sqlite_database.read() as connection:
        entries = history(connection, item)
    assert [(e["kind"], e["person"]) for e in entries] == [("decide", "Anna"), ("sheet", "decision sheet")]
    # The second row of data is the third line that a spreadsheet program shows.
    assert entries[1]["note"] == f"{edited.name}, row 3"
    assert entries[1]["before"]["codes"] == {"action": 5, "issues": list(FIVE.issues)}
    # The same sheet again is out of date, and changes nothing.
    lines = import_files(sqlite_database, [edited])
    assert "0 decisions changed" in lines[0]
    assert len(history_of(sqlite_database, item)) == 2


def history_of(database: Database, item: int) -> list[dict[str, Any]]:
    with database.read() as connection:
        return history(connection, item)


def test_a_sheet_never_overwrites_what_was_decided_since(
    sqlite_database: Database, who: dict[str, Person], tmp_path: Path
) -> None:
    decide(sqlite_database, who["Anna"], FIVE)
    export_file(sqlite_database, tmp_path / "sheet.csv", "table")
    decide(sqlite_database, who["Dora"], Codes(3, ()))
    rows = read(tmp_path / "sheet.csv")
    for row in rows:
        row["action"] = "1"
    lines = import_files(sqlite_database, [edit(tmp_path / "edited.csv", rows)])
    assert codes_of(sqlite_database) == Codes(3, ())
    assert "later decision" in lines[1]
    assert (tmp_path / "edited.csv.rejects.jsonl").read_text().count("\n") == 4


def test_faults_of_a_sheet_are_rejects_and_good_rows_are_taken(
    sqlite_database: Database, who: dict[str, Person], tmp_path: Path
) -> None:
    with sqlite_database.read() as connection:
        others = list(
            connection.scalars(
                select(items.c.text).where(items.c.status == "open", items.c.copies == 1).limit(4)
            )
        )
    for text in ("=Abolish; the death penalty", *others):
        decide(sqlite_database, who["Anna"], FIVE, text)
    export_file(sqlite_database, tmp_path / "sheet.csv", "table")
    rows = {row["row_id"]: row for row in read(tmp_path / "sheet.csv")}
    by_text = {row["text"]: row for row in rows.values()}
    by_text[others[0]]["action"] = "9"
    by_text[others[1]]["issues"] = "Right to helth"
    by_text[others[2]]["row_id"] = "unknown"
    by_text[others[3]]["action"] = "2"
    rows["same0"]["action"], rows["same1"]["action"] = "1", "2"
    path = edit(tmp_path / "edited.csv", list(rows.values()))
    with pytest.raises(StoreError, match="--strict"):
        import_files(sqlite_database, [path], strict=True)
    assert codes_of(sqlite_database, others[3]) == FIVE
    import_files(sqlite_database, [path])
    reasons = [
        json.loads(line)["reason"]
        for line in (tmp_path / "edited.csv.rejects.jsonl").read_text().splitlines()
    ]
    expected = (
        "'9' is not an action category",
        "'Right to helth' is not a tag",
        "does not know this row_id",
        "edited differently",
        "edited differently",
    )
    assert len(reasons) == len(expected)
    assert all(any(part in reason for reason in reasons) for part in expected)
    assert any("Did you mean 'Right to health'?" in r for r in reasons)
    assert codes_of(sqlite_database, others[3]) == Codes(2, FIVE.issues)
    assert codes_of(sqlite_database) == FIVE


def test_a_sheet_is_no_second_reading(
    sqlite_database: Database, who: dict[str, Person], tmp_path: Path
) -> None:
    with sqlite_database.write() as connection:
        connection.execute(update(items).values(second_due=True))
    item = decide(sqlite_database, who["Anna"], FIVE)
    export_file(sqlite_database, tmp_path / "sheet.csv", "table")
    rows = read(tmp_path / "sheet.csv")
    rows[0]["action"] = "1"
    import_files(sqlite_database, [edit(tmp_path / "edited.csv", rows)])
    assert len(history_of(sqlite_database, item)) == 1


def test_a_sheet_can_name_its_person(
    sqlite_database: Database, who: dict[str, Person], tmp_path: Path
) -> None:
    item = decide(sqlite_database, who["Anna"], FIVE)
    export_file(sqlite_database, tmp_path / "sheet.csv", "table")
    rows = read(tmp_path / "sheet.csv")
    rows[0]["action"] = "1"
    path = edit(tmp_path / "edited.csv", rows)
    with pytest.raises(DecisionError, match="no such account"):
        import_files(sqlite_database, [path], user="Nobody")
    import_files(sqlite_database, [path], user="Ben")  # a reviewer who may not correct Anna's decision
    assert len(history_of(sqlite_database, item)) == 1
    import_files(sqlite_database, [path], user="Dora")
    assert history_of(sqlite_database, item)[-1]["person"] == "Dora"


def test_label_studio_gets_tasks_that_its_interface_understands(
    sqlite_database: Database, who: dict[str, Person], tmp_path: Path
) -> None:
    decide(sqlite_database, who["Anna"], FIVE)
    out = tmp_path / "tasks.json"
    export_file(sqlite_database, out, "label-studio")
    interface = ET.parse(tmp_path / "tasks.json.config.xml")
    offered = {c.get("name"): {o.get("value") for o in c} for c in interface.iter("Choices")}
    tasks = json.loads(out.read_text())
    assert len(tasks) > 10
    done = [t for t in tasks if t["annotations"]]
    assert [t["data"]["text"] for t in done] == ["=Abolish; the death penalty"]
    for task in tasks:
        for part in (*task["predictions"], *task["annotations"]):
            for result in part["result"]:
                assert result["to_name"] == interface.find("Text").get("name")  # type: ignore[union-attr]
                assert set(result["value"]["choices"]) <= offered[result["from_name"]]
    assert done[0]["annotations"][0]["result"][0]["value"]["choices"] == ["5 Specific"]


def test_argilla_gets_records_that_fit_their_questions(
    sqlite_database: Database, who: dict[str, Person], tmp_path: Path
) -> None:
    decide(sqlite_database, who["Anna"], FIVE)
    out = tmp_path / "records.json"
    export_file(sqlite_database, out, "argilla")
    questions = json.loads((tmp_path / "records.json.settings.json").read_text())
    labels = {q["name"]: {o["value"] for o in q["settings"]["options"]} for q in questions["questions"]}
    records = json.loads(out.read_text())
    assert len({r["id"] for r in records}) == len(records)
    for record in records:
        assert set(record["fields"]) == {f["name"] for f in questions["fields"]}
        for name, suggestion in record["suggestions"].items():
            value = suggestion["value"]
            assert set(value if isinstance(value, list) else [value]) <= labels[name]
    (done,) = [r for r in records if r["status"] == "completed"]
    assert done["responses"]["action"][0]["value"] == "5 Specific"
    assert done["responses"]["action"][0]["user_id"]  # Argilla refuses an answer of nobody


def test_a_wrong_name_for_the_format_is_refused(
    sqlite_database: Database, who: dict[str, Person], tmp_path: Path
) -> None:
    for name, form in (("x.txt", "table"), ("x.csv", "label-studio"), ("x.csv", "argilla")):
        with pytest.raises(StoreError, match=r"x\."):
            export_file(sqlite_database, tmp_path / name, form)
        assert not (tmp_path / name).exists()


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".jsonl", ".parquet"])
def test_an_export_without_a_decision_is_harmless_to_the_next_ingest(
    suffix: str, who: dict[str, Person], sqlite_database: Database, tmp_path: Path
) -> None:
    empty = tmp_path / f"decisions{suffix}"
    export_file(sqlite_database, empty, "table")
    coded = invented.write(tmp_path / "coded.parquet", invented.rows(8, seed=9, by="expert", sessions=(3, 9)))
    alone = ingest.run([coded], tmp_path / "alone" / "o.parquet", settings.load())
    both = ingest.run([coded, empty], tmp_path / "both" / "o.parquet", settings.load())
    assert both.checked.table.equals(alone.checked.table)
    assert both.checked.rejects == alone.checked.rejects
    assert both.understood.keys() == {"coded.parquet", empty.name}
    with pytest.raises(SourceError, match=f"decisions{suffix}: the input has no rows"):
        ingest.run([empty], tmp_path / "o.parquet", settings.load())
    assert not (tmp_path / "o.parquet").exists()


def test_an_edited_note_becomes_part_of_the_history(
    sqlite_database: Database, who: dict[str, Person], tmp_path: Path
) -> None:
    item = decide(sqlite_database, who["Anna"], FIVE)
    export_file(sqlite_database, tmp_path / "sheet.csv", "table")
    rows = read(tmp_path / "sheet.csv")
    rows[0]["note"] = "Agreed with the coders in Geneva."
    edited = edit(tmp_path / "edited.csv", rows)
    (line,) = import_files(sqlite_database, [edited])
    assert "1 decisions changed" in line
    assert history_of(sqlite_database, item)[-1]["note"] == (
        "Agreed with the coders in Geneva. (edited.csv, row 2)"
    )
    assert codes_of(sqlite_database) == FIVE
    export_file(sqlite_database, tmp_path / "again.csv", "table")
    (line,) = import_files(sqlite_database, [tmp_path / "again.csv"])
    assert "0 decisions changed" in line


def test_a_decision_that_somebody_asks_an_adjudicator_about_stays_in_exports(
    sqlite_database: Database, who: dict[str, Person], tmp_path: Path
) -> None:
    item = decide(sqlite_database, who["Anna"], FIVE)
    ledger = Ledger(sqlite_database, "2014-10", 10)
    version = item_of(sqlite_database, "=Abolish; the death penalty")["version"]
    ledger.escalate(who["Ben"], Submission(item, version, note="Is this one act?"))
    lines = export_file(sqlite_database, tmp_path / "d.csv", "table")
    rows = read(tmp_path / "d.csv")
    assert {(r["action"], r["needs_review"], r["review_reasons"]) for r in rows} == {
        ("5", "True", "passed-on")
    }
    assert len(lines) == 1


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl", ".csv", ".xlsx"])
def test_a_fuller_file_is_not_replaced_whoever_saved_it(
    sqlite_database: Database, who: dict[str, Person], tmp_path: Path, suffix: str
) -> None:
    decide(sqlite_database, who["Anna"], FIVE)
    out = tmp_path / f"decisions{suffix}"
    export_file(sqlite_database, out, "table")
    fuller = list(read_labelled(out, settings.load().extract)[1])
    export_file(sqlite_database, out, "table")  # as many rows may replace it
    with sqlite_database.write() as connection:
        connection.execute(update(items).values(status="certain"))
    with pytest.raises(StoreError, match=f"the file holds {len(fuller)} rows, and this desk would write 0"):
        export_file(sqlite_database, out, "table")
    if suffix == ".csv":  # as Excel saves it where the comma is the decimal sign
        rows = read(out)
        with out.open("w", encoding="cp1252", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
            writer.writeheader()
            writer.writerows(rows)
        with pytest.raises(StoreError, match=f"the file holds {len(fuller)} rows"):
            export_file(sqlite_database, out, "table")
    if suffix == ".parquet":
        out.write_bytes(b"no export")
        export_file(sqlite_database, out, "table")
