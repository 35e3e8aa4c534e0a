"""One label for a text in several languages: the certain one stays, else the surer one counts."""

from __future__ import annotations

import pytest

from pipeline.models.bundle import Bundle
from pipeline.models.decision import label_texts, no_other
from pipeline.models.two_texts import with_other_texts
from pipeline.store.languages import language_folder, load_language_bundle

SURE = "Ratify the Convention against Torture and its Optional Protocol"
VAGUE = "Look into matters of that sort, where the time allows"
FRENCH = ("Ratifier la Convention contre la torture", "Ratifier le Protocole facultatif à la Convention")


@pytest.fixture(scope="module")
def french() -> Bundle:
    return load_language_bundle(language_folder("fr"))


def test_the_surer_language_gives_the_label_and_a_label_without_doubt_stays(
    bundle: Bundle, french: Bundle
) -> None:
    texts = [SURE, VAGUE, VAGUE, VAGUE]
    column = [FRENCH[0], FRENCH[1], None, VAGUE]
    alone = label_texts(bundle, texts, ["en"] * 4)
    beside = label_texts(bundle, FRENCH, ["fr"] * 2, model_of={"fr": french}.get)
    both = with_other_texts(bundle, alone, texts, {"fr": column}, {"fr": french}.get)
    assert both[2:] == alone[2:], "no other text, or the same"
    for own, other, label in zip(alone[:2], beside, both[:2], strict=True):
        if not own.reasons:
            assert label == own
            continue
        assert own.confidence is not None
        assert other.confidence is not None
        surer = other if other.confidence > own.confidence else own
        assert (label.action, label.issues, label.confidence, label.model) == (
            surer.action,
            surer.issues,
            surer.confidence,
            surer.model,
        )
        assert ("languages-disagree" in label.reasons) == (own.action != other.action)
    assert both[1].model == french.version, "the English text is vague, the French one is not"
    assert both[1].action == 5


def test_rows_that_are_settled_stay(bundle: Bundle, french: Bundle) -> None:
    alone = label_texts(bundle, [VAGUE], ["en"])
    same = with_other_texts(bundle, alone, [VAGUE], {"fr": [FRENCH[1]]}, {"fr": french}.get, settled={0})
    assert same == alone


def test_a_row_that_is_put_aside_gets_the_label_of_the_text_that_can_be_read(
    bundle: Bundle, french: Bundle
) -> None:
    text = "Ратифицировать Конвенцию против пыток"
    alone = label_texts(bundle, [text], [None])
    [label] = with_other_texts(bundle, alone, [text], {"fr": [FRENCH[0]]}, {"fr": french}.get)
    assert (label.action, label.model) == (5, french.version)


def test_without_a_model_for_the_other_language_nothing_changes(bundle: Bundle) -> None:
    alone = label_texts(bundle, [VAGUE], ["en"])
    assert with_other_texts(bundle, alone, [VAGUE], {"fr": [FRENCH[1]]}, no_other) == alone
