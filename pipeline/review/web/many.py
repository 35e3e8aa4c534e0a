"""Several items at once: assignments, and decisions on a set that was shown before."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import Response

from pipeline.corpus.taxonomy import ACTIONS
from pipeline.review.deciding import bulk
from pipeline.review.deciding.assigning import assign as assign_items
from pipeline.review.deciding.assigning import assign_filter, take_back
from pipeline.review.deciding.filters import Filter
from pipeline.review.deciding.queue import whole
from pipeline.review.deciding.spoken import languages_of
from pipeline.review.store.logins import Visit
from pipeline.review.store.transitions import Refused
from pipeline.review.web.desk import Desk
from pipeline.review.web.overview import to_queue
from pipeline.review.web.parameters import QueueFilter
from pipeline.review.web.render import page
from pipeline.review.web.rounds import people_who_work
from pipeline.review.web.security import Writer, desk_of, require_adjudicator
from pipeline.store.names import find_tag

routes = APIRouter()
Chosen = Annotated[list[int] | None, Form(max_length=1000)]
Whole = Annotated[str, Form(max_length=3)]
"""Not empty where all items of the filter are meant, whatever is chosen."""


def _worker(desk: Desk, person: int) -> int | None:
    """An enabled account, None for 0. Raises: Refused."""
    if not person:
        return None
    with desk.database.read() as connection:
        if person not in {number for number, _ in people_who_work(connection)}:
            raise Refused("refused.no-person")
    return person


@routes.post("/queue/assign")
def assign(
    request: Request,
    found: Writer,
    wanted: QueueFilter,
    items: Chosen = None,
    every: Whole = "",
    most: Annotated[str, Form(max_length=7, pattern="^[0-9]*$")] = "",
    person: Annotated[int, Form(ge=0, le=2**62)] = 0,
) -> Response:
    """Give the chosen items to a person, or back to all; or all of the filter, or the first `most` of it."""
    require_adjudicator(found)
    desk = desk_of(request)
    to = _worker(desk, person)
    if every:
        done = assign_filter(desk.database, wanted, to, found.person, int(most) if most else None)
    else:
        ids = [i for i in items or () if 0 < i < 2**62]
        if not ids:
            raise Refused("refused.no-choice")
        done = assign_items(desk.database, ids, to, found.person)
    desk.remembered.forget()
    return to_queue(wanted, did=f"assigned-{done}")


@routes.post("/queue/assign/{person_id}/take-back")
def unassign(
    request: Request,
    found: Writer,
    person_id: Annotated[int, Path(ge=1, le=2**62)],
    wanted: QueueFilter,
    to: Annotated[int, Form(ge=0, le=2**62)] = 0,
) -> Response:
    """Give a person's open items back to everybody, or to somebody who takes over."""
    require_adjudicator(found)
    desk = desk_of(request)
    done = take_back(desk.database, person_id, _worker(desk, to), found.person)
    desk.remembered.forget()
    return to_queue(wanted, did=f"assigned-{done}")


@routes.post("/bulk")
def preview(
    request: Request,
    found: Writer,
    wanted: QueueFilter,
    items: Chosen = None,
    every: Whole = "",
    action: Annotated[str, Form(pattern="^[1-5]?$")] = "",
    add: Annotated[str, Form(max_length=200)] = "",
    remove: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Show what a bulk decision would do, item by item."""
    desk = desk_of(request)
    ids = _of_filter(desk, found, wanted) if every else [i for i in items or () if 0 < i < 2**62]
    if not ids:
        raise Refused("refused.no-choice")
    if len(ids) > desk.settings.bulk_limit:
        raise Refused("refused.too-many", n=desk.settings.bulk_limit)
    tags = []
    for spelling in (add, remove):
        tag = find_tag(desk.taxonomy, spelling) if spelling.strip() else None
        if spelling.strip() and tag is None:
            raise Refused("refused.tag", tag=spelling[:60])
        tags.append((tag.label,) if tag else ())
    change = bulk.Change(int(action) if action else None, tags[0], tags[1])
    made = bulk.prepare(desk.database, found.person, ids, change)
    with desk.database.read() as connection:
        ids = [line.item_id for line in made.lines] + [held.item_id for held in made.held]
        spoken = languages_of(connection, ids)
    return page(request, "bulk.html", found, preview=made, actions=ACTIONS, wanted=wanted, spoken=spoken)


def _of_filter(desk: Desk, found: Visit, wanted: Filter) -> list[int]:
    """All items of a filter; one more than the limit, where there are more, so that it is refused."""
    with desk.database.read() as connection:
        query = whole(connection, found.person, wanted, desk.settings.bulk_limit + 1)
        return list(connection.scalars(query)) if query is not None else []


@routes.post("/bulk/{preview_id}")
def confirm(
    request: Request,
    found: Writer,
    preview_id: Annotated[str, Path(max_length=40, pattern=r"^[\w-]+$")],
    wanted: QueueFilter,
) -> Response:
    """Decide on exactly the set that was shown."""
    desk = desk_of(request)
    entries = bulk.confirm(desk.database, desk.ledger, found.person, preview_id)
    desk.remembered.forget()
    return to_queue(wanted, did=f"bulk-{len(entries)}")


@routes.post("/bulk-undo")
def undo(request: Request, found: Writer, wanted: QueueFilter) -> Response:
    """Take the latest bulk decision back, on the page that told of it."""
    desk = desk_of(request)
    entries = desk.ledger.undo(found.person)
    desk.remembered.forget()
    return to_queue(wanted, did=f"undone-{len(entries)}")
