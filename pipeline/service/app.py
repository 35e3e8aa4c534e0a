"""The application of the HTTP interface, and serving it, where that is safe."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware

from pipeline import __version__, settings
from pipeline.advice.coded import default_corpus, read_coded
from pipeline.api import load_model
from pipeline.errors import SettingsError
from pipeline.service import answers
from pipeline.service.drafting import Visits, pages
from pipeline.service.metrics import Counted
from pipeline.service.routes import guarded, open_routes, routes
from pipeline.service.running import Service, rows_of
from pipeline.service.settings import load_keys, load_service_settings
from pipeline.service.uwazi import routes as uwazi
from pipeline.service.uwazi.bridge import Bridge
from pipeline.service.uwazi.queues import Queues
from pipeline.web import listening
from pipeline.web.guard import Guard
from pipeline.web.static import UnchangingFiles


def create_app(service: Service, hosts: tuple[str, ...] = (), bridge: Bridge | None = None) -> FastAPI:
    """The application of a service.

    Args: `hosts`, by which names it may be called, empty for any; `bridge`, to a Uwazi instance.
    """

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        following = asyncio.create_task(service.follow_the_champion())
        yield
        following.cancel()
        service.close()

    app = FastAPI(
        title="UPR labelling",
        summary="Action categories and issue tags for recommendations of the Universal Periodic Review.",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.service = service
    app.state.visits = Visits()
    for router in (open_routes, guarded, routes, pages):
        app.include_router(router)
    if bridge is not None:
        app.state.uwazi = bridge
        app.include_router(uwazi.routes)
    app.mount("/static", UnchangingFiles(packages=[("pipeline.review", "static")]))
    answers.install(app)
    options = service.options
    if hosts:
        # A page elsewhere that lets its own name point here (DNS rebinding) must not get an answer.
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)
    days = options.http.hsts_days
    app.add_middleware(
        Guard,
        fault=answers.fault,
        limit=options.body_bytes,
        too_large=answers.too_large,
        headers={"Strict-Transport-Security": f"max-age={days * 86_400}"} if days else {},
    )
    app.add_middleware(Counted, metrics=service.metrics)
    return app


def open_service(model: str, corpus: Path | None = None) -> Service:
    """A service with the model that a reference names, and the coded recommendations of a table.

    Args: `corpus`, a table of `upr ingest`; None for the one of the home folder, if it is there.
    Raises: ModelError, SettingsError, SourceError, StoreError.
    """
    options = load_service_settings()
    path = corpus or default_corpus()
    coded = None if path is None else read_coded(path)
    if coded is not None:
        coded.prepare()
    return Service(load_model(model), model, options, load_keys(options), coded)


def bridge_of(service: Service, port: int) -> Bridge:
    """The bridge to the Uwazi instance of the settings."""
    options = service.options
    return Bridge(
        lambda texts: rows_of(texts, service.model),
        lambda: service.model.bundle.taxonomy,
        options.uwazi.url.rstrip("/") or f"http://127.0.0.1:{port}/uwazi",
        settings.home() / "data" / "uwazi" / "extractors.json",
        options.uwazi.doubtful,
        options.waiting_texts,
    )


def serve(service: Service, host: str, port: int, names: tuple[str, ...] = ()) -> None:
    """Serve until interrupted.

    Args: `names`, host names that callers may use beside the loopback's own; on a public address without
        names, any.

    Raises: SettingsError on an address beyond this machine while there is no key, or where the Redis of a
        Uwazi instance does not answer.
    """
    import uvicorn

    local = listening.is_loopback(host)
    if not local and not service.keys:
        raise SettingsError(
            f"--host {host}",
            "the interface has no API keys, and would be open to everybody who reaches this machine.",
            "Set UPR_SERVE_KEYS, or keys_file in configs/serve.yaml (docs/users/http.md).",
        )
    hosts = (*listening.LOOPBACK_HOSTS, *names) if local or names else ()
    chosen = service.options.uwazi
    bridge = bridge_of(service, port) if chosen.redis else None
    queues = Queues(chosen.redis, chosen.prefix, bridge.perform) if bridge else None
    app = create_app(service, hosts, bridge)
    config = listening.server_config(app, host, port, service.options.http.trusted_proxies)
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how one stops it
        if queues is not None:
            queues.start()
        uvicorn.Server(config).run()
    if queues is not None:
        queues.close()
