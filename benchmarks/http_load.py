"""How many requests `upr serve` answers, and how fast: python -m benchmarks.http_load --url http://localhost:8080.

Requests of one text each, over connections that stay open. Without --rate each connection sends the next
request when it has its answer, which shows the most that is answered. With --rate requests begin at even
times, however long answers take, and the time is counted from when a request should have begun.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlsplit

import httpx

_VERBS = ("Ratify", "Strengthen", "Continue", "Consider", "Adopt", "Ensure", "Establish", "Promote")
_MATTERS = (
    "the protection of migrant workers",
    "measures against domestic violence",
    "the Convention against Torture",
    "access to education for girls in rural areas",
    "an independent national human rights institution",
    "the freedom of the press and of journalists",
    "reforms of the prison system and of detention",
)


@dataclass
class Load:
    """What was measured.

    Attributes:
        seconds: of each answered request, in the order of the answers.
        failed: requests without an answer of 200, by status; "connection" where there was no answer.
        lasted: seconds of the whole.
        server: processor seconds that the server took, by its own figures.
    """

    seconds: list[float] = field(default_factory=list)
    failed: dict[int | str, int] = field(default_factory=dict)
    lasted: float = 0.0
    server: float = 0.0

    def answered(self, status: int | str, seconds: float) -> None:
        """Count an answer, or what came instead."""
        if status == 200:
            self.seconds.append(seconds)
        else:
            self.failed[status] = self.failed.get(status, 0) + 1

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.lasted

    def quantile(self, share: float) -> float:
        """The time within which a share of the requests was answered, in milliseconds."""
        return sorted(self.seconds)[min(int(share * len(self.seconds)), len(self.seconds) - 1)] * 1000


def texts() -> Iterator[str]:
    """Texts that differ, so that nothing can be remembered."""
    for number in count():
        verb, matter = _VERBS[number % len(_VERBS)], _MATTERS[number // 8 % len(_MATTERS)]
        yield f"{verb} {matter}, also in district {number}"


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes, text: str) -> int:
    """Send one text. Returns: the status."""
    body = json.dumps({"texts": [text]}).encode()
    writer.write(head + str(len(body)).encode() + b"\r\n\r\n" + body)
    status = int((await reader.readline()).split()[1])
    length = 0
    while (line := await reader.readline()) != b"\r\n":
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    await reader.readexactly(length)
    return status


def figure(url: str, key: str, name: str) -> float:
    """One of the server's own figures of its process, NaN if it has none, or does not answer."""
    own = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        answer = httpx.get(f"{url}/metrics", headers=own, timeout=60)
    except httpx.TransportError:
        return math.nan
    found = re.search(rf"^{name} (\S+)", answer.text, re.MULTILINE)
    return float(found[1]) if found else math.nan


def processor_seconds(url: str, key: str) -> float:
    """What the server has taken so far, which a busy machine changes less than it changes times."""
    return figure(url, key, "process_cpu_seconds_total")


async def measure(url: str, seconds: float, connections: int, rate: float | None, key: str = "") -> Load:
    """Send requests for a time."""
    where = urlsplit(url)
    own = f"Authorization: Bearer {key}\r\n" if key else ""
    head = (
        f"POST /v1/label HTTP/1.1\r\nHost: {where.netloc}\r\n{own}"
        f"Content-Type: application/json\r\nContent-Length: "
    ).encode()
    load, due, source = Load(), count(), texts()
    before = await asyncio.to_thread(processor_seconds, url, key)
    began = time.perf_counter()

    async def connection() -> None:
        opened = await asyncio.open_connection(where.hostname, where.port)
        while time.perf_counter() - began < seconds:
            start = time.perf_counter()
            if rate is not None:
                start = began + next(due) / rate
                await asyncio.sleep(max(0.0, start - time.perf_counter()))
            try:
                load.answered(await ask(*opened, head, next(source)), time.perf_counter() - start)
            except (OSError, EOFError, IndexError):
                load.answered("connection", 0.0)
                opened[1].close()
                await asyncio.sleep(1)
                with suppress(OSError):
                    opened = await asyncio.open_connection(where.hostname, where.port)
        opened[1].close()

    await asyncio.gather(*(connection() for _ in range(connections)))
    load.lasted = time.perf_counter() - began
    load.server = await asyncio.to_thread(processor_seconds, url, key) - before
    return load


def main() -> None:
    """Measure, and print a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://localhost:8080")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--rate", type=float, help="requests a second (default: as many as are answered)")
    parser.add_argument("--key", default="")
    chosen = parser.parse_args()
    load = asyncio.run(measure(chosen.url, chosen.seconds, chosen.connections, chosen.rate, chosen.key))
    print(in_words(load))


def in_words(load: Load) -> str:
    """What was measured, in a line."""
    return (
        f"{len(load.seconds):,} answers in {load.lasted:.1f} s, {load.rate:.0f} a second; "
        f"{len(load.seconds) / load.server:.0f} a processor second of the server; "
        f"median {load.quantile(0.5):.1f} ms, p95 {load.quantile(0.95):.1f} ms, "
        f"p99 {load.quantile(0.99):.1f} ms; failed: {load.failed or 'none'}"
    )


if __name__ == "__main__":
    main()
