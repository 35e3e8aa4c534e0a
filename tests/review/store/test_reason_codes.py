"""A database that holds reasons for review as words, as the desk wrote it before, is read by their codes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from pipeline.errors import StoreError
from pipeline.review.deciding.filters import Filter
from pipeline.review.statistics.desk import read_statistics
from pipeline.review.store import schema
from pipeline.review.store.database import Database, open_database, open_unchecked, upgrade_database
from pipeline.review.store.tables import decisions, facet_values, items, predictions, saved_filters
from tests.review.bench import new_postgres_database

WRITTEN_BEFORE = Path(__file__).with_name("desk-0001.sql")
SENTENCE = "coded 4 (General), the model says 5 (Specific) at 97 %"


@pytest.fixture
def old(tmp_path: Path) -> str:
    path = tmp_path / "desk.db"
    connection = sqlite3.connect(path)
    connection.executescript(WRITTEN_BEFORE.read_text(encoding="utf-8"))
    connection.close()
    return str(path)


@pytest.fixture
def upgraded(old: str) -> Database:
    with pytest.raises(StoreError, match=r"revision 0001.*upr review upgrade"):
        open_database(old)
    assert upgrade_database(old)[0] == "0002"
    return open_database(old)


def test_every_stored_reason_is_a_code_after_the_upgrade(upgraded: Database) -> None:
    second = ["weak-action", "model-and-rules-disagree", SENTENCE]
    with upgraded.read() as connection:
        reasons = list(connection.scalars(select(items.c.reasons).order_by(items.c.id)))
        said = list(connection.scalars(select(predictions.c.review_reasons).order_by(predictions.c.id)))
        shown = list(connection.scalars(select(decisions.c.shown).order_by(decisions.c.id)))
        values = set(connection.scalars(select(facet_values.c.value).where(facet_values.c.facet == "reason")))
        filters = {f.name: f.filter for f in connection.execute(select(saved_filters))}
    assert reasons[:3] == [["weak-action"], second, ["audit-sample"]]
    assert reasons[7] == ["weak-action", "close-actions"]
    assert said == [[] if line == ["audit-sample"] else line for line in reasons]
    assert [one["reasons"] for one in shown] == reasons[:3]
    assert values == {"audit-sample", "close-actions", "model-and-rules-disagree", "weak-action", SENTENCE}
    assert Filter.from_mapping(filters["mine"]) == Filter(reason="weak-action", mine=True)
    assert filters["other"] == {"session": "40"}


def test_nothing_else_changes(old: str) -> None:
    def stored() -> list[str]:
        connection = sqlite3.connect(old)
        lines = [line for line in connection.iterdump() if "alembic_version" not in line]
        connection.close()
        return lines

    before = stored()
    database = open_unchecked(old)
    with database.write() as connection:
        schema.upgrade(connection, "0002")
    database.close()
    after = stored()
    plain = [
        line.replace("-", " ") if "INSERT" in line else line for line in (*sorted(before), *sorted(after))
    ]
    assert plain[: len(before)] == plain[len(before) :]


def test_history_cannot_be_changed_after_the_upgrade(upgraded: Database) -> None:
    for statement in ("UPDATE decisions SET note = 'x'", "DELETE FROM predictions"):
        with pytest.raises(DBAPIError, match="append-only"), upgraded.write() as connection:
            connection.execute(text(statement))


def test_the_audit_counts_what_was_shown_before(upgraded: Database) -> None:
    with upgraded.read() as connection:
        assert read_statistics(connection, upgraded.now()).audit.support == 1


def test_postgresql_is_upgraded_as_well(postgres: str) -> None:
    address = new_postgres_database(postgres)
    item = {
        "id": 1, "text_key": "k", "text": "t", "copies": 1, "status": "open", "version": 0, "standing": {},
        "second_due": False, "priority": 0.0, "reasons": ["weak action"], "similar": [],
    }  # fmt: skip
    said = {
        "id": 1, "item_id": 1, "model_version": "m", "taxonomy_version": "v", "label_source": "model",
        "text": "t", "action_set": [], "issues": [], "issue_scores": {}, "needs_review": True,
        "review_reasons": ["weak action", SENTENCE], "evidence": [],
    }  # fmt: skip
    database = open_unchecked(address)
    with database.write() as connection:
        schema.upgrade(connection, "0001")
        connection.execute(items.insert().values(item))
        connection.execute(predictions.insert().values(said))
    database.close()
    assert upgrade_database(address)[0] == "0002"
    again = open_database(address)
    with again.read() as connection:
        assert connection.scalar(select(predictions.c.review_reasons)) == ["weak-action", SENTENCE]
        assert connection.scalar(select(items.c.reasons)) == ["weak-action"]
    with pytest.raises(DBAPIError, match="append-only"), again.write() as connection:
        connection.execute(text("UPDATE predictions SET text = 'x'"))
    again.close()
