"""JSON Schema (2020-12) of each table of a release: a row as it stands in .jsonl."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from pipeline.corpus.schema import KINDS, LABEL_SOURCES, RESPONSES
from pipeline.corpus.taxonomy import ACTIONS
from pipeline.release.tables.columns import MEANING, SCHEMA_VERSION, SCHEMAS

_VALUES: Mapping[str, Sequence[str | int]] = {
    "kind": KINDS,
    "response": RESPONSES,
    "action": tuple(ACTIONS),
    "machine_action": tuple(ACTIONS),
    "label_source": LABEL_SOURCES,
    "source": LABEL_SOURCES,
    "task": ("action", "issue"),
    "change": ("added", "removed", "corrected", "relabelled", "changed"),
    "relation": ("first", "same", "near", "perhaps"),
}
"""Columns that hold one of a few values. A list that grows is a minor change (docs/formats.md)."""
_TYPES = {"int64": "integer", "double": "number", "bool": "boolean"}


def json_schema(table: str) -> dict[str, Any]:
    """The schema of a row. Args: `table`, a name of `SCHEMAS`."""
    fields = list(SCHEMAS[table])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{table}.schema.json",
        "$comment": f"schema_version {SCHEMA_VERSION}",
        "title": table,
        "type": "object",
        "properties": {field.name: _property(table, field) for field in fields},
        "required": [field.name for field in fields],
        # A reader of this version must not fail on a column that a later minor version adds.
        "additionalProperties": True,
    }


def _property(table: str, field: pa.Field) -> dict[str, Any]:
    found = {"description": MEANING[table][field.name]} | _of_type(field.type)
    if field.name in _VALUES:
        found["enum"] = [*_VALUES[field.name], *([None] if field.nullable else [])]
    if field.nullable:
        found["type"] = [found["type"], "null"]
    return found


def _of_type(kind: pa.DataType) -> dict[str, Any]:
    if pa.types.is_list(kind):
        if pa.types.is_struct(kind.value_type):
            return {"type": "object", "additionalProperties": {"type": "number", "minimum": 0, "maximum": 1}}
        return {"type": "array", "items": _of_type(kind.value_type)}
    if pa.types.is_timestamp(kind):
        return {"type": "string", "format": "date-time"}
    return {"type": _TYPES.get(str(kind), "string")}
