"""Whose decision an export names, whatever was decided and taken back before."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from pipeline.review.deciding.entries import BULK, DECIDE, Submission
from pipeline.review.deciding.history import history
from pipeline.review.deciding.ledger import Ledger
from pipeline.review.opening import export_file, import_files
from pipeline.review.store.accounts import Person
from pipeline.review.store.database import Database
from pipeline.review.store.tables import items
from pipeline.review.store.transitions import Codes
from tests.review import invented
from tests.review.bench import people

TEXT = "Abolish the death penalty"
NOTES = {"Anna": "as the codebook says", "Dora": "corrected after a call", "Ben": "read again"}


@pytest.fixture
def who(sqlite_database: Database, tmp_path: Path) -> dict[str, Person]:
    rows = invented.rows(6)
    rows[0] |= {"text": TEXT, "needs_review": True}
    import_files(sqlite_database, [invented.write(tmp_path / "labelled.parquet", rows)])
    with sqlite_database.write() as connection:
        connection.execute(update(items).values(second_due=False))
    return people(sqlite_database)


def row_of(database: Database) -> Any:
    with database.read() as connection:
        return connection.execute(select(items).where(items.c.text == TEXT)).mappings().one()


def exported(database: Database, out: Path) -> list[dict[str, str]]:
    export_file(database, out, "table")
    with out.open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if row["text"] == TEXT]


# Steps: a person and the category they decide, or "undo" of that person's latest decision. Dora is an
# adjudicator, who may correct others.
STEPS = {
    "one decision": ["Anna 5"],
    "a correction": ["Anna 5", "Dora 4"],
    "a correction taken back": ["Anna 5", "Dora 4", "Dora undo"],
    "two corrections, one taken back": ["Anna 5", "Dora 4", "Dora 3", "Dora undo"],
    "taken back and corrected anew": ["Anna 5", "Dora 4", "Dora undo", "Dora 2"],
    "all taken back": ["Anna 5", "Anna undo"],
    "taken back, and decided by another": ["Anna 5", "Anna undo", "Ben 2"],
    "one's own correction taken back": ["Anna 5", "Anna 4", "Anna undo"],
    "a bulk taken back": ["Anna 5", "Dora bulk 4", "Dora undo"],
}


@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS.keys())
def test_an_export_names_the_decision_that_stands(
    sqlite_database: Database, who: dict[str, Person], tmp_path: Path, steps: list[str]
) -> None:
    # Without a lease, so that another person may decide right after an undo.
    ledger, standing = Ledger(sqlite_database, "2014-10", 0), list[tuple[int, str, int]]()
    for number, step in enumerate(steps):
        name, *what = step.split()
        if what == ["undo"]:
            ledger.undo(who[name])
            standing.pop()
            continue
        row = row_of(sqlite_database)
        # The note says which step it was, so that no two are alike.
        sent = Submission(
            row["id"],
            row["version"],
            Codes(int(what[-1]), ("Death penalty",)),
            note=f"{NOTES[name]} ({number})",
            prediction_id=row["prediction_id"],
            batch="b" if what[0] == "bulk" else None,
        )
        kind = BULK if what[0] == "bulk" else DECIDE
        standing.append((number, name, ledger.decide(who[name], sent, kind).id))
    found = exported(sqlite_database, tmp_path / "decisions.csv")
    if not standing:
        assert found == []
        return
    (row,) = found
    number, name, entry = standing[-1]
    assert (row["decided_by"], row["note"]) == (name, f"{NOTES[name]} ({number})")
    assert row["action"] == steps[number].split()[-1]
    with sqlite_database.read() as connection:
        (of_entry,) = [e for e in history(connection, row_of(sqlite_database)["id"]) if e["id"] == entry]
    assert row["decided_at"][:19].replace("T", " ") == str(of_entry["at"])[:19]
    assert row["model_version"] == "linear-1"
