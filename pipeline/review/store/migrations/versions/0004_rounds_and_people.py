"""Rounds, what leads did, and what a person chose for themselves.

All that was imported before is in one round, "Earlier imports", with the shares that the settings had by
default.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NAME = "Earlier imports"
_MANY = 2_000


def upgrade() -> None:
    """Make the tables and columns, and fill them."""
    _create_tables()
    _add_columns()
    connection = op.get_bind()
    items = sa.table("items", sa.column("round_id"))
    if connection.scalar(sa.select(sa.func.count()).select_from(items)):
        _put_into_a_round(connection)
    _name_places(connection)


def _create_tables() -> None:
    op.create_table(
        "rounds",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_share", sa.Double(), nullable=False),
        sa.Column("second_share", sa.Double(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "round_people",
        sa.Column("round_id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"]),
        sa.PrimaryKeyConstraint("round_id", "user_id"),
    )
    op.create_table(
        "acts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", _ID, nullable=True),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _add_columns() -> None:
    op.add_column("items", sa.Column("round_id", _ID, nullable=True))
    op.create_index("items_round", "items", ["round_id", "status"], unique=False)
    op.add_column("occurrences", sa.Column("round_id", _ID, nullable=True))
    op.add_column("occurrences", sa.Column("document", sa.String(length=200), nullable=True))
    op.add_column("occurrences", sa.Column("paragraph", sa.String(length=40), nullable=True))
    op.create_index("occurrences_place", "occurrences", ["document", "paragraph"], unique=False)
    op.add_column("users", sa.Column("language", sa.String(length=5), nullable=True))
    op.add_column("users", sa.Column("temporary", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("users", sa.Column("told", _ID, nullable=False, server_default="0"))


def _put_into_a_round(connection: sa.Connection) -> None:
    rounds = sa.table(
        "rounds",
        sa.column("id"),
        sa.column("name"),
        sa.column("created_at", sa.DateTime(timezone=True)),
        sa.column("audit_share"),
        sa.column("second_share"),
    )
    now = dt.datetime.now(dt.UTC)
    now = now.replace(tzinfo=None) if connection.dialect.name == "sqlite" else now
    connection.execute(
        rounds.insert().values(id=1, name=_NAME, created_at=now, audit_share=0.02, second_share=0.1)
    )
    op.execute("UPDATE items SET round_id = 1")
    op.execute("UPDATE occurrences SET round_id = 1")


def _name_places(connection: sa.Connection) -> None:
    """The document and paragraph of each row, which its source columns hold."""
    places = sa.table(
        "occurrences",
        sa.column("row_id"),
        sa.column("source", sa.JSON),
        sa.column("document"),
        sa.column("paragraph"),
    )
    change = (
        places.update()
        .where(places.c.row_id == sa.bindparam("key"))
        .values(document=sa.bindparam("in_document"), paragraph=sa.bindparam("in_paragraph"))
    )
    rows = connection.execute(sa.select(places.c.row_id, places.c.source)).all()
    for start in range(0, len(rows), _MANY):
        connection.execute(
            change,
            [
                {
                    "key": key,
                    "in_document": str(source.get("symbol") or source.get("source_file") or "")[:200] or None,
                    "in_paragraph": str(source.get("paragraph") or "")[:40] or None,
                }
                for key, source in rows[start : start + _MANY]
            ],
        )
