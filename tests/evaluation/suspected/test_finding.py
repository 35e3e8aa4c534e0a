"""Which codes are suspected, by probabilities that are known."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.suspected.finding import (
    ScoredRows,
    Suspicion,
    ranked,
    suspect_actions,
    suspect_tags,
    together,
    usual,
)


def coded(rows=400, seed=0, slips=0, tags=3):
    """Rows that a model knows well; of the first `slips` rows the action is another than it was."""
    generator = np.random.default_rng(seed)
    action = generator.integers(1, 6, rows)
    probabilities = np.full((rows, 5), 0.02)
    probabilities[np.arange(rows), action - 1] = generator.uniform(0.85, 0.95, rows)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    given_tags = generator.random((rows, tags)) < 0.3
    scores = np.where(
        given_tags, generator.uniform(0.8, 0.99, (rows, tags)), generator.uniform(0.0, 0.1, (rows, tags))
    )
    action[:slips] = action[:slips] % 5 + 1
    return ScoredRows(action, given_tags, probabilities, scores, np.arange(rows))


def found_in(these):
    usually = usual(these, len(these.action))
    return suspect_actions(these, usually), suspect_tags(these, usually)


@given(st.integers(0, 1000), st.integers(0, 20))
def test_changed_actions_are_found_and_no_others(seed, slips):
    before, after = coded(seed=seed), coded(seed=seed, slips=slips)
    actions, tags = found_in(after)
    assert {row for row, s in actions.items() if s.by_model} <= set(range(slips))
    # A class threshold is the mean of its rows' probabilities, so a slip among surer ones may stay below it;
    # most do not.
    assert len(actions) >= slips // 4
    assert all(
        s.suggested == before.action[row] and s.coded == after.action[row] for row, s in actions.items()
    )
    assert tags == []


def test_thresholds_are_those_of_confident_learning():
    these = coded(rows=50)
    usually = usual(these, 2)
    assert usually.action.shape == (2, 5)
    for k in range(1, 6):
        assert usually.action[1, k - 1] == these.action_probabilities[these.action == k, k - 1].mean()
    assert usually.tag[0, 1] == these.tag_scores[these.tags[:, 1], 1].mean()
    assert usually.no_tag[0, 1] == (1 - these.tag_scores[~these.tags[:, 1], 1]).mean()


def test_a_category_that_nobody_gave_is_never_suggested():
    these = coded()
    action = np.where(these.action == 5, 4, these.action)
    actions, _ = found_in(
        ScoredRows(action, these.tags, these.action_probabilities, these.tag_scores, these.groups)
    )
    assert actions == {}


def test_a_tag_is_missing_from_its_usual_score_on_and_above_one_half():
    given_tags = np.array([[True, True], [True, True], [False, False], [False, False]])
    scores = np.array([[0.7, 0.5], [0.9, 0.5], [0.8, 0.5], [0.79, 0.51]])
    these = ScoredRows(np.ones(4, dtype=np.int64), given_tags, np.eye(5)[[0] * 4], scores, np.arange(4))
    missing = {(s.row, s.tag) for s in suspect_tags(these, usual(these, 4)) if s.by_model and not s.coded}
    assert missing == {(2, 0), (3, 1)}


def test_of_equal_suspicions_the_action_stands_before_the_tags_of_its_row():
    same = [Suspicion(row, tag, 1, 0, 0.1, 0.9, True, False, 0, 1) for row in (0, 1) for tag in (1, None, 0)]
    assert [(s.row, s.tag) for s in ranked(same)] == [(r, tag) for r in (0, 1) for tag in (None, 0, 1)]


def test_missing_tags_and_tags_too_many_are_found():
    these = coded()
    tags = these.tags.copy()
    sure_of = these.tag_scores[:, 0].argmax()
    sure_against = these.tag_scores[:, 1].argmin()
    tags[sure_of, 0], tags[sure_against, 1] = False, True
    _, found = found_in(
        ScoredRows(these.action, tags, these.action_probabilities, these.tag_scores, these.groups)
    )
    assert {(s.row, s.tag, s.coded, s.suggested) for s in found} == {
        (sure_of, 0, 0, 1),
        (sure_against, 1, 1, 0),
    }
    assert all(s.by_model and not s.by_others for s in found)


def test_equal_texts_coded_differently_are_found_where_the_model_says_nothing():
    these = coded()
    groups, action = these.groups.copy(), these.action.copy()
    unsure = np.full(5, 0.2)
    probabilities = these.action_probabilities.copy()
    groups[[0, 1, 2]] = 0
    action[[0, 1, 2]] = 4, 4, 5
    probabilities[[0, 1, 2]] = unsure
    tags = these.tags.copy()
    scores = these.tag_scores.copy()
    tags[[0, 1, 2], 2], scores[[0, 1, 2], 2] = [True, True, False], 0.5
    actions, found = found_in(ScoredRows(action, tags, probabilities, scores, groups))
    assert list(actions) == [2]
    assert (actions[2].suggested, actions[2].alike, actions[2].same, actions[2].witnesses) == (4, 2, 1, 1)
    assert [(s.row, s.tag, s.suggested, s.alike, s.same) for s in found if s.tag == 2] == [(2, 2, 1, 2, 1)]


def test_rows_of_two_models_keep_their_own_thresholds():
    one, other = coded(rows=30), coded(rows=20, seed=5)
    both, usually = together([(one, usual(one, 30)), (other, usual(other, 20))])
    assert len(both.action) == 50
    assert np.array_equal(usually.action[:30], usual(one, 30).action)
    assert np.array_equal(usually.tag[30:], usual(other, 20).tag)


def test_most_witnesses_come_first_then_the_least_probable():
    def said(row, probability, *, rules):
        return Suspicion(row, None, 4, 5, probability, 1 - probability, True, rules, 0, 1)

    order = ranked(
        [
            said(0, 0.2, rules=False),
            said(1, 0.3, rules=True),
            said(2, 0.1, rules=True),
            said(3, 0.01, rules=False),
        ]
    )
    assert [s.row for s in order] == [2, 1, 3, 0]
