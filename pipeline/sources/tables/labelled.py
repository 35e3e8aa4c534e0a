"""Labelled tables and decision sheets in the contract's types, whatever the file's format."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.corpus.schema import LABELLED, LIST_COLUMNS, MAP_COLUMNS
from pipeline.errors import SourceError
from pipeline.models.reasons import reason_code
from pipeline.settings import DocumentLimits
from pipeline.sources.records import Reject
from pipeline.sources.tables.contract import SHEET_COLUMNS
from pipeline.sources.tables.isolation import labelled_rows
from pipeline.store.tables import LIST_SEPARATOR

_SHEETS = (".csv", ".xlsx")
_SUFFIXES = (".parquet", ".jsonl", *_SHEETS)
_LABEL_LISTS = ("action_set", "issues", "review_reasons")
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


@dataclass
class LabelledRow:
    """A row of a labelled table. `values` holds the contract's columns, `sheet` the decision sheet's, where
    it is one.
    """

    file: str
    number: int
    values: dict[str, Any]
    sheet: dict[str, Any] = field(default_factory=dict)
    fault: str | None = None

    def reject(self, reason: str) -> Reject:
        """This row, turned away."""
        text = self.values.get("text")
        return Reject(self.file, self.number, reason, text=str(text)[:120] if text else None)


def read_labelled(path: Path, limits: DocumentLimits) -> tuple[bool, Iterator[LabelledRow]]:
    """The rows of a labelled table (.parquet .jsonl .csv .xlsx), and whether it is a decision sheet. The file
    is read in a process of its own.

    A row that cannot be read is given with its `fault`.

    Raises: SourceError if the file as a whole cannot be used.
    """
    suffix = path.suffix.lower()
    if path.exists() and suffix not in _SUFFIXES:
        raise SourceError(
            str(path),
            f"'{suffix}' is not a labelled table.",
            "Give .parquet, .jsonl, .csv or .xlsx as `upr label` writes it.",
        )
    names, rows = labelled_rows(path, limits)
    made = (_row(path.name, number, raw, fault) for number, (raw, fault) in enumerate(rows, 1))
    return "decision_version" in names and suffix in _SHEETS, made


def _row(file: str, number: int, raw: Mapping[str, Any], fault: str | None) -> LabelledRow:
    if fault and not raw:
        return LabelledRow(file, number, {}, fault=fault)
    values: dict[str, Any] = {}
    for column in LABELLED:
        value = raw.get(column.name)
        try:
            values[column.name] = _value(column, value)
        except (ValueError, TypeError) as error:
            values[column.name] = None
            fault = fault or f"'{str(value)[:40]}' cannot be {column.name} ({error}). Correct the cell."
    if not fault and not values["row_id"]:
        fault = "The row has no row_id. Give a table that `upr label` or `upr review export` wrote."
    sheet = {name: raw[name] for name in SHEET_COLUMNS if name in raw}
    return LabelledRow(file, number, values, sheet, fault)


def _value(column: pa.Field, value: Any) -> Any:
    if value is None or value == "" or (isinstance(value, float) and value != value):
        return None
    if column.name in LIST_COLUMNS:
        parts = value.split(LIST_SEPARATOR) if isinstance(value, str) else list(value)
        kind = int if pa.types.is_integer(column.type.value_type) else str
        if column.name == "review_reasons":
            return [reason_code(str(part)) for part in parts if part != ""]
        return [kind(part) for part in parts if part != ""]
    if column.name in MAP_COLUMNS:
        pairs = json.loads(value) if isinstance(value, str) else value
        return {str(k): float(v) for k, v in dict(pairs).items()}
    return _scalar(column.type, value)


def _scalar(kind: pa.DataType, value: Any) -> Any:
    if pa.types.is_integer(kind):
        number = float(value)
        if not number.is_integer():
            raise ValueError("not a whole number")
        return int(number)
    if pa.types.is_floating(kind):
        return float(value)
    if pa.types.is_boolean(kind):
        if str(value).lower() not in _TRUTH:
            raise ValueError("neither true nor false")
        return _TRUTH[str(value).lower()]
    if pa.types.is_timestamp(kind):
        return value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
    return str(value)


def labelled_table(path: Path, limits: DocumentLimits) -> pa.Table:
    """A labelled table (.parquet .jsonl .csv .xlsx) in the contract's columns, whole; what a sheet has beside
    them is left out.

    Raises: SourceError if it cannot be used as a whole, or for the first row that cannot be read.
    """
    rows = []
    for row in read_labelled(path, limits)[1]:
        if row.fault:
            raise SourceError(f"{path}, row {row.number}", row.fault, "Or export it again.")
        # An empty cell cannot tell an empty list from none at all; a row with an action has its lists.
        lists = (
            {name: row.values[name] or [] for name in _LABEL_LISTS}
            if row.values["action"] is not None
            else {}
        )
        rows.append(row.values | lists)
    return pa.Table.from_pylist(rows, schema=LABELLED)
