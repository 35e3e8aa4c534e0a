"""`upr serve` under load for an hour.

    python -m benchmarks.soak [--model shipped] [--seconds 3600] [--rate 100]

The server is started on a free port and asked for labels of one text each, all texts different: first as fast
as it answers for a minute (the aim is 500 a second), then at a constant rate for the time of `--seconds`.
Its memory (resident, by its own figures) is read every ten seconds of that time; how fast it grows is the
slope of a straight line through what was read in the second half, when caches are full. It ends with status 1
if a request failed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import httpx
import numpy as np

from benchmarks.http_load import Load, figure, in_words, measure

EVERY = 10.0
"""Seconds between two readings of the memory."""
_MB = 1e6


@dataclass(frozen=True)
class Growth:
    """How memory grew in a time: MB an hour, and bytes for each answer."""

    mb_an_hour: float
    bytes_an_answer: float


def growth(readings: Sequence[tuple[float, float]], answers_a_second: float) -> Growth:
    """The slope of the second half of readings (seconds, bytes), at least four.

    >>> growth([(0, 5e6), (10, 5e6), (20, 5e6), (30, 6e6)], 100)
    Growth(mb_an_hour=360.0, bytes_an_answer=1000.0)
    """
    half = [reading for reading in readings[len(readings) // 2 :] if not math.isnan(reading[1])]
    slope = float(np.polyfit([at for at, _ in half], [size for _, size in half], 1)[0])
    return Growth(round(slope * 3600 / _MB, 3), round(slope / answers_a_second, 3))


@contextlib.contextmanager
def serving(model: str) -> Iterator[str]:
    """A server of a model, and its address. Raises: SystemExit if it does not start."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    words = [sys.executable, "-m", "pipeline", "serve", "--port", str(port), "--model", model]
    environment = os.environ | {"UPR_SERVE_RATE": "1000000/minute"}
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            if process.poll() is not None:
                sys.exit("The server did not start.")
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{url}/readyz").status_code == 200:
                    break
            time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait()


async def soaked(
    url: str, seconds: float, connections: int, rate: float
) -> tuple[Load, list[tuple[float, float]]]:
    """The load, and the memory of the server (seconds since the start, bytes)."""
    readings: list[tuple[float, float]] = []
    began = time.perf_counter()

    async def read() -> None:
        while True:
            size = await asyncio.to_thread(figure, url, "", "process_resident_memory_bytes")
            readings.append((time.perf_counter() - began, size))
            print(f"{readings[-1][0]:>8.0f} s{size / _MB:>9.1f} MB", flush=True)
            await asyncio.sleep(EVERY)

    reading = asyncio.create_task(read())
    try:
        return await measure(url, seconds, connections, rate), readings
    finally:
        reading.cancel()


def main() -> None:
    """Start, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="shipped", help="model to serve")
    parser.add_argument("--seconds", type=float, default=3600, help="of the constant load")
    parser.add_argument("--rate", type=float, default=100, help="requests a second of the constant load")
    parser.add_argument("--connections", type=int, default=32, help="of the constant load")
    parser.add_argument("--most", type=float, default=60, help="seconds of the load as fast as it answers")
    chosen = parser.parse_args()
    with serving(chosen.model) as url:
        loads = []
        if chosen.most:
            loads.append(asyncio.run(measure(url, chosen.most, 64, None)))
            print(f"as fast as it answers, 64 connections: {in_words(loads[-1])}", flush=True)
        load, readings = asyncio.run(soaked(url, chosen.seconds, chosen.connections, chosen.rate))
        loads.append(load)
    print(f"{chosen.rate:.0f} a second, {chosen.connections} connections: {in_words(load)}")
    if len(readings) >= 4:
        found = growth(readings, load.rate)
        print(
            f"memory {readings[0][1] / _MB:.1f} MB at the start, {readings[-1][1] / _MB:.1f} MB at the end; "
            f"in the second half it grew by {found.mb_an_hour:.1f} MB an hour, "
            f"{found.bytes_an_answer:.1f} bytes an answer"
        )
    sys.exit(1 if any(one.failed for one in loads) else 0)


if __name__ == "__main__":
    main()
