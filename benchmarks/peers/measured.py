"""One peer in a process of its own: `train` learns and saves, `label` loads and labels, each measured from
inside.

    python -m benchmarks.peers.measured train|label NAME SPLIT CORPUS FOLDER

Writes FOLDER/train.json, or FOLDER/label.json and FOLDER/answers.npz. Peak memory is that of the whole
process, start-up and corpus included.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers import ENTRIES, Answers, PeerTexts
from pipeline import settings
from pipeline.corpus.coded import Corpus, corpus_from
from pipeline.corpus.text import clean
from pipeline.store.files import write_json
from pipeline.store.tables import read_parquet
from pipeline.store.vocabularies import load_blinder, load_taxonomy

_LEAST_SECONDS = 5.0


def load_corpus(path: Path) -> Corpus:
    """The corpus with its splits, from the table of `ingest`."""
    chosen = settings.load()
    return corpus_from(read_parquet(path), load_taxonomy(chosen.taxonomy), chosen.splits)


def coded(corpus: Corpus, split: str, part: Any) -> PeerTexts:
    """The rows of a part, masked."""
    blinder = load_blinder()
    rows = corpus.splits[split].rows(part)
    texts = [blinder.blind(clean(corpus.texts[i])) for i in rows]
    return PeerTexts(texts, corpus.actions[rows], corpus.tags[rows], corpus.splits[split].groups[rows])


class Cost:
    """Seconds by the clock and by the processor (all threads and ended children) since it was made."""

    def __init__(self) -> None:
        self._clock, self._processor = time.perf_counter(), _processor_seconds()

    def so_far(self) -> dict[str, float]:
        """Both, rounded to what their noise leaves."""
        processor = _processor_seconds() - self._processor
        return {
            "seconds": round(time.perf_counter() - self._clock, 2),
            "processor_seconds": round(processor, 2),
        }


def _processor_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def peak_megabytes() -> float:
    """Largest resident memory of this process so far.

    `getrusage` would give the parent's where that was larger.
    """
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024, 1)
    raise RuntimeError("this system does not tell a process its peak memory")


def _conditions() -> dict[str, Any]:
    """The load of the machine, without which no time by the clock means anything."""
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
        "nice": os.nice(0),
    }


def train(name: str, split: str, corpus: Corpus, folder: Path) -> None:
    """Train and save."""
    entry = ENTRIES[name]
    parts = coded(corpus, split, "train"), coded(corpus, split, "tune")
    before = _conditions()
    cost = Cost()
    peer = entry.make()
    chosen = peer.fit(*parts)
    spent = cost.so_far()
    model = folder / "model"
    model.mkdir()
    peer.save(model)
    size = sum(path.stat().st_size for path in model.rglob("*") if path.is_file())
    figures = {
        "chosen": chosen,
        **spent,
        "peak_megabytes": peak_megabytes(),
        "model_megabytes": round(size / 1e6, 2),
        "package": f"{entry.package} {version(entry.package)}" if entry.package else "",
        "load_at_start": before["load"],
        "conditions": _conditions(),
    }
    write_json(folder / "train.json", figures)


def label(name: str, split: str, corpus: Corpus, folder: Path) -> None:
    """Load, label the test part once for its figures, and again until the time can be trusted."""
    blinder = load_blinder()
    raw = [corpus.texts[i] for i in corpus.splits[split].rows("test")]
    peer = ENTRIES[name].make()
    cost = Cost()
    peer.load(folder / "model")
    loading = cost.so_far()

    def once() -> Answers:
        return peer.answer([blinder.blind(clean(text)) for text in raw])

    answers = once()
    given = {"answers.actions": answers.actions, "answers.tags": answers.tags}
    found: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    np.savez_compressed(folder / "answers.npz", **found)
    rounds, cost = 0, Cost()
    while not rounds or cost.so_far()["processor_seconds"] < _LEAST_SECONDS:
        once()
        rounds += 1
    spent = cost.so_far()
    figures = {
        "loading": loading,
        "texts": rounds * len(raw),
        **spent,
        "texts_a_processor_second": round(rounds * len(raw) / spent["processor_seconds"], 1),
        "peak_megabytes": peak_megabytes(),
        "conditions": _conditions(),
    }
    write_json(folder / "label.json", figures)


def main() -> int:
    """Measure one step of one peer."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("step", choices=("train", "label"))
    parser.add_argument("name", choices=tuple(ENTRIES))
    parser.add_argument("split", choices=("session", "random"))
    parser.add_argument("corpus", type=Path)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    steps: dict[str, Callable[[str, str, Corpus, Path], None]] = {"train": train, "label": label}
    steps[arguments.step](arguments.name, arguments.split, load_corpus(arguments.corpus), arguments.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
