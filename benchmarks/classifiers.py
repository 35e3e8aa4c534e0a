"""Classifiers of several kinds side by side, on the same rows and machine.

    UPR_CORPUS=... python -m benchmarks.classifiers [--peers linear fasttext] [--again] [--work FOLDER]

Every peer learns from sessions 1 to 16, chooses its thresholds on 17 and is measured on 18; State names are
masked for all. Training and labelling are a process each, so that time and memory are a peer's own. What a
peer gave is kept as benchmarks/results/SPLIT/NAME.json and not made again without --again; docs/benchmark.md
is written from all that is there. Needs the extra `benchmark`; a peer whose package is missing is named and
left out.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.benchmark_page import write_page
from benchmarks.peers import ENTRIES
from benchmarks.peers.measured import load_corpus
from pipeline import settings
from pipeline.corpus.coded import Corpus
from pipeline.evaluation.assessment import Assessor
from pipeline.evaluation.metrics import Evaluation, to_plain
from pipeline.evaluation.metrics.quality import Quality
from pipeline.stages import ingest
from pipeline.store.files import read_json, write_json
from pipeline.store.vocabularies import load_states

RESULTS = Path(__file__).resolve().parent / "results"
_FIGURES = {"action": ("accuracy", "macro_f1", "kappa"), "tags": ("micro_f1", "macro_f1")}
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1") | {
    "TOKENIZERS_PARALLELISM": "false"
}


def make_corpus(work: Path) -> Path:
    """The table of `ingest` over the real corpus, made once. Raises: SystemExit without UPR_CORPUS."""
    path = work / "corpus.parquet"
    if not path.is_file():
        folder = settings.corpus_folder()
        if folder is None:
            sys.exit("The comparison is made on the real corpus: set UPR_CORPUS.")
        ingest.run(sorted((folder / "upr-info").glob("*.csv")), path, settings.load())
    return path


def run_peer(name: str, split: str, corpus_path: Path, work: Path) -> Path | None:
    """Train and label in a process each.

    Returns: the folder of its answers, or None after saying why there are none.
    """
    folder = work / split / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for step in ("train", "label"):
        command = [
            sys.executable,
            "-m",
            "benchmarks.peers.measured",
            step,
            name,
            split,
            str(corpus_path),
            str(folder),
        ]
        with (folder / f"{step}.log").open("wb") as log:
            done = subprocess.run(
                command,
                stdout=log,
                stderr=log,
                env=os.environ | _ONE_THREAD,
                cwd=settings.home(),
                check=False,
            )
        if done.returncode:
            print(f"{name}, {split}: {step} failed, see {folder / f'{step}.log'}", file=sys.stderr)
            return None
    return folder


def figures(corpus: Corpus, split: str, folder: Path) -> dict[str, Any]:
    """Figures of a peer's answers on all rows of the test part, and on those whose wording training had not
    seen.
    """
    chosen = settings.load().evaluate
    assessor = Assessor(corpus, load_states(), chosen.bootstrap_samples, chosen.seed, chosen.calibration_bins)
    answers = np.load(folder / "answers.npz")
    found = {key.removeprefix("answers."): answers[key] for key in answers.files}
    rows = corpus.splits[split].rows("test")
    unseen = np.flatnonzero(~corpus.splits[split].seen[rows])
    return {
        name: _shown(assessor.measure(_evaluation(corpus, split, rows[places], found, places)), found)
        for name, places in (("all", np.arange(len(rows))), ("unseen", unseen))
    }


def _evaluation(corpus: Corpus, split: str, rows: Any, found: dict[str, Any], places: Any) -> Evaluation:
    """Labels without probabilities; what a peer does not code is filled in and left out by `_shown`."""
    actions = found["actions"][places] if "actions" in found else np.ones(len(rows), dtype=np.int64)
    tags = (
        found["tags"][places] if "tags" in found else np.zeros((len(rows), corpus.tags.shape[1]), dtype=bool)
    )
    certain = np.zeros((len(rows), 5))
    certain[np.arange(len(rows)), actions - 1] = 1.0
    groups = corpus.splits[split].groups[rows]
    gold = corpus.actions[rows], corpus.tags[rows]
    return Evaluation(
        gold[0], actions, certain, gold[1], tags, tags.astype(np.float64), groups, corpus.taxonomy.labels
    )


def _shown(quality: Quality, found: dict[str, Any]) -> dict[str, Any]:
    plain = to_plain(quality)
    tasks = [task for task, key in (("action", "actions"), ("tags", "tags")) if key in found]
    return {
        "rows": quality.rows,
        **{task: {figure: plain[task][figure] for figure in _FIGURES[task]} for task in tasks},
    }


def compare(names: Sequence[str], splits: Sequence[str], work: Path, again: bool) -> bool:
    """Run what is asked for and not there yet. Returns: whether all of it is there now."""
    corpus_path = make_corpus(work)
    corpus = load_corpus(corpus_path)
    complete = True
    for split in splits:
        for name in names:
            out = RESULTS / split / f"{name}.json"
            if split not in ENTRIES[name].splits or (out.is_file() and not again):
                continue
            folder = run_peer(name, split, corpus_path, work)
            if folder is None:
                complete = False
                continue
            document = {
                "split_sha256": corpus.splits[split].digest(corpus.row_ids),
                "test": figures(corpus, split, folder),
                "training": read_json(folder / "train.json"),
                "labelling": read_json(folder / "label.json"),
            }
            write_json(out, document)
            accuracy = document["test"]["all"].get("action", {}).get("accuracy", {}).get("value")
            print(f"{name}, {split}: action {accuracy}, written to {out.relative_to(RESULTS.parent.parent)}")
    return complete


def main() -> int:
    """Compare, and write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--peers",
        nargs="+",
        choices=tuple(ENTRIES),
        default=list(ENTRIES),
        metavar="NAME",
        help="which (default: all)",
    )
    parser.add_argument(
        "--splits",
        nargs="+",
        choices=("session", "random"),
        default=["session", "random"],
        help="which splits",
    )
    parser.add_argument("--again", action="store_true", help="measure again what is there")
    parser.add_argument(
        "--work",
        type=Path,
        default=settings.home() / "reports" / "benchmark",
        help="folder for models and logs",
    )
    parser.add_argument("--only-page", action="store_true", help="write the page from what is there")
    arguments = parser.parse_args()
    complete = arguments.only_page or compare(
        arguments.peers, arguments.splits, arguments.work.resolve(), arguments.again
    )
    write_page(RESULTS, settings.home() / "docs")
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
