"""The history: every decision is an entry, nothing is changed or deleted, and an entry that was acknowledged
is on disk.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from pipeline.review.deciding.queue import has_seen, holder, take
from pipeline.review.store.accounts import Person
from pipeline.review.store.database import Database
from pipeline.review.store.tables import decisions, facets, items, leases, predictions, skips, users
from pipeline.review.store.transitions import (
    Codes,
    Refused,
    Standing,
    Status,
    decide,
    escalate,
    may_see_codes,
    reading,
)

DECIDE, ESCALATE, SKIP, UNDO, SHEET, BULK = "decide", "escalate", "skip", "undo", "sheet", "bulk"
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


class Ledger:
    """The only writer of decisions."""

    def __init__(self, database: Database, taxonomy_version: str, lease_minutes: float) -> None:
        """Args: `taxonomy_version`, of the tags that people choose from."""
        self._database = database
        self._taxonomy_version = taxonomy_version
        self._lease_minutes = lease_minutes

    def decide(self, person: Person, sent: Submission, kind: str = DECIDE) -> Entry:
        """Enter codes. Raises: Refused, saying why, with nothing entered."""
        return self._transaction(lambda c: self.enter_codes(c, person, sent, kind), person, sent)

    def escalate(self, person: Person, sent: Submission) -> Entry:
        """Pass an item to an adjudicator, with a note. Raises: Refused."""

        def work(connection: Connection) -> Entry:
            row = self._open(connection, person, sent)
            before = Standing.from_json(row["standing"])
            return self._enter(connection, person, sent, ESCALATE, row, before, escalate(before, person.id))

        return self._transaction(work, person, sent)

    def skip(self, person: Person, sent: Submission) -> Entry:
        """Put an item at the end of the person's queue."""

        def work(connection: Connection) -> Entry:
            row = self._open(connection, person, sent)
            standing = Standing.from_json(row["standing"])
            connection.execute(
                self._database.upsert(skips)
                .values(user_id=person.id, item_id=sent.item_id)
                .on_conflict_do_nothing()
            )
            return self._enter(connection, person, sent, SKIP, row, standing, standing)

        return self._transaction(work, person, sent)

    def undo(self, person: Person, request: str | None = None, before: int | None = None) -> list[Entry]:
        """Take back the person's latest decision, or the whole bulk it belongs to; opens the first item for
        them again.

        Args:
            before: an entry that could not be taken back; the latest before it is.

        Raises: Refused if there is none, or if somebody has decided since; then `entry` of its details names
            the entry, for `before`.
        """
        batch = secrets.token_hex(8)
        with self._database.write() as connection:
            done = self._requested(connection, person, request)
            if done:
                return done
            latest = self._latest(connection, person, before)
            if latest is None:
                raise Refused("refused.nothing-to-undo")
            rows = [latest]
            if latest["batch"]:
                rows = [
                    *connection.execute(
                        select(decisions).where(decisions.c.batch == latest["batch"])
                    ).mappings()
                ]
            return [
                self._undo_one(connection, person, row, batch if len(rows) > 1 else None, request)
                for row in rows
            ]

    def enter_codes(self, connection: Connection, person: Person, sent: Submission, kind: str) -> Entry:
        """Enter codes within a transaction that the caller holds. Raises: Refused."""
        if sent.codes is None:
            raise Refused("refused.no-action")
        row = self._open(connection, person, sent)
        before = Standing.from_json(row["standing"])
        if (
            reading(before) == 2
            and person.id != before.first_reader
            and has_seen(connection, person, sent.item_id)
        ):
            raise Refused("refused.seen")
        second_due = row["second_due"] and kind == DECIDE
        after = decide(before, person.id, person.role, sent.codes, second_due=second_due)
        return self._enter(connection, person, sent, kind, row, before, after)

    def _transaction(self, work: Callable[[Connection], Entry], person: Person, sent: Submission) -> Entry:
        try:
            with self._database.write() as connection:
                done = self._requested(connection, person, sent.request)
                return done[0] if done else work(connection)
        except IntegrityError as error:
            # Two transactions met on one state of the item (PostgreSQL): the database let one through.
            with self._database.read() as connection:
                done = self._requested(connection, person, sent.request)
                if done:
                    return done[0]
                raise self._changed(connection, person, sent.item_id) from error

    @staticmethod
    def _requested(connection: Connection, person: Person, request: str | None) -> list[Entry]:
        """What an earlier sending of the same request entered: a repeated one is acknowledged, not entered
        again.
        """
        if not request:
            return []
        query = (
            select(decisions)
            .where(decisions.c.user_id == person.id, decisions.c.request == request)
            .order_by(decisions.c.id)
        )
        rows = [*connection.execute(query).mappings()]
        return [
            Entry(r["id"], r["item_id"], r["kind"], Status(r["after"]["status"]), len(rows)) for r in rows
        ]

    def _open(self, connection: Connection, person: Person, sent: Submission) -> dict[str, Any]:
        query = select(items).where(items.c.id == sent.item_id).with_for_update()
        row = connection.execute(query).mappings().first()
        if row is None:
            raise Refused("refused.no-item")
        if row["version"] != sent.version:
            raise self._changed(connection, person, sent.item_id)
        lease = holder(self._database, connection, sent.item_id)
        if lease is not None and lease.person_id != person.id:
            raise Refused(
                "refused.leased",
                person=lease.person,
                minutes=max(1, round((lease.until - self._database.now()).total_seconds() / 60)),
            )
        return dict(row)

    def _changed(self, connection: Connection, person: Person, item: int) -> Refused:
        query = (
            select(users.c.name, decisions.c.at, items.c.standing)
            .join_from(decisions, users)
            .join(items, items.c.id == decisions.c.item_id)
        )
        last = connection.execute(
            query.where(decisions.c.item_id == item).order_by(decisions.c.id.desc()).limit(1)
        ).first()
        if last is None:
            return Refused("refused.new-prediction")
        if not may_see_codes(Standing.from_json(last.standing), person.id):
            return Refused("refused.changed-blind")
        return Refused("refused.changed", person=last.name, time=last.at)

    def _enter(
        self,
        connection: Connection,
        person: Person,
        sent: Submission,
        kind: str,
        row: dict[str, Any],
        before: Standing,
        after: Standing,
    ) -> Entry:
        moves = kind != SKIP
        version = row["version"] + 1 if moves else None
        hidden = reading(before) == 2
        blind = hidden and not self._has_read_blind(connection, person, sent.item_id)
        said = None if hidden else self._said(connection, sent)
        result = connection.execute(
            insert(decisions).values(
                item_id=sent.item_id,
                version=version,
                user_id=person.id,
                at=self._database.now(),
                kind=kind,
                reading=reading(before),
                before=before.to_json(),
                after=after.to_json(),
                action=sent.codes.action if sent.codes else None,
                issues=list(sent.codes.issues) if sent.codes else None,
                note=sent.note or None,
                prediction_id=said["id"] if said else None,
                shown=_shown(said, blind=blind, reasons=row["reasons"]),
                model_version=said["model_version"] if said else None,
                taxonomy_version=self._taxonomy_version,
                seconds=self._seconds(connection, person, sent),
                batch=sent.batch,
                request=sent.request,
            )
        )
        if moves:
            self.store_standing(connection, sent.item_id, after, row["version"])
        connection.execute(
            delete(leases).where(leases.c.item_id == sent.item_id, leases.c.user_id == person.id)
        )
        return Entry(int(result.inserted_primary_key[0]), sent.item_id, kind, after.status)  # type: ignore[index]

    @staticmethod
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

    @staticmethod
    def _has_read_blind(connection: Connection, person: Person, item: int) -> bool:
        """Whether a person has entered a second reading of an item before, taken back or not. The answer told
        them whether both readings agree, so another one is no longer independent.
        """
        query = select(decisions.c.id).where(
            decisions.c.item_id == item, decisions.c.user_id == person.id, decisions.c.kind != SKIP
        )
        return connection.scalar(query.where(decisions.c.reading == 2).limit(1)) is not None

    @staticmethod
    def _said(connection: Connection, sent: Submission) -> dict[str, Any] | None:
        if sent.prediction_id is None:
            return None
        query = select(predictions).where(
            predictions.c.id == sent.prediction_id, predictions.c.item_id == sent.item_id
        )
        row = connection.execute(query).mappings().first()
        return dict(row) if row else None

    def _seconds(self, connection: Connection, person: Person, sent: Submission) -> float | None:
        """Time taken: as the page measured it, at most since the item was handed out."""
        taken = connection.scalar(
            select(leases.c.taken_at).where(leases.c.item_id == sent.item_id, leases.c.user_id == person.id)
        )
        if taken is None:
            return None
        most = float((self._database.now() - taken).total_seconds())
        return round(most if sent.seconds is None else min(max(sent.seconds, 0.0), most), 3)

    @staticmethod
    def _latest(connection: Connection, person: Person, before: int | None = None) -> dict[str, Any] | None:
        taken_back = select(decisions.c.undoes).where(
            decisions.c.undoes.is_not(None), decisions.c.user_id == person.id
        )
        query = select(decisions).where(
            decisions.c.user_id == person.id,
            decisions.c.kind.in_(UNDOABLE),
            decisions.c.id.not_in(taken_back),
        )
        if before is not None:
            query = query.where(decisions.c.id < before)
        row = connection.execute(query.order_by(decisions.c.id.desc()).limit(1)).mappings().first()
        return dict(row) if row else None

    def _undo_one(
        self, connection: Connection, person: Person, entry: Any, batch: str | None, request: str | None
    ) -> Entry:
        row = (
            connection.execute(select(items).where(items.c.id == entry["item_id"]).with_for_update())
            .mappings()
            .one()
        )
        skipped = entry["kind"] == SKIP
        if not skipped and row["version"] != entry["version"]:
            raise Refused("refused.undo-moved", entry=entry["id"])
        before, after = Standing.from_json(row["standing"]), Standing.from_json(entry["before"])
        after = before if skipped else after
        result = connection.execute(
            insert(decisions).values(
                item_id=entry["item_id"],
                version=None if skipped else row["version"] + 1,
                user_id=person.id,
                at=self._database.now(),
                kind=UNDO,
                reading=entry["reading"],
                before=before.to_json(),
                after=after.to_json(),
                taxonomy_version=self._taxonomy_version,
                undoes=entry["id"],
                batch=batch,
                request=request,
            )
        )
        if skipped:
            connection.execute(
                delete(skips).where(skips.c.user_id == person.id, skips.c.item_id == entry["item_id"])
            )
        else:
            self.store_standing(connection, entry["item_id"], after, row["version"])
        if after.status is not Status.SECOND or not has_seen(connection, person, entry["item_id"]):
            take(self._database, connection, self._lease_minutes, person, entry["item_id"])
        return Entry(int(result.inserted_primary_key[0]), entry["item_id"], UNDO, after.status)  # type: ignore[index]


def _shown(said: dict[str, Any] | None, *, blind: bool, reasons: list[str]) -> dict[str, Any]:
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


def history(connection: Connection, item: int) -> list[dict[str, Any]]:
    """All entries of an item, first to last, with who made them."""
    query = (
        select(decisions, users.c.name.label("person"))
        .join_from(decisions, users)
        .where(decisions.c.item_id == item)
        .order_by(decisions.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
