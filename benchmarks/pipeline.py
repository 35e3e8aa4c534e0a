"""Time and memory of the staged pipeline and of labelling, on the corpus that UPR_CORPUS names or on the
sample.

    python -m benchmarks.pipeline [--rows 120000] [--model shipped]

Each step is a process of its own, as a person would run it, so its figures include start-up. Everything is
written to a temporary folder, with a registry of its own.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.settings import corpus_folder, home


@dataclass(frozen=True)
class Step:
    """One command: seconds by the clock, the largest memory of its processes in MB, and the processor seconds
    that they took (0 for a line that sums up others).
    """

    name: str
    seconds: float
    peak_mb: float
    note: str = ""
    processor_seconds: float = 0.0


def _peak_mb(process: subprocess.Popen[bytes]) -> float:
    """Largest memory of the process with its children, sampled until it ends; pages that they share count
    once.
    """
    import psutil

    peak = 0.0
    parent = psutil.Process(process.pid)
    while process.poll() is None:
        began = time.perf_counter()
        try:
            family = [parent, *parent.children(recursive=True)]
            peak = max(peak, sum(p.memory_full_info().pss for p in family if p.is_running()) / 2**20)
        except psutil.Error:
            pass
        # Reading the maps of large processes takes time from them: at most a twentieth.
        time.sleep(max(0.05, 20 * (time.perf_counter() - began)))
    return peak


def measure(name: str, arguments: list[str], folder: Path, note: str = "") -> Step:
    """Run `upr` with arguments. Raises: SystemExit with its messages if it fails."""
    environment = os.environ | {
        "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db",
        "UPR_HOME": str(folder),
    }
    start, used = time.perf_counter(), _processor_seconds()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipeline", *arguments],
            stdout=log,
            stderr=log,
            env=environment,
            cwd=home(),
        )
        peak = _peak_mb(process)
    seconds = time.perf_counter() - start
    if process.returncode:
        sys.exit(f"{name} failed:\n{(folder / 'log').read_text()[-2000:]}")
    return Step(name, seconds, peak, note, _processor_seconds() - used)


def _processor_seconds() -> float:
    """Of the processes that this one started and that ended, with those that they started."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def many_rows(table: pa.Table, rows: int) -> pa.Table:
    """The first `rows` rows of a table repeated as often as needed."""
    copies = -(-rows // table.num_rows)
    return pa.concat_tables([table] * copies).slice(0, rows)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=120_000, help="rows to label")
    parser.add_argument("--model", default="shipped", help="model to label with")
    parser.add_argument("--only-label", action="store_true", help="leave out training")
    return parser.parse_args()


def main() -> None:
    """Measure and print."""
    options = _options()
    source = (corpus_folder() or home() / "data" / "sample") / "upr-info"
    steps: list[Step] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(home() / "configs", folder / "configs")
        (folder / "models").mkdir()
        for shipped in ("shipped", "best"):
            if (home() / "models" / shipped).is_dir():
                shutil.copytree(home() / "models" / shipped, folder / "models" / shipped)
        steps.append(measure("upr --help", ["--help"], folder))
        corpus, models, reports = folder / "corpus.parquet", folder / "trained", folder / "reports"
        steps.append(
            measure(
                "ingest", ["ingest", *map(str, sorted(source.glob("*.csv"))), "--out", str(corpus)], folder
            )
        )
        rows = pq.read_metadata(corpus).num_rows
        if not options.only_label:
            common = ["--corpus", str(corpus)]
            steps.append(measure("train", ["train", *common, "--out", str(models)], folder))
            steps.append(
                measure(
                    "evaluate", ["evaluate", *common, "--models", str(models), "--out", str(reports)], folder
                )
            )
            arguments = [
                "register",
                *common,
                "--models",
                str(models),
                "--reports",
                str(reports),
                "--out",
                str(folder / "r.json"),
            ]
            steps.append(measure("register", arguments, folder))
            total = sum(s.seconds for s in steps[1:])
            steps.append(
                Step("exports to registered model", total, max(s.peak_mb for s in steps), f"{rows:,} rows")
            )
        large = folder / "large.parquet"
        pq.write_table(many_rows(pq.read_table(corpus), options.rows), large)
        step = measure(
            "label",
            ["label", str(large), "--out", str(folder / "labelled.parquet"), "--model", options.model],
            folder,
        )
        steps.append(
            Step(
                "label, Parquet to Parquet",
                step.seconds,
                step.peak_mb,
                f"{options.rows / step.seconds:,.0f} rows a second",
            )
        )
    print(
        f"{source.parent.name}: {rows:,} rows; {os.cpu_count()} cores; load at the end "
        f"{os.getloadavg()[0]:.1f}"
    )
    for s in steps:
        print(f"{s.name:<30}{s.seconds:>9.2f} s{s.peak_mb:>9.0f} MB   {s.note}")


if __name__ == "__main__":
    main()
