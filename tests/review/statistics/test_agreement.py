from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from pipeline.review.statistics.agreement import cohen_kappa, krippendorff_alpha, tag_agreement

CATEGORIES = st.integers(1, 5)
PAIRS = st.lists(st.tuples(CATEGORIES, CATEGORIES), min_size=2, max_size=60)

# Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", the reliability data of its section C:
# four observers, twelve units, gaps.
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)
UNITS = [[v for v in unit if v is not None] for unit in zip(*OBSERVERS, strict=True)]


@given(PAIRS)
def test_kappa_is_scikit_learns(pairs: list[tuple[int, int]]) -> None:
    ours = cohen_kappa(pairs)
    first, second = zip(*pairs, strict=True)
    if len({*first, *second}) == 1:
        assert math.isnan(ours.value)
    else:
        assert ours.value == pytest.approx(cohen_kappa_score(first, second), abs=1e-12)
        assert ours.low <= ours.value <= ours.high


def test_kappa_interval_covers_the_true_kappa_about_95_times_of_100() -> None:
    lot = random.Random(1)
    # Readers agree with probability 0.7 and else draw anew from the same five equal categories: kappa is 0.7.
    hits = 0
    for _ in range(400):
        pairs = []
        for _ in range(150):
            a = lot.randint(1, 5)
            pairs.append((a, a if lot.random() < 0.7 else lot.randint(1, 5)))
        found = cohen_kappa(pairs)
        hits += found.low <= 0.7 <= found.high
    assert 0.915 <= hits / 400 <= 0.985


def test_alpha_of_the_published_example() -> None:
    assert krippendorff_alpha(UNITS, ordinal=False) == pytest.approx(0.743, abs=0.0005)
    assert krippendorff_alpha(UNITS, ordinal=True) == pytest.approx(0.815, abs=0.0005)


@given(st.lists(st.lists(CATEGORIES, min_size=1, max_size=4), max_size=30))
def test_alpha_never_exceeds_one_and_is_one_for_agreement(units: list[list[int]]) -> None:
    for ordinal in (False, True):
        alpha = krippendorff_alpha(units, ordinal=ordinal)
        assert math.isnan(alpha) or alpha <= 1 + 1e-12
        same = [[unit[0]] * len(unit) for unit in units]
        agreed = krippendorff_alpha(same, ordinal=ordinal)
        assert math.isnan(agreed) or agreed == pytest.approx(1.0)


def test_nothing_is_undefined_not_zero() -> None:
    assert math.isnan(cohen_kappa([]).value)
    assert cohen_kappa([]).support == 0
    assert math.isnan(krippendorff_alpha([], ordinal=True))
    assert math.isnan(krippendorff_alpha([[3, 3], [3, 3]], ordinal=False))


def test_agreement_by_tag() -> None:
    found = {
        t.tag: t
        for t in tag_agreement(
            [
                (frozenset("ab"), frozenset("a")),
                (frozenset("a"), frozenset("a")),
                (frozenset(), frozenset("b")),
            ]
        )
    }
    assert (found["a"].both, found["a"].one, found["a"].positive) == (2, 0, 1.0)
    assert (found["b"].both, found["b"].one, found["b"].positive) == (0, 2, 0.0)
    assert list(found) == ["a", "b"]
