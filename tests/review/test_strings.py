"""The desk speaks each of its languages whole, with its plurals, numbers and dates."""

from __future__ import annotations

import datetime as dt
import re
import string

import pytest
from babel import Locale

from pipeline.charts.strings import SENTENCES as OF_CHARTS
from pipeline.review import strings
from pipeline.review.web.render import day, moment, number, share, span, told
from pipeline.store.names import sort_key, tag_names

OTHERS = [language for language in strings.LANGUAGES if language != "en"]


def gaps(sentence: strings.Sentence) -> set[str]:
    texts = [sentence] if isinstance(sentence, str) else list(sentence.values())
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_says_all_that_english_says(language: str) -> None:
    english, other = strings.load_strings("en"), strings.load_strings(language)
    assert set(english) == set(other)
    assert {key for key in english if gaps(english[key]) != gaps(other[key])} == set()
    plural = {key for key in english if not isinstance(english[key], str)}
    assert plural == {key for key in other if not isinstance(other[key], str)}


@pytest.mark.parametrize("language", OTHERS)
def test_hardly_anything_is_left_in_english(language: str) -> None:
    english, other = strings.load_strings("en"), strings.load_strings(language)
    same = {key for key in english if english[key] == other[key] and not key.startswith("language.")}
    assert len(same) < 0.05 * len(english), sorted(same)


@pytest.mark.parametrize("language", strings.LANGUAGES)
def test_plural_categories_are_those_of_the_language(language: str) -> None:
    known = Locale(language).plural_form
    assert {known(n) for n in (0, 1, 2, 5, 1_000_000)} <= {"one", "other", "many"}
    for key, sentence in strings.load_strings(language).items():
        assert isinstance(sentence, str) or {"one", "other"} <= set(sentence), key


def test_numbers_plurals_and_dates_are_the_languages_own() -> None:
    when = dt.datetime(2027, 1, 31, 14, 5, 9, tzinfo=dt.UTC)
    said = {}
    for language in strings.LANGUAGES:
        with strings.speaking(language):
            said[language] = (
                [strings.say("review.left", n=n) for n in (0, 1, 1_234)],
                share(0.8567, 1),
                number(0.5),
                day(when.date()),
                span(7_300),
            )
    narrow, hard = "\u202f", "\xa0"
    assert said["en"] == (["0 left", "1 left", "1,234 left"], "85.7%", "0.50", "Jan 31, 2027", "2 hours")
    assert said["fr"] == (
        ["0 restante", "1 restante", f"1{narrow}234 restantes"],
        f"85,7{hard}%",
        "0,50",
        "31 janv. 2027",
        f"2{hard}heures",
    )
    assert said["es"] == (
        ["quedan 0", "queda 1", "quedan 1.234"],
        f"85,7{hard}%",
        "0,50",
        "31 ene 2027",
        "2 horas",
    )


def test_no_line_ends_before_a_french_sign() -> None:
    sentences = strings.load_strings("fr").values()
    texts = [text for one in sentences for text in ([one] if isinstance(one, str) else one.values())]
    texts += [tag.definition for tag in tag_names("2014-10", "fr").values()]
    assert [text for text in texts if re.search(r" [;:?!»]|« ", text)] == []
    assert any("\u202f;" in text for text in texts)


def test_a_time_can_be_turned_into_the_readers_own_and_other_values_are_escaped() -> None:
    when = dt.datetime(2027, 1, 31, 14, 5, tzinfo=dt.UTC)
    shown = told("refused.changed", person="<b>Anna</b>", time=moment(when))
    assert '<time datetime="2027-01-31T14:05:00+00:00" data-local>' in shown
    assert "&lt;b&gt;Anna&lt;/b&gt;" in shown
    assert moment(None) == ""


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("de, es;q=0.5", "es"),
        ("en;q=0.1, es;q=0.9", "es"),
        ("de", None),
        ("", None),
        ("fr;q=high, *", None),
    ],
)
def test_the_browsers_language_counts_where_none_was_chosen(accepted: str, language: str | None) -> None:
    assert strings.asked_language(accepted) == language


def test_names_are_ordered_as_people_look_for_them() -> None:
    assert sorted(["Zambie", "Éthiopie", "Espagne", "Égypte"], key=sort_key) == [
        "Égypte",
        "Espagne",
        "Éthiopie",
        "Zambie",
    ]


def test_an_unknown_language_is_english() -> None:
    with strings.speaking("xx"):
        assert strings.language() == "en"
        assert strings.reason_in_words("weak-action") == "action uncertain"
        assert strings.reason_in_words("coded 4, the model says 5") == "coded 4, the model says 5"


@pytest.mark.parametrize("language", strings.LANGUAGES)
def test_an_answer_is_called_as_in_charts_and_releases(language: str) -> None:
    with strings.speaking(language):
        for answer in ("supported", "noted"):
            assert strings.say(f"draft.answer.{answer}") == OF_CHARTS.say(f"response.{answer}").lower()
    told = str(strings.forms("draft.support")) + strings.say("draft.examples-help")
    assert "accept" not in told
    assert "acept" not in told
