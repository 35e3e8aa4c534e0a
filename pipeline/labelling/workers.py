"""Batches of a job shared between this process and workers that are forked from it."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import datetime

from pipeline.errors import UprError
from pipeline.labelling.batches import Columns, Used, label_batch
from pipeline.store.jobs import Job

_TRIED = 50
"""Rows labelled before workers are forked: enough that the network runs on some of them."""
AHEAD = 2
"""Batches given to a worker: enough to keep it busy while this process labels one."""


@contextmanager
def worker_pool(
    workers: int, first: Columns, started_at: datetime, used: Used
) -> Iterator[ProcessPoolExecutor | None]:
    """A pool of worker processes beside this one, None for 0 workers. They are forked and share its memory.

    Args: `first`, a batch that will be labelled.
    Raises: UprError if a worker is killed.
    """
    if not workers:
        yield None
        return
    # Label a few rows first, so that lazy imports and objects exist before the fork and are shared.
    label_batch({name: values[:_TRIED] for name, values in first.items()}, started_at, used)
    # Garbage collection in a worker writes to all objects that it tracks, which copies nearly all memory.
    gc.collect()
    gc.freeze()
    try:
        with ProcessPoolExecutor(workers, initializer=_die_with, initargs=(os.getpid(),)) as pool:
            yield pool
    except BrokenProcessPool as error:
        todo = (
            "Run the command again; it resumes. If there is too little memory, set label.processes: 1 in "
            "configs/settings.yaml."
        )
        raise UprError(
            "label", "a worker process was killed, perhaps because there was too little memory.", todo
        ) from error
    finally:
        gc.unfreeze()


def _die_with(parent: int) -> None:
    """End this worker when its parent is gone: a parent killed by SIGKILL cannot tell its workers to stop."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def label_batches(
    batches: Iterable[tuple[int, Columns]],
    job: Job,
    pool: ProcessPoolExecutor | None,
    ahead: int,
    used: Used,
) -> Iterator[int]:
    """The number of each batch when it is finished. Batches of an earlier run are not labelled again.

    This process labels, too: it holds the model in any case, and would wait.

    Args: `ahead`, batches given to the pool before this process takes the next itself.
    """
    given: set[Future[int]] = set()
    for number, batch in batches:
        if job.is_done(number):
            yield number
        elif pool and len(given) < ahead and number != 1:  # of two batches each process has one
            given.add(pool.submit(_keep_labelled, job, number, batch, used))
        else:
            yield _keep_labelled(job, number, batch, used)
        done = {future for future in given if future.done()}
        given -= done
        yield from (future.result() for future in done)
    yield from (future.result() for future in as_completed(given))


def _keep_labelled(job: Job, number: int, batch: Columns, used: Used) -> int:
    """Label a batch and keep it.

    It is written by the process that labelled it: a worker killed while sending it to its parent would leave
    the parent waiting for ever.
    """
    job.keep(number, label_batch(batch, job.started_at, used))
    return number
