"""Rounds: how far they are, for everybody; their plan, for who leads."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from sqlalchemy import Connection, select
from starlette.responses import RedirectResponse, Response

from pipeline.review.rounds import planning
from pipeline.review.rounds.progress import RoundProgress, read_progress
from pipeline.review.store.tables import users
from pipeline.review.store.transitions import Refused
from pipeline.review.web.render import page
from pipeline.review.web.security import Reader, Writer, desk_of, require_adjudicator

routes = APIRouter()
Number = Annotated[int, Path(ge=1, le=2**62)]
PerCent = Annotated[float, Form(ge=0, le=100, allow_inf_nan=False)]


def people_who_work(connection: Connection) -> list[tuple[int, str]]:
    """Ids and names of enabled accounts, by name."""
    query = select(users.c.id, users.c.name).where(
        users.c.password_hash.is_not(None), users.c.disabled_at.is_(None)
    )
    return [(row.id, row.name) for row in connection.execute(query.order_by(users.c.name))]


@routes.get("/rounds")
def show_rounds(request: Request, found: Reader) -> Response:
    """All rounds with their progress; a part of the page when it asks again by itself."""
    desk = desk_of(request)
    kept: list[tuple[planning.Round, RoundProgress]] = []
    with desk.database.read() as connection:
        for one in planning.all_rounds(connection):
            now = desk.database.now()
            count = partial(read_progress, connection, one.id, now)
            kept.append((one, desk.remembered.get(f"round {one.id}", 5, count)))
        people = people_who_work(connection)
    part = "hx-request" in request.headers and "hx-boosted" not in request.headers
    return page(request, "part_rounds.html" if part else "rounds.html", found, rounds=kept, people=people)


@routes.post("/rounds/{number}")
def change(
    request: Request,
    found: Writer,
    number: Number,
    name: Annotated[str, Form(min_length=1, max_length=80)],
    audit: PerCent,
    second: PerCent,
    deadline: Annotated[str, Form(max_length=10)] = "",
    person: Annotated[list[int] | None, Form(max_length=1000)] = None,
) -> Response:
    """Give a round another plan; it counts for what nobody has read yet."""
    require_adjudicator(found)
    desk = desk_of(request)
    plan = planning.RoundPlan(
        name.strip() or "…",
        audit / 100,
        second / 100,
        _day(deadline),
        _known_people(request, person or []),
    )
    planning.change_round(desk.database, desk.settings, found.person, number, plan)
    desk.remembered.forget()
    return RedirectResponse("/rounds", 303)


def _day(written: str) -> dt.date | None:
    if not written.strip():
        return None
    try:
        return dt.date.fromisoformat(written.strip())
    except ValueError as error:
        raise Refused("refused.day") from error


def _known_people(request: Request, ids: list[int]) -> tuple[int, ...]:
    with desk_of(request).database.read() as connection:
        known = {number for number, _ in people_who_work(connection)}
    if set(ids) - known:
        raise Refused("refused.no-person")
    return tuple(ids)


@routes.post("/rounds/{number}/withdraw")
def withdraw(request: Request, found: Writer, number: Number) -> Response:
    """Take a mistaken import out of the queue and of exports."""
    require_adjudicator(found)
    desk = desk_of(request)
    planning.withdraw(desk.database, found.person, number)
    desk.remembered.forget()
    return RedirectResponse("/rounds", 303)


@routes.post("/rounds/{number}/bring-back")
def bring_back(request: Request, found: Writer, number: Number) -> Response:
    """Undo a withdrawal."""
    require_adjudicator(found)
    desk = desk_of(request)
    planning.bring_back(desk.database, found.person, number)
    desk.remembered.forget()
    return RedirectResponse("/rounds", 303)
