"""A real PostgreSQL server for tests, which they can stop and start again."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.review.bench import free_port, postgres_answers, wait_until


class PostgresServer:
    """A server of its own, in a folder of its own, that trusts everybody on this machine."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        """Args: `binaries`, where initdb and postgres are; `folder`, a new one for its data."""
        self._binaries, self._folder, self._port = binaries, folder, free_port()
        self.address = f"postgresql://desk@127.0.0.1:{self._port}"
        self._how: dict[str, Any] = {"cwd": "/", "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._process: subprocess.Popen[bytes] | None = None
        if os.getuid() == 0:  # the server refuses to run as root
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
            self._how |= {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        command: list[str | Path] = [
            binaries / "initdb",
            "-D",
            folder / "data",
            "-U",
            "desk",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        subprocess.run(command, check=True, **self._how)

    def start(self) -> None:
        """Start, and wait until it answers."""
        settings = ("listen_addresses=127.0.0.1", "max_connections=200", "fsync=off")
        options = [part for setting in settings for part in ("-c", setting)]
        place: list[str | Path] = ["-D", self._folder / "data", "-p", str(self._port), "-k", self._folder]
        command: list[str | Path] = [self._binaries / "postgres", *place, *options]
        self._process = subprocess.Popen(command, text=False, **self._how)
        wait_until(lambda: postgres_answers(self._port), 60, "PostgreSQL does not start")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop, whoever is connected. `SIGQUIT` leaves its files to be recovered, or to be removed."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server that runs, and is gone with its files afterwards; skips where none is installed."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not installed:
        pytest.skip("NOT TESTED on PostgreSQL: no server is installed here (apt-get install postgresql)")
    folder = Path("/tmp") / f"upr-postgres-{uuid.uuid4().hex[:8]}"
    folder.mkdir(mode=0o700)
    try:
        server = PostgresServer(installed[-1].parent, folder)
        try:
            server.start()
            yield server
        finally:
            server.stop(signal.SIGQUIT)  # at once: its files go anyway
    finally:
        shutil.rmtree(folder)
