"""Reading: the pages on which recommendations are shown, where people spend their day."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from pipeline.review.deciding.card import read_card
from pipeline.review.deciding.history import history
from pipeline.review.deciding.leases import note_seen, take
from pipeline.review.deciding.queue import take_next
from pipeline.review.store.transitions import Refused
from pipeline.review.web.card_page import card_values, review_page
from pipeline.review.web.parameters import ItemId, QueueFilter
from pipeline.review.web.render import page
from pipeline.review.web.security import Reader, desk_of

routes = APIRouter()


@routes.get("/")
def home(_found: Reader) -> Response:
    """To the work."""
    return RedirectResponse("/review", 303)


@routes.get("/review")
def next_item(request: Request, found: Reader, wanted: QueueFilter) -> Response:
    """The next item, leased to the person."""
    desk = desk_of(request)
    item = take_next(desk.database, desk.settings.lease_minutes, found.person, wanted)
    with desk.database.read() as connection:
        card = read_card(desk.database, connection, found.person, item) if item is not None else None
        return review_page(request, found, wanted, connection, card)


@routes.get("/review/ahead")
def ahead(
    request: Request,
    found: Reader,
    wanted: QueueFilter,
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
        values = card_values(desk, found, wanted, connection, card)
    return page(request, "part_card.html" if card else "part_empty.html", found, **values)


@routes.get("/items/{item_id}")
def one_item(
    request: Request,
    found: Reader,
    item_id: ItemId,
    wanted: QueueFilter,
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
        return review_page(request, found, wanted, connection, card)


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
