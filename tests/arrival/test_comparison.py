"""A session beside those before it."""

import numpy as np
import pytest

from pipeline.arrival.comparison import EarlierTexts, action_changes, tag_changes, wording_of
from pipeline.arrival.rows import LabelledRows, Reference
from tests.arrival.sessions import coded, labelled


def reference(n=600, wrong=0.0):
    rng = np.random.default_rng(3)
    return coded(np.full(n, 0.95), rng.random(n) >= wrong)


def test_a_share_is_corrected_for_how_often_the_model_errs():
    rows = labelled(np.full(400, 0.95))
    sure = action_changes(rows, reference(), np.full(500, 4))
    unsure = action_changes(rows, reference(wrong=0.3), np.full(500, 4))
    assert sure[3].now.value == pytest.approx(1.0, abs=0.01)
    assert unsure[3].now.value == pytest.approx(0.7, abs=0.05)
    assert unsure[4].now.value == pytest.approx(0.3, abs=0.05)


def test_a_change_is_named_and_chance_is_not():
    rows = labelled(np.full(400, 0.95))
    earlier = np.where(np.arange(1000) < 500, 4, 5)
    changed = {c.label: c for c in action_changes(rows, reference(), earlier)}
    assert changed["4"].differs
    assert changed["4"].points == pytest.approx(50, abs=2)
    assert changed["5"].differs
    assert not changed["1"].differs
    same = action_changes(rows, reference(), np.full(1000, 4))
    assert not any(c.differs for c in same)


def test_tags_that_rise_are_told_apart_from_those_that_do_not():
    scores = np.zeros((400, 3))
    scores[:200, 0] = 0.97
    ref_scores = np.zeros((600, 3))
    ref_scores[:60, 0] = 0.97
    tags = ref_scores > 0.5
    base = coded(np.full(600, 0.95), np.ones(600, bool), tags=tags, scores=ref_scores)
    changes = tag_changes(labelled(np.full(400, 0.9), scores=scores), base, tags, ["a", "b", "c"])
    assert [c.label for c in changes if c.differs] == ["a"]
    assert changes[0].points == pytest.approx(40, abs=3)


def texts_of(session, words, n=60, states=6):
    rng = np.random.default_rng(session)
    made = [
        " ".join(rng.choice(words, 8)) + f" {chr(97 + i % 26)}{chr(97 + i // 26)}{chr(97 + session)}"
        for i in range(n)
    ]
    return made, [session] * n, [f"State {i % states}" for i in range(n)]


OLD = [f"measure{c}" for c in "abcdefghijklmnop"]
NEW = [f"novelty{c}" for c in "abcdefghijklmnop"]


def earlier(*sessions):
    columns = [texts_of(s, OLD) for s in sessions]
    texts, of, states = ([value for c in columns for value in c[k]] for k in range(3))
    return EarlierTexts(texts, of, states)


def session_rows(texts, states):
    rows = labelled(np.full(len(texts), 0.9))
    return LabelledRows(
        texts, np.arange(len(texts)), states, rows.session, rows.action, rows.confidence, rows.given,
        rows.scores, rows.accepted,
    )  # fmt: skip


def test_a_session_in_new_words_is_unusual_and_one_like_those_before_is_not():
    past = earlier(14, 15, 16, 17)
    new, _, states = texts_of(18, NEW)
    found = wording_of(session_rows(new, states), past, [17], str, permutations=99, seed=0)
    assert found.test.auc.value > 0.9
    assert found.unusual
    assert found.known.value == 0
    assert {word for word, _, _ in found.words} <= set(NEW)
    assert found.words
    same, _, states = texts_of(18, OLD)
    like = wording_of(session_rows(same, states), past, [17], str, permutations=99, seed=0)
    assert not like.unusual
    assert set(like.scale) == {15, 16, 17}


def test_wordings_that_stand_in_earlier_sessions_are_counted():
    past = earlier(17)
    rows = session_rows([past.texts[0].upper(), *texts_of(18, OLD)[0][:3]], ["A", "B", "C", "D"])
    found = wording_of(rows, past, [17], str, permutations=9, seed=0)
    assert found.known.value == pytest.approx(0.25)


def test_states_do_not_tell_sessions_apart():
    past = earlier(16, 17)
    texts, _, states = texts_of(18, OLD)
    named = [f"{text} Atlantis" for text in texts]
    masked = wording_of(
        session_rows(named, states),
        past,
        [17],
        lambda text: text.replace("Atlantis", ""),
        permutations=49,
        seed=0,
    )
    assert masked.test.auc.value < 0.7
    assert "atlantis" not in {word for word, _, _ in masked.words}


def test_few_texts_give_no_test_and_no_error():
    found = wording_of(
        session_rows(["Adopt it"], [None]), EarlierTexts(["Do it"], [17], [None]), [17], str,
        permutations=9, seed=0,
    )  # fmt: skip
    assert not found.test.auc.defined
    assert not found.unusual
    assert found.words == []


def test_an_empty_reference_changes_nothing():
    empty = Reference(labelled([]), np.zeros(0, dtype=np.int64), np.zeros((0, 3), dtype=bool))
    changes = action_changes(labelled(np.full(10, 0.95)), empty, np.full(10, 4))
    assert all(0 <= c.now.value <= 1 for c in changes)
