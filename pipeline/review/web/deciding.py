"""Deciding: what a person sends from the page of a recommendation, and undo."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from pipeline.review.deciding.card import Draft, read_card
from pipeline.review.deciding.entries import Entry, Submission
from pipeline.review.deciding.filters import Filter
from pipeline.review.deciding.queue import waiting
from pipeline.review.store.accounts import Person
from pipeline.review.store.logins import Visit
from pipeline.review.store.transitions import Codes, Refused
from pipeline.review.strings import say
from pipeline.review.web.answers import from_script
from pipeline.review.web.card_page import card_values, review_page
from pipeline.review.web.desk import Desk
from pipeline.review.web.parameters import ItemId, QueueFilter
from pipeline.review.web.render import environment, page
from pipeline.review.web.security import Writer, desk_of
from pipeline.store.names import find_tag

routes = APIRouter()
FINAL = ("save", "skip", "escalate")
SETTLES = {"settle-first": "first", "settle-second": "second"}
"""What an adjudicator says with one key: that the first or the second reading is right."""

LEFT = "X-Desk-Left"
"""Header of the answer to an undo: how many items wait for the person in their filter now."""


@routes.post("/items/{item_id}")
def decide(
    request: Request,
    found: Writer,
    item_id: ItemId,
    wanted: QueueFilter,
    version: Annotated[int, Form(ge=0, le=2**31 - 1)],
    do: Annotated[str, Form(max_length=20)] = "",
    action: Annotated[int | None, Form(ge=1, le=5)] = None,
    issues: Annotated[list[str] | None, Form(max_length=60)] = None,
    add: Annotated[str, Form(max_length=200)] = "",
    also: Annotated[str, Form(max_length=200)] = "",
    remove: Annotated[str, Form(max_length=200)] = "",
    note: Annotated[str, Form(max_length=4000)] = "",
    prediction: Annotated[int | None, Form(ge=1, le=2**62)] = None,
    seconds: Annotated[float | None, Form(ge=0, le=1e6, allow_inf_nan=False)] = None,
    person: Annotated[int | None, Form(ge=1, le=2**62)] = None,
    sent: Annotated[str, Form(max_length=64, alias="request", pattern=r"^[0-9a-zA-Z-]*$")] = "",
) -> Response:
    """One form for all that can be done with an item. `do` is save, skip or escalate; anything else edits the
    draft.
    """
    desk = desk_of(request)
    _same_person(found.person, person)
    tags = _known_tags(desk, [*(issues or ()), also], remove)
    if add.strip() and do in ("add", "save"):
        tags = _with(desk, tags, add)
    if do not in (*FINAL, *SETTLES):
        return _edited(request, found, wanted, item_id, Draft(action, tags, note), do)
    settles = SETTLES.get(do)
    if settles:
        do, (action, tags) = "save", _reading(desk, found, item_id, settles)
    submission = Submission(
        item_id,
        version,
        Codes(action, tags) if action is not None and do == "save" else None,
        note.strip() or None,
        prediction,
        seconds,
        sent or None,
    )
    entry = _enter(desk, found.person, do, submission)
    if found.person.adjudicates:
        desk.remembered.forget()  # whose reading was decided otherwise is told at once
    if from_script(request):
        return page(request, "part_outcome.html", found, text=_outcome(entry), item=item_id, entry=entry)
    if entry.kind == "decide" and _came_from_adjudication(request):
        return RedirectResponse("/adjudicate/next", 303)
    return RedirectResponse(
        "/review" + environment().filters["query"](wanted.query() | {"did": str(entry.id)}), 303
    )


def _reading(desk: Desk, found: Visit, item_id: int, which: str) -> tuple[int, tuple[str, ...]]:
    """The codes of one of both readings. Raises: Refused where there are none that the person may see."""
    with desk.database.read() as connection:
        card = read_card(desk.database, connection, found.person, item_id)
    codes = getattr(card, which) if card is not None else None
    if codes is None:
        raise Refused("refused.no-action")
    return codes.action, codes.issues


def _same_person(person: Person, sent_by: int | None) -> None:
    """Refuse what somebody else's page sends: a browser that sends again after another login."""
    if sent_by is not None and sent_by != person.id:
        raise Refused("refused.other-person", person=person.name)


def _enter(desk: Desk, person: Person, do: str, sent: Submission) -> Entry:
    if do == "skip":
        return desk.ledger.skip(person, sent)
    if do == "escalate":
        if not sent.note:
            raise Refused("refused.no-note")
        return desk.ledger.escalate(person, sent)
    return desk.ledger.decide(person, sent)


def _came_from_adjudication(request: Request) -> bool:
    return request.query_params.get("from") == "adjudicate"


def _outcome(entry: Entry) -> str:
    if entry.kind != "decide":
        return say(f"outcome.{entry.kind}")
    told = ("done", "second", "disputed")
    return say(f"outcome.{entry.status.value}" if entry.status.value in told else "outcome.saved")


def _known_tags(desk: Desk, sent: list[str], removed: str) -> tuple[str, ...]:
    chosen = dict.fromkeys(tag for tag in sent if tag and tag != removed)
    for tag in chosen:
        if tag not in desk.taxonomy.index:
            raise Refused("refused.tag", tag=tag[:60])
    return tuple(chosen)


def _with(desk: Desk, tags: tuple[str, ...], spelling: str) -> tuple[str, ...]:
    tag = find_tag(desk.taxonomy, spelling)
    if tag is None:
        raise Refused("refused.tag", tag=spelling[:60])
    return tuple(dict.fromkeys((*tags, tag.label)))


def _edited(request: Request, found: Visit, wanted: Filter, item_id: int, draft: Draft, do: str) -> Response:
    desk = desk_of(request)
    with desk.database.read() as connection:
        card = read_card(desk.database, connection, found.person, item_id, draft)
        if card is None:
            raise Refused("refused.no-item")
        reading = {"take-first": card.first, "take-second": card.second}.get(do)
        if reading is not None:
            card = read_card(
                desk.database,
                connection,
                found.person,
                item_id,
                Draft(reading.action, reading.issues, draft.note),
            )
        return review_page(request, found, wanted, connection, card)


@routes.post("/undo")
def undo(
    request: Request,
    found: Writer,
    wanted: QueueFilter,
    sent: Annotated[str, Form(max_length=64, alias="request")] = "",
    person: Annotated[int | None, Form(ge=1, le=2**62)] = None,
    before: Annotated[int | None, Form(ge=1, le=2**62)] = None,
) -> Response:
    """Take back the latest decision and open its item again; `before` an entry, where that one cannot be."""
    desk = desk_of(request)
    _same_person(found.person, person)
    entries = desk.ledger.undo(found.person, sent or None, before)
    if not from_script(request):
        return RedirectResponse(
            f"/items/{entries[0].item_id}" + environment().filters["query"](wanted.query() | {"undone": "1"}),
            303,
        )
    with desk.database.read() as connection:
        card = read_card(desk.database, connection, found.person, entries[0].item_id)
        values = card_values(desk, found, wanted, connection, card)
        # An undo brings back one item, all of a bulk decision, or none that was skipped only.
        left = {LEFT: str(waiting(connection, found.person, wanted))}
        return page(request, "part_card.html", found, 200, left, **values)
