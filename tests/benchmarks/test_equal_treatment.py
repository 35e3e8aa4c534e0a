"""The out-of-fold comparison of regions: what it prints. The training it rests on needs torch and the real
corpus.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.equal_treatment import shown
from pipeline.evaluation.metrics import by_value, slice_quality
from tests.random_evaluations import an_evaluation


def test_each_slice_and_the_largest_gaps_are_named() -> None:
    found = an_evaluation(300, 1)
    regions = [("Africa", "Asia", "WEOG")[i % 3] for i in range(300)]
    wrong = np.array([region == "Asia" for region in regions])
    action = np.where(wrong, found.gold_action % 5 + 1, found.gold_action)
    slices = slice_quality(
        replace(found, action=action, tags=found.gold_tags), by_value(regions), samples=100
    )
    lines = shown("region", slices).splitlines()
    assert lines[0] == "region"
    assert [line.split()[0] for line in lines[1:4]] == ["Africa", "Asia", "WEOG"]
    assert lines[2].split()[1:] == ["100", "rows", "action", "0.0", "tags", "100.0"]
    assert "Asia lie 100.0 points apart (100.0 to 100.0); pairs that differ: 2 of 3" in lines[4]
    assert "0.0 points apart (0.0 to 0.0); pairs that differ: 0 of 3" in lines[5]
