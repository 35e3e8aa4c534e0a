"""The state of a labelling job on disk.

A job that was killed at any moment resumes with its next batch, and writes the same bytes in the end.

    <out>.partial/job.json               identity of the job (inputs, checksums, model, batch size), its start
    <out>.partial/batch-000000.parquet   finished batches, each written atomically

The state of another job (other inputs, another model) is never continued, but deleted.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.errors import StoreError
from pipeline.store.files import read_json, write_json
from pipeline.store.tables import read_parquet, write_parquet


@dataclass(frozen=True)
class Job:
    """A job and its folder.

    Attributes:
        folder: `<out>.partial`.
        started_at: start of the job, in UTC; kept over restarts.
        resumed: batches that were finished when this process began.
    """

    folder: Path
    started_at: datetime
    resumed: int

    @classmethod
    def open(cls, out: Path, identity: Mapping[str, Any], now: datetime) -> Job:
        """Resume the job of this identity for `out`, or start it.

        Args: `identity`, everything that decides the output, as plain JSON values.
        """
        folder = out.with_name(out.name + ".partial")
        key = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
        known = _known(folder)
        if known and known.get("key") == key:
            finished = len(list(folder.glob("batch-*.parquet")))
            return cls(folder, datetime.fromisoformat(known["started_at"]), finished)
        if folder.exists():
            shutil.rmtree(folder)
        write_json(
            folder / "job.json", {"key": key, "started_at": now.isoformat(), "identity": dict(identity)}
        )
        return cls(folder, now, 0)

    def _batch(self, number: int) -> Path:
        return self.folder / f"batch-{number:06}.parquet"

    def is_done(self, number: int) -> bool:
        """Whether a batch is finished."""
        return self._batch(number).is_file()

    def keep(self, number: int, batch: pa.Table) -> None:
        """Keep a finished batch."""
        write_parquet(self._batch(number), batch)

    def batches(self, count: int) -> Iterator[pa.Table]:
        """The batches 0 to `count` - 1, in order."""
        for number in range(count):
            yield read_parquet(self._batch(number))

    def close(self) -> None:
        """Delete the state, once the output is written."""
        shutil.rmtree(self.folder)


def _known(folder: Path) -> dict[str, Any] | None:
    """The description of the job in a folder; None where there is none, or it cannot be read."""
    try:
        known = read_json(folder / "job.json")
    except StoreError:
        return None
    return known if isinstance(known, dict) else None
