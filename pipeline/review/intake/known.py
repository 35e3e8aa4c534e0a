"""What a desk knows of the wordings that an import brings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from pipeline.review.intake.batch import MANY
from pipeline.review.intake.gathering import PREDICTION
from pipeline.review.store.tables import items, occurrences, predictions
from pipeline.review.store.transitions import Standing, Status


@dataclass(frozen=True)
class Known:
    """What the database holds of a wording; `predictions` by model version; `followed`: earlier reviews were
    looked through.
    """

    id: int
    version: int
    standing: Standing
    copies: int
    withdrawn: bool
    priority: float
    current: dict[str, Any] | None
    predictions: dict[str, dict[str, Any]]
    followed: bool


def read_known(connection: Connection, keys: list[str]) -> dict[str, Known]:
    """What the database holds of wordings, by their keys; keys that it does not know are left out."""
    found: dict[str, Known] = {}
    for start in range(0, len(keys), MANY):
        rows = [
            *connection.execute(
                select(items).where(items.c.text_key.in_(keys[start : start + MANY]))
            ).mappings()
        ]
        said: dict[int, dict[str, dict[str, Any]]] = {}
        query = select(predictions).where(predictions.c.item_id.in_([row["id"] for row in rows]))
        current = {}
        for p in connection.execute(query).mappings():
            said.setdefault(p["item_id"], {})[p["model_version"]] = dict(p)
            current[p["id"]] = {name: p[name] for name in PREDICTION}
        for row in rows:
            found[row["text_key"]] = Known(
                row["id"],
                row["version"],
                Standing.from_json(row["standing"]),
                row["copies"],
                row["status"] == Status.WITHDRAWN.value,
                row["priority"],
                current.get(row["prediction_id"]),
                said.get(row["id"], {}),
                row["earlier"] is not None,
            )
    return found


def stored_rows(connection: Connection, row_ids: list[str]) -> set[str]:
    """Which rows the database holds."""
    found: set[str] = set()
    for start in range(0, len(row_ids), MANY):
        some = occurrences.c.row_id.in_(row_ids[start : start + MANY])
        found.update(connection.scalars(select(occurrences.c.row_id).where(some)))
    return found
