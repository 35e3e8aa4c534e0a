"""How long a release of many recommendations takes, and how fast it is read.

    python -m benchmarks.release [--rows 120000] [--corpus data/corpus/corpus.parquet] [--labelled
    data/labelled/corpus.parquet] [--keep FOLDER]

The given rows are repeated, as reviews of further sessions that only the model labelled, until there are
`--rows` of them. Prints seconds (wall and processor), peak memory of this process and of the one that
writes the workbook, and the size of the release. Run it on an idle machine.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import settings
from pipeline.corpus.schema import LABELLED
from pipeline.corpus.states import States
from pipeline.corpus.text import cycle_of, recommendation_id, row_id
from pipeline.release.tables.spreading import code_of
from pipeline.stages import publish
from pipeline.store.vocabularies import load_states

READERS = {
    "pandas": "import pandas; pandas.read_parquet(path)",
    "polars": "import polars; polars.read_parquet(path)",
    "duckdb": "import duckdb; duckdb.sql(f\"select count(*), avg(action) from '{path}'\").fetchall()",
    "pyarrow": "import pyarrow.parquet; pyarrow.parquet.read_table(path)",
}

_CHANGED = (
    "rec_id",
    "row_id",
    "text",
    "state_under_review",
    "recommending_states",
    "session",
    "cycle",
)
"""Columns in which a copy of a row differs from it, and what their ids are made of."""


LAST_SESSION = 47
"""The session up to which rows are repeated: the last of 2024."""

_CYCLE = 14
"""Sessions from one review of a State to its next."""


def grown(labelled: pa.Table, rows: int, states: States) -> pa.Table:
    """The table and copies of its rows as later reviews, `rows` rows in all.

    No text of a copy equals another: each gets a number. Each State under review of a copy is another one
    of the list, so that a State is asked the same again as often as in the table, and not once more a copy.
    Each State is reviewed again every 14 sessions until session 47, and its copied rows are shared between
    these reviews, so that there are as many sessions and reviews as in reality.
    """
    parts, have = [labelled], labelled.num_rows
    names = [state.name for state in states.all]
    place = {name: i for i, name in enumerate(names)}
    held = _reviews(labelled)
    later = {name: _later(held.get(name, ()), number) for number, name in enumerate(names)}
    ordinals: Counter[tuple[str, ...]] = Counter()
    for copy in range(1, -(-rows // have)):
        part = labelled.slice(0, min(have, rows - copy * have))
        columns = {name: part[name].to_pylist() for name in _CHANGED}
        columns["text"] = [
            text and f"{text} ({copy}{number % 997:03})" for number, text in enumerate(columns["text"])
        ]
        for i, (name, session) in enumerate(
            zip(columns["state_under_review"], columns["session"], strict=True)
        ):
            if name not in place:
                continue
            other = names[(place[name] + 7 * copy) % len(names)]
            due = later[other]
            columns["state_under_review"][i] = other
            if session is not None:
                columns["session"][i] = due[(held[name].index(session) + copy) % len(due)]
        columns["cycle"] = [cycle_of(session) for session in columns["session"]]
        for i, name in enumerate(columns["state_under_review"]):
            rec_id = recommendation_id(code_of(name, states), columns["session"][i], columns["text"][i] or "")
            by = [code_of(state, states) for state in columns["recommending_states"][i] or ()]
            columns["rec_id"][i] = rec_id
            columns["row_id"][i] = row_id(rec_id, by, ordinals[rec_id, *by])
            ordinals[rec_id, *by] += 1
        for name, values in columns.items():
            field = LABELLED.field(name)
            part = part.set_column(part.column_names.index(name), field, pa.array(values, field.type))
        parts.append(part)
    return pa.concat_tables(parts)


def _reviews(table: pa.Table) -> dict[str, list[int]]:
    """The sessions in which each State was reviewed, in order."""
    pairs = set(zip(table["state_under_review"].to_pylist(), table["session"].to_pylist(), strict=True))
    found: dict[str, list[int]] = {}
    for name, session in sorted((name, session) for name, session in pairs if name and session):
        found.setdefault(name, []).append(session)
    return found


def _later(held: Sequence[int], number: int) -> list[int]:
    """The sessions of the next reviews of a State. Args: `number`, of a State that has none, in the list.

    >>> _later([5, 17], 0), _later([9], 0), _later([], 16)
    ([31, 45], [23, 37], [31, 45])
    """
    last = held[-1] if held else 15 + number % _CYCLE
    return list(range(last + _CYCLE, LAST_SESSION + 1, _CYCLE))


def main() -> None:
    """Print the figures."""
    home = settings.home()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=120_000)
    parser.add_argument("--corpus", type=Path, default=home / "data" / "corpus" / "corpus.parquet")
    parser.add_argument("--labelled", type=Path, default=home / "data" / "labelled" / "corpus.parquet")
    parser.add_argument("--keep", type=Path, help="a folder for the release, which is removed otherwise")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        many = Path(folder) / "labelled.parquet"
        pq.write_table(grown(pq.read_table(asked.labelled), asked.rows, load_states()), many)
        wall, processor = time.perf_counter(), sum(os.times()[:4])
        out = asked.keep or Path(folder) / "out"
        done = publish.run(publish.PublishInputs(asked.corpus, many), out, settings.load())
        wall, processor = time.perf_counter() - wall, sum(os.times()[:4]) - processor
        own, child = (
            resource.getrusage(who).ru_maxrss / 1e6
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        sizes = {p.relative_to(done.folder): p.stat().st_size for p in done.folder.rglob("*") if p.is_file()}
        size = sum(sizes.values())
        pages = sum(s for p, s in sizes.items() if p.suffix in (".html", ".js"))
        print(f"release of {done.counts['rows']:,} rows, {done.counts['labels']:,} labels, all formats")
        load = f"load of the machine now: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
        print(f"  {wall:.1f} s wall, {processor:.1f} s of processor time ({load})")
        print(
            f"  peak memory {own:.2f} GB, and {child:.2f} GB in the process of the workbook; "
            f"{size / 1e6:.0f} MB on disk, {pages / 1e6:.1f} MB of them pages and their scripts"
        )
        for name, code in READERS.items():
            path = str(done.folder / "recommendations.parquet")
            timed = (
                f"import time, {name}; path = {path!r}; s = time.perf_counter(); {code}; "
                f"print(time.perf_counter() - s)"
            )
            ran = subprocess.run([sys.executable, "-c", timed], capture_output=True, text=True, check=False)
            print(
                f"  read with {name}: "
                + (f"{float(ran.stdout):.2f} s" if ran.returncode == 0 else "not installed")
            )


if __name__ == "__main__":
    main()
