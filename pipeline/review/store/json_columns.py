"""Columns of JSON, many rows at once: the database hands them on as text, and Arrow parses them."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
from pyarrow import json as arrow_json


def parsed(lines: Sequence[str], schema: pa.Schema) -> pa.Table:
    """JSON objects, one a line and at least one, in the columns of a schema; other names are left out.

    Raises: pa.ArrowInvalid for a value of another type.
    """
    content = "\n".join(lines).encode()
    return arrow_json.read_json(
        pa.BufferReader(content),
        arrow_json.ReadOptions(use_threads=False, block_size=len(content) + 1),
        arrow_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
    ).combine_chunks()
