"""Entries of the history: what a person sends, what is written of it, and what statistics count of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from pipeline.models.reasons import Reason
from pipeline.review.store.accounts import Person
from pipeline.review.store.tables import decisions, facets, items, leases, predictions, readings
from pipeline.review.store.transitions import Codes, Refused, Standing, Status

DECIDE, ESCALATE, SKIP, UNDO, SHEET, BULK = "decide", "escalate", "skip", "undo", "sheet", "bulk"
ANSWERS = (DECIDE, BULK, SHEET)
"""Kinds of entries that give codes."""
UNDOABLE = (DECIDE, ESCALATE, SKIP, BULK)


@dataclass(frozen=True)
class Submission:
    """What a person sends about an item.

    Attributes:
        version: of the item, as the person saw it.
        prediction_id: the prediction that was on the page, None where there was none or it was hidden.
        seconds: how long the person looked, None where unknown.
        request: an id that the sender gives; the same request is entered once.
    """

    item_id: int
    version: int
    codes: Codes | None = None
    note: str | None = None
    prediction_id: int | None = None
    seconds: float | None = None
    request: str | None = None
    batch: str | None = None


@dataclass(frozen=True)
class Entry:
    """An entry of the history as it was acknowledged."""

    id: int
    item_id: int
    kind: str
    status: Status
    batch_size: int = 1


def shown_of(said: Mapping[str, Any] | None, *, blind: bool, reasons: list[str]) -> dict[str, Any]:
    """What a person saw of the model when they decided, as the history keeps it."""
    if said is None:
        return {"blind": blind}
    names = (
        "model_version",
        "taxonomy_version",
        "action",
        "action_confidence",
        "action_set",
        "issues",
        "issue_scores",
    )
    return {"blind": False, "reasons": reasons, **{name: said[name] for name in names}}


def reading_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The row of `readings` for an entry that gives codes: what statistics count of it, and nothing else.

    Args:
        entry: columns of `decisions`, its id among them.
    """
    shown = entry["shown"] or {}
    suggested = shown.get("action")
    return {
        "decision_id": entry["id"],
        "item_id": entry["item_id"],
        "user_id": entry["user_id"],
        "at": entry["at"],
        "kind": entry["kind"],
        "reading": entry["reading"],
        "action": entry["action"],
        "blind": entry["reading"] == 2 and bool(shown.get("blind")),
        "seconds": entry["seconds"],
        "suggested": suggested,
        "confidence": shown.get("action_confidence") if suggested else None,
        "tags_changed": set(entry["issues"]) != set(shown["issues"]) if suggested else None,
        "audit": bool(suggested) and Reason.AUDIT_SAMPLE.value in shown.get("reasons", ()),
    }


def add_entry(connection: Connection, values: dict[str, Any]) -> int:
    """Write an entry. Returns: its id."""
    result = connection.execute(insert(decisions).values(values))
    made = int(result.inserted_primary_key[0])  # type: ignore[index]
    if values["kind"] in ANSWERS and values["action"] is not None:
        connection.execute(insert(readings).values(reading_of(values | {"id": made})))
    elif values["kind"] == UNDO:
        connection.execute(delete(readings).where(readings.c.decision_id == values["undoes"]))
    return made


def store_standing(connection: Connection, item: int, after: Standing, version: int) -> None:
    """Move an item from `version` on. Raises: Refused if it has moved already."""
    values = {
        "standing": after.to_json(),
        "status": after.status.value,
        "first_reader": after.first_reader,
        "version": version + 1,
    }
    moved = connection.execute(
        update(items).where(items.c.id == item, items.c.version == version).values(values)
    ).rowcount
    if not moved:
        raise Refused("refused.changed-blind")
    connection.execute(update(facets).where(facets.c.item_id == item).values(status=after.status.value))


def prediction_shown(connection: Connection, sent: Submission) -> dict[str, Any] | None:
    """The prediction that was on the person's page."""
    if sent.prediction_id is None:
        return None
    query = select(predictions).where(
        predictions.c.id == sent.prediction_id, predictions.c.item_id == sent.item_id
    )
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def seconds_taken(connection: Connection, person: Person, sent: Submission, now: Any) -> float | None:
    """Time taken: as the page measured it, at most since the item was handed out."""
    taken = connection.scalar(
        select(leases.c.taken_at).where(leases.c.item_id == sent.item_id, leases.c.user_id == person.id)
    )
    if taken is None:
        return None
    most = float((now - taken).total_seconds())
    return round(most if sent.seconds is None else min(max(sent.seconds, 0.0), most), 3)
