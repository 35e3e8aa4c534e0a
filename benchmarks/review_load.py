"""Load on the review desk: latency with many reviewers and a large queue.

python -m benchmarks.review_load                       # 20 reviewers, 100,000 items, SQLite
python -m benchmarks.review_load --database postgresql://USER@HOST/EMPTY
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import re
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import httpx
import numpy as np
import uvicorn

from benchmarks.review_crowd import PASSWORD, Crowd, add_people, faults, work
from pipeline.review.deciding.queue import status_counts
from pipeline.review.intake.gathering import Explained, gather
from pipeline.review.intake.run import DeskIntake
from pipeline.review.store.database import Database, open_database
from pipeline.review.web.app import create_app, open_desk
from tests.review import invented


def without_rules(texts: Sequence[str]) -> list[Explained]:
    """No opinion of rules, whose time is not measured here."""
    return [Explained(None, "", ()) for _ in texts]


def fill(database: Database, count: int) -> float:
    """Import invented rows until about `count` wordings wait. Returns: seconds for the import."""
    desk = open_desk(database)
    rows = invented.labelled(round(count * 1.45))
    start = time.perf_counter()
    gathered = gather(rows, desk.taxonomy, lambda labels, _version: labels)
    DeskIntake(database, desk.settings, without_rules, str).run(gathered, [])
    return time.perf_counter() - start


class Timed:
    """ASGI middleware that notes how long the server takes for each answer, from request to last byte."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.taken: dict[str, list[float]] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        start = time.perf_counter()
        await self._app(scope, receive, send)
        if scope["type"] == "http":
            kind = scope["method"] + " " + re.sub(r"\d+", "N", scope["path"])
            self.taken.setdefault(kind, []).append(time.perf_counter() - start)


def serve(address: str, ready: Any, stop: Any, figures: Any) -> None:
    """The desk in a process of its own: tells its port, and at the end what each kind of request took."""
    database = open_database(address, create=True)
    app = Timed(create_app(open_desk(database)))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    ready.put(server.servers[0].sockets[0].getsockname()[1])
    stop.wait()
    server.should_exit = True
    thread.join()
    figures.put((app.taken, time.process_time()))
    database.close()


class Server:
    """The desk on a free port."""

    def __init__(self, address: str) -> None:
        spawn = multiprocessing.get_context("spawn")
        ready = spawn.Queue()
        self._stop, self._figures = spawn.Event(), spawn.Queue()
        self._process = spawn.Process(target=serve, args=(address, ready, self._stop, self._figures))
        self._process.start()
        self.url = f"http://127.0.0.1:{ready.get(timeout=120)}"

    def stop(self) -> tuple[dict[str, list[float]], float]:
        """Stop. Returns: seconds by kind of request, and the processor seconds of the whole process."""
        self._stop.set()
        taken: tuple[dict[str, list[float]], float] = self._figures.get(timeout=60)
        self._process.join()
        return taken


def pages(url: str, addresses: Sequence[str], times: int = 5) -> dict[str, list[float]]:
    """Seconds for whole pages, as one person loads them."""
    found: dict[str, list[float]] = {}
    with httpx.Client(base_url=url, timeout=60) as client:
        token = client.get("/login").text.split('name="token" value="')[1].split('"')[0]
        client.post("/login", data={"name": "Reader 1", "password": PASSWORD, "token": token})
        for address in addresses:
            for _ in range(times):
                start = time.perf_counter()
                client.get(address).raise_for_status()
                found.setdefault(address, []).append(time.perf_counter() - start)
    return found


def row(name: str, seconds: Sequence[float]) -> str:
    """A line of percentiles, in milliseconds."""
    p50, p95, p99 = np.percentile(np.array(seconds) * 1000, [50, 95, 99])
    return f"{name:34} {len(seconds):7,} {p50:8.1f} {p95:8.1f} {p99:8.1f} {max(seconds) * 1000:8.1f}"


def report(
    crowd: Crowd, elapsed: float, taken: dict[str, list[float]], loaded: dict[str, list[float]]
) -> list[str]:
    """The figures, as lines."""
    lines = [f"{'milliseconds':34} {'n':>7} {'p50':>8} {'p95':>8} {'p99':>8} {'max':>8}", "at the server"]
    lines += [
        row(f"  {kind}", taken[kind]) for kind in ("GET /review/ahead", "POST /items/N") if kind in taken
    ]
    lines += ["at the reviewer, who shares the machine"]
    lines += [
        row("  next item (lease, card)", crowd.next_seconds),
        row("  decision (acknowledged)", crowd.decide_seconds),
    ]
    lines += ["one person loading whole pages, before the crowd comes"]
    lines += [row(f"  {address}", seconds) for address, seconds in loaded.items()]
    conflicts = sum(crowd.conflicts.values())
    return [*lines, f"{len(crowd.acknowledged):,} decisions in {elapsed:.0f} s, {conflicts} refused."]


@click.command()
@click.option("--items", default=100_000, show_default=True, help="Wordings in the queue, about.")
@click.option("--reviewers", default=20, show_default=True)
@click.option("--decisions", default=2_000, show_default=True)
@click.option(
    "--pause",
    default=1.0,
    show_default=True,
    help="Seconds that each reviewer thinks; 0 for as fast as they can.",
)
@click.option(
    "--database",
    default="",
    help="An empty database, or one that this command filled. Default: SQLite in a temporary folder.",
)
def main(items: int, reviewers: int, decisions: int, pause: float, database: str) -> None:
    """Print latency percentiles of the review desk under load."""
    with tempfile.TemporaryDirectory() as folder:
        address = database or str(Path(folder) / "desk.db")
        opened = open_database(address, create=True)
        if not listed_already(opened):
            click.echo(
                f"import of about {items:,} wordings, without evidence and precedents: "
                f"{fill(opened, items):.0f} s"
            )
            add_people(opened, reviewers)
        server = Server(address)
        loaded = pages(server.url, ["/review", "/queue", "/queue?state=Chile&tag=Labour", "/statistics"])
        start = time.perf_counter()
        crowd = work(server.url, reviewers, decisions, pause=pause)
        elapsed = time.perf_counter() - start
        taken, processor = server.stop()
        with opened.read() as connection:
            left = status_counts(connection)["open"]
        kind = (
            f"{opened.engine.dialect.name} "
            f"{'.'.join(map(str, opened.engine.dialect.server_version_info or ()))}"
        )
        load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
        click.echo(
            f"{kind}, Python {platform.python_version()}, {os.cpu_count()} cores, load average {load}; "
            f"{left:,} wait after the test"
        )
        for line in report(crowd, elapsed, taken, loaded):
            click.echo(line)
        click.echo(
            f"{processor / sum(map(len, taken.values())) * 1000:.1f} ms of processor time a request, "
            f"start of the server included"
        )
        problems = faults(opened, crowd)
        click.echo("The history holds every acknowledged decision." if not problems else "\n".join(problems))
        opened.close()


def listed_already(database: Database) -> bool:
    """Whether the database was filled by an earlier run."""
    with database.read() as connection:
        return sum(status_counts(connection).values()) > 0


if __name__ == "__main__":
    main()
