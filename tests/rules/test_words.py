"""Words as the rules see them: forms, lemmas, and phrases found in a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.words import Lexicon, Words, lemmatiser, verb_forms


def test_lemmas() -> None:
    lemma = lemmatiser(
        ["ratify", "criminalize", "step", "take"], {"taken": "take", "women": "woman", "aids": "aids"}
    )
    for words in (
        "Ratify ratifies RATIFIED ratifying",
        "criminalise criminalizes criminalising criminalized",
        "step steps stepped stepping",
        "take taken takes taking",
        "right Rights",
        "labour labor",
        "policy policies",
        "organisation organizations",
    ):
        assert len({lemma(word) for word in words.split()}) == 1, words
    assert lemma("AIDS") == "aids" != lemma("aid")
    assert len({lemma(word) for word in ("status", "class", "basis", "gas")}) == 4
    assert verb_forms("ban") == ("bans", "banned", "banning")
    assert verb_forms("guarantee") == ("guarantees", "guaranteed", "guaranteeing")
    assert verb_forms("establish") == ("establishes", "established", "establishing")
    assert verb_forms("deploy") == ("deploys", "deployed", "deploying")


@given(st.text("abcdefghijklmnopqrstuvwxyzABCSY'-", min_size=1, max_size=15))
def test_a_lemma_is_its_own_lemma_in_lower_case(word: str) -> None:
    lemma = lemmatiser([], {})
    assert lemma(word) == lemma(word.upper())
    assert lemma(word) == lemma(word).lower()


PIECES = st.lists(
    st.sampled_from(["take", "taking", "measures", "step", "steps", "up", ",", "Ratify", "and"]), max_size=12
)


@pytest.fixture(scope="module")
def words() -> Words:
    return Words(lemmatiser(["take", "step"], {}))


@given(pieces=PIECES)
def test_places_are_those_of_the_words_in_the_text(words: Words, pieces: list[str]) -> None:
    text = "  ".join(pieces)
    numbers, places = words.table(words.document(text))
    found = [
        text[start : start + length]
        for start, length in places.tolist()
        if text[start : start + length].strip()
    ]
    assert found == pieces
    assert len(numbers) == len(places)


def test_the_longest_phrase_is_found() -> None:
    words = Words(lemmatiser(["take", "step"], {"taken": "take"}))
    lexicon = Lexicon(words, [("take", 1), ("take measures", 2), ("step up", 3)])
    numbers, _ = words.table(words.document("Taking measures steps up taken"))
    assert [lexicon.at(numbers, place) for place in range(len(numbers))] == [
        (2, 2),
        None,
        (4, 3),
        None,
        (5, 1),
    ]


def test_the_last_of_two_phrases_that_are_the_same_to_the_rules_counts() -> None:
    words = Words(lemmatiser([], {}))
    assert Lexicon(words, [("organisation", 1), ("Organizations", 2)]).at(
        words.numbers("organization"), 0
    ) == (1, 2)
