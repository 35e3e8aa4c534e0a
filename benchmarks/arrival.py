"""How far estimates of accuracy are off, on past sessions: the backtest of the arrival report.

    python -m benchmarks.arrival CORPUS_PARQUET [--write]

CORPUS_PARQUET is the table of `upr ingest` over the real corpus. For each session from 10 to 18, a linear
model learns from the sessions up to three before it, is calibrated on the next, and its errors are known of
the one after that (the reference): what stands when that session arrives. Each method of
`pipeline.arrival.estimates` then estimates the accuracy of the session, and the coders' labels say how far it
was off. With --write, the method with the least mean absolute error on the sessions before the last, and its
errors, go to configs/accuracy_estimates.yaml. Nine models are trained: some ten minutes of two cores.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.model_card import real_corpus
from pipeline.arrival.document import accepted_error
from pipeline.arrival.estimates import METHODS, expected_micro_f1, least_error
from pipeline.arrival.rows import LabelledRows, Reference
from pipeline.corpus.coded import Corpus
from pipeline.corpus.splits import text_groups
from pipeline.errors import UprError
from pipeline.models.confidence import (
    Calibration,
    accept_threshold,
    best_tag_threshold,
    fit_calibration,
    micro_f1,
)
from pipeline.models.decision import SHOWN_SCORE
from pipeline.models.linear import LinearClassifier, fit_linear
from pipeline.settings import Settings, load
from pipeline.store.files import write_text
from pipeline.store.vocabularies import config_path, load_blinder

FIRST, LAST = 10, 18
NEAR = 0.015
"""An estimate within this is near (1.5 percentage points)."""

_HEADER = """\
# The method by which an arrival report estimates the accuracy of a session that nobody has coded, and its
# errors on past sessions, in percentage points (estimated minus measured). Written by
# `python -m benchmarks.arrival`: linear models, each trained on what was known when the session arrived. The
# method was chosen on the sessions before the last.
"""


@dataclass(frozen=True)
class _Model:
    """A model as of a session, with what turns its scores into labels."""

    classifier: LinearClassifier
    calibration: Calibration
    tag_threshold: float
    accept: float

    def labelled(self, texts: list[str]) -> LabelledRows:
        """Blinded texts, labelled."""
        scores = self.classifier.score(texts)
        probabilities, tags = self.calibration.action(scores), self.calibration.tags(scores)
        confidence = probabilities.max(axis=1).astype(np.float64)
        return LabelledRows(
            texts,
            text_groups(texts)[0],
            [None] * len(texts),
            [None] * len(texts),
            probabilities.argmax(axis=1).astype(np.int64) + 1,
            confidence,
            tags >= self.tag_threshold,
            np.where(tags > SHOWN_SCORE, tags, 0.0).astype(np.float64),
            confidence >= self.accept,
        )


class Backtest:
    """The corpus, and what was measured on it, session by session."""

    def __init__(self, corpus: Corpus, settings: Settings) -> None:
        """Args: `settings`, options of the linear model and limits of doubt."""
        self.corpus, self.settings = corpus, settings
        self.sessions = np.array([s or 0 for s in corpus.sessions])
        kinds = np.array(corpus.table["kind"].to_pylist())
        self.coded = (corpus.actions > 0) & (kinds != "pledge") & (self.sessions > 0)
        blinder = load_blinder()
        self.texts = [blinder.blind(text) for text in corpus.texts]

    def places(self, first: int, last: int) -> npt.NDArray[np.int64]:
        """Coded rows of the sessions `first` to `last`."""
        return np.flatnonzero(self.coded & (self.sessions >= first) & (self.sessions <= last))

    def model(self, tuned: int) -> _Model:
        """The model that learned from the sessions before `tuned`, and is calibrated on that."""
        train, tune = self.places(1, tuned - 1), self.places(tuned, tuned)
        actions, tags = self.corpus.actions, self.corpus.tags
        options, doubt = self.settings.train, self.settings.train.doubt
        classifier = fit_linear(
            [self.texts[i] for i in train], actions[train], tags[train], options.linear, options.seed
        )
        scores = classifier.score([self.texts[i] for i in tune])
        calibration = fit_calibration(scores, actions[tune], tags[tune])
        probabilities = calibration.action(scores)
        right = probabilities.argmax(axis=1) + 1 == actions[tune]
        return _Model(
            classifier,
            calibration,
            best_tag_threshold(calibration.tags(scores), tags[tune]),
            accept_threshold(probabilities.max(axis=1), right, doubt.max_accepted_error, doubt.certainty),
        )

    def of(self, model: _Model, session: int) -> Reference:
        """A session, labelled by the model, with its codes."""
        places = self.places(session, session)
        rows = model.labelled([self.texts[i] for i in places])
        return Reference(rows, self.corpus.actions[places], self.corpus.tags[places])

    def session(self, session: int) -> dict[str, float]:
        """Estimated minus measured: by each method, of micro-F1, and of the error of accepted labels."""
        model = self.model(session - 2)
        reference, truth = self.of(model, session - 1), self.of(model, session)
        accuracy = float(truth.right.mean())
        found = {name: estimate(reference, truth.rows) - accuracy for name, estimate in METHODS.items()}
        accepted = truth.rows.accepted
        wrong = float((~truth.right[accepted]).mean()) if accepted.any() else float("nan")
        found["accuracy"] = accuracy
        found["tags"] = expected_micro_f1(reference, truth.rows) - micro_f1(truth.rows.given, truth.tags)
        found["accepted error"] = accepted_error(reference, truth.rows).value - wrong
        return found


def main(arguments: list[str] | None = None) -> int:
    """Run the backtest, and print its table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--write", action="store_true", help="write configs/accuracy_estimates.yaml")
    given = parser.parse_args(arguments)
    try:
        backtest = Backtest(real_corpus(given.corpus), load())
    except UprError as error:
        print(f"benchmark: {error}", file=sys.stderr)
        return 1
    found = {}
    for session in range(FIRST, LAST + 1):
        found[session] = backtest.session(session)
        print(f"session {session} done", file=sys.stderr)
    print("| points off | " + " | ".join(map(str, found)) + " | mean of absolute errors | within 1.5 |")
    print("|" + "---|" * (len(found) + 3))
    for name in (*METHODS, "tags", "accepted error"):
        errors = [of[name] for of in found.values()]
        near = sum(abs(e) <= NEAR for e in errors)
        cells = " | ".join(f"{100 * e:+.1f}" for e in errors)
        print(
            f"| {name} | {cells} | {100 * float(np.nanmean(np.abs(errors))):.2f} | {near} of {len(errors)} |"
        )
    before = [s for s in found if s < LAST]
    method = least_error({name: [found[s][name] for s in before] for name in METHODS})
    print(f"chosen on sessions {before[0]} to {before[-1]}: {method}")
    if given.write:
        lines = "".join(f"  {s}: {100 * of[method]:.2f}\n" for s, of in found.items())
        write_text(config_path("accuracy_estimates.yaml"), f"{_HEADER}method: {method}\nerrors:\n{lines}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
