"""The classifier of pairs: a logistic regression for "same or near", and one for "same"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.threads.features import FEATURES
from pipeline.threads.vocabulary import Vocabulary

Matrix = npt.NDArray[np.float64]
RELATIONS = ("same", "near", "perhaps")
"""Relations of a recommendation to an earlier one; "perhaps" is offered to readers and never counted."""


@dataclass(frozen=True)
class Line:
    """A logistic regression on features.

    Attributes:
        weights: (F,), one a feature.
        bias: added to the weighted sum.
        threshold: probability from which the answer is yes.
    """

    weights: npt.NDArray[np.float64]
    bias: float
    threshold: float

    def probability(self, rows: Matrix) -> npt.NDArray[np.float64]:
        """(N,) probabilities of (N, F) features."""
        return np.asarray(1 / (1 + np.exp(-(rows @ self.weights + self.bias))), dtype=np.float64)


@dataclass(frozen=True)
class PairModel:
    """What decides how two recommendations are related.

    Attributes:
        repeated: same or near.
        same: the same; a pair must be same or near by `repeated` as well.
        perhaps: probability of `repeated` from which a pair is offered as "perhaps".
        vocabulary: known words.
    """

    repeated: Line
    same: Line
    perhaps: float
    vocabulary: Vocabulary

    def judge(self, rows: Sequence[Sequence[float]]) -> tuple[list[str | None], npt.NDArray[np.float64]]:
        """Relation of each pair (None for neither) and the probability that it is "same or near"."""
        matrix = np.array(rows, dtype=np.float64).reshape(len(rows), len(FEATURES))
        repeated, same = self.repeated.probability(matrix), self.same.probability(matrix)
        relations = [
            ("same" if s >= self.same.threshold else "near")
            if r >= self.repeated.threshold
            else "perhaps"
            if r >= self.perhaps
            else None
            for r, s in zip(repeated, same, strict=True)
        ]
        return relations, repeated

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> PairModel:
        """The model from the content of configs/threads_model.json.

        Raises: KeyError, TypeError or ValueError where the content has another shape.
        """
        if tuple(content["features"]) != FEATURES:
            raise ValueError("the features are not those of this program")
        repeated, same = (_line(content[name]) for name in ("repeated", "same"))
        return cls(repeated, same, content["perhaps"], Vocabulary.from_content(content))


def _line(content: Mapping[str, Any]) -> Line:
    weights = np.array(content["weights"], dtype=np.float64)
    if weights.shape != (len(FEATURES),):
        raise ValueError(f"there are {weights.size} weights of {len(FEATURES)} features")
    return Line(weights, float(content["bias"]), float(content["threshold"]))
