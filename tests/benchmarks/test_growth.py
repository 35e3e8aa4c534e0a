"""What benchmarks reckon from what they measured, and that they measure a server that fails."""

from __future__ import annotations

import asyncio
import doctest
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks import memory, soak
from benchmarks.http_load import Load, measure
from tests.service.test_service_process import Process


@pytest.mark.parametrize("module", [memory, soak])
def test_the_examples_hold(module) -> None:
    found = doctest.testmod(module)
    assert found.attempted
    assert not found.failed


def test_memory_that_stays_has_no_slope_and_a_leak_has_its_own() -> None:
    steady = [(10.0 * n, 200e6) for n in range(100)]
    assert soak.growth(steady, 100) == soak.Growth(0, 0)
    # 1 KB of each of 100 texts a second is 360 MB an hour.
    leaking = [(at, size + 1000 * 100 * at) for at, size in steady]
    assert soak.growth(leaking, 100).mb_an_hour == pytest.approx(360)
    assert soak.growth(leaking, 100).bytes_an_answer == pytest.approx(1000)


@pytest.mark.long
def test_requests_that_a_killed_server_does_not_answer_are_counted(model_path, tmp_path) -> None:
    served = Process(model_path, tmp_path / "log")

    async def killed() -> Load:
        load = asyncio.create_task(measure(served.url, 6, 4, None))
        await asyncio.sleep(3)
        served.kill()
        return await load

    try:
        # In a thread of its own: in the main one a browser of an earlier test may still hold an event loop.
        with ThreadPoolExecutor(1) as threads:
            load = threads.submit(lambda: asyncio.run(killed())).result()
    finally:
        served.kill()
    assert load.seconds
    assert load.failed["connection"] >= 4
