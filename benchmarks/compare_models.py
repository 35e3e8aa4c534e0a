"""Two models on the same rows: differences of their figures with paired intervals, and sizes of their files.

    python -m benchmarks.compare_models CHALLENGER CHAMPION CORPUS_PARQUET

Both are folders of models trained on the session split, or of final models: of rows that one of them learned,
the held-out predictions that it keeps are taken. CORPUS_PARQUET is the table of `upr ingest` over the real
corpus. Differences are challenger minus champion, in percentage points, with 95 % intervals (paired
bootstrap by wording, 2,000 resamples). The part `test` is only measured, never chosen by.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from benchmarks.model_card import real_corpus
from benchmarks.unlearned import unlearned
from pipeline.errors import UprError
from pipeline.evaluation.assessment import Assessor
from pipeline.evaluation.metrics import paired_difference
from pipeline.store.models import load_bundle
from pipeline.store.vocabularies import load_states

SAMPLES = 2_000
FIGURES = ("action.accuracy", "action.macro_f1", "action.kappa", "tags.micro_f1", "tags.macro_f1")


def differences(challenger: Path, champion: Path, corpus_path: Path) -> list[tuple[str, ...]]:
    """Lines of the table: part, figure, both values, the difference with its interval, rows."""
    corpus = real_corpus(corpus_path)
    split = corpus.splits["session"]
    assessor = Assessor(corpus, load_states(), SAMPLES, 0, 15)
    models = [(folder, load_bundle(folder)) for folder in (challenger, champion)]
    lines = []
    for part in ("tune", "test"):
        rows = split.rows(part)
        said = [unlearned(folder, bundle, corpus, rows) for folder, bundle in models]
        for name, places in (("all", np.arange(len(rows))), ("unseen", np.flatnonzero(~split.seen[rows]))):
            ours, theirs = (assessor.evaluation_of(p.take(places), rows[places]) for p in said)
            for figure in FIGURES:
                found = paired_difference(figure, ours, theirs, samples=SAMPLES)
                values = (_value(figure, assessor.measure(e)) for e in (ours, theirs))
                lines.append(
                    (
                        f"{part}, {name}",
                        figure,
                        *(f"{value:.4f}" for value in values),
                        f"{found.value * 100:+.2f} ({found.low * 100:+.2f} to {found.high * 100:+.2f})",
                        f"{len(places):,}",
                    )
                )
    return lines


def _value(figure: str, quality: object) -> float:
    task, name = figure.split(".")
    return float(getattr(getattr(quality, task), name).value)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("challenger", "champion", "corpus"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args()
    try:
        lines = differences(given.challenger, given.champion, given.corpus)
    except UprError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    header = ("rows of", "figure", "challenger", "champion", "difference", "rows")
    for line in (header, ("---",) * len(header), *lines):
        sys.stdout.write(f"| {' | '.join(line)} |\n")
    for folder in (given.challenger, given.champion):
        size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
        sys.stdout.write(f"\n{folder}: {size / 1e6:.1f} MB")
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
