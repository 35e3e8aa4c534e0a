"""What the desk's tests share: people, filled databases, a real server in a process of its own."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from argon2 import PasswordHasher
from sqlalchemy import create_engine, insert, text

from pipeline.review.opening import fill_queue
from pipeline.review.settings import HttpSettings
from pipeline.review.store import accounts
from pipeline.review.store.database import Database, database_url
from pipeline.review.store.tables import users
from pipeline.review.store.transitions import Role
from pipeline.review.web.app import open_desk, server_config
from tests.review import invented

PASSWORD = "a long enough password"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def postgres_answers(port: int) -> bool:
    import psycopg

    with contextlib.suppress(psycopg.OperationalError):
        psycopg.connect(user="desk", host="127.0.0.1", port=port, dbname="postgres").close()
        return True
    return False


def wait_until(done: Callable[[], bool], seconds: float, complaint: str) -> None:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise AssertionError(complaint)
        time.sleep(0.1)


def new_postgres_database(address: str) -> str:
    """The URL of a fresh, empty database."""
    name = f"desk_{uuid.uuid4().hex[:12]}"
    engine = create_engine(database_url(f"{address}/postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return f"{address}/{name}"


@cache
def _hash() -> str:
    return PasswordHasher().hash(PASSWORD)


def people(database: Database) -> dict[str, accounts.Person]:
    """Four accounts: Anna, Ben and Cleo read, Dora adjudicates. Hashing is slow by design, so one hash serves
    all.
    """
    with database.write() as connection:
        for name in ("Anna", "Ben", "Cleo", "Dora"):
            role = Role.ADJUDICATOR if name == "Dora" else Role.REVIEWER
            row = {"name": name, "name_key": name.lower(), "role": role.value, "created_at": database.now()}
            connection.execute(insert(users).values(password_hash=_hash(), **row))
    found = {name: accounts.find_user(database, name) for name in ("Anna", "Ben", "Cleo", "Dora")}
    return {name: person for name, person in found.items() if person is not None}


def filled(database: Database, folder: Path, count: int = 200, **how: Any) -> Any:
    """Import invented rows; returns the report."""
    path = invented.write(folder / "labelled.parquet", invented.rows(count, **how))
    coded = invented.write(folder / "coded.parquet", invented.rows(80, seed=9, by="expert", sessions=(3, 9)))
    return fill_queue(database, [path], [coded])[0]


class ServedHere:
    """A desk's server in a thread: real HTTP, quick to start."""

    def __init__(self, database: Database, http: HttpSettings | None = None, **desk: Any) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        opened = open_desk(database, **desk)
        opened.settings = opened.settings.model_copy(update={"http": http or HttpSettings()})
        config = server_config(opened, "127.0.0.1", self.port)
        config.timeout_graceful_shutdown = 1
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        wait_until(lambda: self._server.started, 30, "the desk does not start")

    def stop(self) -> None:
        """Stop."""
        self._server.should_exit = True
        self._thread.join()


class Served:
    """A desk's server in a process of its own."""

    def __init__(self, database: str, log: Path, *options: str) -> None:
        self.database = database
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = log
        self._options = options
        self.start()

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [
            sys.executable,
            "-m",
            "pipeline",
            "review",
            "serve",
            "--port",
            str(self.port),
            "--database",
            self.database,
        ]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen([*command, *self._options], stdout=log, stderr=log)
        try:
            # Long, since on a busy machine people who send again keep a new server from answering this.
            wait_until(self._up, 300, "the desk does not start")
        except AssertionError:
            self.kill()  # nobody else would stop it
            raise

    def _up(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"the desk ended: {self.log()}")
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/login", timeout=30).status_code in (200, 503)
        return False

    def log(self) -> str:
        """What it said."""
        return self._log.read_text()

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Ctrl-C, as a person would."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)
