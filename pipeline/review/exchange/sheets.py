"""An edited decision sheet comes back: what a person changed in the table becomes decisions, with the same
history.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, select

from pipeline.corpus.taxonomy import ACTIONS, Taxonomy
from pipeline.errors import StoreError
from pipeline.review.deciding.entries import SHEET, Submission
from pipeline.review.deciding.ledger import Ledger
from pipeline.review.deciding.spoken import UNNAMED
from pipeline.review.exchange.decided import last_decisions
from pipeline.review.store.accounts import Person
from pipeline.review.store.database import Database
from pipeline.review.store.tables import items, occurrences
from pipeline.review.store.transitions import Codes, Refused, Standing, Status
from pipeline.review.strings import say
from pipeline.sources.records import Reject
from pipeline.sources.tables.labelled import LabelledRow
from pipeline.store.names import find_tag


@dataclass
class SheetResult:
    """What a sheet did: wordings decided anew, rows that say what the desk says, and rows that could not be
    taken.
    """

    rows: int = 0
    changed: int = 0
    unchanged: int = 0
    rejects: list[Reject] = field(default_factory=list)
    edited: list[Edited] = field(default_factory=list)


@dataclass(frozen=True)
class Edited:
    """A wording that a sheet decides anew; `language` is that of its text (ISO 639-1)."""

    text: str
    before: Codes | None
    after: Codes
    note: str
    language: str


class _OnlyLooking(Exception):  # noqa: N818 - ends a transaction that must leave no trace
    """The sheet was looked at, and nothing of it is kept."""


@dataclass
class _Edit:
    """The rows of one wording that differ from what the desk holds; `note` where a person wrote another."""

    version: int
    before: Codes | None
    codes: list[tuple[Codes, LabelledRow]]
    note: str = ""


def take_sheet(
    database: Database,
    ledger: Ledger,
    taxonomy: Taxonomy,
    person: Person,
    rows: Iterable[LabelledRow],
    *,
    strict: bool = False,
    look: bool = False,
) -> SheetResult:
    """Enter what was edited. A wording that stands in several rows is edited in any of them; different edits
    are rejects, and so is an edit of what was decided anew on the desk since the sheet was written.

    Args:
        look: enter nothing, and tell what would be entered.

    Raises: StoreError if `strict` and any row is a reject; nothing is entered then.
    """
    result = SheetResult()
    given = list(rows)  # read before the database is locked
    with suppress(_OnlyLooking), database.write() as connection:
        edits: dict[int, _Edit] = {}
        for data_row in given:
            # People look a row up in a spreadsheet program, which counts the headings as row 1.
            row = replace(data_row, number=data_row.number + 1)
            result.rows += 1
            reason = _read(connection, taxonomy, row, edits, result)
            if reason:
                result.rejects.append(row.reject(reason))
        for item_id, edit in edits.items():
            _enter(connection, ledger, person, item_id, edit, result)
        if strict and result.rejects:
            first = result.rejects[0]
            raise StoreError(f"{first.file}, row {first.row}", first.reason, "Nothing was taken (--strict).")
        if look:
            raise _OnlyLooking
    return result


def _read(
    connection: Connection, taxonomy: Taxonomy, row: LabelledRow, edits: dict[int, _Edit], result: SheetResult
) -> str | None:
    codes = _codes(taxonomy, row)
    if isinstance(codes, str):
        return codes
    query = select(items.c.id, items.c.version, items.c.standing).join(
        occurrences, occurrences.c.item_id == items.c.id
    )
    found = connection.execute(query.where(occurrences.c.row_id == row.values["row_id"])).first()
    if found is None:
        return say("reject.unknown-row")
    standing = Standing.from_json(found.standing)
    note = _edited_note(connection, found.id, row)
    if standing.codes is not None and codes.agrees(standing.codes) and not note:
        result.unchanged += 1
        return None
    version = _version(row.sheet.get("decision_version"))
    if version is None:
        return say("reject.version", cell=str(row.sheet.get("decision_version"))[:60])
    if version != found.version:
        return say("reject.later")
    if standing.status is Status.SECOND:
        return say("reject.second")
    edit = edits.setdefault(found.id, _Edit(version, standing.codes, []))
    edit.codes.append((codes, row))
    edit.note = edit.note or note
    return None


def _edited_note(connection: Connection, item_id: int, row: LabelledRow) -> str:
    """The note of a row, where it is not the one that the desk exports for the item; else empty."""
    written = str(row.sheet.get("note") or "").strip()[:4000]
    last = last_decisions(connection, [item_id]).get(item_id)
    return "" if written == ((last or {}).get("note") or "").strip() else written


def _codes(taxonomy: Taxonomy, row: LabelledRow) -> Codes | str:
    v: dict[str, Any] = row.values
    if row.fault:
        return row.fault
    if v["action"] not in ACTIONS:
        return say("reject.action", cell=str(v["action"])[:60])
    tags = []
    for spelling in v["issues"] or ():
        tag = find_tag(taxonomy, spelling)
        if tag is None:
            nearest = taxonomy.nearest(spelling)
            gaps = {"cell": spelling[:60], "version": taxonomy.version, "nearest": nearest}
            return say("reject.tag-like" if nearest else "reject.tag", **gaps)
        tags.append(tag.label)
    return Codes(v["action"], tuple(dict.fromkeys(tags)))


def _version(cell: Any) -> int | None:
    try:
        return int(float(cell))
    except (TypeError, ValueError):
        return None


def _enter(
    connection: Connection, ledger: Ledger, person: Person, item_id: int, edit: _Edit, result: SheetResult
) -> None:
    first, row = edit.codes[0]
    if any(not codes.agrees(first) for codes, _ in edit.codes):
        result.rejects += [other.reject(say("reject.unequal")) for _, other in edit.codes]
        return
    origin = f"{row.file}, row {row.number}"
    note = f"{edit.note} ({origin})" if edit.note else origin
    try:
        ledger.enter_codes(connection, person, Submission(item_id, edit.version, first, note), SHEET)
    except Refused as refusal:
        result.rejects.append(
            row.reject(say(refusal.reason, **{k: str(v) for k, v in refusal.details.items()}))
        )
        return
    language = str(row.values["language"] or UNNAMED)
    result.edited.append(Edited(row.values["text"] or "", edit.before, first, edit.note, language))
    result.changed += 1
