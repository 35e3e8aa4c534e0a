"""What statistics count, in a table of its own; and an index of the words of items.

The history stays as it is. `readings` is filled from it: one row for each answer that nobody took back.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MANY = 2_000
_ANSWERS = ("decide", "bulk", "sheet")
_READINGS: tuple[sa.Column[Any], ...] = (
    sa.Column("decision_id", _ID, nullable=False, autoincrement=False),
    sa.Column("item_id", _ID, nullable=False),
    sa.Column("user_id", _ID, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("kind", sa.String(length=12), nullable=False),
    sa.Column("reading", sa.Integer(), nullable=False),
    sa.Column("action", sa.Integer(), nullable=False),
    sa.Column("blind", sa.Boolean(), nullable=False),
    sa.Column("seconds", sa.Double(), nullable=True),
    sa.Column("suggested", sa.Integer(), nullable=True),
    sa.Column("confidence", sa.Double(), nullable=True),
    sa.Column("tags_changed", sa.Boolean(), nullable=True),
    sa.Column("audit", sa.Boolean(), nullable=False),
)


def upgrade() -> None:
    """Make both, and fill them."""
    table = op.create_table(
        "readings",
        *_READINGS,
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"]),
        sa.PrimaryKeyConstraint("decision_id"),
    )
    op.create_index(op.f("ix_readings_item_id"), "readings", ["item_id"], unique=False)
    op.create_index("readings_user", "readings", ["user_id", "at"], unique=False)
    op.create_index("readings_seconds", "readings", ["user_id", "seconds", "kind"], unique=False)
    connection = op.get_bind()
    for rows in _answers(connection):
        connection.execute(table.insert(), rows)
    _index_words(connection)


def _answers(connection: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    """Answers that stand, in groups."""
    names = ("id", "item_id", "user_id", "at", "kind", "reading", "action", "seconds")
    decisions = sa.table(
        "decisions",
        *(sa.column(n) for n in names if n != "at"),
        sa.column("at", sa.DateTime(timezone=True)),
        sa.column("undoes"),
        sa.column("issues", sa.JSON),
        sa.column("shown", sa.JSON),
    )
    undone = set(connection.scalars(sa.select(decisions.c.undoes).where(decisions.c.undoes.is_not(None))))
    query = sa.select(*(decisions.c[n] for n in (*names, "issues", "shown")))
    last = connection.scalar(sa.select(sa.func.max(decisions.c.id))) or 0
    for start in range(0, last + 1, _MANY):
        span = query.where(
            decisions.c.id.between(start, start + _MANY - 1),
            decisions.c.kind.in_(_ANSWERS),
            decisions.c.action.is_not(None),
        )
        found = [
            _counted(dict(row)) for row in connection.execute(span).mappings() if row["id"] not in undone
        ]
        if found:
            yield found


def _counted(entry: dict[str, Any]) -> dict[str, Any]:
    shown, issues = entry.pop("shown") or {}, entry.pop("issues")
    suggested = shown.get("action")
    return entry | {
        "decision_id": entry.pop("id"),
        "blind": entry["reading"] == 2 and bool(shown.get("blind")),
        "suggested": suggested,
        "confidence": shown.get("action_confidence") if suggested else None,
        "tags_changed": set(issues) != set(shown["issues"]) if suggested else None,
        "audit": bool(suggested) and "audit-sample" in shown.get("reasons", ()),
    }


def _index_words(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX items_words ON items USING gin "
            "(to_tsvector('simple', translate(items.text, '/.-_@:', '      ')))"
        )
        return
    op.execute(
        "CREATE VIRTUAL TABLE items_words USING fts5(text, content='items', content_rowid='id', prefix='2 3')"
    )
    remove = "INSERT INTO items_words(items_words, rowid, text) VALUES ('delete', old.id, old.text); "
    add = "INSERT INTO items_words(rowid, text) VALUES (new.id, new.text); "
    for name, event, does in (
        ("added", "INSERT", add),
        ("changed", "UPDATE OF text", remove + add),
        ("gone", "DELETE", remove),
    ):
        op.execute(f"CREATE TRIGGER items_words_{name} AFTER {event} ON items BEGIN {does}END")
    op.execute("INSERT INTO items_words(items_words) VALUES ('rebuild')")
