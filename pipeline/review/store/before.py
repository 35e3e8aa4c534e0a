"""The desk's database: what was coded, and what a State was asked, before."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Integer, String, Table, Text, UniqueConstraint

from pipeline.review.store.columns import Id, metadata

precedents = Table(
    "precedents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("text_key", String(40), nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("action", Integer, nullable=False),
    Column("issues", JSON, nullable=False),
    Column("session", Integer),
    Column("label_source", String(20), nullable=False),
)

earlier = Table(
    "earlier",
    metadata,
    Column("id", Id, primary_key=True),
    Column("state", String(200), nullable=False),
    Column("session", Integer, nullable=False),
    Column("text_key", String(40), nullable=False),
    Column("text", Text, nullable=False),
    Column("recommending", JSON, nullable=False),
    Column("responses", JSON, nullable=False),
    Column("action", Integer),
    Column("issues", JSON, nullable=False),
    Column("label_source", String(20), nullable=False),
    UniqueConstraint("state", "session", "text_key", name="earlier_key"),
)
"""What a State was asked in an earlier review, where some item asks it again: one row a wording and review.
`label_source` is empty where nobody coded it.
"""
