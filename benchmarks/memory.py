"""Memory of `upr label` from a thousand rows to a million, on the corpus that UPR_CORPUS names or on the
sample.

    python -m benchmarks.memory [--rows 1000 10000 100000 1000000] [--model shipped] [--suffix .parquet]

The input repeats the corpus; from the second copy on every text is varied by a number of its own, so that no
text and no row comes twice and every row brings a word never seen. Labelling is a process of its own with its
workers; memory is the largest sum over all of them, sampled up to 20 times a second, pages that they share
counted once.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.pipeline import measure
from pipeline.corpus.schema import SOURCE_COLUMNS
from pipeline.settings import corpus_folder, home
from pipeline.store.tables import TableWriter

_ROWS = (1_000, 10_000, 100_000, 1_000_000)


def varied(table: pa.Table, rows: int) -> Iterator[pa.Table]:
    """`rows` rows in tables as long as the corpus; see the module."""
    place = table.column_names.index("text")
    texts = table["text"].to_pylist()
    for start in range(0, rows, table.num_rows):
        part = texts
        if start:
            part = [f"{text} (case {start + i})" for i, text in enumerate(texts)]
        yield table.set_column(place, "text", pa.array(part, pa.string())).slice(0, rows - start)


def write_input(path: Path, corpus: pa.Table, rows: int) -> None:
    """The input as one file in the format of its suffix."""
    with TableWriter(path, path.suffix, corpus.schema) as writer:
        for table in varied(corpus, rows):
            writer.write(table)


def main() -> None:
    """Measure and print, smallest first."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=list(_ROWS), help="sizes of the input")
    parser.add_argument("--model", default="shipped", help="shipped, best, or a model's folder")
    parser.add_argument(
        "--suffix", default=".parquet", choices=(".parquet", ".csv", ".jsonl"), help="format of the input"
    )
    options = parser.parse_args()
    source = (corpus_folder() or home() / "data" / "sample") / "upr-info"
    model = str(Path(options.model).resolve()) if Path(options.model).is_dir() else options.model
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(home() / "configs", folder / "configs")
        (folder / "models").mkdir()
        for kept in ("shipped", "best"):
            shutil.copytree(home() / "models" / kept, folder / "models" / kept)
        measure(
            "ingest",
            ["ingest", *map(str, sorted(source.glob("*.csv"))), "--out", str(folder / "corpus.parquet")],
            folder,
        )
        corpus = pq.read_table(folder / "corpus.parquet", columns=list(SOURCE_COLUMNS))
        print(f"{options.model}, {options.suffix} in, .parquet out; {os.cpu_count()} cores")
        for rows in sorted(options.rows):
            large = folder / f"large{options.suffix}"
            write_input(large, corpus, rows)
            step = measure(
                "label",
                ["label", str(large), "--out", str(folder / "labelled.parquet"), "--model", model],
                folder,
            )
            print(
                (
                    f"{rows:>9,} rows{step.seconds:>9.1f} s{step.peak_mb:>8.0f} MB   load "
                    f"{os.getloadavg()[0]:.1f}"
                ),
                flush=True,
            )


if __name__ == "__main__":
    main()
