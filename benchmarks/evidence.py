"""How long the words that carry a text's labels take to find, in `upr check` and on the review desk alike.

    python -m benchmarks.evidence CORPUS_PARQUET [--model shipped] [--texts 100]

CORPUS_PARQUET is the table of `upr ingest` over the real corpus; texts of the tuning session are drawn from
it at random. The model is loaded and asked once before; times are those of the processor, one text after the
other.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from benchmarks.model_card import real_corpus
from pipeline import settings
from pipeline.models.decision import label_texts
from pipeline.models.features import words_of
from pipeline.models.label_evidence import evidence_of
from pipeline.registry.choosing import model_folder
from pipeline.store.models import load_bundle


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--model", default="shipped", help="shipped, best, or a model's folder")
    parser.add_argument("--texts", type=int, default=100)
    options = parser.parse_args()
    bundle = load_bundle(model_folder(options.model, settings.load()))
    corpus = real_corpus(options.corpus)
    rows = np.random.default_rng(0).choice(
        corpus.splits["session"].rows("tune"), options.texts, replace=False
    )
    texts = [corpus.texts[i] for i in rows]
    labels = label_texts(bundle, texts, [None] * len(texts))
    milliseconds, words = [], []
    for text, label in zip(texts, labels, strict=True):
        if label.action is None:
            continue
        seen = bundle.seen(text)
        opinion = bundle.rules.label([seen])[0]
        started = time.process_time()
        evidence_of(bundle, seen, label.action, label.issues, opinion)
        milliseconds.append(1000 * (time.process_time() - started))
        words.append(len(words_of(seen)))
    median, high = np.percentile(milliseconds, [50, 95])
    print(f"{bundle.version}: {len(words)} texts, median length {np.median(words):.0f} words")
    print(
        f"evidence: median {median:.0f} ms, 95 % below {high:.0f} ms, longest {max(milliseconds):.0f} ms "
        f"(processor time)"
    )


if __name__ == "__main__":
    main()
