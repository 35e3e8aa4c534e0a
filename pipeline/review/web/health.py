"""Whether the desk runs and can work, for whoever watches it: a service manager, a container, a proxy."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import PlainTextResponse, Response

from pipeline.review.store.tables import users
from pipeline.review.web.security import desk_of

routes = APIRouter()


@routes.get("/healthz")
def healthy() -> Response:
    """200 while the server answers, whatever the database does."""
    return PlainTextResponse("ok\n")


@routes.get("/readyz")
def ready(request: Request) -> Response:
    """200 where decisions can be taken; 503 with the reason where not."""
    database = desk_of(request).database
    try:
        if not database.ready():
            return PlainTextResponse("The database holds no desk yet.\n", 503)
        with database.read() as connection:
            somebody = connection.scalar(select(users.c.id).limit(1))
    except SQLAlchemyError:
        return PlainTextResponse("The database does not answer.\n", 503)
    if somebody is None:
        return PlainTextResponse("Nobody has an account yet.\n", 503)
    return PlainTextResponse("ok\n")
