"""What scikit-learn's vectorizers and logistic regression would do in the place of this project's own code.

    python -m benchmarks.scikit CORPUS_PARQUET [--texts 5000] [--rounds 5]

CORPUS_PARQUET is the table of `upr ingest` over the real corpus. Three comparisons, in processor time, ours
and theirs in turn: labelling texts of the training sessions with the linear model, whose features are counted
by `LeadWordEncoder` or by `TfidfVectorizer` and `CountVectorizer` with the same vocabulary; `upr check` from
a cold start, with and without their import; and the meta-model, cross-fitted by wording on session 17.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse, special
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, log_loss
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import normalize

from benchmarks.model_card import real_corpus
from pipeline import settings
from pipeline.corpus.coded import Corpus
from pipeline.corpus.splits import text_groups
from pipeline.models.bundle import Bundle
from pipeline.models.ensemble import EnsembleClassifier, network_scores
from pipeline.models.features import LeadFeatures, LeadWordEncoder, word_features
from pipeline.models.linear import LinearClassifier, fit_linear
from pipeline.models.stacking import BaseScores, fit_stacking, stacked_scores
from pipeline.store.models import load_bundle, shipped_folder

_CHECK = (
    "import sys; sys.argv = ['upr', 'check', 'Ratify the Convention against Torture']; "
    "from pipeline.cli import main; main()"
)
_FOLDS = 5
_STRENGTHS = (0.01, 0.1, 1.0)
Doubles = npt.NDArray[np.float64]


class ScikitEncoder(LeadWordEncoder):
    """The same features, counted by scikit-learn's vectorizers."""

    def __init__(self, own: LeadWordEncoder) -> None:
        """Args: `own`, whose vocabularies and idf are taken."""
        words, idf, leads = own.vocabularies()
        super().__init__(own.lead_words, own.lead_weight, words, idf, leads)
        self._tfidf = TfidfVectorizer(
            analyzer=word_features, vocabulary=words, sublinear_tf=True, dtype=np.float32
        )
        self._tfidf.idf_ = idf
        self._count = CountVectorizer(
            analyzer=LeadFeatures(own.lead_words), vocabulary=leads, binary=True, dtype=np.float32
        )

    def encode(self, texts: Sequence[str]) -> Any:
        """See `LeadWordEncoder.encode`."""
        leads = normalize(self._count.transform(texts)) * self.lead_weight
        return sparse.hstack([self._tfidf.transform(texts), leads], format="csr", dtype=np.float32)


def in_turn(rounds: int, *works: Callable[[], object]) -> list[list[float]]:
    """Processor seconds of each work, by round; the works take turns."""
    seconds: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for own, work in zip(seconds, works, strict=True):
            started = time.process_time()
            work()
            own.append(time.process_time() - started)
    return seconds


def features(bundle: Bundle, texts: Sequence[str], rounds: int) -> None:
    """Print how labelling changes with their vectorizers."""
    assert isinstance(bundle.classifier, EnsembleClassifier)
    own = bundle.classifier.linear
    theirs = LinearClassifier(ScikitEncoder(own.encoder), own.weights)
    bundles = [replace(bundle, classifier=classifier) for classifier in (own, theirs)]
    predicted = [each.predict(texts) for each in bundles]
    same = [
        bool((predicted[0].action == predicted[1].action).all()),
        bool((predicted[0].tags == predicted[1].tags).all()),
    ]
    seen = [bundle.seen(text) for text in texts]
    encoding = in_turn(rounds, *(lambda e=c.encoder: e.encode(seen) for c in (own, theirs)))
    labelling = in_turn(rounds, *(lambda b=b: b.predict(texts) for b in bundles))
    for what, (mine, other) in (("features", encoding), ("texts to labels", labelling)):
        ratio = np.median(np.array(mine) / np.array(other))
        print(
            f"{what}, {len(texts):,} texts: ours {np.median(mine):.2f} s, theirs {np.median(other):.2f} s; "
            f"theirs has {ratio:.2f} of our speed (median of {rounds} rounds in turn)"
        )
    print(f"the same actions: {same[0]}, the same tags: {same[1]}")


