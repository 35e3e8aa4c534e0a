"""Reading and deciding: the page where people spend their day."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from pipeline.corpus.taxonomy import ACTIONS
from pipeline.models.reasons import reason_code
from pipeline.review.deciding.activity import untold
from pipeline.review.deciding.card import Card, Draft, read_card
from pipeline.review.deciding.entries import Entry, Submission
from pipeline.review.deciding.filters import Filter
from pipeline.review.deciding.history import history
from pipeline.review.deciding.leases import note_seen, take
from pipeline.review.deciding.queue import status_counts, take_next, waiting
from pipeline.review.rounds.planning import all_rounds
from pipeline.review.store.accounts import Person
from pipeline.review.store.logins import Visit
from pipeline.review.store.transitions import FOR_ADJUDICATOR, Codes, Refused
from pipeline.review.strings import say
from pipeline.review.web.answers import from_script
from pipeline.review.web.desk import Desk
from pipeline.review.web.render import environment, page
from pipeline.review.web.security import Reader, Writer, desk_of

routes = APIRouter()
FINAL = ("save", "skip", "escalate")
SETTLES = {"settle-first": "first", "settle-second": "second"}
"""What an adjudicator says with one key: that the first or the second reading is right."""
ItemId = Annotated[int, Path(ge=1, le=2**62)]
Short = Annotated[str, Query(max_length=200)]


def asked_filter(
    session: Short = "",
    state: Short = "",
    action: Short = "",
    tag: Short = "",
    reason: Short = "",
    mine: Short = "",
    in_round: Annotated[str, Query(max_length=18, pattern="^[0-9]*$", alias="round")] = "",
) -> Filter:
    """The filter in an address."""
    return Filter(session, state, action, tag, reason_code(reason), bool(mine), in_round)


Asked = Annotated[Filter, Depends(asked_filter)]


@routes.get("/")
def home(_found: Reader) -> Response:
    """To the work."""
    return RedirectResponse("/review", 303)


@routes.get("/review")
def next_item(request: Request, found: Reader, wanted: Asked) -> Response:
    """The next item, leased to the person."""
    desk = desk_of(request)
    item = take_next(desk.database, desk.settings.lease_minutes, found.person, wanted)
    with desk.database.read() as connection:
        card = read_card(desk.database, connection, found.person, item) if item is not None else None
        return _show(request, found, wanted, connection, card)


@routes.get("/review/ahead")
def ahead(
    request: Request,
    found: Reader,
    wanted: Asked,
    without: Annotated[list[int] | None, Query(max_length=50)] = None,
) -> Response:
    """The item after those that are on the person's screen, as a part to keep ready."""
    desk = desk_of(request)
    item = take_next(
        desk.database,
        desk.settings.lease_minutes,
        found.person,
        wanted,
        [i for i in without or () if abs(i) < 2**62],
    )
    with desk.database.read() as connection:
        card = read_card(desk.database, connection, found.person, item) if item is not None else None
        values = _values(desk, found, wanted, connection, card)
    return page(request, "part_card.html" if card else "part_empty.html", found, **values)


@routes.get("/items/{item_id}")
def one_item(
    request: Request,
    found: Reader,
    item_id: ItemId,
    wanted: Asked,
    suggestion: Annotated[str, Query(max_length=1)] = "",
) -> Response:
    """A certain item; leased to the person if it waits for somebody like them. `suggestion` shows an
    adjudicator what the model says.
    """
    desk = desk_of(request)
    with desk.database.write() as connection:
        card = read_card(desk.database, connection, found.person, item_id, suggest=bool(suggestion))
        if card is not None and card.may_decide and card.held is None:
            take(desk.database, connection, desk.settings.lease_minutes, found.person, item_id)
        elif card is not None and card.said is not None:
            note_seen(desk.database, connection, found.person, item_id)
    if card is None:
        raise Refused("refused.no-item")
    with desk.database.read() as connection:
        return _show(request, found, wanted, connection, card)


@routes.post("/items/{item_id}")
def decide(
    request: Request,
    found: Writer,
    item_id: ItemId,
    wanted: Asked,
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
    return say(f"outcome.{entry.kind}", status=say(f"status.{entry.status.value}"), n=entry.batch_size)


def _known_tags(desk: Desk, sent: list[str], removed: str) -> tuple[str, ...]:
    chosen = dict.fromkeys(tag for tag in sent if tag and tag != removed)
    for tag in chosen:
        if tag not in desk.taxonomy.index:
            raise Refused("refused.tag", tag=tag[:60])
    return tuple(chosen)


def _with(desk: Desk, tags: tuple[str, ...], spelling: str) -> tuple[str, ...]:
    tag = desk.taxonomy.find(spelling)
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
        return _show(request, found, wanted, connection, card)


@routes.post("/undo")
def undo(
    request: Request,
    found: Writer,
    wanted: Asked,
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
        return page(request, "part_card.html", found, **_values(desk, found, wanted, connection, card))


@routes.get("/items/{item_id}/history")
def show_history(request: Request, found: Reader, item_id: ItemId) -> Response:
    """All that was done with an item; closed to who could still read it blind."""
    desk = desk_of(request)
    with desk.database.write() as connection:
        card = read_card(desk.database, connection, found.person, item_id)
        if card is None:
            raise Refused("refused.no-item")
        if card.blind:
            raise Refused("refused.blind-history")
        note_seen(desk.database, connection, found.person, item_id)
        return page(request, "history.html", found, card=card, entries=history(connection, item_id))


@routes.get("/keys")
def keys(request: Request, found: Reader) -> Response:
    """The keys, for who has no script to show them."""
    return page(request, "keys.html", found)


def _round_name(desk: Desk, connection: Connection, wanted: Filter) -> str:
    if not wanted.round:
        return ""
    names: dict[str, str] = desk.remembered.get(
        "round names", 30, lambda: {str(one.id): one.plan.name for one in all_rounds(connection)}
    )
    return names.get(wanted.round, wanted.round)


def _show(
    request: Request, found: Visit, wanted: Filter, connection: Connection, card: Card | None
) -> Response:
    desk = desk_of(request)
    values = _values(desk, found, wanted, connection, card)
    did = "saved" if "did" in request.query_params else "undo" if "undone" in request.query_params else ""
    return page(request, "review.html", found, did=did, **values)


def _values(
    desk: Desk, found: Visit, wanted: Filter, connection: Connection, card: Card | None
) -> dict[str, Any]:
    counts = desk.remembered.get("status", 5, lambda: status_counts(connection))
    otherwise = desk.remembered.get(f"untold {found.person.id}", 30, lambda: untold(connection, found.person))
    left = desk.remembered.get(
        f"left {found.person.id} {wanted}", 5, lambda: waiting(connection, found.person, wanted)
    )
    return {
        "card": card,
        "wanted": wanted,
        "left": left,
        "otherwise": otherwise,
        "round_name": _round_name(desk, connection, wanted),
        "disputes": sum(counts[s.value] for s in FOR_ADJUDICATOR),
        "taxonomy": desk.taxonomy,
        "definitions": {tag.label: tag.definition for tag in desk.taxonomy.tags},
        "verbs": desk.verbs,
        "wordings": desk.wordings,
        "actions": ACTIONS,
    }
