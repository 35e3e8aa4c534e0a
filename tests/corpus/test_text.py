"""Laws of cleaning, normalising and hashing texts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.text import clean, cycle_of, normalise, recommendation_id, row_id

TEXT = st.text(max_size=200)
WORDS = st.lists(st.text("abcdefghijklmnopqrstuvwxyzéüñß", min_size=2, max_size=10), min_size=1, max_size=12)
ISO = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3)


@given(TEXT)
def test_normalise_is_idempotent_and_leaves_letters_and_digits_only(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert not re.search(r"[\W_]", once)


@given(TEXT)
def test_clean_is_idempotent_on_what_has_no_entities_and_leaves_no_line_breaks(text: str) -> None:
    once = clean(text.replace("&", "+"))
    assert clean(once) == once
    assert "\n" not in once
    assert "\r" not in once
    assert once == once.strip()
    assert "  " not in once


@given(TEXT)
def test_cleaning_does_not_change_the_identity_of_a_wording(text: str) -> None:
    plain = text.replace("&", "+")
    assert normalise(clean(plain)) == normalise(plain) or re.search("[\x00-\x1f\x7f-\x9f]", plain)


@given(WORDS, st.data())
def test_an_id_does_not_depend_on_spacing_case_hyphens_at_line_ends_or_punctuation(
    words: list[str], data: st.DataObject
) -> None:
    def laid_out() -> str:
        pieces = []
        for word in words:
            shown = data.draw(st.sampled_from([str.lower, str.title, str.upper]))(word)
            if "ß" not in word and data.draw(st.booleans()):
                cut = data.draw(st.integers(1, len(shown) - 1))
                shown = (
                    shown[:cut]
                    + data.draw(st.sampled_from(["-\n", "\u00ad", "-\r\n", "\u200b"]))
                    + shown[cut:]
                )
            pieces.append(shown if "ß" not in word else word)
        return data.draw(st.sampled_from([" ", "  ", "\n", " - ", ", ", "\u00a0"])).join(pieces) + data.draw(
            st.sampled_from(["", ".", ";"])
        )

    assert recommendation_id("KEN", 8, laid_out()) == recommendation_id("KEN", 8, laid_out())


@given(ISO, ISO, st.integers(1, 50), st.integers(1, 50), TEXT, TEXT)
def test_ids_differ_where_state_session_or_wording_do(
    state: str, other: str, first: int, second: int, text: str, changed: str
) -> None:
    same = (state, first, normalise(text)) == (other, second, normalise(changed))
    assert (recommendation_id(state, first, text) == recommendation_id(other, second, changed)) == same


def test_an_unknown_session_is_not_session_nought() -> None:
    assert recommendation_id("KEN", None, "a") != recommendation_id("KEN", 0, "a")
    assert re.fullmatch(r"[0-9a-f]{20}", recommendation_id("", None, ""))
    # The name of a State from a damaged file may hold half of a sign, which UTF-8 has no bytes for.
    assert re.fullmatch(r"[0-9a-f]{20}", row_id("c678b3e8aa326eef94b0", ["half a sign \ud83d"], 0))


@given(st.lists(ISO, max_size=6), st.integers(0, 3), st.data())
def test_a_row_id_does_not_depend_on_the_order_of_states(
    states: list[str], ordinal: int, data: st.DataObject
) -> None:
    rec = recommendation_id("KEN", 8, "a")
    assert row_id(rec, states, ordinal) == row_id(rec, data.draw(st.permutations(states)), ordinal)
    assert row_id(rec, states, ordinal) != row_id(rec, states, ordinal + 1)
    assert row_id(rec, states, ordinal) != row_id(rec, [*states, "ZZZ"], ordinal)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("Right &amp; duty", "Right & duty"),
        ("&#40;Unknown&#41;", "(Unknown)"),
        ("soft\u00adhyphen and zero\u200bwidth", "softhyphen and zerowidth"),
        ("NUL\x00 inside", "NUL inside"),
        (" two\r\n lines\tand a tab ", "two lines and a tab"),
        ("lone \ud800 surrogate", "lone surrogate"),
    ],
)
def test_clean(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@pytest.mark.parametrize(
    ("session", "cycle"),
    [(None, None), (1, 1), (12, 1), (13, 2), (26, 2), (27, 3), (40, 3), (41, 4), (54, 4), (55, 5)],
)
def test_cycle_of(session: int | None, cycle: int | None) -> None:
    assert cycle_of(session) == cycle
