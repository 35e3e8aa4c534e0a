"""What an import is going to write, gathered first and written in few statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from pipeline.review.intake.appraisal import SAID_FACETS, Appraisal
from pipeline.review.intake.gathering import PREDICTION, Explained, GatheredText
from pipeline.review.intake.precedents import Precedent
from pipeline.review.store.before import precedents
from pipeline.review.store.database import Database
from pipeline.review.store.tables import facet_values, facets, items, occurrences, predictions
from pipeline.review.store.transitions import Standing

MANY = 500
"""Values in one IN (...)."""


def next_id(connection: Connection, column: Any) -> int:
    """The id after the highest; safe within a write transaction that no other import shares."""
    return (connection.scalar(select(func.max(column))) or 0) + 1


def add_all(connection: Connection, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows in chunks."""
    for start in range(0, len(rows), 5_000):
        connection.execute(insert(table), list(rows[start : start + 5_000]))


def add_precedents(connection: Connection, coming: list[Precedent]) -> list[int]:
    """Insert precedents. Returns: their ids, in order."""
    start = next_id(connection, precedents.c.id)
    add_all(
        connection,
        precedents,
        [{"id": start + i, **asdict(p), "issues": list(p.issues)} for i, p in enumerate(coming)],
    )
    return [start + i for i in range(len(coming))]


def place_of(source: Mapping[str, Any]) -> dict[str, str | None]:
    """Where a row stands, as lists filter by it: its document (the symbol, else the file) and paragraph."""
    document = str(source.get("symbol") or source.get("source_file") or "")[:200]
    return {"document": document or None, "paragraph": str(source.get("paragraph") or "")[:40] or None}


@dataclass
class Batch:
    """Rows to insert and changes to make. Ids are given here, so that rows can name each other before they
    are written.
    """

    item_id: int
    prediction_id: int
    round_id: int
    items: list[dict[str, Any]] = field(default_factory=list)
    occurrences: list[dict[str, Any]] = field(default_factory=list)
    predictions: list[dict[str, Any]] = field(default_factory=list)
    changes: dict[frozenset[str], list[dict[str, Any]]] = field(default_factory=dict)
    facets: dict[int, tuple[str, float, tuple[tuple[str, str], ...]]] = field(default_factory=dict)
    predicted_anew: list[int] = field(default_factory=list)
    brought_back: list[int] = field(default_factory=list)

    def new_item_id(self) -> int:
        """An id nobody has."""
        self.item_id += 1
        return self.item_id - 1

    def say(self, item_id: int, said: Sequence[dict[str, Any]], explained: Explained | None) -> int | None:
        """Take predictions of an item. Returns: the id of the last."""
        for prediction in said:
            values = {name: prediction[name] for name in PREDICTION} | {"text": prediction["text"]}
            values |= {"action_set": prediction["action_set"] or [], "issues": prediction["issues"] or []}
            values |= {
                "issue_scores": prediction["issue_scores"] or {},
                "review_reasons": prediction["review_reasons"] or [],
            }
            values |= {
                "needs_review": bool(prediction["needs_review"]),
                "taxonomy_version": prediction["taxonomy_version"] or "",
                # A model that leaves a text unlabelled, say of another language, names no source of a label.
                "label_source": prediction["label_source"] or "",
            }
            values["evidence"] = asdict(explained) if explained else {}
            self.predictions.append({"id": self.prediction_id, "item_id": item_id, **values})
            self.prediction_id += 1
        return self.prediction_id - 1 if said else None

    def add(
        self,
        item_id: int,
        wording: GatheredText,
        standing: Standing,
        prediction: int | None,
        appraisal: Appraisal,
        more: dict[str, Any],
    ) -> None:
        """Take a new item."""
        self.items.append(
            {
                "id": item_id,
                "text_key": wording.key,
                "text": wording.text,
                "copies": len(wording.rows),
                "status": standing.status.value,
                "version": 0,
                "standing": standing.to_json(),
                "prediction_id": prediction,
                "priority": appraisal.priority,
                "reasons": list(appraisal.reasons),
                **more,
            }
        )
        self.facets[item_id] = (standing.status.value, appraisal.priority, appraisal.facets)

    def change(self, item_id: int, values: dict[str, Any]) -> None:
        """Take a change of a known item; changes of the same columns go in one statement."""
        if values:
            self.changes.setdefault(frozenset(values), []).append({"key": item_id, **values})

    def write(self, database: Database, connection: Connection) -> None:
        """Write everything."""
        add_all(connection, items, self.items)
        add_all(connection, occurrences, self.occurrences)
        add_all(connection, predictions, self.predictions)
        for start in range(0, len(self.brought_back), MANY):
            some = self.brought_back[start : start + MANY]
            again = update(occurrences).where(occurrences.c.item_id.in_(some))
            connection.execute(again.values(round_id=self.round_id))
        for rows in self.changes.values():
            connection.execute(update(items).where(items.c.id == bindparam("key")), rows)
        self._write_facets(database, connection)

    def _write_facets(self, database: Database, connection: Connection) -> None:
        ids = self._facet_ids(connection)
        said = select(facet_values.c.id).where(facet_values.c.facet.in_(SAID_FACETS))
        for start in range(0, len(self.predicted_anew), MANY):
            some = self.predicted_anew[start : start + MANY]
            connection.execute(delete(facets).where(facets.c.item_id.in_(some), facets.c.value_id.in_(said)))
        known = [i for i in self.facets if i < (self.items[0]["id"] if self.items else self.item_id)]
        if known:
            rows = [{"key": i, "status": self.facets[i][0], "priority": self.facets[i][1]} for i in known]
            connection.execute(update(facets).where(facets.c.item_id == bindparam("key")), rows)
        add_all(connection, facets, self._facet_rows(self.facets.keys() - known, ids))
        rows = self._facet_rows(known, ids)
        if rows:
            connection.execute(database.upsert(facets).on_conflict_do_nothing(), rows)

    def _facet_rows(
        self, of_items: Iterable[int], ids: Mapping[tuple[str, str], int]
    ) -> list[dict[str, Any]]:
        return [
            {
                "item_id": item,
                "value_id": ids[pair],
                "status": self.facets[item][0],
                "priority": self.facets[item][1],
            }
            for item in sorted(of_items)
            for pair in dict.fromkeys(self.facets[item][2])
        ]

    def _facet_ids(self, connection: Connection) -> dict[tuple[str, str], int]:
        ids = {
            (f, v): i
            for i, f, v in connection.execute(
                select(facet_values.c.id, facet_values.c.facet, facet_values.c.value)
            )
        }
        start = next_id(connection, facet_values.c.id)
        missing = sorted({pair for _, _, pairs in self.facets.values() for pair in pairs} - set(ids))
        add_all(
            connection,
            facet_values,
            [{"id": start + i, "facet": f, "value": v} for i, (f, v) in enumerate(missing)],
        )
        return ids | {pair: start + i for i, pair in enumerate(missing)}
