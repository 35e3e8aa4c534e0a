"""Checks of the tables of a release. Each yields the faults that it finds, one sentence each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.corpus.schema import KINDS, LABEL_SOURCES, RESPONSES
from pipeline.release.files.folder import SIGNATURE, SUMS, read_sums
from pipeline.release.tables.changes import change_counts
from pipeline.release.tables.columns import KEYS, SCHEMA_VERSION, SCHEMAS, type_name
from pipeline.release.tables.content import Content, counts
from pipeline.store.files import digest, read_json
from pipeline.store.tables import read_parquet

Faults = Iterator[str]
_SHOWN = 5


@dataclass(frozen=True)
class Opened:
    """A release on disk; its files are read when they are needed."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def of_this_program(self) -> bool:
        """Whether it has the files and columns that this version of the project makes."""
        return self.manifest.get("schema_version") == SCHEMA_VERSION

    @cached_property
    def tables(self) -> dict[str, pa.Table]:
        """The Parquet tables by name."""
        return {name: read_parquet(self.folder / f"{name}.parquet") for name in SCHEMAS}


Check = Callable[[Opened], Faults]


def sums(release: Opened) -> Faults:
    """Every file is listed in SHA256SUMS with its checksum, and there is no other file."""
    listed = read_sums(release.folder)
    there = {p.relative_to(release.folder).as_posix() for p in release.folder.rglob("*") if p.is_file()} - {
        SUMS,
        SIGNATURE,
    }
    for name in sorted(listed.keys() - there):
        yield f"{name} is missing."
    for name in sorted(there - listed.keys()):
        yield f"{name} is not named in {SUMS}."
    for name in sorted(there & listed.keys()):
        if digest(release.folder / name) != listed[name]:
            yield f"{name} was altered: its checksum differs from {SUMS}."


def columns(release: Opened) -> Faults:
    """The tables have the columns and types of their format, and those that release.json names."""
    if not release.of_this_program:
        made_by = release.manifest.get("pipeline_version", "that made it")
        yield (
            f"the release has another schema version than {SCHEMA_VERSION}, which this program checks. "
            f"Check it with the version {made_by} of this project."
        )
        return
    for name, schema in SCHEMAS.items():
        found = release.tables[name].schema
        if found.names != schema.names:
            yield (
                f"{name}.parquet: columns are {', '.join(found.names)}; expected are "
                f"{', '.join(schema.names)}."
            )
            continue
        for field in schema:
            if found.field(field.name).type != field.type:
                yield (
                    f"{name}.parquet, {field.name}: type is {found.field(field.name).type}; expected is "
                    f"{field.type}."
                )
            elif not field.nullable and release.tables[name][field.name].null_count:
                yield (
                    f"{name}.parquet, {field.name}: {release.tables[name][field.name].null_count:,} "
                    f"values are missing."
                )
        named = release.manifest["columns"].get(name)
        if named is not None and named != {f.name: type_name(f.type) for f in found}:
            yield f"{name}.parquet: release.json names other columns or types."


def keys(release: Opened) -> Faults:
    """Keys are unique, and the tables fit together."""
    ids = release.tables["recommendations"]["row_id"]
    for name, key in KEYS.items():
        table = release.tables[name]
        if table.group_by(list(key)).aggregate([]).num_rows != table.num_rows:
            yield f"{name}.parquet: rows repeat in {', '.join(key)}."
        strange = table.filter(pc.invert(pc.is_in(table["row_id"], ids.combine_chunks())))
        if strange.num_rows:
            yield (
                f"{name}.parquet: {strange.num_rows:,} rows belong to no recommendation, the first "
                f"{strange['row_id'][0]}."
            )
    if not release.tables["splits"]["row_id"].equals(ids):
        yield "splits.parquet does not have one row for each recommendation, in order."


def values(release: Opened) -> Faults:
    """Values are those that the columns allow."""
    table = release.tables["recommendations"]
    allowed = {
        "kind": KINDS,
        "response": RESPONSES,
        "label_source": LABEL_SOURCES,
        "action": range(1, 6),
        "machine_action": range(1, 6),
    }
    for name, words in allowed.items():
        strange = pc.drop_null(table[name]).unique().to_pylist()
        for value in [v for v in strange if v not in words][:_SHOWN]:
            yield f"recommendations.parquet, {name}: '{value}' is not allowed."
    for name, column in (("recommendations", "action_confidence"), ("labels", "probability")):
        found = pc.min_max(release.tables[name][column]).as_py()
        if found["min"] is not None and not 0 <= found["min"] <= found["max"] <= 1:
            yield f"{name}.parquet, {column}: {found['min']} to {found['max']} are no probabilities."
    if pc.any(pc.greater(pc.list_value_length(table["recommending_states"]), 1)).as_py():
        yield "recommendations.parquet: a row has several recommending States."


def people_first(release: Opened) -> Faults:
    """Labels of people take precedence over those of a model, and are those that people gave."""
    table, labels = release.tables["recommendations"], release.tables["labels"]
    given = labels.filter(pc.and_(labels["given"], pc.equal(labels["task"], "action")))
    shown = zip(table["label_source"].to_pylist(), table["action"].to_pylist(), strict=True)
    source = dict(zip(table["row_id"].to_pylist(), shown, strict=True))
    rank = {s: i for i, s in enumerate(("reviewed", "expert", "model", "rule"))}
    best: dict[str, tuple[str, str]] = {}
    for row_id, who, label in zip(
        *(given[c].to_pylist() for c in ("row_id", "source", "label_id")), strict=True
    ):
        if row_id not in best or rank[who] < rank[best[row_id][0]]:
            best[row_id] = (who, label)
    wrong = [r for r, (who, label) in best.items() if r in source and source[r] != (who, int(label))]
    if wrong:
        yield f"{len(wrong):,} rows do not have the label that labels.parquet implies, the first {wrong[0]}."
    tags = _tags_by_row(labels)
    due = zip(*(table[c].to_pylist() for c in ("row_id", "label_source", "issues")), strict=True)
    off = [r for r, who, issues in due if who in rank and set(issues or ()) != tags.get((r, who), set())]
    if off:
        yield f"{len(off):,} rows have tags that labels.parquet does not give them, the first {off[0]}."


def _tags_by_row(labels: pa.Table) -> dict[tuple[str, str], set[str]]:
    given = labels.filter(pc.and_(labels["given"], pc.equal(labels["task"], "issue")))
    found: dict[tuple[str, str], set[str]] = {}
    for row_id, who, label in zip(
        *(given[c].to_pylist() for c in ("row_id", "source", "label")), strict=True
    ):
        found.setdefault((row_id, who), set()).add(label)
    return found


def counted(release: Opened) -> Faults:
    """The counts of release.json are those of the tables."""
    tables = release.tables
    empty = pa.table({})
    content = Content(
        tables["recommendations"],
        tables["labels"],
        tables["splits"],
        empty,
        {},
        np.zeros((0, 0), dtype=np.float32),
        {},
    )
    for name, count in counts(content).items():
        if release.manifest["counts"].get(name) != count:
            yield (
                f"release.json says {name} = {release.manifest['counts'].get(name)}; the tables hold {count}."
            )
    if release.manifest["changes"] != change_counts(tables["diff"]):
        yield (
            f"release.json says changes = {release.manifest['changes']}; diff.parquet holds "
            f"{change_counts(tables['diff'])}."
        )
    quality = read_json(release.folder / "metrics.json")
    if sorted(quality["models"]) != sorted(release.manifest["models"]) and quality["held_out"]:
        yield "metrics.json measures other models than the release's."
