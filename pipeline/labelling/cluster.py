"""Batches of a job shared with the workers of a Dask cluster. Needs the extra `dask`.

This machine reads the inputs and writes the output; workers label. A worker needs this project in the same
versions, and neither the inputs nor the model: it gets the model's files once, and then batch after batch.
"""

from __future__ import annotations

import logging
import threading
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from pipeline import __version__
from pipeline.errors import ModelError, UprError
from pipeline.labelling.batches import Columns, Used, label_batch
from pipeline.store.descriptions import MANIFEST
from pipeline.store.files import atomic_folder, digest, read_bytes
from pipeline.store.held_out import NAME as HELD_OUT
from pipeline.store.jobs import Job
from pipeline.store.languages import versions_of_languages

try:
    import dask
    from distributed import CancelledError, Client, Future, KilledWorker, get_worker, wait
    from distributed.comm import CommClosedError
except ImportError as missing:
    raise UprError(
        "--on", f"Dask is not installed ({missing}).", "Install the extra: pip install '.[dask]'."
    ) from missing

_LIBRARIES = ("numpy", "onnxruntime", "py3langid", "pyarrow", "scikit-learn", "spacy", "tokenizers")
"""What else decides a label."""
_FOR_EACH = 3
"""Batches given to a worker: enough to keep it busy while results travel."""
_RETRIES = 3
_CONNECTING = 10.0
_WITHOUT_WORKERS = 60.0
"""Seconds to wait for a first worker, or for another when all are gone."""
_AGAIN = "Run the command again; it resumes."
_one_at_a_time = threading.Lock()


class _Asked(NamedTuple):
    """What a worker needs beside a batch and the model's files."""

    model: str
    started_at: datetime
    held_out: bool
    languages: tuple[str, ...]
    versions: Mapping[str, str]


def label_on_cluster(
    address: str, batches: Iterable[tuple[int, Columns]], job: Job, used: Used
) -> Iterator[int]:
    """The number of each batch when it is finished. Batches of an earlier run are not labelled again.

    Dask gives the batches of a worker that is gone to others. Results are kept on this machine, by their
    numbers, so that the output does not depend on who labelled what, or when.

    Args: `address`, of the scheduler, as HOST:PORT.
    Raises: UprError if the cluster cannot be used, or is lost: what is finished is kept.
    """
    asked = _Asked(
        digest(used.folder / MANIFEST),
        job.started_at,
        used.held_out,
        used.languages,
        _versions(used.languages),
    )
    with _connected(address) as client:
        files = client.submit(_same, _files_of(used), pure=False)
        given: dict[Future, int] = {}
        for number, columns in batches:
            if job.is_done(number):
                yield number
                continue
            while len(given) >= max(1, _FOR_EACH * len(client.nthreads())):
                yield from _finished(client, given, job)
            # A batch goes with its task, and not by `scatter`: what was scattered is lost with its worker.
            task = client.submit(_label, columns, files, asked, pure=False, retries=_RETRIES)
            given[task] = number
        while given:
            yield from _finished(client, given, job)


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    """A client of the cluster; its faults are `UprError`s that name it, and its log is silent."""
    where = f"dask://{address}"
    scheme = dask.config.get("distributed.comm.default-scheme", "tcp")
    loggers = [logging.getLogger(name) for name in ("distributed", "tornado.application")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sending large graph")  # the model's files, once
            try:
                client = Client(f"{scheme}://{address}", timeout=_CONNECTING, set_as_default=False)
            except (OSError, ValueError) as error:
                todo = "Start one there (dask scheduler, dask worker), or check the address."
                raise UprError(where, f"no Dask scheduler answers ({error}).", todo) from error
            with client:
                yield client
    except (CancelledError, CommClosedError) as error:
        raise UprError(where, "the scheduler is gone.", f"Start it again. {_AGAIN}") from error
    except KilledWorker as error:
        raise UprError(
            where,
            "a batch ended every worker that labelled it, perhaps because there was too little memory.",
            f"Give workers more memory, or lower label.batch_rows in configs/settings.yaml. {_AGAIN}",
        ) from error
    except ModuleNotFoundError as error:
        raise UprError(
            where, f"a worker lacks this project ({error}).", f"Install version {__version__} on all of them."
        ) from error
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _finished(client: Client, given: dict[Future, int], job: Job) -> Iterator[int]:
    """Keep the batches that are finished, at least one. They are taken out of `given`."""
    since = time.monotonic()
    while True:
        try:
            with client.as_current():
                done = wait(list(given), timeout=1, return_when="FIRST_COMPLETED").done
            break
        except TimeoutError:
            if client.status not in ("running", "newly-created"):
                raise CommClosedError from None
            if client.nthreads():
                since = time.monotonic()
            elif time.monotonic() - since > _WITHOUT_WORKERS:
                raise UprError(
                    "--on",
                    f"the cluster has had no worker for {_WITHOUT_WORKERS:.0f} seconds.",
                    f"Start some (dask worker ADDRESS). {_AGAIN}",
                ) from None
    for future in done:
        job.keep(given[future], future.result())
        yield given.pop(future)


def _files_of(used: Used) -> dict[str, bytes]:
    """The files of the model, by name; its held-out predictions only if they are asked for."""
    return {
        file.relative_to(used.folder).as_posix(): read_bytes(file)
        for file in sorted(used.folder.rglob("*"))
        if file.is_file() and (used.held_out or file.name != HELD_OUT)
    }


def _versions(languages: tuple[str, ...]) -> dict[str, str]:
    """Of all that decides a label beside the model."""
    others = {f"model of '{name}'": found for name, found in versions_of_languages(languages).items()}
    return {"this project": __version__} | others | {name: version(name) for name in _LIBRARIES}


def _same(files: dict[str, bytes]) -> dict[str, bytes]:
    """The model's files as the result of a task, which Dask carries to each worker once, and makes again."""
    return files


def _label(columns: Columns, files: dict[str, bytes], asked: _Asked) -> pa.Table:
    """Label a batch on a worker. Its threads take turns: labelling computes in Python."""
    with _one_at_a_time:
        worker = get_worker()
        own = _versions(asked.languages)
        for name, wanted in asked.versions.items():
            found = own.get(name, "not at all")
            if found != wanted:
                raise ModelError(
                    f"worker {worker.address}",
                    f"it has {name} {found}, this command {wanted}: labels could differ.",
                    "Install the same versions there (constraints.txt).",
                )
        folder = Path(worker.local_directory) / f"upr-model-{asked.model[:16]}-{asked.held_out}"
        if not folder.is_dir():
            _write(folder, files)
        return label_batch(columns, asked.started_at, Used(folder, asked.held_out, asked.languages))


def _write(folder: Path, files: Mapping[str, Any]) -> None:
    with atomic_folder(folder) as temporary:
        for name, content in files.items():
            (temporary / name).parent.mkdir(parents=True, exist_ok=True)
            (temporary / name).write_bytes(content)
