"""The application: routes, guard, answers; and serving it, where that is safe."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from pipeline import __version__, settings
from pipeline.corpus.taxonomy import Taxonomy
from pipeline.errors import StoreError
from pipeline.review.settings import load_desk_settings
from pipeline.review.store.accounts import anybody
from pipeline.review.store.database import Database
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
from pipeline.store.vocabularies import config_path, load_codebook, load_taxonomy, read_yaml
from pipeline.web import listening

if TYPE_CHECKING:
    import uvicorn


class _Static(StaticFiles):
    """Static files that may be kept for ever: their address changes with their content."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        answer = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return answer


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
    app.mount("/static", _Static(packages=[("pipeline.review", "static")]))
    answers.install(app)
    if desk.hosts:
        # A page elsewhere that lets its own name point here (DNS rebinding) must not get an answer.
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(desk.hosts), www_redirect=False)
    app.add_middleware(DeskGuard, fault=answers.fault, hsts_days=desk.settings.http.hsts_days)
    return app


def open_desk(database: Database, hosts: tuple[str, ...] = ()) -> Desk:
    """The desk over an open database, with the project's vocabularies and rules."""
    taxonomy = load_taxonomy(settings.load().taxonomy)
    content = read_yaml(config_path("codebook.yaml"))
    verbs = {int(group["action"]): tuple(group["codebook"]) for group in content["actions"]}
    return Desk(database, load_desk_settings(), taxonomy, verbs, _wordings(taxonomy), hosts)


def _wordings(taxonomy: Taxonomy) -> dict[str, tuple[str, ...]]:
    """The codebook's phrases of each tag, by its label."""
    found: dict[str, list[str]] = {tag.label: [] for tag in taxonomy.tags}
    for wording in load_codebook().wordings:
        for tag in map(taxonomy.of_id, wording.tags):
            if tag is not None:
                found[tag.label] += wording.phrases
    return {label: tuple(phrases) for label, phrases in found.items()}


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
