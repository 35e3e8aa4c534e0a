"""Predictions and gold labels, and the counts from which every quality figure is computed.

Every figure is a function of sums over rows. For a bootstrap over text groups the sums are computed once by
group; a resample is a weighted sum of them, and a thousand resamples are one matrix product.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from pipeline.evaluation.intervals import FloatArray

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

CLASSES = 5
SHOWN_SCORE = 0.05
"""Tag scores from this value on are published (contract), so calibration is measured on these."""

_CHUNK = 4_000_000
"""Weights held at once in a bootstrap: 32 MB of them."""


@dataclass(frozen=True)
class Evaluation:
    """Gold labels and predictions, row by row.

    Attributes:
        gold_action: (n,) 1..5.
        action: (n,) 1..5, as predicted.
        action_probabilities: (n, 5), calibrated, columns in the order of the categories 1..5.
        gold_tags: (n, T).
        tags: (n, T), as predicted.
        tag_scores: (n, T), calibrated probabilities.
        groups: (n,) any integers; rows with the same normalised text have the same one. Resampling draws
            groups, since equal texts get equal predictions.
        tag_labels: T labels, in column order.

    Raises: ValueError if lengths disagree or a value is out of range.
    """

    gold_action: IntArray
    action: IntArray
    action_probabilities: FloatArray
    gold_tags: BoolArray
    tags: BoolArray
    tag_scores: FloatArray
    groups: IntArray
    tag_labels: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check shapes and ranges, so that a mix-up of columns is found here and not in a figure."""
        rows, width = len(self.gold_action), len(self.tag_labels)
        shapes = {
            "gold_action": (rows,),
            "action": (rows,),
            "groups": (rows,),
            "action_probabilities": (rows, CLASSES),
            "gold_tags": (rows, width),
            "tags": (rows, width),
            "tag_scores": (rows, width),
        }
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, not {shape}")
        for name in ("gold_action", "action"):
            column = getattr(self, name)
            if rows and not (column.min() >= 1 and column.max() <= CLASSES):
                raise ValueError(f"{name} holds categories outside 1 to {CLASSES}")
        for name in ("action_probabilities", "tag_scores"):
            column = getattr(self, name)
            if not ((column >= -1e-6) & (column <= 1 + 1e-6)).all():
                raise ValueError(f"{name} holds values outside 0 to 1")

    def __len__(self) -> int:
        """Rows."""
        return len(self.gold_action)

    def where(self, rows: BoolArray | IntArray) -> Evaluation:
        """The rows of a mask (n,), or at these positions, in that order."""
        return replace(
            self,
            gold_action=self.gold_action[rows],
            action=self.action[rows],
            action_probabilities=self.action_probabilities[rows],
            gold_tags=self.gold_tags[rows],
            tags=self.tags[rows],
            tag_scores=self.tag_scores[rows],
            groups=self.groups[rows],
        )

    @cached_property
    def group_index(self) -> IntArray:
        """(n,) groups numbered from 0 without gaps."""
        return np.unique(self.groups, return_inverse=True)[1].reshape(-1).astype(np.int64)

    @cached_property
    def group_count(self) -> int:
        """How many different texts there are."""
        return int(self.group_index.max()) + 1 if len(self) else 0


@dataclass(frozen=True)
class Counts:
    """Sums over rows; leading axes (...) are groups or resamples, none for a whole evaluation.

    Attributes:
        confusion: (..., 5, 5) rows by gold (first) and predicted (second) category.
        exact: (...,) rows whose tags are all right.
        true_positives: (..., T) predicted tags that the gold has.
        false_positives: (..., T) predicted tags that the gold lacks.
        false_negatives: (..., T) gold tags that are not predicted.
        action_bins: (..., bins, 3) by the probability of the predicted category: rows, sum of the
            probability, rows that are right.
        tag_bins: (..., bins, 3) the same over pairs of row and tag with a score of at least `SHOWN_SCORE`.
    """

    confusion: FloatArray
    exact: FloatArray
    true_positives: FloatArray
    false_positives: FloatArray
    false_negatives: FloatArray
    action_bins: FloatArray
    tag_bins: FloatArray

    @property
    def rows(self) -> FloatArray:
        """(...,) rows counted."""
        return np.asarray(self.confusion.sum((-2, -1)), dtype=np.float64)


def _one_hot(
    index: npt.NDArray[np.intp] | IntArray, width: int, weight: FloatArray | None = None
) -> FloatArray:
    out = np.zeros((len(index), width))
    out[np.arange(len(index)), index] = 1.0 if weight is None else weight
    return out


