"""Known words: weights, and vectors of meaning."""

import numpy as np
import pytest

from pipeline.store.threads import load_finder
from pipeline.threads.vocabulary import Vocabulary

FINDER = load_finder()
SMALL = Vocabulary({"law": 2.0, "tortur": 4.0}, np.array([[3, 4], [0, -2]], dtype=np.float32))


def meaning(text):
    vocabulary = FINDER.model.vocabulary
    return vocabulary.meaning(vocabulary.weights(FINDER.reader.read(text).words))


def test_an_unknown_word_weighs_as_much_as_the_rarest():
    assert SMALL.weight("law") == 2
    assert SMALL.weight("jugendamt") == 4
    assert SMALL.weights(["law", "law", "tortur"]) == pytest.approx({"law": 2 * (1 + np.log(2)), "tortur": 4})


def test_the_vector_of_a_text_is_the_weighted_sum_of_its_words():
    assert SMALL.meaning({"law": 2.0, "jugendamt": 4.0}) == pytest.approx([0.6, 0.8])
    both = np.array([6.0, 0.0])
    assert SMALL.meaning({"law": 2.0, "tortur": 4.0}) == pytest.approx(both / 6)
    assert SMALL.meaning({"jugendamt": 4.0}).tolist() == [0, 0]


def test_a_vocabulary_is_read_as_it_was_written():
    again = Vocabulary.from_content(SMALL.content())
    assert again.frequencies == SMALL.frequencies
    assert again.vectors.tolist() == SMALL.vectors.tolist()


def test_vectors_and_words_must_be_equally_many():
    content = SMALL.content() | {"frequencies": {"law": 2.0}}
    with pytest.raises(ValueError, match="2 vectors of 1 words"):
        Vocabulary.from_content(content)


def test_texts_of_one_meaning_are_closer_than_texts_that_share_more_words():
    asked = meaning("Abolish the death penalty")
    assert asked @ meaning("Put an end to capital punishment") > asked @ meaning(
        "Abolish the guardian system"
    )
