"""The queue with its filters, bulk decisions, adjudication, search, statistics, and the codebook."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from pipeline.corpus.taxonomy import ACTIONS
from pipeline.review.deciding import bulk
from pipeline.review.deciding.queue import (
    FACETS,
    Filter,
    assignments,
    facet_counts,
    for_adjudicator,
    forget_filter,
    kept_filters,
    listed,
    note_seen,
    save_filter,
    status_counts,
    take_back,
    waiting,
)
from pipeline.review.deciding.search import find
from pipeline.review.statistics.desk import read_statistics
from pipeline.review.store.tables import users
from pipeline.review.store.transitions import Refused
from pipeline.review.web.reading import Asked
from pipeline.review.web.render import environment, page
from pipeline.review.web.security import Reader, Writer, desk_of, require_adjudicator

routes = APIRouter()
PER_PAGE = 25
PageNumber = Annotated[int, Query(ge=1, le=100_000)]


@routes.get("/queue")
def show_queue(
    request: Request,
    found: Reader,
    wanted: Asked,
    number: PageNumber = 1,
    did: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """What waits, by filter."""
    desk = desk_of(request)
    person = found.person
    with desk.database.read() as connection:

        def left(some: Filter) -> int:
            return int(
                desk.remembered.get(f"left {person.id} {some}", 5, lambda: waiting(connection, person, some))
            )

        values = {
            "counts": desk.remembered.get("facets", 15, lambda: facet_counts(connection)),
            "standing": desk.remembered.get("status", 5, lambda: status_counts(connection)),
            "rows": listed(connection, person, wanted, PER_PAGE + 1, (number - 1) * PER_PAGE),
            "left": left(wanted),
            "kept": [(i, name, some, left(some)) for i, name, some in kept_filters(connection, person)],
            "mine": left(Filter(mine=True)),
            "assigned": assignments(connection) if person.adjudicates else [],
            "people": [
                *connection.execute(
                    select(users.c.id, users.c.name).where(
                        users.c.password_hash.is_not(None), users.c.disabled_at.is_(None)
                    )
                )
            ],
        }
    part = "hx-request" in request.headers and "hx-boosted" not in request.headers
    return page(
        request,
        "part_queue.html" if part else "queue.html",
        found,
        wanted=wanted,
        number=number,
        per_page=PER_PAGE,
        facets=FACETS,
        actions=ACTIONS,
        taxonomy=desk.taxonomy,
        wordings=desk.wordings,
        limit=desk.settings.bulk_limit,
        did=did,
        **values,
    )


@routes.post("/queue/filters")
def keep_filter(
    request: Request, found: Writer, wanted: Asked, name: Annotated[str, Form(min_length=1, max_length=80)]
) -> Response:
    """Keep the filter under a name."""
    if not save_filter(desk_of(request).database, found.person, name.strip() or "…", wanted):
        raise Refused("refused.filter-name", name=name.strip())
    return _to_queue(wanted)


@routes.post("/queue/filters/{filter_id}/forget")
def drop_filter(
    request: Request, found: Writer, filter_id: Annotated[int, Path(ge=1, le=2**62)], wanted: Asked
) -> Response:
    """Forget a kept filter."""
    forget_filter(desk_of(request).database, found.person, filter_id)
    return _to_queue(wanted)


@routes.post("/queue/assign")
def assign(
    request: Request,
    found: Writer,
    wanted: Asked,
    items: Annotated[list[int] | None, Form(max_length=1000)] = None,
    person: Annotated[int, Form(ge=0, le=2**62)] = 0,
) -> Response:
    """Give the chosen items to a person, or back to all."""
    require_adjudicator(found)
    ids = [i for i in items or () if 0 < i < 2**62]
    desk = desk_of(request)
    if person:
        with desk.database.read() as connection:
            if (
                connection.scalar(
                    select(users.c.id).where(users.c.id == person, users.c.password_hash.is_not(None))
                )
                is None
            ):
                raise Refused("refused.no-person")
    bulk.assign(desk.database, ids, person or None)
    return _to_queue(wanted)


@routes.post("/queue/assign/{person_id}/take-back")
def unassign(
    request: Request, found: Writer, person_id: Annotated[int, Path(ge=1, le=2**62)], wanted: Asked
) -> Response:
    """Give a person's open items back to everybody."""
    require_adjudicator(found)
    take_back(desk_of(request).database, person_id)
    return _to_queue(wanted)


@routes.post("/bulk")
def preview(
    request: Request,
    found: Writer,
    items: Annotated[list[int] | None, Form(max_length=1000)] = None,
    action: Annotated[str, Form(pattern="^[1-5]?$")] = "",
    add: Annotated[str, Form(max_length=200)] = "",
    remove: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Show what a bulk decision would do, item by item."""
    desk = desk_of(request)
    ids = [i for i in items or () if 0 < i < 2**62]
    if not ids:
        raise Refused("refused.no-choice")
    if len(ids) > desk.settings.bulk_limit:
        raise Refused("refused.too-many", n=len(ids), limit=desk.settings.bulk_limit)
    tags = []
    for spelling in (add, remove):
        tag = desk.taxonomy.find(spelling) if spelling.strip() else None
        if spelling.strip() and tag is None:
            raise Refused("refused.tag", tag=spelling[:60])
        tags.append((tag.label,) if tag else ())
    change = bulk.Change(int(action) if action else None, tags[0], tags[1])
    return page(
        request,
        "bulk.html",
        found,
        preview=bulk.prepare(desk.database, found.person, ids, change),
        actions=ACTIONS,
    )


@routes.post("/bulk/{preview_id}")
def confirm(
    request: Request, found: Writer, preview_id: Annotated[str, Path(max_length=40, pattern=r"^[\w-]+$")]
) -> Response:
    """Decide on exactly the set that was shown."""
    desk = desk_of(request)
    entries = bulk.confirm(desk.database, desk.ledger, found.person, preview_id)
    return RedirectResponse(f"/queue?did={len(entries)}", 303)


@routes.get("/adjudicate")
def adjudicate(request: Request, found: Reader) -> Response:
    """What waits for an adjudicator."""
    require_adjudicator(found)
    with desk_of(request).database.read() as connection:
        return page(request, "adjudicate.html", found, rows=for_adjudicator(connection))


@routes.get("/search")
def search(request: Request, found: Reader, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Items that contain words, decided or not."""
    database = desk_of(request).database
    with database.read() as connection:
        rows = find(connection, found.person, q)
    told = [row["id"] for row in rows if row["codes"] is not None]
    if told:
        with database.write() as connection:
            note_seen(database, connection, found.person, *told)
    part = "hx-request" in request.headers
    return page(request, "part_found.html" if part else "search.html", found, q=q, rows=rows)


@routes.get("/statistics")
def show_statistics(request: Request, found: Reader) -> Response:
    """Progress, agreement, and how often the model was overruled."""
    desk = desk_of(request)
    with desk.database.read() as connection:
        statistics = desk.remembered.get(
            "statistics", 20, lambda: read_statistics(connection, desk.database.now())
        )
    return page(request, "statistics.html", found, statistics=statistics, actions=ACTIONS)


@routes.get("/codebook")
def codebook(request: Request, found: Reader) -> Response:
    """The rules of coding, and what each tag means."""
    desk = desk_of(request)
    return page(request, "codebook.html", found, taxonomy=desk.taxonomy, verbs=desk.verbs, actions=ACTIONS)


def _to_queue(wanted: Filter) -> Response:
    return RedirectResponse("/queue" + environment().filters["query"](wanted.query()), 303)
