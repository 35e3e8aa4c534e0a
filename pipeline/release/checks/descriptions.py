"""Checks that the descriptions and the copies of a release agree with its tables."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from collections.abc import Iterator, Sequence

import pyarrow as pa
import yaml

from pipeline.release.checks.rows import Faults, Opened
from pipeline.release.files.folder import manifest, read_sums
from pipeline.release.tables.changes import as_json, row_changes
from pipeline.release.tables.columns import RECOMMENDATIONS, SCHEMAS, TIME_COLUMNS
from pipeline.store.files import read_json
from pipeline.store.tables import flat, read_parquet

_DESCRIBED = ("recommendations", "labels", "splits")
_MIRRORED = ("row_id", "action", "issues", "text")


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
        with (release.folder / path).open(encoding="utf-8-sig", newline="") as file:
            heading = next(csv.reader(file), [])
        if heading != [f["name"] for f in resource["schema"]["fields"]]:
            yield f"datapackage.json names other columns than {path} has."


def mirrors(release: Opened) -> Faults:
    """The copies in other formats hold the rows of recommendations.parquet, in the same order."""
    csv.field_size_limit(10_000_000)
    table = release.tables["recommendations"]
    due = list(zip(*(table[c].to_pylist() for c in _MIRRORED), strict=True))
    flattened = [tuple(_text(c, v) for c, v in zip(_MIRRORED, row, strict=True)) for row in due]
    with (release.folder / "recommendations.csv").open(encoding="utf-8-sig", newline="") as file:
        yield from _differences(
            "recommendations.csv", flattened, (tuple(r[c] for c in _MIRRORED) for r in csv.DictReader(file))
        )
    with (release.folder / "recommendations.jsonl").open(encoding="utf-8") as file:
        yield from _differences(
            "recommendations.jsonl", due, (tuple(json.loads(line)[c] for c in _MIRRORED) for line in file)
        )
    connection = sqlite3.connect(f"file:{release.folder / 'upr.sqlite'}?mode=ro&immutable=1", uri=True)
    try:
        rows = connection.execute("SELECT row_id, action, issues, text FROM recommendations ORDER BY rowid_")
        parsed = ((r[0], r[1], None if r[2] is None else json.loads(r[2]), r[3]) for r in rows)
        yield from _differences("upr.sqlite", due, parsed)
        found = connection.execute("SELECT count(*) FROM recommendations_fts").fetchone()[0]
        if found != table.num_rows:
            yield f"upr.sqlite: {found:,} texts can be searched, of {table.num_rows:,}."
    finally:
        connection.close()
    with (release.folder / "uwazi.csv").open(encoding="utf-8", newline="") as file:
        texts = ((r["Recommendation"],) for r in csv.DictReader(file))
        yield from _differences("uwazi.csv", [(t or "",) for _, _, _, t in due], texts)


def _text(name: str, value: object) -> str:
    found = flat(name, value)
    return "" if found is None else str(found)


def _differences(name: str, due: Sequence[tuple[object, ...]], found: Iterator[tuple[object, ...]]) -> Faults:
    rows = 0
    for rows, row in enumerate(found, 1):
        if rows <= len(due) and row != due[rows - 1]:
            yield f"{name}, row {rows}: is not that of recommendations.parquet."
            return
    if rows != len(due):
        yield f"{name}: holds {rows:,} rows; recommendations.parquet {len(due):,}."


def statistics(release: Opened) -> Faults:
    """The tables of figures count the recommendations that are there."""
    due = release.manifest["counts"]["recommendations"]
    table = release.tables["recommendations"].to_pandas()
    table = table[table["kind"] == "recommendation"]
    with (release.folder / "statistics" / "sessions.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {int(r["session"]): int(r["recommendations"]) for r in csv.DictReader(file)}
    if rows != {int(k): int(n) for k, n in table["session"].value_counts().items()}:
        yield "statistics/sessions.csv has other counts than recommendations.parquet."
    with (release.folder / "statistics" / "issues.csv").open(encoding="utf-8-sig", newline="") as file:
        issues = {r["issue"]: (int(r["count"]), int(r["of"])) for r in csv.DictReader(file)}
    counts = table["issues"].explode().value_counts()
    wrong = [i for i, (n, of) in issues.items() if n != int(counts.get(i, 0)) or of != due]
    if wrong:
        yield f"statistics/issues.csv: the count of '{wrong[0]}' differs from recommendations.parquet."


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
    left_out = set(TIME_COLUMNS["recommendations"])
    rows = {
        str(r["row_id"]): {k: as_json(v) for k, v in r.items() if k not in left_out} for r in old.to_pylist()
    }
    new = {
        str(r["row_id"]): {k: as_json(v) for k, v in r.items() if k not in left_out}
        for r in _untimed(release)
    }
    for line in release.tables["diff"].to_pylist():
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
