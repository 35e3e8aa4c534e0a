"""A service of the sample's small model, served in this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from pipeline.advice.coded import read_coded
from pipeline.api import Model, load_model
from pipeline.service.app import create_app
from pipeline.service.running import Service
from pipeline.service.settings import Keys, ServiceSettings
from pipeline.service.uwazi.bridge import Bridge
from pipeline.web.listening import LOOPBACK_HOSTS, server_config
from tests.review.bench import free_port, wait_until


@pytest.fixture(scope="session")
def model(model_path: Path) -> Model:
    return load_model(str(model_path))


class Serving:
    """A service in a thread: real HTTP."""

    def __init__(self, service: Service, bridge: Bridge | None = None) -> None:
        self.service = service
        self.bridge = bridge
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        config = server_config(create_app(service, LOOPBACK_HOSTS, bridge), "127.0.0.1", self.port)
        config.timeout_graceful_shutdown = 1
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        wait_until(lambda: self._server.started, 30, "the service does not start")

    def __enter__(self) -> httpx.Client:
        self.client = httpx.Client(base_url=self.url, timeout=60)
        return self.client

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self._server.should_exit = True
        self._thread.join()


def service_with(model: Model, *keys: str, corpus: Path | None = None, **options: Any) -> Service:
    coded = None if corpus is None else read_coded(corpus)
    return Service(model, "shipped", ServiceSettings(**options), Keys(keys), coded)


@pytest.fixture(scope="module")
def served(model: Model, sample_path: Path) -> Iterator[Serving]:
    """A service that all tests of a module ask."""
    serving = Serving(service_with(model, corpus=sample_path))
    with serving:
        yield serving
