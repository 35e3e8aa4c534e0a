"""The language of a text."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.cleaning import Cleaner
from pipeline.corpus.language import has_broken_words, language_of
from pipeline.store.vocabularies import load_states
from tests.coded_rows import SAMPLE, of_sessions, real_rows


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ratify the Convention against Torture", "en"),
        ("Ratify OP-CAT", "en"),
        ("Issue a standing invitation", "en"),
        ("Ratifier la Convention contre la torture", "fr"),
        ("Ratificar la Convención contra la Tortura", "es"),
        ("Ratificar a Convenção contra a Tortura e proteger os direitos humanos das mulheres", "pt"),
        ("Ратифицировать Конвенцию против пыток", "ru"),
        ("التصديق على اتفاقية مناهضة التعذيب", "ar"),
        ("批准禁止酷刑公约", "zh"),
        ("Ratifier CAT avant la fin", "fr"),
        ("Abolish the death penalty", "en"),
        ("Accede to ICERD", "en"),
        ("Establish a de jure moratorium on executions", "en"),
        ("Abolition", None),
        ("CEDAW", None),
        ("", None),
        ("123", None),
    ],
)
def test_languages(text: str, language: str | None) -> None:
    assert language_of(text) == language


@given(st.text(max_size=400))
def test_any_text_has_a_code_or_none(text: str) -> None:
    language = language_of(text)
    assert language is None or (len(language) == 2 and language.islower())


def sample_texts() -> list[str]:
    with (SAMPLE / "upr-info" / "17.csv").open(encoding="utf-8") as file:
        return [row["Text"] for row in csv.DictReader(file)]


def test_the_sample_is_english() -> None:
    assert {language_of(text) for text in sample_texts()} == {"en"}


@pytest.mark.corpus
def test_official_translations(corpus_folder: Path) -> None:
    for language, texts in translations(corpus_folder).items():
        assert {language_of(text) for text in texts} == {language}


@pytest.mark.corpus
@pytest.mark.parametrize("words", [3, 4, 5, 6, 7, 8])
def test_the_first_words_of_a_translation_are_never_told_as_english(words: int, corpus_folder: Path) -> None:
    texts = translations(corpus_folder)
    for language in ("fr", "es"):
        assert "en" not in {language_of(first(text, words)) for text in texts[language]}
    told = [language_of(first(text, words)) for text in texts["en"]]
    assert set(told) <= {"en", None}
    assert told.count("en") >= 0.97 * len(told)


@pytest.mark.corpus
def test_short_english_recommendations_are_told_as_english() -> None:
    """Sessions 1 to 16; 4 of 1,926 are not told ("Open crossing points.")."""
    short = {
        record.text
        for record in of_sessions(real_rows(), range(1, 17))
        if record.text and len(record.text.split()) <= 8
    }
    told = [language_of(text) for text in short]
    assert len(told) > 1900
    assert told.count("en") >= 0.997 * len(told)
    assert set(told) <= {"en", None}


def translations(corpus: Path) -> dict[str, list[str]]:
    cleaner = Cleaner(load_states())
    with (corpus / "parallel" / "en-fr-es.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: [cleaner.clean(row[name]).text for row in rows] for name in ("en", "fr", "es")}


def first(text: str, words: int) -> str:
    return " ".join(text.split()[:words])


@pytest.mark.parametrize(
    "text",
    [
        "Continue to support vuln erable gr oups",
        "Strengthen l aw enforcement",
        "Protect the r i g h t s of women",
        "Prevent dis crimi nation, and more",
    ],
)
def test_broken_words_are_found(text: str) -> None:
    assert has_broken_words(text)


@pytest.mark.parametrize(
    "text",
    ["Continue to support vulnerable groups", "Have a broad view of an area", "Ratify it in a long run"],
)
def test_whole_words_are_whole(text: str) -> None:
    assert not has_broken_words(text)


def test_the_sample_has_no_broken_word() -> None:
    assert not [text for text in sample_texts() if has_broken_words(text)]
