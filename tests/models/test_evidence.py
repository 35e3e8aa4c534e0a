"""Evidence: words that carry a label, by leaving them out of a real model's input."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from pipeline.corpus.blinding import MASK
from pipeline.corpus.text import Span
from pipeline.models.evidence import (
    Evidence,
    Faithfulness,
    faithfulness,
    find_evidence,
    occlusion,
    without,
    word_spans,
)
from pipeline.rules.labeller import RuleLabeller
from pipeline.store.vocabularies import load_blinder, load_codebook, load_taxonomy
from tests.coded_rows import SAMPLE, coded_rows, of_sessions

TOPICS = (("torture", "prison guards"), ("schools", "teachers"), ("elections", "voters"))
FRAMES = (
    "Take measures on {} in the north",
    "Protect {} in every town",
    "Continue to speak about {} and the like",
    "Look after {}",
)


@cache
def model() -> tuple[object, list[str]]:
    """A model of the sample corpus's actions, trained here on its sessions 1-16; and the masked texts of its
    session 17.
    """
    blinder = load_blinder()
    rows = list(coded_rows(SAMPLE))
    train = of_sessions(rows, range(1, 17))
    fitted = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(C=20, max_iter=500))
    fitted.fit([blinder.blind(r.text or "") for r in train], [int(str(r.action)) for r in train])
    return fitted, [blinder.blind(r.text or "") for r in of_sessions(rows, [17])]


@cache
def topics() -> object:
    texts = [frame.format(word) for frame in FRAMES for words in TOPICS for word in words]
    labels = [i for _ in FRAMES for i, words in enumerate(TOPICS) for _ in words]
    return make_pipeline(TfidfVectorizer(), LogisticRegression(C=50)).fit(texts, labels)


def gain(result: Faithfulness) -> float:
    """By how much more the evidence carries than random words, in log odds."""
    return float(np.mean(result.evidence - result.random))


def score(texts: Sequence[str]) -> np.ndarray:
    return topics().predict_proba(list(texts))  # type: ignore[attr-defined]


def shown(text: str, evidence: Sequence[Evidence]) -> list[str]:
    return [text[e.span.start : e.span.end] for e in evidence]


def test_the_word_that_carries_a_label_is_found() -> None:
    text = "Protect schools in the north, and look after voters"
    found = find_evidence(text, score, [0, 1, 2])
    assert shown(text, found[1]) == ["schools"]
    assert shown(text, found[2]) == ["voters"]
    assert found[1][0].by_model
    assert not found[1][0].by_rule
    assert found[1][0].weight == pytest.approx(occlusion(text, [found[1][0].span], score)[0, 1])


def test_all_variants_of_a_text_are_scored_in_one_call() -> None:
    calls: list[int] = []

    def counting(texts: Sequence[str]) -> np.ndarray:
        calls.append(len(texts))
        return score(texts)

    find_evidence("Protect schools and voters", counting, [0, 1, 2], {1: [Span(8, 15)]})
    assert calls == [1 + 3 + 1]


def test_a_very_long_text_costs_no_more_than_the_limit() -> None:
    calls: list[int] = []

    def counting(texts: Sequence[str]) -> np.ndarray:
        calls.append(len(texts))
        return score(texts)

    text = "Protect towns " * 7000 + "and elections"
    found = find_evidence(text, counting, [2], most_units=50)
    assert calls[0] <= 51
    assert shown(text, found[2])[-1].endswith("elections")


def test_spans_of_rules_join_those_of_the_model() -> None:
    text = "Protect prison guards in the north"
    found = find_evidence(text, score, [0], {0: [Span(8, 14)]})[0]
    assert shown(text, found) == ["prison guards"]
    assert found[0].by_rule
    assert found[0].by_model
    # A rule's span is shown where the model does not lean on it as well, with no weight.
    text = "Protect schools near lighthouses"
    alone = find_evidence(text, score, [1], {1: [Span(21, 32)]}, least_share=0.9)[1]
    assert [(text[e.span.start : e.span.end], e.by_rule, e.by_model) for e in alone][-1] == (
        "lighthouses",
        True,
        False,
    )
    assert alone[-1].weight == pytest.approx(0, abs=1e-9)


def test_small_words_alone_are_no_evidence_and_bridge_two_that_are() -> None:
    text = "Look after the prison of the guards"
    found = find_evidence(text, score, [0])[0]
    assert shown(text, found) == ["prison of the guards"]


def test_the_mask_is_never_evidence() -> None:
    def leaning_on_the_mask(texts: Sequence[str]) -> np.ndarray:
        odds = np.array([[0.9 if MASK in text else 0.1] for text in texts])
        return np.hstack([odds, 1 - odds])

    text = f"Let {MASK} and Afro-{MASK} people vote"
    assert all(MASK not in text[s.start : s.end] for s in word_spans(text))
    assert all(MASK not in piece for piece in shown(text, find_evidence(text, leaning_on_the_mask, [0])[0]))


@pytest.mark.parametrize("text", ["", "  ", "...", "the of and", MASK])
def test_a_text_without_words_has_no_evidence(text: str) -> None:
    assert find_evidence(text, score, [0, 1]) == {0: (), 1: ()}


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4))
def test_leaving_out_leaves_the_rest(text: str, places: list[tuple[int, int]]) -> None:
    spans = [Span(min(p), max(p)) for p in places]
    kept = "".join(c for i, c in enumerate(text) if not any(s.start <= i < s.end for s in spans))
    assert "".join(without(text, spans).split()) == "".join(kept.split())


@given(
    st.lists(
        st.sampled_from(
            ["schools", "voters", "torture", "the", "of", ",", MASK, "prison", "guards", "north"]
        ),
        max_size=14,
    )
)
def test_evidence_lies_in_the_text_apart_and_in_order(words: list[str]) -> None:
    text = " ".join(words)
    for evidence in find_evidence(text, score, [0, 1, 2]).values():
        spans = [e.span for e in evidence]
        assert spans == sorted(spans)
        assert all(a.end <= b.start for a, b in pairwise(spans))
        assert all(0 <= s.start < s.end <= len(text) for s in spans)
        assert all(e.weight > 0 and e.by_model for e in evidence)


def test_the_evidence_of_a_trained_model_is_faithful() -> None:
    fitted, texts = model()

    def predict(batch: Sequence[str]) -> np.ndarray:
        return fitted.predict_proba(list(batch))  # type: ignore[attr-defined, no-any-return]

    labels = predict(texts).argmax(axis=1).tolist()
    rules = RuleLabeller(load_codebook(), load_taxonomy("2014-10")).label(texts)
    spans = []
    for text, label, rule in zip(texts, labels, rules, strict=True):
        named = {label: rule.action_spans} if rule.action == label + 1 else None
        spans.append([e.span for e in find_evidence(text, predict, [label], named)[label]])
    result = faithfulness(texts, labels, spans, predict, seed=0)
    assert len(result.evidence) >= 0.9 * len(texts)
    assert gain(result) > 0.3
    assert np.mean(result.evidence > result.random) > 0.9
    again = faithfulness(texts, labels, spans, predict, seed=0)
    assert np.array_equal(result.random, again.random)


def test_evidence_that_is_not_what_the_model_leans_on_is_found_out() -> None:
    texts = [frame.format(words[0]) for frame in FRAMES for words in TOPICS]
    labels = [i for _ in FRAMES for i in range(len(TOPICS))]
    first_word = [[word_spans(text)[0]] for text in texts]
    assert gain(faithfulness(texts, labels, first_word, score, seed=1)) < 0
    carrying = [
        [Span(t.index(TOPICS[i][0]), t.index(TOPICS[i][0]) + len(TOPICS[i][0]))]
        for t, i in zip(texts, labels, strict=True)
    ]
    assert gain(faithfulness(texts, labels, carrying, score, seed=1)) > 0.5


def test_texts_without_evidence_are_left_out() -> None:
    result = faithfulness(["Protect schools", "schools"], [1, 1], [[], [Span(0, 7)]], score, seed=0)
    assert len(result.evidence) == 0
    assert len(result.random) == len(result.rows) == 0
    with pytest.raises(ValueError, match="zip"):
        faithfulness(["a"], [], [], score, seed=0)
