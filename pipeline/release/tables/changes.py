"""What changed since the previous release: row by row, and whether other tools would break."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.release.tables.columns import DIFF, RECOMMENDATIONS, TIME_COLUMNS
from pipeline.release.tables.content import timeless
from pipeline.release.tables.keys import corrected_rows

ReleaseTables = Mapping[str, pa.Table]
Places = npt.NDArray[np.int64]

CHANGES = ("added", "removed", "corrected", "relabelled", "changed")
"""Kinds of change; a row that was corrected or relabelled is still the same row."""
LABEL_FIELDS = ("action", "issues")
"""A change in these is a relabelling."""


@dataclass(frozen=True)
class Comparison:
    """Two releases side by side.

    Attributes:
        equal: whether all tables are equal, time columns aside.
        broken: what other tools would stumble over: columns dropped or retyped, rows lost; a sentence each.
        diff: diff.parquet.
    """

    equal: bool
    broken: tuple[str, ...]
    diff: pa.Table


def compare(new: ReleaseTables, old: ReleaseTables | None) -> Comparison:
    """Compare the tables of a release with those of the previous one.

    Args: `old`, None for the first release, of which every row is added.
    """
    if old is None:
        return Comparison(False, (), row_changes(new["recommendations"], RECOMMENDATIONS.empty_table()))
    if all(timeless(name, new[name]).equals(timeless(name, old[name])) for name in new):
        return Comparison(True, (), DIFF.empty_table())
    diff = row_changes(new["recommendations"], old["recommendations"])
    return Comparison(False, (*_columns_broken(new, old), *_rows_lost(diff)), diff)


def _columns_broken(new: ReleaseTables, old: ReleaseTables) -> list[str]:
    found = []
    for name, table in old.items():
        for field in table.schema:
            place = new[name].schema.get_field_index(field.name)
            if place < 0:
                found.append(f"{name}: column '{field.name}' is dropped")
            elif new[name].schema.field(place).type != field.type:
                found.append(
                    f"{name}: column '{field.name}' turns from {field.type} to "
                    f"{new[name].schema.field(place).type}"
                )
    return found


def _rows_lost(diff: pa.Table) -> list[str]:
    lost = diff.filter(pc.equal(diff["change"], "removed"))
    return (
        [f"recommendations: {lost.num_rows:,} rows are lost, the first {lost['row_id'][0].as_py()}"]
        if lost.num_rows
        else []
    )


def row_changes(new: pa.Table, old: pa.Table) -> pa.Table:
    """diff.parquet: added and removed rows, and every changed field of the others, in row order.

    A corrected row is one row, whose `row_id` changed. Columns of times are not compared.
    """
    corrected = corrected_rows(new, old)
    place = {row_id: i for i, row_id in enumerate(old["row_id"].to_pylist())}
    at = np.array([place.get(corrected.get(r, r), -1) for r in new["row_id"].to_pylist()], dtype=np.int64)
    kept = np.zeros(old.num_rows, dtype=bool)
    kept[at[at >= 0]] = True
    here, there = np.flatnonzero(at >= 0), at[at >= 0]
    parts = [
        _whole("added", new.take(pa.array(np.flatnonzero(at < 0), pa.int64())), "source_after"),
        _whole("removed", old.take(pa.array(np.flatnonzero(~kept), pa.int64())), "source_before"),
        *_field_changes(new.take(pa.array(here)), old.take(pa.array(there))),
    ]
    return pa.concat_tables(parts).combine_chunks()


def _whole(change: str, rows: pa.Table, source: str) -> pa.Table:
    columns = {name: pa.nulls(rows.num_rows, DIFF.field(name).type) for name in DIFF.names} | {
        "change": pa.array([change] * rows.num_rows, pa.string()),
        "row_id": rows["row_id"],
        "rec_id": rows["rec_id"],
        source: rows["label_source"],
    }
    return pa.table(columns, schema=DIFF)


def _field_changes(new: pa.Table, old: pa.Table) -> list[pa.Table]:
    """Changes of rows that are in both releases, one table a field.

    `new` and `old` have the same rows in the same order. A column that the former release did not have is no
    change of its rows.
    """
    moved = pc.not_equal(new["row_id"], old["row_id"]).to_pylist()
    tables = []
    for name in new.column_names:
        if name in TIME_COLUMNS["recommendations"] or name not in old.column_names:
            continue
        was = old[name]
        if new[name].equals(was):
            continue
        pairs = zip(new[name].to_pylist(), was.to_pylist(), strict=True)
        rows = [i for i, (after, before) in enumerate(pairs) if after != before]
        places = pa.array(rows, pa.int64())
        kinds = [
            "relabelled" if name in LABEL_FIELDS else "corrected" if moved[i] else "changed" for i in rows
        ]
        tables.append(
            pa.table(
                {
                    "change": pa.array(kinds, pa.string()),
                    "row_id": new["row_id"].take(places),
                    "rec_id": new["rec_id"].take(places),
                    "field": pa.array([name] * len(rows), pa.string()),
                    "source_before": old["label_source"].take(places),
                    "source_after": new["label_source"].take(places),
                    "before": pa.array([as_json(v) for v in was.take(places).to_pylist()], pa.string()),
                    "after": pa.array([as_json(v) for v in new[name].take(places).to_pylist()], pa.string()),
                },
                schema=DIFF,
            )
        )
    return tables


def as_json(value: Any) -> str:
    """A value of a column as diff.parquet writes it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def change_counts(diff: pa.Table) -> dict[str, int]:
    """Rows by kind of change; a row with two changed fields counts once a kind."""
    pairs = set(zip(diff["change"].to_pylist(), diff["row_id"].to_pylist(), strict=True))
    counted = Counter(change for change, _ in pairs)
    return {change: counted.get(change, 0) for change in CHANGES}


def relabelled_counts(diff: pa.Table) -> list[tuple[str, str, str, int]]:
    """Relabelled rows by task and source: field, source before, source after, rows."""
    only = diff.filter(pc.equal(diff["change"], "relabelled"))
    columns = ("field", "source_before", "source_after")
    counted = Counter(zip(*(only[c].to_pylist() for c in columns), strict=True))
    return sorted((f, a or "none", b or "none", n) for (f, a, b), n in counted.items())


def added_counts(diff: pa.Table) -> list[tuple[str, str, int]]:
    """Rows added and removed by source of their label: change, source, rows."""
    counted: Counter[tuple[str, str]] = Counter()
    for change, before, after in zip(
        *(diff[c].to_pylist() for c in ("change", "source_before", "source_after")), strict=True
    ):
        if change in ("added", "removed"):
            counted[change, (after if change == "added" else before) or "none"] += 1
    return sorted((c, s, n) for (c, s), n in counted.items())
