"""The queue with its filters, bulk decisions, adjudication, search, statistics, and the codebook."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from pipeline import settings
from pipeline.arrival.verdict import audit_alarm
from pipeline.corpus.taxonomy import ACTIONS
from pipeline.review.deciding.assigning import assignments
from pipeline.review.deciding.filters import FACETS, Filter, forget_filter, kept_filters, save_filter
from pipeline.review.deciding.leases import note_seen
from pipeline.review.deciding.queue import (
    facet_counts,
    for_adjudicator,
    listed,
    next_for_adjudicator,
    status_counts,
    waiting,
)
from pipeline.review.deciding.search import find
from pipeline.review.deciding.spoken import languages_of
from pipeline.review.rounds.planning import all_rounds
from pipeline.review.statistics.desk import read_statistics
from pipeline.review.statistics.promise import promised_error
from pipeline.review.store.transitions import Refused
from pipeline.review.strings import LANGUAGES, language
from pipeline.review.web.parameters import QueueFilter
from pipeline.review.web.render import environment, page
from pipeline.review.web.rounds import people_who_work
from pipeline.review.web.security import Reader, Writer, desk_of, require_adjudicator
from pipeline.store.names import sort_key, state_name, tag_names

routes = APIRouter()
PER_PAGE = 25
PageNumber = Annotated[int, Query(ge=1, le=100_000)]


@routes.get("/queue")
def show_queue(
    request: Request,
    found: Reader,
    wanted: QueueFilter,
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
            "counts": _ordered(desk.remembered.get("facets", 15, lambda: facet_counts(connection))),
            "standing": desk.remembered.get("status", 5, lambda: status_counts(connection)),
            "rows": listed(connection, person, wanted, PER_PAGE + 1, (number - 1) * PER_PAGE),
            "left": left(wanted),
            "kept": [(i, name, some, left(some)) for i, name, some in kept_filters(connection, person)],
            "mine": left(Filter(mine=True)),
            "assigned": assignments(connection) if person.adjudicates else [],
            "people": people_who_work(connection),
            "rounds": {str(one.id): one.plan.name for one in all_rounds(connection)},
        }
        spoken = languages_of(connection, (row["id"] for row in values["rows"]))
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
        tags=tag_names(desk.taxonomy.version, language()),
        wordings=desk.wordings[language()],
        limit=desk.settings.bulk_limit,
        did=did.partition("-"),
        spoken=spoken,
        **values,
    )


def _ordered(counts: dict[str, list[tuple[str, int]]]) -> dict[str, list[tuple[str, int]]]:
    """States in the order of their names in the language of the page."""
    spoken = language()
    states = sorted(counts["state"], key=lambda pair: sort_key(state_name(pair[0], spoken)))
    return counts | {"state": states}


@routes.post("/queue/filters")
def keep_filter(
    request: Request,
    found: Writer,
    wanted: QueueFilter,
    name: Annotated[str, Form(min_length=1, max_length=80)],
) -> Response:
    """Keep the filter under a name."""
    if not save_filter(desk_of(request).database, found.person, name.strip() or "…", wanted):
        raise Refused("refused.filter-name", name=name.strip())
    return to_queue(wanted)


@routes.post("/queue/filters/{filter_id}/forget")
def drop_filter(
    request: Request, found: Writer, filter_id: Annotated[int, Path(ge=1, le=2**62)], wanted: QueueFilter
) -> Response:
    """Forget a kept filter."""
    forget_filter(desk_of(request).database, found.person, filter_id)
    return to_queue(wanted)


@routes.get("/adjudicate")
def adjudicate(request: Request, found: Reader) -> Response:
    """What waits for an adjudicator."""
    require_adjudicator(found)
    with desk_of(request).database.read() as connection:
        rows = for_adjudicator(connection)
        spoken = languages_of(connection, (row["id"] for row in rows))
        return page(request, "adjudicate.html", found, rows=rows, spoken=spoken)


@routes.get("/adjudicate/next")
def adjudicate_next(
    request: Request, found: Reader, after: Annotated[int | None, Query(ge=1, le=2**62)] = None
) -> Response:
    """Straight to the next item that the person can adjudicate, else to the list."""
    require_adjudicator(found)
    with desk_of(request).database.read() as connection:
        item = next_for_adjudicator(connection, found.person, after)
    return RedirectResponse(f"/items/{item}?from=adjudicate" if item else "/adjudicate", 303)


@routes.get("/search")
def search(request: Request, found: Reader, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Items that contain words, decided or not."""
    database = desk_of(request).database
    with database.read() as connection:
        rows = find(connection, found.person, q)
        spoken = languages_of(connection, (row["id"] for row in rows))
    told = [row["id"] for row in rows if row["codes"] is not None]
    if told:
        with database.write() as connection:
            note_seen(database, connection, found.person, *told)
    part = "hx-request" in request.headers
    return page(request, "part_found.html" if part else "search.html", found, q=q, rows=rows, spoken=spoken)


@routes.get("/statistics")
def show_statistics(request: Request, found: Reader) -> Response:
    """Progress, agreement, and how often the model was overruled."""
    desk = desk_of(request)
    with desk.database.read() as connection:
        statistics = desk.remembered.get(
            "statistics", 20, lambda: read_statistics(connection, desk.database.now())
        )
    labelled_by = statistics.audited.model
    error = desk.remembered.get(
        f"promise {labelled_by}", 300, lambda: promised_error(labelled_by, settings.load())
    )
    return page(
        request,
        "statistics.html",
        found,
        statistics=statistics,
        promise=1 - error,
        alarm=audit_alarm(statistics.audited.overall, error),
        actions=ACTIONS,
    )


@routes.get("/codebook")
def codebook(request: Request, found: Reader) -> Response:
    """The rules of coding, and what each tag means."""
    desk = desk_of(request)
    tags = tag_names(desk.taxonomy.version, language())
    return page(
        request,
        "codebook.html",
        found,
        taxonomy=desk.taxonomy,
        tags=sorted(tags.values(), key=lambda tag: sort_key(tag.name)),
        verbs={spoken: desk.verbs[spoken] for spoken in dict.fromkeys((language(), LANGUAGES[0]))},
        actions=ACTIONS,
    )


def to_queue(wanted: Filter, **more: str) -> Response:
    """To the queue's page with a filter."""
    return RedirectResponse("/queue" + environment().filters["query"](wanted.query() | more), 303)