def cold(rounds: int) -> None:
    """Print the processor time of `upr check`, and of the same with the import that their features need."""

    def run(program: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        # The program is a constant of this module.
        subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    pairs = [(run(_CHECK), run(f"import sklearn.feature_extraction.text; {_CHECK}")) for _ in range(rounds)]
    mine, other = np.median(pairs, axis=0)
    print(
        f"upr check, cold: ours {mine:.2f} s, with scikit-learn's vectorizers {other:.2f} s; "
        f"{mine / other:.2f} of the speed (median of {rounds} rounds in turn)"
    )


def meta_model(bundle: Bundle, corpus: Corpus) -> None:
    """Print how well both meta-models predict rows of the tuning session that they were not fitted on.

    The linear model is fitted on the training part here: that of a final model learned the tuning session.
    """
    assert isinstance(bundle.classifier, EnsembleClassifier)
    chosen = settings.load().train
    train, rows = (corpus.splits["session"].rows(part) for part in ("train", "tune"))
    learned = [bundle.seen(corpus.texts[i]) for i in train]
    fitted_linear = fit_linear(learned, corpus.actions[train], corpus.tags[train], chosen.linear, chosen.seed)
    texts = [corpus.texts[i] for i in rows]
    seen = [bundle.seen(text) for text in texts]
    linear = fitted_linear.score(seen)
    rules = bundle.rules.features(bundle.rules.label(seen))
    base = BaseScores(network_scores(bundle.classifier.networks, seen, linear), linear, rules)
    actions, tags = corpus.actions[rows], corpus.tags[rows]
    folds = list(GroupKFold(_FOLDS).split(texts, groups=text_groups(texts)[0]))
    for name, fit in [("ours", _ours), *((f"theirs, C {c}", _theirs(c)) for c in _STRENGTHS)]:
        action, tag = np.zeros((len(rows), 5)), np.zeros(tags.shape)
        for fitted, held in folds:
            action[held], tag[held] = fit(base.take(fitted), actions[fitted], tags[fitted], base.take(held))
        print(
            f"meta-model, {name}: accuracy {(action.argmax(1) + 1 == actions).mean():.4f}, log loss "
            f"{log_loss(actions, action, labels=range(1, 6)):.4f}; tags micro-F1 "
            f"{f1_score(tags, tag > 0.5, average='micro'):.4f}, macro-F1 "
            f"{f1_score(tags, tag > 0.5, average='macro', zero_division=0.0):.4f}, log loss of a tag "
            f"{np.mean(-special.xlogy(tags, tag) - special.xlog1py(~tags, -tag)):.5f}"
        )


def _ours(
    fitted: BaseScores, actions: npt.NDArray[np.int64], tags: npt.NDArray[np.bool_], held: BaseScores
) -> tuple[Doubles, Doubles]:
    scores = stacked_scores(held, fit_stacking(fitted, actions, tags))
    return special.softmax(scores.action.astype(np.float64), axis=1), _inside(special.expit(scores.tags))


def _theirs(strength: float) -> Callable[..., tuple[Doubles, Doubles]]:
    def fit(
        fitted: BaseScores, actions: npt.NDArray[np.int64], tags: npt.NDArray[np.bool_], held: BaseScores
    ) -> tuple[Doubles, Doubles]:
        model = LogisticRegression(C=strength, max_iter=2000)
        action = model.fit(_of_action(fitted), actions).predict_proba(_of_action(held))
        tag = np.full((len(held.rules), tags.shape[1]), 1e-3)
        for column in np.flatnonzero(tags.any(axis=0) & ~tags.all(axis=0)).tolist():
            one = LogisticRegression(C=strength, max_iter=2000).fit(_of_tag(fitted, column), tags[:, column])
            tag[:, column] = one.predict_proba(_of_tag(held, column))[:, 1]
        return action, _inside(tag)

    return fit


def _of_action(base: BaseScores) -> Doubles:
    assert base.network is not None
    logs = [
        special.log_softmax(scores.action.astype(np.float64), axis=1)
        for scores in (base.network, base.linear)
    ]
    return np.hstack([*logs, base.rules[:, :5]])


def _of_tag(base: BaseScores, column: int) -> Doubles:
    assert base.network is not None
    return np.column_stack(
        [base.network.tags[:, column], base.linear.tags[:, column], base.rules[:, 5 + column]]
    ).astype(np.float64)


def _inside(shares: npt.NDArray[Any]) -> Doubles:
    return np.clip(shares.astype(np.float64), 1e-9, 1 - 1e-9)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--texts", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    bundle, corpus = load_bundle(shipped_folder()), real_corpus(options.corpus)
    cold(options.rounds)
    rows = np.random.default_rng(0).choice(
        corpus.splits["session"].rows("train"), options.texts, replace=False
    )
    features(bundle, [corpus.texts[i] for i in rows], options.rounds)
    meta_model(bundle, corpus)


if __name__ == "__main__":
    main()
