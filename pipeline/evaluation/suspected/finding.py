"""Suspected label errors: codes that a model, the codebook's rules or equal texts contradict.

Source: confident learning, C. G. Northcutt, L. Jiang, I. L. Chuang, Confident Learning: Estimating
Uncertainty in Dataset Labels (Journal of Artificial Intelligence Research 70, 2021). A code is suspected
where another code is more probable than it is on average for the rows that have it. These class thresholds
compensate for a model that gives rare classes low probabilities. All probabilities must be out of fold.
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
class ScoredRows:
    """Coded rows and a model's probabilities.

    Attributes:
        action: (n,) 1..5, as coded.
        tags: (n, T), as coded.
        action_probabilities: (n, 5), out of fold.
        tag_scores: (n, T), out of fold.
        groups: (n,) text groups: equal for rows with the same text.
    """

    action: IntArray
    tags: BoolArray
    action_probabilities: FloatArray
    tag_scores: FloatArray
    groups: IntArray


@dataclass(frozen=True)
class Usual:
    """The class thresholds of confident learning, row by row, since rows of several models may be mixed.

    Each is the mean probability of a code over the rows that have it.

    Attributes:
        action: (n, 5) of each category; NaN for a category that no row has.
        tag: (n, T) of each tag, over rows with the tag.
        no_tag: (n, T) of the absence of each tag, over rows without it.
    """

    action: FloatArray
    tag: FloatArray
    no_tag: FloatArray


def usual(coded: ScoredRows, rows: int) -> Usual:
    """The class thresholds of confident learning.

    Args:
        coded: rows predicted by one model, from which thresholds are computed.
        rows: number of rows to repeat them for.
    """
    action = [_mean(coded.action_probabilities[coded.action == k, k - 1]) for k in range(1, 6)]
    scores = coded.tag_scores
    tag = [_mean(scores[own, t]) for t, own in enumerate(coded.tags.T)]
    no_tag = [_mean(1 - scores[~own, t]) for t, own in enumerate(coded.tags.T)]
    return Usual(*(np.tile(values, (rows, 1)) for values in (action, tag, no_tag)))


def together(parts: Sequence[tuple[ScoredRows, Usual]]) -> tuple[ScoredRows, Usual]:
    """Rows of several models as one, in order, so that equal texts can be compared."""
    coded, usually = zip(*parts, strict=True)
    names = ("action", "tags", "action_probabilities", "tag_scores", "groups")
    return (
        ScoredRows(*(np.concatenate([getattr(c, name) for c in coded]) for name in names)),
        Usual(*(np.concatenate([getattr(u, name) for u in usually]) for name in ("action", "tag", "no_tag"))),
    )


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if len(values) else float("nan")


@dataclass(frozen=True)
class Suspicion:
    """A code that may be wrong.

    Attributes:
        row: its position.
        tag: column of the tag in question; None for the action.
        coded: the coded category; of a tag, 1 if it was coded and 0 if not.
        suggested: the category, or 1 or 0, that is suggested instead.
        coded_probability: of the code.
        suggested_probability: of the suggestion.
        by_model: whether the model contradicts the code.
        by_rules: whether the codebook's rules give the suggestion.
        alike: number of rows with the same text that are coded as suggested.
        same: number of rows with the same text that are coded as this one, including it.
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
        """How many of model, rules and equal texts contradict the code, 1 to 3."""
        return self.by_model + self.by_rules + self.by_others


def suspect_actions(coded: ScoredRows, usually: Usual) -> dict[int, Suspicion]:
    """By row, the actions that the model or rows with the same text contradict."""
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
    """The most frequent category of rows with the same text; of equally frequent ones the more probable.

    None if it is the row's own.
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


def suspect_tags(coded: ScoredRows, usually: Usual) -> list[Suspicion]:
    """Coded tags that may be wrong and tags that may be missing, by row and column."""
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
    """Most suspicious first: by number of witnesses, then by the model's probability of the code."""
    return sorted(
        suspicions, key=lambda s: (-s.witnesses, s.coded_probability, s.row, -1 if s.tag is None else s.tag)
    )
