"""From predictions to a row: every reason for review by a text that has it, and none without a cause."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.models.bundle import Bundle
from pipeline.models.decision import Label, label_texts
from pipeline.models.reasons import Reason

CLEAR = "Ratify the Convention against Torture and its Optional Protocol without delay"


@pytest.fixture(scope="module")
def easy(bundle: Bundle) -> Bundle:
    """The small model with limits that leave nothing to doubt; a test makes one of them strict."""
    return limited(
        bundle,
        tag=0.3,
        accept=0.0,
        close=0.0,
        disagree=0.0,
        rare_tag=0.0,
        known=0.0,
        min_words=0,
        rare_tags=(),
    )


def limited(bundle: Bundle, **limits: object) -> Bundle:
    return replace(bundle, thresholds=replace(bundle.thresholds, **limits))  # type: ignore[arg-type]


def labelled(bundle: Bundle, *texts: str | None, languages: list[str | None] | None = None) -> list[Label]:
    return label_texts(bundle, texts, languages or [None] * len(texts))


def test_a_clear_text_needs_no_review(easy: Bundle) -> None:
    (label,) = labelled(easy, CLEAR)
    assert label.reasons == ()
    assert label.action == 5
    assert {"International instruments", "Torture and other CID treatment"} <= set(label.issues)


@pytest.mark.parametrize(
    ("limits", "text", "reason"),
    [
        ({"min_words": 3}, "Ratify treaties", "too-short"),
        ({"max_chars": 40}, CLEAR, "too-long"),
        ({"known": 0.6}, "Ratify xylophonic zymurgical quixotry Torture brouhaha", "unseen-wording"),
        ({"accept": 1.01}, CLEAR, "weak-action"),
        ({"close": 1.01}, CLEAR, "close-actions"),
        ({"tag": 1.01}, CLEAR, "no-tag"),
        ({"rare_tag": 1.01, "rare_tags": ("Torture and other CID treatment",)}, CLEAR, "rare-tag-uncertain"),
    ],
)
def test_each_limit_has_its_reason_and_no_other(
    limits: dict[str, object], text: str, reason: str, easy: Bundle
) -> None:
    assert reason not in labelled(easy, text)[0].reasons
    assert reason in labelled(limited(easy, **limits), text)[0].reasons


@pytest.mark.parametrize("text", [None, "", "  \n", "?!", "– –"])
def test_a_text_without_letters_is_not_labelled(text: str | None, easy: Bundle) -> None:
    assert labelled(easy, text) == [Label(None, None, (), (), (), (Reason.EMPTY_TEXT,))]


def test_a_text_in_another_language_is_not_labelled(easy: Bundle) -> None:
    one, two = labelled(easy, CLEAR, CLEAR, languages=["fr", "en"])
    assert (one.action, one.reasons) == (None, ("other-language",))
    assert two.action == 5


@pytest.mark.parametrize(
    ("text", "reason"),
    [("Abolition", "language-uncertain"), ("Strengthen l aw enforcement of the treaty", "broken-words")],
)
def test_a_text_that_may_be_another_is_labelled_and_goes_to_review(
    text: str, reason: str, easy: Bundle
) -> None:
    (label,) = labelled(easy, text)
    assert label.action is not None
    assert reason in label.reasons


def test_the_language_is_found_out_where_the_source_does_not_say(easy: Bundle) -> None:
    (label,) = labelled(easy, "Ratifier la Convention contre la torture")
    assert (label.action, label.reasons) == (None, ("other-language",))


def test_rows_keep_their_order_and_do_not_depend_on_each_other(easy: Bundle) -> None:
    texts = [CLEAR, "", "Continue efforts to promote education", None, CLEAR]
    together = labelled(easy, *texts)
    assert together == [labelled(easy, text)[0] for text in texts]
    assert together[0] == together[4]


def test_reasons_are_named_in_their_fixed_order(bundle: Bundle) -> None:
    strict = limited(bundle, accept=1.01, close=1.01, known=1.01, min_words=99, tag=1.01, disagree=1.01)
    (label,) = labelled(strict, "Promote it")
    assert list(label.reasons) == [reason for reason in Reason if reason in label.reasons]
    assert len(label.reasons) >= 5
