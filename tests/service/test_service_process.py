"""`upr serve` as a process: killed and started again, and under load for a while."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx
import psutil
import pytest

from benchmarks.http_load import Load, measure
from pipeline.api import Model
from tests.review.bench import free_port, wait_until
from tests.service.test_service import of_command

LEAK = 3000
"""Bytes kept of a text that are found."""
TEXTS = [f"Strengthen the protection of women in district {n}" for n in range(40)]


class Process:
    """The command, on a port of its own."""

    def __init__(self, model: Path, log: Path, program: Sequence[str] = ("-m", "pipeline")) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._words = [sys.executable, *program, "serve", "--port", str(self.port), "--model", str(model)]
        self._log = log
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            # A load test asks more often than anybody may.
            environment = os.environ | {"UPR_SERVE_RATE": "1000000/minute"}
            self.process = subprocess.Popen(self._words, stdout=log, stderr=log, env=environment)
        wait_until(self._up, 120, f"it does not start: {self._log.read_text()}")

    def _up(self) -> bool:
        assert self.process.poll() is None, self._log.read_text()
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200
        return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def load_of(served: Process, seconds: float) -> Load:
    """What 16 connections get in so many seconds. In a thread of its own: in the main one a browser of an
    earlier test may still hold an event loop.
    """
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(lambda: asyncio.run(measure(served.url, seconds, 16, None))).result()


@pytest.mark.long
def test_killed_and_started_again_it_gives_no_wrong_answer(
    model: Model, model_path: Path, tmp_path: Path
) -> None:
    expected = dict(zip(TEXTS, of_command(TEXTS, model), strict=True))
    served = Process(model_path, tmp_path / "log")
    right, lost, ended = [], [], threading.Event()

    def ask() -> None:
        while not ended.is_set():
            for text in TEXTS:
                try:
                    answer = httpx.post(f"{served.url}/v1/label", json={"texts": [text]}, timeout=20)
                except httpx.TransportError:
                    lost.append(text)
                    time.sleep(0.05)
                    continue
                assert answer.status_code == 200
                right.append(answer.json()["labels"][0] == expected[text])

    callers = [threading.Thread(target=ask) for _ in range(3)]
    try:
        for caller in callers:
            caller.start()
        for _ in range(3):
            answered = partial(lambda least: len(right) > least, len(right) + 20)
            wait_until(answered, 120, "nothing is answered")
            served.kill()
            served.start()
        before = len(right)
        wait_until(lambda: len(right) > before + 20, 120, "nothing is answered after the last start")
    finally:
        ended.set()
        for caller in callers:
            caller.join()
        served.kill()
    assert all(right)
    assert lost, "it was killed while nobody asked"


LEAKING = f"""
import os
from pipeline import cli
from pipeline.service import running
kept, rows_of = [], running.rows_of
def leaking(texts, model):
    kept.extend(os.urandom({LEAK}) for _ in texts)
    return rows_of(texts, model)
running.rows_of = leaking
cli.main()
"""
"""`upr serve` that keeps so many bytes of each text."""


@pytest.mark.long
@pytest.mark.parametrize(
    ("program", "leaks"), [(("-m", "pipeline"), False), (("-c", LEAKING), True)], ids=["as-it-is", "leaking"]
)
def test_memory_does_not_grow_under_load(
    program: Sequence[str], leaks: bool, model_path: Path, tmp_path: Path
) -> None:
    """Every text differs. What is kept of texts shows in each of three windows; what the allocator takes for
    the first time, or does not give back at once, in some.
    """
    served = Process(model_path, tmp_path / "log", program)
    try:
        memory = psutil.Process(served.process.pid).memory_info
        load_of(served, 20)  # caches fill
        grown = []
        for _ in range(3):
            first, load = memory().rss, load_of(served, 20)
            assert not load.failed
            assert len(load.seconds) > 100
            grown.append((memory().rss - first) / len(load.seconds))
        assert (min(grown) > 0.3 * LEAK) == leaks, f"bytes a text in each window: {grown}"
    finally:
        served.kill()


def test_a_wrong_model_or_corpus_is_one_message(upr, tmp_path: Path) -> None:
    said = upr("serve", "--model", tmp_path / "none")
    assert said.code == 1
    assert said.err.startswith("upr: ")
    said = upr("serve", "--model", "shipped", "--corpus", tmp_path / "none.csv")
    assert said.code == 1
    assert "upr ingest" in said.err
