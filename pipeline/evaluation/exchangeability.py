"""Whether two sessions could be two handfuls of the same reviews: what the guarantee of the prediction sets
stands on.

A prediction set holds the coders' category as often as promised where the rows it is used on are exchangeable
with those that set its limits. `text_test` asks whether a classifier tells the sessions apart by their texts,
which needs no labels, so it can be asked of a new session at once; `set_test` asks the same of what the sets
are made of, the probability that the model gives to the coders' category.

Source: classifier two-sample test with permutations, D. Lopez-Paz and M. Oquab, Revisiting Classifier
Two-Sample Tests (ICLR 2017); I. Kim, A. Ramdas, A. Singh, L. Wasserman, Classification accuracy as a proxy
for two-sample testing (Annals of Statistics 49, 2021). What is permuted are whole reviews: the
recommendations of one review share their State and its troubles, so rows taken singly would make any two
sessions look different. (A test martingale watches for the moment of a change in a stream; sessions come
whole, so two samples are compared.)
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

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

_COMPONENTS = 100
_FOLDS = 5
_RIDGE = 1.0
_LEAST_REVIEWS = 4
"""In either session; with fewer, chance alone decides."""


@dataclass(frozen=True)
class SessionTest:
    """A session compared with the one that the model was tuned on.

    Attributes:
        auc: how often a row of the session scores above one of the tuning session, 0.5 where they are alike;
            interval by bootstrap over reviews; support: rows of the session.
        p_value: of exchangeable reviews, by permutation; NaN where a session has too few reviews.
        reviews: of the session.
    """

    auc: Estimate
    p_value: float
    reviews: int


def session_tests(
    corpus: Corpus, blind: Callable[[str], str], predictions: Predictions, *, permutations: int, seed: int
) -> dict[str, Any]:
    """Every session against the tuning sessions: those of the test part, and as a yardstick those of the
    training part.

    Args:
        blind: masks States in a text.
        predictions: of the whole corpus.

    Returns: "against" (the tuning sessions), "permutations", "later" (sessions of the test part), "texts" and
    "sets" (`SessionTest` by session; "sets" for the test part only: on rows that it learned from, a model is
    surer than it should be).
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
    """(n, k) texts as points, the nearer the more words and pairs of words they share.

    Args: `texts`, blinded, so that no State's name tells its session. At least 2.
    """
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    weights = TfidfVectorizer(
        ngram_range=(1, 2), min_df=min(3, len(texts)), sublinear_tf=True, max_features=20_000
    ).fit_transform(texts)
    size = min(_COMPONENTS, min(weights.shape) - 1)
    points: FloatArray = (
        TruncatedSVD(size, n_iter=3, random_state=seed).fit_transform(weights).astype(np.float64)
    )
    return points


def text_test(
    features: FloatArray, later: BoolArray, reviews: IntArray, *, permutations: int, seed: int
) -> SessionTest:
    """Whether a classifier that has learned from other reviews tells rows of the later session from the
    earlier one's.

    Args:
        features: (n, k) of the rows of both sessions.
        later: (n,) which rows are of the session that is tested.
        reviews: (n,) numbers; rows of one review of one session have the same one.
        permutations: how many times the reviews change sessions; the smallest p-value is 1 / (permutations +
            1).

    One-sided: only a classifier that is better than chance speaks against exchangeability.
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
        # One least-squares fit answers for all permutations at once: they differ in their targets only.
        said = (
            Ridge(alpha=_RIDGE)
            .fit(features[inside], labels[inside].astype(np.float64))
            .predict(features[outside])
        )
        scores[outside], folds[outside] = said[:, 0], fold
        # Only scores of one fit are compared with each other.
        won, of = _wins(said, labels[outside])
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
    """Whether the model finds the coders' category as probable in the later session as in the one that set
    the limits.

    Args:
        gold_probability: (n,) probability of the coders' category.
        category: (n,) that category; probabilities are compared within it, as the limits are.
        later, reviews, permutations: see `text_test`.

    An AUC below 0.5 says that the coders' categories are less probable in the later session, so sets hold
    them less often. Two-sided.
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
    """(n, 1 + permutations) which rows are called later: as they are, then with whole reviews shuffled
    between the sessions.
    """
    generator = np.random.default_rng(seed)
    of_review = np.zeros(place.max() + 1, dtype=np.bool_)
    of_review[place] = later
    shuffled = np.stack([of_review, *(generator.permutation(of_review) for _ in range(permutations))], axis=1)
    return shuffled[place]


def _wins(scores: FloatArray, labels: BoolArray) -> tuple[FloatArray, FloatArray]:
    """By column: in how many pairs of a later and an earlier row the later one scores higher (ties half), and
    how many pairs there are.
    """
    ranks = stats.rankdata(scores, axis=0)
    later = labels.sum(axis=0).astype(np.float64)
    won = (ranks * labels).sum(axis=0) - later * (later + 1) / 2
    return won, later * (len(labels) - later)


def _bootstrapped(
    scores: FloatArray, later: BoolArray, place: IntArray, folds: IntArray, seed: int, samples: int = 1000
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
    generator = np.random.default_rng(seed)
    a = generator.multinomial(len(ours), np.full(len(ours), 1 / len(ours)), size=samples).astype(np.float64)
    b = generator.multinomial(len(theirs), np.full(len(theirs), 1 / len(theirs)), size=samples).astype(
        np.float64
    )
    above, pairs = ((a @ m * b).sum(axis=1) for m in (won, of))
    drawn = np.divide(above, pairs, out=np.full(samples, np.nan), where=pairs > 0)
    return percentile(float(won.sum() / of.sum()), drawn, int(later.sum()))
