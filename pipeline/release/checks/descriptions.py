"""Checks that the descriptions of a release agree with its tables, and that its changes are true."""

from __future__ import annotations

import csv
import json
import re

import pyarrow as pa
import yaml

from pipeline.release.checks.rows import Faults, Opened
from pipeline.release.files.folder import manifest, read_sums
from pipeline.release.tables.changes import as_json, row_changes
from pipeline.release.tables.columns import RECOMMENDATIONS, SCHEMAS, TIME_COLUMNS
from pipeline.sources.tables.gzipped import plain
from pipeline.store.files import read_json
from pipeline.store.tables import read_parquet

_DESCRIBED = ("recommendations", "labels", "splits")


def cards(release: Opened) -> Faults:
    """README.md, CITATION.cff and the descriptions for programs belong to this release and its files."""
    name = release.manifest["release"]
    text = (release.folder / "README.md").read_text(encoding="utf-8")
    front = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    card = yaml.safe_load(front[1]) if front else {}
    if not card.get("license") or not card.get("configs"):
        yield "README.md has no front matter with licence and configs."
    for config in card.get("configs", ()):
        if not (release.folder / config["data_files"]).is_file():
            yield f"README.md names {config['data_files']}, which is not there."
    unexplained = [
        f"{table}.{column}"
        for table in _DESCRIBED
        for column in SCHEMAS[table].names
        if f"| `{column}` |" not in text
    ]
    if unexplained:
        yield f"README.md does not explain the column {unexplained[0]}."
    for file in ("README.md", "CHANGELOG.md"):
        if f"release {name}" not in (release.folder / file).read_text(encoding="utf-8"):
            yield f"{file} is not of release {name}."
    citation = yaml.safe_load((release.folder / "CITATION.cff").read_text(encoding="utf-8"))
    if str(citation.get("version")) != name:
        yield f"CITATION.cff is of release {citation.get('version')}."
    yield from _croissant(release)
    yield from _data_package(release)
    read_json(release.folder / "datasette.json")


def _croissant(release: Opened) -> Faults:
    listed = read_sums(release.folder)
    content = read_json(release.folder / "croissant.json")
    for file in content["distribution"]:
        if listed.get(file["contentUrl"]) != file["sha256"]:
            yield f"croissant.json has another checksum for {file['contentUrl']}."
    for record in content["recordSet"]:
        strange = {f["name"] for f in record["field"]} - set(SCHEMAS[record["name"]].names)
        if strange:
            yield (
                f"croissant.json names columns that {record['name']}.parquet lacks: "
                f"{', '.join(sorted(strange))}."
            )


def _data_package(release: Opened) -> Faults:
    listed = read_sums(release.folder)
    for resource in read_json(release.folder / "datapackage.json")["resources"]:
        path = resource["path"]
        if f"sha256:{listed.get(path)}" != resource["hash"]:
            yield f"datapackage.json has another checksum for {path}."
        with (
            plain(release.folder / path) as unpacked,
            unpacked.open(encoding="utf-8-sig", newline="") as file,
        ):
            heading = next(csv.reader(file), [])
        if heading != [f["name"] for f in resource["schema"]["fields"]]:
            yield f"datapackage.json names other columns than {path} has."


def history(release: Opened) -> Faults:
    """diff.parquet holds the differences to the previous release, row by row, if that is beside this one."""
    before = release.manifest["previous"]
    old = RECOMMENDATIONS.empty_table()
    if before is not None:
        folder = release.folder.parent / before
        if not folder.is_dir():
            return
        if manifest(folder)["release"] != before:
            yield f"{folder} is not release {before}."
        old = read_parquet(folder / "recommendations.parquet")
    due = row_changes(release.tables["recommendations"], old)
    if not due.equals(release.tables["diff"]):
        yield (
            f"diff.parquet is not the difference from {before or 'nothing'} to this release "
            f"({due.num_rows:,} changes are expected)."
        )
    yield from _replayed(release, old)


def _replayed(release: Opened, old: pa.Table) -> Faults:
    """Apply each change to the old rows and compare with the new ones, as an independent check."""
    # What the former release had no column for is no change of a row (see `row_changes`).
    left_out = {*TIME_COLUMNS["recommendations"], *set(RECOMMENDATIONS.names) - set(old.column_names)}
    rows = {
        str(r["row_id"]): {k: as_json(v) for k, v in r.items() if k not in left_out} for r in old.to_pylist()
    }
    new = {
        str(r["row_id"]): {k: as_json(v) for k, v in r.items() if k not in left_out}
        for r in _untimed(release)
    }
    lines = release.tables["diff"].to_pylist()
    for line in lines:
        if line["change"] == "corrected" and line["field"] == "row_id":
            rows[line["row_id"]] = rows.pop(json.loads(line["before"]), {})
    for line in lines:
        row_id = line["row_id"]
        if line["change"] == "removed":
            rows.pop(row_id, None)
        elif line["change"] == "added":
            rows[row_id] = new.get(row_id, {})
        elif rows.get(row_id, {}).get(line["field"], "null") != line["before"]:
            yield f"diff.parquet, {row_id}: {line['field']} was not {line['before']}."
            return
        else:
            rows[row_id][line["field"]] = line["after"]
    wrong = sorted(r for r in rows.keys() | new.keys() if rows.get(r) != new.get(r))
    if wrong:
        yield (
            f"{len(wrong):,} rows differ from the previous release with the changes applied, the first "
            f"{wrong[0]}."
        )


def _untimed(release: Opened) -> list[dict[str, object]]:
    table = release.tables["recommendations"]
    rows: list[dict[str, object]] = table.drop_columns(list(TIME_COLUMNS["recommendations"])).to_pylist()
    return rows
