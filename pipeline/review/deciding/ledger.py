"""The only writer of decisions: every decision is an entry of the history, nothing is changed or deleted, and
an entry that was acknowledged is on disk.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.exc import IntegrityError

from pipeline.review.deciding.entries import (
    BULK,
    DECIDE,
    ESCALATE,
    SKIP,
    UNDO,
    Entry,
    Submission,
    add_entry,
    prediction_shown,
    seconds_taken,
    shown_of,
    store_standing,
)
from pipeline.review.deciding.history import changed, has_read_blind, latest, requested
from pipeline.review.deciding.leases import has_seen, holder, take
from pipeline.review.store.accounts import Person
from pipeline.review.store.database import Database
from pipeline.review.store.tables import decisions, items, leases, skips
from pipeline.review.store.transitions import Refused, Standing, Status, decide, escalate, reading


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
            done = requested(connection, person, request)
            if done:
                return done
            last = latest(connection, person, before)
            if last is None:
                raise Refused("refused.nothing-to-undo")
            rows = [last]
            if last["batch"]:
                rows = [
                    *connection.execute(
                        select(decisions).where(decisions.c.batch == last["batch"])
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
        second_due = row["second_due"] and kind in (DECIDE, BULK)
        after = decide(before, person.id, person.role, sent.codes, second_due=second_due)
        return self._enter(connection, person, sent, kind, row, before, after)

    def _transaction(self, work: Callable[[Connection], Entry], person: Person, sent: Submission) -> Entry:
        try:
            with self._database.write() as connection:
                done = requested(connection, person, sent.request)
                return done[0] if done else work(connection)
        except IntegrityError as error:
            # Two transactions met on one state of the item (PostgreSQL): the database let one through.
            with self._database.read() as connection:
                done = requested(connection, person, sent.request)
                if done:
                    return done[0]
                raise changed(connection, person, sent.item_id) from error

    def _open(self, connection: Connection, person: Person, sent: Submission) -> dict[str, Any]:
        query = select(items).where(items.c.id == sent.item_id).with_for_update()
        row = connection.execute(query).mappings().first()
        if row is None:
            raise Refused("refused.no-item")
        if row["status"] == Status.WITHDRAWN.value:
            raise Refused("refused.withdrawn")
        if row["version"] != sent.version:
            raise changed(connection, person, sent.item_id)
        lease = holder(self._database, connection, sent.item_id)
        if lease is not None and lease.person_id != person.id:
            raise Refused(
                "refused.leased",
                person=lease.person,
                n=max(1, round((lease.until - self._database.now()).total_seconds() / 60)),
            )
        return dict(row)

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
        now = self._database.now()
        hidden = reading(before) == 2
        blind = hidden and not has_read_blind(connection, person, sent.item_id)
        said = None if hidden else prediction_shown(connection, sent)
        values = {
            "item_id": sent.item_id,
            "version": None if kind == SKIP else row["version"] + 1,
            "user_id": person.id,
            "at": now,
            "kind": kind,
            "reading": reading(before),
            "before": before.to_json(),
            "after": after.to_json(),
            "action": sent.codes.action if sent.codes else None,
            "issues": list(sent.codes.issues) if sent.codes else None,
            "note": sent.note or None,
            "prediction_id": said["id"] if said else None,
            "shown": shown_of(said, blind=blind, reasons=row["reasons"]),
            "model_version": said["model_version"] if said else None,
            "taxonomy_version": self._taxonomy_version,
            "seconds": seconds_taken(connection, person, sent, now),
            "batch": sent.batch,
            "request": sent.request,
        }
        entry = Entry(add_entry(connection, values), sent.item_id, kind, after.status)
        if kind != SKIP:
            store_standing(connection, sent.item_id, after, row["version"])
        connection.execute(
            delete(leases).where(leases.c.item_id == sent.item_id, leases.c.user_id == person.id)
        )
        return entry

    def _undo_one(
        self, connection: Connection, person: Person, entry: Any, batch: str | None, request: str | None
    ) -> Entry:
        item = entry["item_id"]
        row = connection.execute(select(items).where(items.c.id == item).with_for_update()).mappings().one()
        if row["status"] == Status.WITHDRAWN.value:
            raise Refused("refused.withdrawn")
        skipped = entry["kind"] == SKIP
        if not skipped and row["version"] != entry["version"]:
            raise Refused("refused.undo-moved", entry=entry["id"])
        before, after = Standing.from_json(row["standing"]), Standing.from_json(entry["before"])
        after = before if skipped else after
        values = {
            "item_id": item,
            "version": None if skipped else row["version"] + 1,
            "user_id": person.id,
            "at": self._database.now(),
            "kind": UNDO,
            "reading": entry["reading"],
            "before": before.to_json(),
            "after": after.to_json(),
            "taxonomy_version": self._taxonomy_version,
            "undoes": entry["id"],
            "batch": batch,
            "request": request,
        }
        made = add_entry(connection, values)
        if skipped:
            connection.execute(delete(skips).where(skips.c.user_id == person.id, skips.c.item_id == item))
        else:
            store_standing(connection, item, after, row["version"])
        if after.status is not Status.SECOND or not has_seen(connection, person, item):
            take(self._database, connection, self._lease_minutes, person, item)
        return Entry(made, item, UNDO, after.status)
