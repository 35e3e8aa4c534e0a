"""Whether two sessions are exchangeable, on which the guarantee of the prediction sets depends.

A prediction set has its nominal coverage where the new rows are exchangeable with those that the thresholds
were calibrated on. Two tests check this. `text_test` asks whether a classifier can tell the sessions apart by
their texts; it needs no labels, so it can be run on a new session at once. `set_test` compares the
probabilities that the model gives to the coders' categories, on which the sets are based.

Source: classifier two-sample test with permutations, D. Lopez-Paz and M. Oquab, Revisiting Classifier
Two-Sample Tests (ICLR 2017); I. Kim, A. Ramdas, A. Singh, L. Wasserman, Classification accuracy as a proxy
for two-sample testing (Annals of Statistics 49, 2021). Whole reviews are permuted: the recommendations of one
review share a State and its problems, so that permuting single rows would make any two sessions look
different. (A test martingale would detect a change within a stream; sessions arrive as a whole, so two
samples are compared.)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy import stats

from pipeline.corpus.coded import Corpus
from pipeline.evaluation.intervals import UNDEFINED, Estimate, FloatArray, percentile
from pipeline.models.bundle import Predictions
from pipeline.options import SAMPLES

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

_COMPONENTS = 100
_FOLDS = 5
_RIDGE = 1.0
_LEAST_REVIEWS = 4
"""Least number of reviews in either session; with fewer, the test has no power."""


@dataclass(frozen=True)
class SessionTest:
    """A session compared with the one that the model was tuned on.

    Attributes:
        auc: how often a row of the session scores above a row of the tuning session; 0.5 if they do not
            differ; interval by bootstrap over reviews; support: rows of the session.
        p_value: of the hypothesis that reviews are exchangeable, by permutation; NaN with too few reviews.
        reviews: number of reviews in the session.
    """

    auc: Estimate
    p_value: float
    reviews: int


def session_tests(
    corpus: Corpus, blind: Callable[[str], str], predictions: Predictions, *, permutations: int, seed: int
) -> dict[str, Any]:
    """Compare every session with the tuning sessions: those of the test part, and earlier ones for scale.

    Args:
        corpus: with the split by session.
        blind: masks States in a text.
        predictions: of the whole corpus.
        permutations: see `text_test`.
        seed: of folds and permutations.

    Returns: "against" (the tuning sessions), "permutations", "later" (sessions of the test part), "texts" and
    "sets" (`SessionTest` by session). "sets" has the test part only, since a model is overconfident on rows
    that it was trained on.
    """
    split = corpus.splits["session"]
    rows = np.concatenate([split.rows(part) for part in ("train", "tune", "test")])
    sessions = np.array([corpus.sessions[i] or 0 for i in rows], dtype=np.int64)
    reviewed = corpus.table["state_under_review"].take(pa.array(rows)).to_pylist()
    reviews = np.unique(
        [f"{s} {state}" for s, state in zip(sessions, reviewed, strict=True)], return_inverse=True
    )[1].reshape(-1)
    tuned = np.isin(rows, split.rows("tune"))
    later = sorted(set(sessions[np.isin(rows, split.rows("test"))].tolist()))
    points = text_features([blind(corpus.texts[i]) for i in rows], seed)
    gold = predictions.action_probabilities[rows, corpus.actions[rows] - 1].astype(np.float64)
    texts, sets = {}, {}
    for session in sorted(set(sessions[~tuned].tolist())):
        own = (sessions == session) & ~tuned
        both = own | tuned
        texts[session] = text_test(
            points[both], own[both], reviews[both], permutations=permutations, seed=seed
        )
        if session in later:
            category = corpus.actions[rows[both]]
            sets[session] = set_test(
                gold[both], category, own[both], reviews[both], permutations=permutations, seed=seed
            )
    against = sorted(set(sessions[tuned].tolist()))
    return {"against": against, "permutations": permutations, "later": later, "texts": texts, "sets": sets}


def text_features(texts: Sequence[str], seed: int) -> FloatArray:
    """(n, k) vectors of texts: TF-IDF of words and word pairs, reduced by singular value decomposition.

    Texts that share too few words are all 0.

    Args: `texts`, at least 2, blinded, so that the name of a State does not reveal the session.
    """
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        ngram_range=(1, 2), min_df=min(3, len(texts)), sublinear_tf=True, max_features=20_000
    )
    try:
        weights = vectorizer.fit_transform(texts)
    except ValueError:  # no word is in enough texts, so nothing tells them apart
        return np.zeros((len(texts), 1))
    size = min(_COMPONENTS, min(weights.shape) - 1)
    if size < 1:
        return np.zeros((len(texts), 1))
    points: FloatArray = (
        TruncatedSVD(size, n_iter=3, random_state=seed).fit_transform(weights).astype(np.float64)
    )
    return points


def text_test(
    features: FloatArray, later: BoolArray, reviews: IntArray, *, permutations: int, seed: int
) -> SessionTest:
    """Whether a classifier trained on other reviews can tell the rows of the two sessions apart.

    The test is one-sided: only a classifier better than chance is evidence against exchangeability.

    Args:
        features: (n, k) of the rows of both sessions.
        later: (n,) which rows are of the session that is tested.
        reviews: (n,) numbers; rows of one review of one session have the same number.
        permutations: how often reviews are exchanged between the sessions; the smallest possible p-value is
            1 / (permutations + 1).
        seed: of folds and permutations.
    """
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import GroupKFold

    named, place = _numbered(reviews)
    if not _enough(later, place, len(named)):
        return SessionTest(UNDEFINED, math.nan, _reviews_in(later, place))
    labels = _relabelled(later, place, permutations, seed)
    pairs, wins = np.zeros(labels.shape[1]), np.zeros(labels.shape[1])
    scores = np.zeros(len(later))
    folds = np.zeros(len(later), dtype=np.int64)
    splitter = GroupKFold(_FOLDS, shuffle=True, random_state=seed)
    for fold, (inside, outside) in enumerate(splitter.split(features, groups=place)):
        # One least-squares fit serves all permutations at once: they differ in their targets only.
        predicted = (
            Ridge(alpha=_RIDGE)
            .fit(features[inside], labels[inside].astype(np.float64))
            .predict(features[outside])
        )
        scores[outside], folds[outside] = predicted[:, 0], fold
        # Only scores of one fit are compared with each other.
        won, of = _wins(predicted, labels[outside])
        wins, pairs = wins + won, pairs + of
    drawn = wins / np.maximum(pairs, 1)
    auc = _bootstrapped(scores, later, place, folds, seed)
    return SessionTest(
        auc,
        float((1 + (drawn[1:] >= drawn[0] - 1e-12).sum()) / (1 + permutations)),
        _reviews_in(later, place),
    )


def set_test(
    gold_probability: FloatArray,
    category: IntArray,
    later: BoolArray,
    reviews: IntArray,
    *,
    permutations: int,
    seed: int,
) -> SessionTest:
    """Whether gold categories get the same probabilities in the later session as in the calibration session.

    The test is two-sided. An AUC below 0.5 means that gold categories are less probable in the later session,
    so that its prediction sets have a lower coverage.

    Args:
        gold_probability: (n,) predicted probability of the gold category.
        category: (n,) the gold category; probabilities are compared within it, as the thresholds are.
        later, reviews, permutations, seed: see `text_test`.
    """
    named, place = _numbered(reviews)
    if not _enough(later, place, len(named)):
        return SessionTest(UNDEFINED, math.nan, _reviews_in(later, place))
    ranks = np.zeros(len(later))
    for k in np.unique(category):
        own = category == k
        ranks[own] = stats.rankdata(gold_probability[own]) / (own.sum() + 1)
    labels = _relabelled(later, place, permutations, seed)
    order = np.broadcast_to(stats.rankdata(ranks)[:, None], labels.shape)
    won, of = _wins(order, labels)
    drawn = np.abs(won / np.maximum(of, 1) - 0.5)
    auc = _bootstrapped(ranks, later, place, np.zeros(len(later), dtype=np.int64), seed)
    return SessionTest(
        auc,
        float((1 + (drawn[1:] >= drawn[0] - 1e-12).sum()) / (1 + permutations)),
        _reviews_in(later, place),
    )


def _numbered(reviews: IntArray) -> tuple[IntArray, IntArray]:
    named, place = np.unique(reviews, return_inverse=True)
    return named, place.reshape(-1).astype(np.int64)


def _reviews_in(later: BoolArray, place: IntArray) -> int:
    return len(np.unique(place[later]))


def _enough(later: BoolArray, place: IntArray, reviews: int) -> bool:
    own = _reviews_in(later, place)
    return own >= _LEAST_REVIEWS and reviews - own >= _LEAST_REVIEWS


def _relabelled(later: BoolArray, place: IntArray, permutations: int, seed: int) -> BoolArray:
    """(n, 1 + permutations) which rows count as later: first the true ones, then permutations of reviews."""
    rng = np.random.default_rng(seed)
    of_review = np.zeros(place.max() + 1, dtype=np.bool_)
    of_review[place] = later
    shuffled = np.stack([of_review, *(rng.permutation(of_review) for _ in range(permutations))], axis=1)
    return shuffled[place]


def _wins(scores: FloatArray, labels: BoolArray) -> tuple[FloatArray, FloatArray]:
    """By column: pairs of a later and an earlier row in which the later scores higher, and all such pairs.

    Ties count half.
    """
    ranks = stats.rankdata(scores, axis=0)
    later = labels.sum(axis=0).astype(np.float64)
    won = (ranks * labels).sum(axis=0) - later * (later + 1) / 2
    return won, later * (len(labels) - later)


def _bootstrapped(
    scores: FloatArray, later: BoolArray, place: IntArray, folds: IntArray, seed: int, samples: int = SAMPLES
) -> Estimate:
    """The AUC with its interval over resampled reviews; rows are compared within a fold."""
    ours, theirs = np.unique(place[later]), np.unique(place[~later])
    won, of = np.zeros((len(ours), len(theirs))), np.zeros((len(ours), len(theirs)))
    fold_of = np.zeros(place.max() + 1, dtype=np.int64)
    fold_of[place] = folds
    for i, a in enumerate(ours):
        for j, b in enumerate(theirs):
            if fold_of[a] == fold_of[b]:
                x, y = scores[place == a], np.sort(scores[place == b])
                won[i, j] = (np.searchsorted(y, x) + np.searchsorted(y, x, side="right")).sum() / 2
                of[i, j] = len(x) * len(y)
    if not of.sum():
        return UNDEFINED
    rng = np.random.default_rng(seed)
    a = rng.multinomial(len(ours), np.full(len(ours), 1 / len(ours)), size=samples).astype(np.float64)
    b = rng.multinomial(len(theirs), np.full(len(theirs), 1 / len(theirs)), size=samples).astype(np.float64)
    above, pairs = ((a @ m * b).sum(axis=1) for m in (won, of))
    drawn = np.divide(above, pairs, out=np.full(samples, np.nan), where=pairs > 0)
    return percentile(float(won.sum() / of.sum()), drawn, int(later.sum()))
