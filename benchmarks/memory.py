"""Time and memory of `upr label` as its input grows, on the corpus that UPR_CORPUS names or on the sample.

    python -m benchmarks.memory [--rows 10000 100000 1000000 10000000] [--model shipped] [--suffix .parquet]

The input repeats the corpus; from the second copy on every text is varied by a number of its own, so that no
text and no row comes twice and every row brings a word never seen. Labelling is a process of its own with its
workers; memory is the largest sum over all of them, sampled up to 20 times a second, pages that they share
counted once. Time includes the start; processor seconds are those of all processes, and depend less
on other work of the machine. Ten million rows need some 10 GB in the temporary folder.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.pipeline import measure
from pipeline.corpus.schema import SOURCE_COLUMNS
from pipeline.settings import corpus_folder, home
from pipeline.store.tables import TableWriter

_ROWS = (10_000, 100_000, 1_000_000)
_BILLION = 1_000_000_000


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


def further(measured: Sequence[tuple[int, float]]) -> list[float]:
    """Rows a second beyond the size before, for each size but the first: the start costs nothing there.

    Equal figures are a straight line. Args: `measured`, rows and seconds, smallest first.

    >>> further([(1_000, 6.0), (10_000, 15.0), (100_000, 105.0)])
    [1000.0, 1000.0]
    """
    steps = pairwise(measured)
    return [(rows - fewer) / (seconds - less) for (fewer, less), (rows, seconds) in steps]


def reckoned(measured: Sequence[tuple[int, float]], rows: int) -> float:
    """The seconds that so many rows would take, if further ones cost what those of the last step did.

    >>> reckoned([(1_000, 6.0), (10_000, 15.0)], 1_000_000)
    1005.0
    """
    most, seconds = measured[-1]
    return seconds + (rows - most) / further(measured)[-1]


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
        head = ("rows", "seconds", "rows/s", "further rows/s", "rows/CPU s", "MB", "load")
        print("".join(f"{name:>{max(12, len(name) + 2)}}" for name in head))
        measured: list[tuple[int, float]] = []
        for rows in sorted(options.rows):
            large = folder / f"large{options.suffix}"
            write_input(large, corpus, rows)
            step = measure(
                "label",
                ["label", str(large), "--out", str(folder / "labelled.parquet"), "--model", model],
                folder,
            )
            measured.append((rows, step.seconds))
            beyond = f"{further(measured)[-1]:,.0f}" if len(measured) > 1 else ""
            print(
                f"{rows:>12,}{step.seconds:>12,.1f}{rows / step.seconds:>12,.0f}{beyond:>16}"
                f"{rows / step.processor_seconds:>12,.0f}{step.peak_mb:>12,.0f}{os.getloadavg()[0]:>12.1f}",
                flush=True,
            )
        # Small inputs cost little more than the start, so that a second may by chance cost less than a first.
        if len(measured) > 1 and further(measured)[-1] > 0:
            days = reckoned(measured, _BILLION) / 86_400
            print(f"A billion rows would take {days:,.1f} days on this machine, reckoned from the last step.")


if __name__ == "__main__":
    main()
