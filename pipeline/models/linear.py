"""From blinded texts to uncalibrated scores of both tasks."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pipeline.models.features import LeadWordEncoder
from pipeline.options import LinearOptions

FloatMatrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Scores:
    """Outputs of a classifier before calibration.

    Attributes:
        action: (n, 5) logits, columns in the order of the categories 1..5.
        tags: (n, T) margins or logits, columns in the order of the taxonomy.
        known: (n,) share of the text's words that occur in the training texts, 0 to 1.
    """

    action: FloatMatrix
    tags: FloatMatrix
    known: npt.NDArray[np.float32]

    def take(self, rows: npt.NDArray[np.int64]) -> Scores:
        """The scores of the rows at some positions, in that order."""
        return Scores(self.action[rows], self.tags[rows], self.known[rows])


class Classifier(Protocol):
    """Anything that scores blinded texts."""

    kind: str

    def score(self, texts: Sequence[str], rules: FloatMatrix) -> Scores:
        """Scores of blinded texts, row by row.

        Args: `rules`, (n, 5 + T) labels of the codebook's rules, see `RuleLabeller.features`.
        """
        ...


@dataclass(frozen=True)
class LinearWeights:
    """Weights of the linear heads.

    Attributes:
        action: (5, features); `action_offset`: (5,).
        tags: (T, word features); `tag_offset`: (T,).
    """

    action: FloatMatrix
    action_offset: FloatMatrix
    tags: FloatMatrix
    tag_offset: FloatMatrix


class LinearClassifier:
    """Logistic regression for the action, linear SVMs for the tags, on lead-word features."""

    kind = "linear"

    def __init__(self, encoder: LeadWordEncoder, weights: LinearWeights) -> None:
        """Args: a fitted encoder and weights that fit it."""
        self.encoder = encoder
        # Transposed and contiguous once, so that each batch is one sparse-dense product; `weights` looks at
        # the same memory.
        self._action = np.ascontiguousarray(weights.action.T)
        self._tags = np.ascontiguousarray(weights.tags.T)
        self.weights = LinearWeights(self._action.T, weights.action_offset, self._tags.T, weights.tag_offset)

    def score(self, texts: Sequence[str], rules: FloatMatrix | None = None) -> Scores:  # noqa: ARG002
        """Scores of blinded texts; the linear model does not use the rules."""
        return self.scored(self.encoder.encode(texts), texts)

    def scored(self, features: Any, texts: Sequence[str]) -> Scores:
        """Scores of texts whose features are known. Args: `features`, (n, features) of the encoder."""
        words = features[:, : self.encoder.word_columns]
        return Scores(
            np.asarray(features @ self._action + self.weights.action_offset),
            np.asarray(words @ self._tags + self.weights.tag_offset),
            self.encoder.known(texts),
        )


def fit_linear(
    texts: Sequence[str],
    actions: npt.NDArray[np.int64],
    tags: npt.NDArray[np.bool_],
    options: LinearOptions,
    seed: int,
    weights: npt.NDArray[np.float64] | None = None,
) -> LinearClassifier:
    """Train the linear model.

    Args:
        texts: blinded texts of the training part.
        actions: (n,) 1..5; every category must occur.
        tags: (n, T); a tag without cases gets a constant "no".
        options: features and regularisation.
        seed: of the solvers.
        weights: (n,) of the rows; by default 1 each.

    Raises: ValueError if a category has no case.
    """
    # Imported late: they take most of a second, and labelling does not need them.
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import LinearSVC

    missing = sorted(set(range(1, 6)) - set(actions.tolist()))
    if missing:
        raise ValueError(f"action category {missing[0]} has no case in the training part")
    encoder = LeadWordEncoder.fit(
        texts, options.lead_words, options.lead_weight, options.min_document_count, options.max_features
    )
    features = encoder.encode(texts)
    words = features[:, : encoder.word_columns]

    def fit_tag(column: int) -> tuple[npt.NDArray[np.float64], float]:
        gold = tags[:, column]
        if not gold.any():
            return np.zeros(words.shape[1]), -1.0
        if gold.all():
            return np.zeros(words.shape[1]), 1.0
        svm = LinearSVC(C=options.tag_c, random_state=seed).fit(words, gold, weights)
        return svm.coef_[0], float(svm.intercept_[0])

    # liblinear has one random generator for the whole process, so two of its fits at once would not be
    # reproducible. The action model does not use it, so the two tasks train in parallel.
    with ThreadPoolExecutor(1) as pool:
        action_model = pool.submit(
            LogisticRegression(C=options.action_c, max_iter=500, random_state=seed).fit,
            features,
            actions,
            weights,
        )
        tag_models = [fit_tag(column) for column in range(tags.shape[1])]
    fitted = action_model.result()
    return LinearClassifier(
        encoder,
        LinearWeights(
            fitted.coef_.astype(np.float32),
            fitted.intercept_.astype(np.float32),
            np.stack([w for w, _ in tag_models]).astype(np.float32),
            np.array([b for _, b in tag_models], dtype=np.float32),
        ),
    )
