"""A real MLflow tracking server on loopback, which tests start, kill and start again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType

_STARTS_WITHIN = 240
"""Seconds, on a machine that others use, too."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def plain_environment(**more: str) -> dict[str, str]:
    """The environment without settings of MLflow and of this project. MLflow starts uvicorn by its name, so
    the programs of these tests' Python come first.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "UPR_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return kept | {"MLFLOW_DISABLE_TELEMETRY": "true", "PATH": path} | more


class ServerProcess:
    """A process that answers at an address, with all that it starts itself."""

    def __init__(self, folder: Path, arguments: list[str], health: str, **environment: str) -> None:
        self.folder, self.health = folder, health
        self.log = folder / "server.log"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "mlflow", *arguments],
                cwd=folder,
                env=plain_environment(**environment),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until = time.monotonic() + _STARTS_WITHIN
        while not self._answers():
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.2)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.health, timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def kill(self) -> None:
        """At once, as where a machine goes down."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class MlflowServer:
    """A tracking server that keeps its database and artifacts in a folder, over starts."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.port = folder, free_port()
        self.uri = f"http://127.0.0.1:{self.port}"
        self._server: ServerProcess | None = None

    def start(self) -> None:
        arguments = ["server", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1"]
        arguments += ["--backend-store-uri", f"sqlite:///{self.folder / 'server.db'}"]
        arguments += ["--artifacts-destination", str(self.folder / "artifacts")]
        self._server = ServerProcess(self.folder, arguments, f"{self.uri}/health")

    def kill(self) -> None:
        if self._server is not None:
            self._server.kill()
            self._server = None

    def __enter__(self) -> MlflowServer:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
