"""Which rows of a release are the project's invented samples: they are known by their texts."""

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa

LETTERS = 10
"""Of a `rec_id` in configs/sample_ids.txt; enough to tell the samples from a million other texts."""


def invented_rows(table: pa.Table, samples: Collection[str]) -> int:
    """How many rows are samples.

    Args:
        table: has `rec_id`.
        samples: the first `LETTERS` letters of the ids of all sample texts.
    """
    return sum(rec_id[:LETTERS] in samples for rec_id in table["rec_id"].to_pylist())
