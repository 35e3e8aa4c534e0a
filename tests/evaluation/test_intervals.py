import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pipeline.evaluation.intervals import (
    UNDEFINED,
    clopper_pearson,
    holm,
    percentile,
    percentile_of_share,
    wilson,
)

shares = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(("interval", "method"), [(wilson, "wilson"), (clopper_pearson, "exact")])
@given(share=shares, confidence=st.sampled_from([0.95, 0.5, 0.99]))
def test_intervals_of_shares_agree_with_scipy(interval, method, share, confidence):
    successes, total = share
    estimate = interval(successes, total, confidence)
    expected = stats.binomtest(successes, total).proportion_ci(confidence, method=method)
    assert estimate.low == pytest.approx(expected.low, abs=1e-9)
    assert estimate.high == pytest.approx(expected.high, abs=1e-9)
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
    assert estimate.support == total


@pytest.mark.parametrize("interval", [wilson, clopper_pearson])
def test_a_share_of_nothing_is_undefined_and_not_zero(interval):
    assert interval(0, 0) is UNDEFINED
    assert not interval(0, 0).defined
    with pytest.raises(ValueError, match="3 successes of 2"):
        interval(3, 2)


@pytest.mark.parametrize("share", [0.02, 0.5, 0.95])
def test_clopper_pearson_covers_at_least_as_often_as_it_says(share):
    drawn = np.random.default_rng(1).binomial(60, share, 2000)
    covered = [e.low <= share <= e.high for e in (clopper_pearson(int(k), 60) for k in drawn)]
    assert np.mean(covered) >= 0.95


@given(st.floats(0, 1), st.lists(st.floats(0, 1) | st.just(math.nan), max_size=40))
def test_percentile_interval_holds_its_value_and_ignores_undefined_resamples(value, resampled):
    estimate = percentile(value, np.array(resampled, dtype=float), 7)
    if all(math.isnan(r) for r in resampled):
        assert math.isnan(estimate.low)
    else:
        assert estimate.low <= value <= estimate.high
    assert estimate.support == 7


def test_an_undefined_figure_has_no_interval():
    estimate = percentile(math.nan, np.array([0.1, 0.2]), 0)
    assert math.isnan(estimate.value)
    assert math.isnan(estimate.low)
    assert math.isnan(estimate.high)


def test_holm_by_hand():
    # Holm (1979): sorted 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1, never falling.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_only_raises_and_keeps_the_order(p_values):
    adjusted = holm(p_values)
    assert all(p <= q <= 1 for p, q in zip(p_values, adjusted, strict=True))
    for i, p in enumerate(p_values):
        for j, other in enumerate(p_values):
            if p < other:
                assert adjusted[i] <= adjusted[j]


@pytest.mark.parametrize("confidence", [0.95, 0.5])
def test_a_percentile_interval_leaves_half_of_the_rest_on_each_side(confidence: float) -> None:
    evenly = np.linspace(0, 1, 1001)
    for found in (percentile(0.5, evenly, 9, confidence), percentile_of_share(0.5, evenly, 9, confidence)):
        assert found.low == pytest.approx((1 - confidence) / 2)
        assert found.high == pytest.approx((1 + confidence) / 2)
        assert found.support == 9


@pytest.mark.parametrize("confidence", [0.95, 0.5])
def test_a_share_of_nothing_or_all_has_wilsons_interval_unless_its_resamples_differ(
    confidence: float,
) -> None:
    for value, right in ((0.0, 0), (1.0, 20)):
        found = percentile_of_share(value, np.full(100, value), 20, confidence)
        wanted = wilson(right, 20, confidence)
        assert (found.low, found.high) == (wanted.low, wanted.high)
        apart = np.linspace(0, 1, 1001)
        assert percentile_of_share(value, apart, 20, confidence) == percentile(value, apart, 20, confidence)
