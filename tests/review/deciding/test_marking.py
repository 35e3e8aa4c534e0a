from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.review.deciding.marking import pieces


@given(
    st.text(max_size=60),
    st.lists(
        st.tuples(st.integers(-5, 70), st.integers(-5, 70), st.sampled_from(["action", "Torture", "<b>"]))
    ),
)
def test_pieces_are_the_text_whatever_the_spans(text: str, spans: list[tuple[int, int, str]]) -> None:
    assert "".join(p.text for p in pieces(text, spans)) == text


def test_spans_that_overlap_share_a_piece() -> None:
    found = [
        (p.text, p.speaks_for)
        for p in pieces("ratify the convention", [(0, 6, "action"), (3, 21, "Torture")])
    ]
    assert found == [("rat", ("action",)), ("ify", ("action", "Torture")), (" the convention", ("Torture",))]


def test_spans_out_of_the_text_do_not_count() -> None:
    assert [p.speaks_for for p in pieces("abc", [(2, 9, "x"), (1, 1, "x"), (-1, 2, "x"), ("0", 2, "x")])] == [
        ()
    ]
