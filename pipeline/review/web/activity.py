"""Who did what and when, a person's own decisions, and what became of their readings."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from pipeline.corpus.taxonomy import ACTIONS
from pipeline.review.deciding.activity import Sought, decided_otherwise, entries, note_told
from pipeline.review.deciding.spoken import languages_of
from pipeline.review.store.logins import Visit
from pipeline.review.web.parameters import Short
from pipeline.review.web.render import page
from pipeline.review.web.rounds import people_who_work
from pipeline.review.web.security import Reader, desk_of
from pipeline.store.vocabularies import load_states

routes = APIRouter()
PER_PAGE = 50
Before = Annotated[int | None, Query(ge=1, le=2**62)]


@routes.get("/activity")
def activity(
    request: Request,
    found: Reader,
    person: Short = "",
    action: Short = "",
    session: Short = "",
    state: Short = "",
    document: Short = "",
    paragraph: Short = "",
    before: Before = None,
) -> Response:
    """The history across items."""
    named = load_states().find(state)
    whose = named.name if named else state.strip()
    sought = Sought(person, action, session.strip(), whose, document.strip(), paragraph.strip())
    return _listed(request, found, sought, before, mine=False)


@routes.get("/mine")
def mine(request: Request, found: Reader, before: Before = None) -> Response:
    """The person's own decisions; each leads to its item, where it can be changed."""
    return _listed(request, found, Sought(person=str(found.person.id)), before, mine=True)


def _listed(request: Request, found: Visit, sought: Sought, before: int | None, *, mine: bool) -> Response:
    with desk_of(request).database.read() as connection:
        rows = entries(connection, found.person, sought, PER_PAGE + 1, before)
        people = people_who_work(connection)
        spoken = languages_of(connection, (row["item_id"] for row in rows))
    return page(
        request,
        "activity.html",
        found,
        rows=rows[:PER_PAGE],
        older=rows[PER_PAGE - 1]["id"] if len(rows) > PER_PAGE else None,
        sought=sought,
        spoken=spoken,
        people=people,
        mine=mine,
        actions=ACTIONS,
    )


@routes.get("/inbox")
def inbox(request: Request, found: Reader) -> Response:
    """The person's readings that were decided otherwise, with the reason."""
    desk = desk_of(request)
    with desk.database.read() as connection:
        rows = decided_otherwise(connection, found.person)
        spoken = languages_of(connection, (row.item_id for row in rows))
    if rows and rows[0].new:
        note_told(desk.database, found.person, rows[0].decision_id)
        desk.remembered.forget()
    return page(request, "inbox.html", found, rows=rows, spoken=spoken)
