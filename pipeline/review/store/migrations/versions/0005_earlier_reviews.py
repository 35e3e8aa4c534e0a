"""What a State was asked in earlier reviews, beside the items that ask it again.

It is looked for when the table of an item is imported again.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table and the column."""
    op.create_table(
        "earlier",
        sa.Column("id", _ID, nullable=False),
        sa.Column("state", sa.String(length=200), nullable=False),
        sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("text_key", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("recommending", sa.JSON(), nullable=False),
        sa.Column("responses", sa.JSON(), nullable=False),
        sa.Column("action", sa.Integer(), nullable=True),
        sa.Column("issues", sa.JSON(), nullable=False),
        sa.Column("label_source", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("state", "session", "text_key", name="earlier_key"),
    )
    op.add_column("items", sa.Column("earlier", sa.JSON(), nullable=True))