def _bin(probability: FloatArray, bins: int) -> npt.NDArray[np.intp]:
    return np.clip((probability * bins).astype(np.intp), 0, bins - 1)


def _row_parts(evaluation: Evaluation, bins: int) -> tuple[FloatArray, ...]:
    """Each field of `Counts`, in order, for every single row, flat: (n, width)."""
    gold, predicted = evaluation.gold_action - 1, evaluation.action - 1
    right = gold == predicted
    top = evaluation.action_probabilities[np.arange(len(gold)), predicted]
    place = _bin(top, bins)
    action_bins = np.stack(
        [_one_hot(place, bins), _one_hot(place, bins, top), _one_hot(place, bins, right.astype(np.float64))],
        axis=-1,
    )
    pair_row, pair_tag = np.nonzero(evaluation.tag_scores >= SHOWN_SCORE)
    scores = evaluation.tag_scores[pair_row, pair_tag].astype(np.float64)
    cell = pair_row * bins + _bin(scores, bins)
    due = evaluation.gold_tags[pair_row, pair_tag].astype(np.float64)
    weights = (np.ones(len(scores)), scores, due)
    tag_bins = np.stack([np.bincount(cell, w, len(gold) * bins).astype(np.float64) for w in weights], axis=-1)
    true_positives = evaluation.gold_tags & evaluation.tags
    return (
        _one_hot(gold * CLASSES + predicted, CLASSES * CLASSES),
        (evaluation.gold_tags == evaluation.tags).all(axis=1, keepdims=True).astype(np.float64),
        true_positives.astype(np.float64),
        (evaluation.tags & ~evaluation.gold_tags).astype(np.float64),
        (evaluation.gold_tags & ~evaluation.tags).astype(np.float64),
        action_bins.reshape(len(gold), bins * 3),
        tag_bins.reshape(len(gold), bins * 3),
    )


@dataclass(frozen=True)
class GroupCounts:
    """The sums of an evaluation by text group.

    Attributes:
        flat: (g, width) one line a group that has rows here.
        groups: (g,) which groups these are, numbers below `drawn`.
        drawn: how many groups a resample draws from; more than g where this is a slice of a larger
            evaluation.
        tags: T.
        bins: of the reliability tables.
    """

    flat: FloatArray
    groups: IntArray
    drawn: int
    tags: int
    bins: int

    def _unpack(self, flat: FloatArray) -> Counts:
        lead = flat.shape[:-1]
        widths = (CLASSES * CLASSES, 1, self.tags, self.tags, self.tags, self.bins * 3, self.bins * 3)
        parts = np.split(flat, np.cumsum(widths)[:-1], axis=-1)
        return Counts(
            parts[0].reshape(*lead, CLASSES, CLASSES),
            parts[1][..., 0],
            parts[2],
            parts[3],
            parts[4],
            parts[5].reshape(*lead, self.bins, 3),
            parts[6].reshape(*lead, self.bins, 3),
        )

    def total(self) -> Counts:
        """The sums over all rows."""
        return self._unpack(self.flat.sum(axis=0))

    def weighted(self, weights: FloatArray) -> Counts:
        """The sums of resamples. Args: `weights`, (samples, drawn), how often each group was drawn."""
        return self._unpack(weights[:, self.groups] @ self.flat)


def by_group(evaluation: Evaluation, bins: int, rows: BoolArray | None = None) -> GroupCounts:
    """The sums of an evaluation, or of some of its rows (n,), by the text groups of the whole evaluation."""
    index = evaluation.group_index
    part = evaluation
    if rows is not None:
        index, part = index[rows], evaluation.where(rows)
    groups, place = np.unique(index, return_inverse=True)
    member = sparse.csr_array(
        (np.ones(len(index)), (place.reshape(-1), np.arange(len(index)))), shape=(len(groups), len(index))
    )
    sums = [member @ values for values in _row_parts(part, bins)]
    return GroupCounts(
        np.concatenate(sums, axis=1), groups, evaluation.group_count, len(evaluation.tag_labels), bins
    )


def resample_weights(groups: int, samples: int, seed: int) -> Iterator[FloatArray]:
    """How often each group is drawn, for `samples` draws of as many groups as there are, with replacement.

    Yields: (some, groups) at a time, so that memory stays bounded; the draws depend on the seed alone.
    """
    rng = np.random.default_rng(seed)
    some = max(1, min(samples, _CHUNK // max(1, groups)))
    for start in range(0, samples, some):
        size = min(some, samples - start)
        drawn = rng.integers(0, max(1, groups), size=(size, groups))
        offset = drawn + np.arange(size)[:, None] * groups
        yield np.bincount(offset.ravel(), minlength=size * groups).reshape(size, groups).astype(np.float64)
