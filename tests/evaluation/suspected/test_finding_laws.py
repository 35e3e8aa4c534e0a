"""Which codes are suspected, for any probabilities: by the definition, and by cleanlab, the library of the
method's authors.
"""

from __future__ import annotations

import numpy as np
import pytest
from cleanlab.count import compute_confident_joint
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.suspected.finding import ScoredRows, suspect_actions, suspect_tags, usual

TAGS = 3


def drawn(seed: int, rows: int, sharpness: float, slips: float) -> ScoredRows:
    """Rows without repeated texts, coded mostly as the model has it, a share of them by chance."""
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet([1.0] * 5, rows) ** sharpness
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    action = np.where(rng.random(rows) < slips, rng.integers(1, 6, rows), probabilities.argmax(axis=1) + 1)
    action[:5] = range(1, 6)  # every category is coded at least once
    scores = rng.beta(0.5, 0.5, (rows, TAGS))
    tags = np.where(rng.random((rows, TAGS)) < slips, rng.random((rows, TAGS)) < 0.5, scores > 0.5)
    tags[0], tags[1] = True, False
    return ScoredRows(action, tags, probabilities, scores, np.arange(rows))


ROWS = st.builds(
    drawn, st.integers(0, 10_000), st.integers(8, 120), st.sampled_from([1.0, 2.0, 4.0]), st.floats(0, 0.6)
)


@given(ROWS)
def test_suspected_actions_are_those_of_cleanlab(coded: ScoredRows) -> None:
    _, theirs = compute_confident_joint(
        coded.action - 1, coded.action_probabilities, calibrate=False, return_indices_of_off_diagonals=True
    )
    ours = suspect_actions(coded, usual(coded, len(coded.action)))
    # Where two categories are beyond their thresholds, cleanlab takes the most probable of all five, even one
    # that is not; the paper, and this project, the most probable of those beyond. Such rows are left out.
    beyond = coded.action_probabilities >= usual(coded, 1).action
    first = beyond[np.arange(len(beyond)), coded.action_probabilities.argmax(axis=1)]
    same = set(np.flatnonzero(first | (beyond.sum(axis=1) < 2)))
    assert len(same) > len(beyond) / 2
    assert {row for row, s in ours.items() if s.by_model} & same == set(theirs) & same
    thresholds = [coded.action_probabilities[coded.action == k, k - 1].mean() for k in range(1, 6)]
    for row, s in ours.items():
        above = [k for k in range(5) if coded.action_probabilities[row, k] >= thresholds[k]]
        assert s.suggested == max(above, key=lambda k: coded.action_probabilities[row, k]) + 1
        assert s.coded == coded.action[row]
        assert s.coded_probability == coded.action_probabilities[row, s.coded - 1]
        assert s.suggested_probability == coded.action_probabilities[row, s.suggested - 1]


@given(ROWS)
def test_suspected_tags_are_exactly_those_beyond_their_thresholds(coded: ScoredRows) -> None:
    found = suspect_tags(coded, usual(coded, len(coded.action)))
    suspected = {(s.row, s.tag) for s in found if s.by_model}
    for tag in range(TAGS):
        scores, own = coded.tag_scores[:, tag], coded.tags[:, tag]
        carried, absent = scores[own].mean(), (1 - scores[~own]).mean()
        missing = {row for row in np.flatnonzero(~own) if scores[row] >= carried and scores[row] > 0.5}
        too_many = {row for row in np.flatnonzero(own) if 1 - scores[row] >= absent}
        assert {row for row, t in suspected if t == tag} == missing | too_many
    # Whatever is suspected for another cause (others with the same text) is less probable than not.
    assert all(s.coded_probability < 0.5 for s in found if not s.by_model)
    for s in found:
        assert s.tag is not None
        assert (s.coded, s.suggested) == (int(coded.tags[s.row, s.tag]), 1 - int(coded.tags[s.row, s.tag]))
        score = coded.tag_scores[s.row, s.tag]
        assert s.coded_probability == pytest.approx(score if s.coded else 1 - score)
        assert s.suggested_probability == pytest.approx(1 - score if s.coded else score)


@given(ROWS)
def test_suspected_tags_are_those_of_cleanlab_where_each_class_is_usually_more_probable_than_not(
    coded: ScoredRows,
) -> None:
    found = suspect_tags(coded, usual(coded, len(coded.action)))
    for tag in range(TAGS):
        scores, own = coded.tag_scores[:, tag], coded.tags[:, tag]
        if min(scores[own].mean(), (1 - scores[~own]).mean()) <= 0.5:
            continue
        _, theirs = compute_confident_joint(
            own.astype(int),
            np.column_stack([1 - scores, scores]),
            calibrate=False,
            return_indices_of_off_diagonals=True,
        )
        assert {s.row for s in found if s.by_model and s.tag == tag} == set(theirs)


def test_a_missing_tag_less_sure_than_usual_is_not_suspected() -> None:
    """Rows with the tag have it at 0.95; 0.6 is more probable than not, but less than usual."""
    scores = np.array([[0.95], [0.95], [0.95], [0.6], [0.96], [0.02], [0.02]])
    tags = np.array([[True], [True], [True], [False], [False], [False], [False]])
    action = np.array([1, 2, 3, 4, 5, 4, 5])
    coded = ScoredRows(action, tags, np.full((7, 5), 0.2), scores, np.arange(7))
    assert {s.row for s in suspect_tags(coded, usual(coded, 7)) if s.by_model} == {4}


@given(ROWS, st.integers(2, 5))
def test_equal_texts_are_counted_for_and_against(coded: ScoredRows, texts: int) -> None:
    groups = np.arange(len(coded.action)) % texts
    coded = ScoredRows(coded.action, coded.tags, coded.action_probabilities, coded.tag_scores, groups)
    usually = usual(coded, len(groups))
    for row, s in suspect_actions(coded, usually).items():
        alike = coded.action[groups == groups[row]]
        assert (s.alike, s.same) == ((alike == s.suggested).sum(), (alike == s.coded).sum())
        assert s.by_others == (s.alike >= s.same)
        assert (
            s.by_model
            or s.alike > s.same
            or (s.alike == s.same and s.suggested_probability >= s.coded_probability)
        )
    found = {(one.row, one.tag): one for one in suspect_tags(coded, usually)}
    for row in range(len(groups)):
        for tag in range(TAGS):
            given_tag = coded.tags[row, tag]
            alike = coded.tags[groups == groups[row], tag]
            same, other = (alike == given_tag).sum(), (alike != given_tag).sum()
            probability = coded.tag_scores[row, tag] if given_tag else 1 - coded.tag_scores[row, tag]
            s = found.get((row, tag))
            outvoted = other > same or (other == same and probability < 0.5)
            assert s is not None or not outvoted
            if s is not None:
                assert (s.alike, s.same) == (other, same)
                assert s.by_model or outvoted
                assert s.witnesses == int(s.by_model) + int(other >= same)
