"""Coded rows that models are fitted on, codes and decisions alike, and linear models of some of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.models.linear import LinearClassifier, fit_linear
from pipeline.options import LinearOptions

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class CodedRows:
    """Coded rows, one by one.

    Attributes:
        texts: blinded.
        actions: (n) 1..5.
        tags: (n, T).
        groups: (n) text groups.
        sessions: (n) 0 where it is not known.
        decided: (n) whether the gold is a reviewer's decision.
    """

    texts: Sequence[str]
    actions: npt.NDArray[np.int64]
    tags: npt.NDArray[np.bool_]
    groups: npt.NDArray[np.int64]
    sessions: npt.NDArray[np.int64]
    decided: npt.NDArray[np.bool_]

    def texts_of(self, rows: Rows) -> list[str]:
        """The texts of the rows at some positions."""
        return [self.texts[i] for i in rows.tolist()]


def superseded(rows: CodedRows) -> npt.NDArray[np.bool_]:
    """(n) whether a decision on the same wording contradicts a row's codes; such rows do not train."""
    found = np.zeros(len(rows.groups), dtype=np.bool_)
    decisions: dict[int, list[int]] = {}
    for i in np.flatnonzero(rows.decided).tolist():
        decisions.setdefault(int(rows.groups[i]), []).append(i)
    for i in np.flatnonzero(~rows.decided & np.isin(rows.groups, list(decisions))).tolist():
        found[i] = not any(_equal(rows, i, j) for j in decisions[int(rows.groups[i])])
    return found


def contradicting(rows: CodedRows) -> list[Rows]:
    """Positions of decisions that contradict each other: a list for each wording."""
    decided = np.flatnonzero(rows.decided)
    groups, counts = np.unique(rows.groups[decided], return_counts=True)
    found = (decided[rows.groups[decided] == group] for group in groups[counts > 1])
    return [same for same in found if not all(_equal(rows, int(same[0]), int(i)) for i in same)]


def _equal(rows: CodedRows, one: int, other: int) -> bool:
    return bool(rows.actions[one] == rows.actions[other] and np.array_equal(rows.tags[one], rows.tags[other]))


class LinearFits:
    """Linear models of some of the same coded rows; each is fitted once."""

    def __init__(self, rows: CodedRows, linear: LinearOptions, decision_weight: float, seed: int) -> None:
        """Args: `decision_weight`, of a decision, where the code of a session weighs 1."""
        self.rows, self._options, self._weight, self._seed = rows, linear, decision_weight, seed
        self._models: dict[bytes, LinearClassifier] = {}

    def of(self, chosen: npt.NDArray[np.bool_]) -> LinearClassifier:
        """The model of some rows. Args: `chosen`, (n) whether a row is among them. Raises: ValueError if a
        category has no case.
        """
        rows, places = self.rows, np.flatnonzero(chosen)
        key = places.tobytes()
        if key not in self._models:
            decided = rows.decided[places]
            self._models[key] = fit_linear(
                rows.texts_of(places),
                rows.actions[places],
                rows.tags[places],
                self._options,
                self._seed,
                np.where(decided, self._weight, 1.0) if decided.any() else None,
            )
        return self._models[key]
