"""Decisions on many items at once: only on a set that was shown, item by item, before it is confirmed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from pipeline.review.deciding.entries import BULK, Entry, Submission
from pipeline.review.deciding.leases import note_seen
from pipeline.review.deciding.ledger import Ledger
from pipeline.review.store.accounts import Person
from pipeline.review.store.database import Database
from pipeline.review.store.tables import items, leases, predictions, previews, users
from pipeline.review.store.transitions import Codes, Refused, Standing, Status

_MANY = 500


@dataclass(frozen=True)
class Change:
    """What a bulk decision does to each item: set the action (None keeps the suggested one), add tags, remove
    tags.
    """

    action: int | None
    add: tuple[str, ...]
    remove: tuple[str, ...]

    def apply(self, action: int | None, issues: Sequence[str]) -> Codes | None:
        """The codes of one item, None if it would have no action."""
        chosen = self.action if self.action is not None else action
        tags = tuple(dict.fromkeys([*(t for t in issues if t not in self.remove), *self.add]))
        return None if chosen is None else Codes(chosen, tags)


@dataclass(frozen=True)
class Line:
    """One item of a preview: what it says now and what it would say."""

    item_id: int
    version: int
    text: str
    copies: int
    prediction_id: int | None
    action: int | None
    issues: tuple[str, ...]
    after: Codes | None


@dataclass(frozen=True)
class Held:
    """An item that somebody else has open: it is left out."""

    item_id: int
    text: str
    person: str


@dataclass(frozen=True)
class Preview:
    """A set of items that a person looks at before deciding on all of them.

    Attributes:
        missing: items that were asked for and cannot be in it: decided since, unknown, or without an action.
        held: items that somebody else has open now.
    """

    id: str
    change: Change
    lines: list[Line]
    missing: int
    held: list[Held] = field(default_factory=list)


def prepare(database: Database, person: Person, ids: Sequence[int], change: Change) -> Preview:
    """Keep a set and its change for confirmation. Open items only; an item's other copies go with it, as
    always.
    """
    asked = list(dict.fromkeys(ids))
    stored = {"action": change.action, "add": list(change.add), "remove": list(change.remove)}
    with database.write() as connection:
        held = _held(database, connection, person, asked)
        taken = {one.item_id for one in held}
        found = _lines(connection, [i for i in asked if i not in taken], change)
        lines = [line for line in found if line.after is not None]
        shown = [line.item_id for line in lines]
        for start in range(0, len(shown), _MANY):
            note_seen(database, connection, person, *shown[start : start + _MANY])
        missing = len(asked) - len(lines) - len(held)
        preview = Preview(secrets.token_urlsafe(24), change, lines, missing, held)
        connection.execute(delete(previews).where(previews.c.user_id == person.id))
        connection.execute(
            insert(previews).values(
                id=preview.id,
                user_id=person.id,
                at=database.now(),
                change=stored,
                members=[[line.item_id, line.version, line.prediction_id] for line in lines],
            )
        )
    return preview


def _held(database: Database, connection: Connection, person: Person, ids: list[int]) -> list[Held]:
    query = (
        select(items.c.id, items.c.text, users.c.name)
        .join_from(leases, items, items.c.id == leases.c.item_id)
        .join(users, users.c.id == leases.c.user_id)
        .where(leases.c.until > database.now(), leases.c.user_id != person.id)
    )
    asked = set(ids)
    return [Held(row.id, row.text, row.name) for row in connection.execute(query) if row.id in asked]


def _lines(connection: Connection, ids: list[int], change: Change) -> list[Line]:
    query = select(items, predictions.c.action, predictions.c.issues).outerjoin(
        predictions, predictions.c.id == items.c.prediction_id
    )
    rows: dict[int, Any] = {}
    for start in range(0, len(ids), _MANY):
        some = query.where(items.c.id.in_(ids[start : start + _MANY]), items.c.status == Status.OPEN.value)
        rows |= {row["id"]: row for row in connection.execute(some).mappings()}
    return [_line(rows[i], change) for i in ids if i in rows]


def _line(row: Any, change: Change) -> Line:
    standing = Standing.from_json(row["standing"])
    action = standing.codes.action if standing.codes else row["action"]
    issues = standing.codes.issues if standing.codes else tuple(row["issues"] or ())
    after = change.apply(action, issues)
    return Line(
        row["id"], row["version"], row["text"], row["copies"], row["prediction_id"], action, issues, after
    )


def confirm(database: Database, ledger: Ledger, person: Person, preview_id: str) -> list[Entry]:
    """Decide on exactly the set that was shown: all of it, or nothing if one of its items has moved since.

    Raises: Refused.
    """
    with database.write() as connection:
        row = (
            connection.execute(
                select(previews).where(previews.c.id == preview_id, previews.c.user_id == person.id)
            )
            .mappings()
            .first()
        )
        if row is None:
            raise Refused("refused.no-preview")
        change = Change(row["change"]["action"], tuple(row["change"]["add"]), tuple(row["change"]["remove"]))
        lines = {line.item_id: line for line in _lines(connection, [m[0] for m in row["members"]], change)}
        entries = []
        for item_id, version, prediction_id in row["members"]:
            line = lines.get(item_id)
            if line is None or line.version != version or line.prediction_id != prediction_id:
                raise Refused("refused.preview-moved", n=len(row["members"]))
            sent = Submission(item_id, version, line.after, None, prediction_id, None, None, preview_id[:40])
            entries.append(ledger.enter_codes(connection, person, sent, BULK))
        connection.execute(delete(previews).where(previews.c.id == preview_id))
        return entries
