"""The application: routes, guard, answers; and serving it, where that is safe."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware

from pipeline import __version__, settings
from pipeline.errors import StoreError
from pipeline.review.settings import load_desk_settings
from pipeline.review.store.accounts import anybody
from pipeline.review.store.database import Database
from pipeline.review.strings import LANGUAGES
from pipeline.review.web import (
    activity,
    answers,
    deciding,
    exchange,
    health,
    login,
    many,
    overview,
    reading,
    rounds,
    team,
)
from pipeline.review.web.desk import Desk
from pipeline.review.web.security import DeskGuard
from pipeline.review.web.tag_words import verbs_of, wordings_of
from pipeline.store.vocabularies import load_taxonomy
from pipeline.web import listening
from pipeline.web.static import UnchangingFiles

if TYPE_CHECKING:
    import uvicorn


def create_app(desk: Desk) -> FastAPI:
    """The application of a desk."""
    app = FastAPI(
        title="UPR review desk",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.desk = desk
    for module in (health, login, reading, deciding, overview, many, rounds, activity, team, exchange):
        app.include_router(module.routes)
    app.mount("/static", UnchangingFiles(packages=[("pipeline.review", "static")]))
    answers.install(app)
    if desk.hosts:
        # A page elsewhere that lets its own name point here (DNS rebinding) must not get an answer.
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(desk.hosts), www_redirect=False)
    app.add_middleware(DeskGuard, fault=answers.fault, desk=desk)
    return app


def open_desk(database: Database, hosts: tuple[str, ...] = ()) -> Desk:
    """The desk over an open database, with the project's vocabularies and rules."""
    taxonomy = load_taxonomy(settings.load().taxonomy)
    verbs = {language: verbs_of(language) for language in LANGUAGES}
    wordings = {language: wordings_of(taxonomy, language) for language in LANGUAGES}
    return Desk(database, load_desk_settings(), taxonomy, verbs, wordings, hosts)


def serve(database: Database, host: str, port: int, names: tuple[str, ...] = ()) -> None:
    """Serve the desk until interrupted.

    Args:
        names: host names that browsers may call it by, beside the loopback's own; on a public address without
            names, any.

    Raises: StoreError on an address beyond this machine while nobody has an account.
    """
    import uvicorn

    local = listening.is_loopback(host)
    if not local and not anybody(database):
        raise StoreError(
            f"--host {host}",
            "the desk has no accounts, and would be open to everybody who reaches this machine.",
            "Add one first: upr review user add NAME --role admin.",
        )
    hosts = (*listening.LOOPBACK_HOSTS, *names) if local or names else ()
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how one stops it
        uvicorn.Server(server_config(open_desk(database, tuple(hosts)), host, port)).run()


def server_config(desk: Desk, host: str, port: int) -> uvicorn.Config:
    """How the desk is served."""
    return listening.server_config(create_app(desk), host, port, desk.settings.http.trusted_proxies)
