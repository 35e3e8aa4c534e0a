"""Which codes a model would not have given, and who else speaks against them.

Source: confident learning, C. G. Northcutt, L. Jiang, I. L. Chuang, Confident Learning: Estimating
Uncertainty in Dataset Labels (Journal of Artificial Intelligence Research 70, 2021). A code is suspected
where another one is more probable than it usually is for the rows that carry it. That threshold of each class
makes up for a model that is shy of rare ones. Probabilities must be of models that had not seen the row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.evaluation.intervals import FloatArray

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class CodedRows:
    """Coded rows beside what a model says of them.

    Attributes:
        action: (n,) 1..5, as coded.
        tags: (n, T), as coded.
        action_probabilities: (n, 5).
        tag_scores: (n, T).
        groups: (n,) text groups: equal for rows with the same text.
    """

    action: IntArray
    tags: BoolArray
    action_probabilities: FloatArray
    tag_scores: FloatArray
    groups: IntArray


@dataclass(frozen=True)
class Usual:
    """How probable each code usually is for the rows that carry it, line by line: predictions of several
    models have a line's own.

    Attributes:
        action: (n, 5) NaN for a category that no row has.
        tag: (n, T) for rows with the tag.
        no_tag: (n, T) probability of its absence, for rows without.
    """

    action: FloatArray
    tag: FloatArray
    no_tag: FloatArray


def usual(coded: CodedRows, rows: int) -> Usual:
    """The class thresholds of confident learning, from rows that one model spoke of, for so many rows that it
    speaks of.
    """
    action = [_mean(coded.action_probabilities[coded.action == k, k - 1]) for k in range(1, 6)]
    scores = coded.tag_scores
    tag = [_mean(scores[own, t]) for t, own in enumerate(coded.tags.T)]
    no_tag = [_mean(1 - scores[~own, t]) for t, own in enumerate(coded.tags.T)]
    return Usual(*(np.tile(values, (rows, 1)) for values in (action, tag, no_tag)))


def together(parts: Sequence[tuple[CodedRows, Usual]]) -> tuple[CodedRows, Usual]:
    """Rows of several models as one, in order, so that equal texts meet."""
    coded, usually = zip(*parts, strict=True)
    names = ("action", "tags", "action_probabilities", "tag_scores", "groups")
    return (
        CodedRows(*(np.concatenate([getattr(c, name) for c in coded]) for name in names)),
        Usual(*(np.concatenate([getattr(u, name) for u in usually]) for name in ("action", "tag", "no_tag"))),
    )


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if len(values) else float("nan")


@dataclass(frozen=True)
class Suspicion:
    """A code that may be a slip.

    Attributes:
        row: its place.
        tag: column of the tag in question; None for the action.
        coded: the category coded; of a tag, 1 if it was given and 0 if not.
        suggested: the category, or 1 or 0, that it may have to be.
        coded_probability: of what was coded.
        suggested_probability: of what is suggested.
        by_model: the model speaks against the code.
        by_rules: the codebook's rules say what is suggested.
        alike: rows with the same text that are coded as suggested.
        same: rows with the same text that are coded as this one, itself among them.
    """

    row: int
    tag: int | None
    coded: int
    suggested: int
    coded_probability: float
    suggested_probability: float
    by_model: bool
    by_rules: bool
    alike: int
    same: int

    @property
    def by_others(self) -> bool:
        """Whether rows with the same text were coded as suggested, as often as this way or more often."""
        return self.alike >= self.same

    @property
    def witnesses(self) -> int:
        """How many of model, rules and equal texts speak against the code, 1 to 3."""
        return self.by_model + self.by_rules + self.by_others


def suspect_actions(coded: CodedRows, usually: Usual) -> dict[int, Suspicion]:
    """By row, the actions that the model or rows with the same text speak against."""
    found: dict[int, Suspicion] = {}
    probabilities = coded.action_probabilities
    confident = np.where(probabilities >= np.nan_to_num(usually.action, nan=2.0), probabilities, -1.0)
    best = confident.argmax(axis=1) + 1
    against = (confident.max(axis=1) > 0) & (best != coded.action)
    counts = _counts(coded.groups, np.eye(6, dtype=np.int64)[coded.action])
    for row, own in enumerate(coded.action.tolist()):
        other = _preferred(counts[row], own, probabilities[row])
        suggested = int(best[row]) if against[row] else other
        if suggested is None:
            continue
        p = probabilities[row]
        found[row] = Suspicion(
            row, None, own, suggested, float(p[own - 1]), float(p[suggested - 1]), bool(against[row]), False,
            int(counts[row, suggested]), int(counts[row, own]),
        )  # fmt: skip
    return found


def _preferred(counts: IntArray, own: int, probabilities: FloatArray) -> int | None:
    """The category that rows with the same text have more often; of as many, the more probable one. None if
    it is the row's own.
    """
    best = max((k for k in range(1, 6) if counts[k]), key=lambda k: (counts[k], probabilities[k - 1]))
    return None if best == own else best


def _counts(groups: IntArray, marks: IntArray) -> IntArray:
    """(n, k) sums of `marks` (n, k) over the rows of the same group, for each row."""
    _, place = np.unique(groups, return_inverse=True)
    place = place.reshape(-1)
    sums = np.zeros((place.max() + 1 if len(place) else 0, marks.shape[1]), dtype=np.int64)
    np.add.at(sums, place, marks)
    counts: IntArray = sums[place]
    return counts


def suspect_tags(coded: CodedRows, usually: Usual) -> list[Suspicion]:
    """Tags that were given and may have to go, or were not and may have to come, by row and column."""
    scores, given = coded.tag_scores, coded.tags
    with np.errstate(invalid="ignore"):
        missing = ~given & (scores >= usually.tag) & (scores > 0.5)
        too_many = given & (1 - scores >= usually.no_tag)
    counts = _counts(coded.groups, given.astype(np.int64))
    copies = _counts(coded.groups, np.ones((len(scores), 1), dtype=np.int64))
    same = np.where(given, counts, copies - counts)
    alike = copies - same
    probability = np.where(given, scores, 1 - scores)
    others = (alike > same) | ((alike == same) & (probability < 0.5))
    found = []
    for row, tag in zip(*np.nonzero(missing | too_many | others), strict=True):
        p, own = float(probability[row, tag]), int(given[row, tag])
        model = bool(missing[row, tag] | too_many[row, tag])
        found.append(
            Suspicion(
                int(row),
                int(tag),
                own,
                1 - own,
                p,
                1 - p,
                model,
                False,
                int(alike[row, tag]),
                int(same[row, tag]),
            )
        )
    return found


def ranked(suspicions: Sequence[Suspicion]) -> list[Suspicion]:
    """Most suspicious first: by how many speak against the code, then by how improbable the model
    finds it.
    """
    return sorted(
        suspicions, key=lambda s: (-s.witnesses, s.coded_probability, s.row, -1 if s.tag is None else s.tag)
    )
