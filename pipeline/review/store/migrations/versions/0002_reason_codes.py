"""Reasons for review as codes, where the desk kept their wording.

What people decided stays as it is; only the reasons that they were shown are written in the new way. For that
the triggers that keep decisions and predictions as they are rest, within the transaction of the upgrade.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_CODES = {
    "empty text": "empty-text",
    "other language": "other-language",
    "too short": "too-short",
    "too long": "too-long",
    "unseen wording": "unseen-wording",
    "not a recommendation": "not-a-recommendation",
    "weak action": "weak-action",
    "close actions": "close-actions",
    "model and rules disagree": "model-and-rules-disagree",
    "no tag": "no-tag",
    "rare tag uncertain": "rare-tag-uncertain",
    "unclear source row": "unclear-source-row",
    "audit sample": "audit-sample",
    "second reading open": "second-reading-open",
}
_JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Rewrite every stored reason that has a code; what is none of them stays."""
    with _triggers_at_rest("predictions"):
        _rewrite("predictions", "review_reasons", _list)
    with _triggers_at_rest("decisions"):
        _rewrite("decisions", "shown", _within("reasons", _list))
    _rewrite("items", "reasons", _list)
    _rewrite("saved_filters", "filter", _within("reason", _one))
    values = sa.table("facet_values", sa.column("facet", sa.String), sa.column("value", sa.String))
    for words, code in _CODES.items():
        op.execute(
            values.update().where(values.c.facet == "reason", values.c.value == words).values(value=code)
        )


def _one(reason: str) -> str:
    return _CODES.get(reason, reason)


def _list(reasons: list[str]) -> list[str]:
    return [_one(reason) for reason in reasons]


def _within(name: str, change: Callable[[Any], Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda stored: stored | {name: change(stored[name])} if stored.get(name) else stored


def _rewrite(table: str, column: str, change: Callable[[Any], Any]) -> None:
    """Change a JSON column, once for each value that is stored."""
    stored = sa.column(column, _JSON)
    found = sa.table(table, stored)
    as_text = sa.cast(stored, sa.Text)
    connection = op.get_bind()
    query = sa.select(as_text).select_from(found).where(stored.is_not(None)).distinct()
    for old in connection.scalars(query).all():
        before = json.loads(old)
        after = change(before) if before else before
        if after != before:
            connection.execute(found.update().where(as_text == old).values({column: after}))


@contextmanager
def _triggers_at_rest(table: str) -> Iterator[None]:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        triggers = connection.execute(
            sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"),
            {"table": table},
        ).all()
        for name, _ in triggers:
            op.execute(f"DROP TRIGGER {name}")
        yield
        for _, definition in triggers:
            op.execute(definition)
        return
    op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
