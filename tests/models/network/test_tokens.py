"""Tokens: framed, cut, masked, pruned."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models

from pipeline.corpus.blinding import MASK
from pipeline.models.network.tokens import TextTokenizer, by_length, padded, pruned
from tests.models.network.small_encoder import SPECIAL, WORDS, tokenizer_json

CONTENT = tokenizer_json()
TOKENIZER = TextTokenizer(CONTENT, 16)
words = st.lists(
    st.sampled_from([w for w in WORDS if not w.startswith("##")] + ["xyz", "ratifying"]), max_size=30
).map(" ".join)


def test_a_text_is_framed_and_a_long_one_cut_to_the_longest_length() -> None:
    short, long = TOKENIZER.encode(["Ratify the convention", "the " * 100])
    assert (short[0], short[-1], len(short)) == (SPECIAL.index("[CLS]"), SPECIAL.index("[SEP]"), 5)
    assert (len(long), long[-1]) == (16, SPECIAL.index("[SEP]"))


def test_the_mask_of_states_reads_as_a_word_that_the_encoder_knows() -> None:
    masked, plain = TOKENIZER.encode([f"the law of {MASK}", "the law of country"])
    assert masked == plain


@settings(max_examples=20)
@given(words)
def test_pruning_renumbers_the_tokens_and_changes_no_text(text: str) -> None:
    used = {number for row in TOKENIZER.encode([text]) for number in row}
    content, kept = pruned(CONTENT, used, 0)
    rows = TextTokenizer(content, 16).encode([text])
    assert [kept[number] for number in rows[0]] == TOKENIZER.encode([text])[0]


def test_after_pruning_an_unseen_word_is_spelled_and_not_unknown() -> None:
    content, kept = pruned(CONTENT, set(), 0)
    assert len(kept) == len(SPECIAL) + 2 * 26
    (row,) = TextTokenizer(content, 16).encode(["torture"])
    assert len(row) == 2 + len("torture")
    assert SPECIAL.index("[UNK]") not in [kept[number] for number in row]


def test_frequent_tokens_are_kept_though_no_text_has_them() -> None:
    _, kept = pruned(CONTENT, set(), len(SPECIAL) + 2 * 26 + 3)
    assert len(kept) == len(SPECIAL) + 2 * 26 + 3


ROWS = st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=12), min_size=1, max_size=20)


@given(ROWS, st.integers(0, 9), st.integers(1, 7), st.one_of(st.none(), st.integers(1, 60)))
def test_batches_hold_every_row_once_and_padding_is_masked(
    rows: list[list[int]], shortest: int, batch: int, most: int | None
) -> None:
    batches = by_length(rows, batch, most)
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(rows)))
    for places in batches:
        assert 1 <= len(places) <= batch
        numbers, mask = padded([rows[i] for i in places], shortest)
        assert numbers.shape[1] == max(shortest, *(len(rows[i]) for i in places), 0)
        for i, row, kept in zip(places, numbers, mask, strict=True):
            assert row[kept == 1].tolist() == rows[i]
            assert not row[kept == 0].any()


@given(ROWS, st.integers(1, 7), st.integers(1, 60))
def test_a_batch_is_as_long_as_the_limit_of_tokens_lets_it(
    rows: list[list[int]], batch: int, most: int
) -> None:
    batches = by_length(rows, batch, most)
    for places, following in zip(batches, [*batches[1:], None], strict=True):
        assert len(places) == 1 or len(places) * len(rows[places[-1]]) <= most
        if following is not None and len(places) < batch:
            assert (len(places) + 1) * len(rows[following[0]]) > most


def test_a_vocabulary_that_is_not_of_word_pieces_stays_whole() -> None:
    words_only = Tokenizer(models.WordLevel({"[UNK]": 0, "law": 1}, unk_token="[UNK]")).to_str()
    content, kept = pruned(words_only, set(), 0)
    assert content == words_only
    assert kept.tolist() == [0, 1]


def test_padding_is_the_tokenizers_own() -> None:
    numbers, mask = padded([[5, 6, 7], [8]], 4, pad=9)
    assert numbers.tolist() == [[5, 6, 7, 9], [8, 9, 9, 9]]
    assert mask.tolist() == [[1, 1, 1, 0], [1, 0, 0, 0]]
