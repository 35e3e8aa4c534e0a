from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.review.intake.priority import (
    Looking,
    confidence_band,
    drawn,
    place_in_lot,
    rarity,
    value_of_looking,
)
from pipeline.review.settings import PriorityWeights

SHARE = st.floats(0, 1)
LOOKING = st.builds(
    Looking,
    confidence=st.none() | SHARE,
    tag_scores=st.dictionaries(st.sampled_from("abc"), SHARE),
    disagreement=st.booleans(),
    rarity=SHARE,
    similarity=st.none() | SHARE,
    copies=st.integers(1, 500),
)
WEIGHTS = PriorityWeights()


@given(LOOKING, SHARE, SHARE)
def test_less_confidence_never_lowers_the_value(item: Looking, a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert (
        value_of_looking(replace(item, confidence=low), WEIGHTS)
        >= value_of_looking(replace(item, confidence=high), WEIGHTS) - 1e-6
    )
    assert (
        value_of_looking(replace(item, confidence=None), WEIGHTS)
        >= value_of_looking(replace(item, confidence=low), WEIGHTS) - 1e-6
    )


@given(LOOKING)
def test_disagreement_rarity_novelty_and_copies_raise_the_value(item: Looking) -> None:
    value = value_of_looking(item, WEIGHTS)
    assert value_of_looking(replace(item, disagreement=True), WEIGHTS) >= value
    assert value_of_looking(replace(item, rarity=1.0), WEIGHTS) >= value
    assert value_of_looking(replace(item, similarity=0.0), WEIGHTS) >= value
    assert value_of_looking(replace(item, copies=item.copies + 1), WEIGHTS) >= value


def test_a_certain_common_known_item_has_no_value() -> None:
    assert value_of_looking(Looking(1.0, {"a": 1.0, "b": 0.0}, False, 0.0, 1.0, 1), WEIGHTS) == 0.0


def test_a_weight_of_zero_takes_its_part_out() -> None:
    blind = PriorityWeights(uncertainty=0, tag_uncertainty=0, disagreement=0, rarity=0, novelty=0, copies=0)
    assert value_of_looking(Looking(0.1, {"a": 0.5}, True, 1.0, 0.0, 9), blind) == 0.0


def test_rarity_goes_from_common_to_unseen() -> None:
    counts = Counter({"common": 1000, "rare": 2})
    assert rarity(["common"], counts, 1000) == 0.0
    assert rarity(["common", "rare"], counts, 1000) > 0.85
    assert rarity(["unseen"], counts, 1000) == 1.0
    assert rarity([], counts, 1000) == 0.0


def test_the_permanent_sample_has_its_share_and_stays() -> None:
    keys = [f"text {i}" for i in range(20_000)]
    sample = {k for k in keys if drawn(k, 0.05, "audit")}
    assert 0.045 < len(sample) / len(keys) < 0.055
    assert sample == {k for k in reversed(keys) if drawn(k, 0.05, "audit")}
    assert sample <= {
        k for k in keys if drawn(k, 0.10, "audit")
    }  # a larger share keeps the smaller one's items
    other = {k for k in keys if drawn(k, 0.05, "second reading")}
    assert len(sample & other) < 100  # lots do not hang together
    assert all(0 <= place_in_lot(k, "x") < 1 for k in keys[:100])


@given(SHARE)
def test_every_confidence_has_a_band_that_holds_it(confidence: float) -> None:
    low, high = (float(part) for part in confidence_band(confidence).split(" to "))
    assert low <= confidence <= high


def test_no_confidence_has_a_band_of_its_own() -> None:
    assert confidence_band(None) == "none"
    with pytest.raises(ValueError, match="not a probability"):
        confidence_band(float("nan"))
