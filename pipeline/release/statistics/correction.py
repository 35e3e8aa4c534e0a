"""Shares corrected for the errors of model labels: post-stratified prediction-powered inference.

Rows that were labelled by people and by a model not trained on them are divided into strata by predicted
label and confidence. In each stratum the share c of rows to which people give a label is measured. A row
labelled by the model then counts as c instead of 0 or 1; a row labelled by a person counts as it is. With n
rows, m_s of them in stratum s, the corrected share is (positives of people + sum of m_s c_s) / n:
prediction-powered inference (Angelopoulos et al. 2023) with a rectifier for each stratum. Its variance has
two parts: p (1 - p) / n, as for any share, and the sum of (m_s / n)^2 c_s (1 - c_s) / N_s, where c_s was
measured on N_s texts. The interval is Wilson's with the number of rows that would give this variance; without
model labels it is the ordinary Wilson interval.

Assumption: people would label the model's rows of a stratum as they labelled the measured ones. Groups of
rows may differ in predicted label, confidence and response. If a group differs in other ways (for example,
texts that the model predicts as general are much more often specific there), its share and interval are
biased.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.evaluation.intervals import UNDEFINED, Z95, Estimate, FloatArray, score_bounds

IntArray = npt.NDArray[np.int64]

PRIOR = 2.0
"""Weight of the prior of a stratum, in texts."""
_CONFIDENCE = (0.7, 0.9, 0.98)
_SCORES = (0.05, 0.2, 0.5, 0.8, 0.95)
ACTION_STRATA = 5 * (len(_CONFIDENCE) + 1)
TAG_STRATA = len(_SCORES) + 1
PEOPLE = -1
"""Stratum of a row that a person labelled."""


ANSWERS = {"Noted": 1, "Supported": 2}
"""Response to block of strata; 0 for any other, and for none."""


def by_answer(stratum: IntArray, response: npt.NDArray[np.object_], width: int) -> IntArray:
    """Strata (n,) or (n, T) divided further by the response of each row (n,).

    Noted recommendations are specific more often than the model predicts.
    """
    block = np.array([ANSWERS.get(r, 0) for r in response], dtype=np.int64)
    return stratum + width * (block if stratum.ndim == 1 else block[:, None])


def action_stratum(action: IntArray, confidence: FloatArray) -> IntArray:
    """Stratum of each row, by predicted category (1..5) and band of confidence."""
    return (action - 1) * (len(_CONFIDENCE) + 1) + np.digitize(confidence, _CONFIDENCE)


def tag_stratum(scores: FloatArray) -> IntArray:
    """Stratum of each score of a tag; scores that were too low to be published are 0."""
    return np.digitize(scores, _SCORES).astype(np.int64)


@dataclass(frozen=True)
class Rates:
    """How often people give a label, by stratum.

    Attributes:
        share: (S,) or (S, K) for K labels.
        weight: (S,) number of texts that it was measured on, plus the prior's weight.
    """

    share: FloatArray
    weight: FloatArray


def action_rates(stratum: IntArray, gold: IntArray, groups: IntArray) -> Rates:
    """Rates of the five categories, from rows with gold 1..5; equal texts (`groups`) count as one."""
    positives = np.eye(5)[gold - 1]
    bands = len(_CONFIDENCE) + 1
    weight = _text_weight(groups)
    total = _sums(stratum, weight[:, None] * positives, ACTION_STRATA)
    counts = _sums(stratum, weight, ACTION_STRATA)
    by_category = total.reshape(5, bands, 5).sum(1)
    by_category_counts = counts.reshape(5, bands).sum(1)
    # The prior is one text in which the predicted category is right.
    category = (by_category + np.eye(5)) / (by_category_counts[:, None] + 1)
    prior = np.repeat(category, bands, axis=0)
    return Rates((total + PRIOR * prior) / (counts[:, None] + PRIOR), counts + PRIOR)


def tag_rates(stratum: IntArray, gold: npt.NDArray[np.bool_], groups: IntArray) -> list[Rates]:
    """Rates of every tag, from (n, T) strata and gold. The prior is the rate of all tags in a stratum.

    Returns: one `Rates` a tag, with (S,) shares.
    """
    weight = _text_weight(groups)
    pooled_hits, pooled = np.zeros(TAG_STRATA), np.zeros(TAG_STRATA)
    each = []
    for t in range(gold.shape[1]):
        hits, counts = (
            _sums(stratum[:, t], weight * gold[:, t], TAG_STRATA),
            _sums(stratum[:, t], weight, TAG_STRATA),
        )
        pooled_hits += hits
        pooled += counts
        each.append((hits, counts))
    middle = np.concatenate([[0.0], (np.array(_SCORES[:-1]) + np.array(_SCORES[1:])) / 2, [1.0]])
    prior = (pooled_hits + middle) / (pooled + 1)
    # A tag that is hardly met when it is not predicted is no more frequent there than its own rows say.
    return [Rates((hits + PRIOR * prior) / (counts + PRIOR), counts + PRIOR) for hits, counts in each]


def _answered(response: npt.NDArray[np.object_]) -> list[npt.NDArray[np.bool_]]:
    """The measured rows of each block of strata; rows without a response are met as the average of all."""
    return [np.ones(len(response), dtype=bool), *(response == name for name in ANSWERS)]


def action_rates_by_answer(
    stratum: IntArray, gold: IntArray, groups: IntArray, response: npt.NDArray[np.object_]
) -> Rates:
    """`action_rates` for strata that `by_answer` cut; `stratum` is as it was before."""
    parts = [action_rates(stratum[m], gold[m], groups[m]) for m in _answered(response)]
    return Rates(np.concatenate([p.share for p in parts]), np.concatenate([p.weight for p in parts]))


def tag_rates_by_answer(
    stratum: IntArray, gold: npt.NDArray[np.bool_], groups: IntArray, response: npt.NDArray[np.object_]
) -> list[Rates]:
    """`tag_rates` for strata that `by_answer` cut; `stratum` is as it was before."""
    parts = [tag_rates(stratum[m], gold[m], groups[m]) for m in _answered(response)]
    pairs = zip(*parts, strict=True)
    return [
        Rates(np.concatenate([r.share for r in each]), np.concatenate([r.weight for r in each]))
        for each in pairs
    ]


def _text_weight(groups: IntArray) -> FloatArray:
    if not len(groups):
        return np.zeros(0)
    _, inverse, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    return np.asarray(1.0 / sizes[inverse], dtype=np.float64)


def _sums(stratum: IntArray, values: FloatArray, width: int) -> FloatArray:
    out = np.zeros((width, *values.shape[1:]))
    np.add.at(out, stratum, values)
    return out


def expected(stratum: IntArray, given: FloatArray, rates: Rates) -> FloatArray:
    """What each row counts as: as given by people, or the rate of its stratum.

    `given` is (n,) or (n, K) of 0 and 1.
    """
    machine = stratum != PEOPLE
    result = given.astype(np.float64, copy=True)
    result[machine] = rates.share[stratum[machine]]
    return result


def corrected_share(values: FloatArray, stratum: IntArray, rates: FloatArray, weight: FloatArray) -> Estimate:
    """A share with its interval.

    Args:
        values: (n,) what each row counts as (`expected`), of one label.
        stratum: (n,) of each row, `PEOPLE` for a person's.
        rates, weight: (S,) of this label.
    """
    n = len(values)
    if n == 0:
        return UNDEFINED
    share = float(values.mean())
    machine = np.bincount(stratum[stratum != PEOPLE], minlength=len(rates)) / n
    error = float((machine**2 * rates * (1 - rates) / weight).sum())
    return _interval(share, share * (1 - share) / n, error, n, 0.5 * float(machine.sum()) / n)


def corrected_ratio(
    top: FloatArray, values: FloatArray, stratum: IntArray, rates: FloatArray, weight: FloatArray
) -> Estimate:
    """Share of `top` (n,), 0 or 1 (such as supported), among labelled rows, each weighted by `values`.

    Support: the rows that carry it, as expected, rounded.
    """
    total = float(values.sum())
    if total <= 0 or not values.any():
        return UNDEFINED
    share = float((top * values).sum() / total)
    machine = stratum != PEOPLE
    pull = np.bincount(stratum[machine], weights=(top - share)[machine] / total, minlength=len(rates))
    error = float((pull**2 * rates * (1 - rates) / weight).sum())
    return _interval(
        share, share * (1 - share) / total, error, round(total), 0.5 * float(values[machine].sum()) / total**2
    )


def corrected_mean(levels: FloatArray, squares: FloatArray, stratum: IntArray, rates: Rates) -> Estimate:
    """Mean of a level (such as the category) over rows.

    Args:
        levels, squares: (n,) expected level and expected square of each row.
        rates: (S, 5) of the categories, whose levels are 1 to 5.
    """
    n = len(levels)
    if n == 0:
        return UNDEFINED
    mean = float(levels.mean())
    machine = np.bincount(stratum[stratum != PEOPLE], minlength=len(rates.weight)) / n
    scale = np.arange(1, 6)
    spread = rates.share @ scale**2 - (rates.share @ scale) ** 2
    sampling = max(0.0, float(squares.mean()) - mean**2) / max(1, n - 1)
    half = Z95 * float(np.sqrt(sampling + (machine**2 * spread / rates.weight).sum()))
    return Estimate(mean, mean - half, mean + half, n)


def _interval(share: float, sampling: float, error: float, support: int, step: float) -> Estimate:
    """Wilson's interval with the number of rows that has this variance, widened by `step` on both sides.

    Machine rows count in fractions, people's in ones; half a row's step lets the interval reach the whole
    numbers beside it, above all none.
    """
    share = min(1.0, max(0.0, share))
    least = max(support, 1)
    rows = 1 / (1 / least + 4 * error) if sampling <= 0 else least * sampling / (sampling + error)
    low, high = score_bounds(share, rows)
    return Estimate(share, min(share, max(0.0, low - step)), max(share, min(1.0, high + step)), support)
