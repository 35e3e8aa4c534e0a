"""The classifier of pairs: a logistic regression for "same or near", and a rule for "same"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.threads.features import FEATURES

Matrix = npt.NDArray[np.float64]
RELATIONS = ("same", "near", "perhaps")
"""Relations of a recommendation to an earlier one; "perhaps" is offered to readers and never counted."""


_ALIKE = {
    "more_instruments": 0,
    "considered_in_one": 0,
    "steps_in_one": 0,
    "continued_in_one": 0,
    "acts_in_one": 1,
}


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
        same: share of words (by weight, of the longer text) from which two such recommendations are the same,
            if neither has instruments or weaker forms ("consider") that the other lacks, and they differ in
            one act at most.
        perhaps: probability of `repeated` from which a pair is offered as "perhaps".
        frequencies: inverse document frequency of known words.
    """

    repeated: Line
    same: float
    perhaps: float
    frequencies: Mapping[str, float]

    def judge(self, rows: Sequence[Sequence[float]]) -> tuple[list[str | None], npt.NDArray[np.float64]]:
        """Relation of each pair (None for neither) and the probability that it is "same or near"."""
        matrix = np.array(rows, dtype=np.float64).reshape(len(rows), len(FEATURES))
        repeated, same = self.repeated.probability(matrix), self._same(matrix)
        relations = [
            ("same" if s else "near")
            if r >= self.repeated.threshold
            else "perhaps"
            if r >= self.perhaps
            else None
            for r, s in zip(repeated, same, strict=True)
        ]
        return relations, repeated

    def _same(self, rows: Matrix) -> npt.NDArray[np.bool_]:
        found = rows[:, FEATURES.index("shared_of_longer")] >= self.same
        for name, most in _ALIKE.items():
            found &= rows[:, FEATURES.index(name)] <= most
        return np.asarray(found, dtype=np.bool_)

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> PairModel:
        """The model from the content of configs/threads_model.json.

        Raises: KeyError, TypeError or ValueError where the content has another shape.
        """
        if tuple(content["features"]) != FEATURES:
            raise ValueError("the features are not those of this program")
        part = content["repeated"]
        line = Line(np.array(part["weights"], dtype=np.float64), part["bias"], part["threshold"])
        return cls(line, content["same"], content["perhaps"], content["frequencies"])
