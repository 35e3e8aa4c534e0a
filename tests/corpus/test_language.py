"""The language of a text."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.language import language_of
from tests.coded_rows import SAMPLE


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


def test_it_is_fast_enough_for_labelling() -> None:
    texts = sample_texts() * 20
    began = time.process_time()
    for text in texts:
        language_of(text)
    assert len(texts) / (time.process_time() - began) > 5000


@pytest.mark.corpus
def test_official_translations(corpus_folder: Path) -> None:
    with (corpus_folder / "parallel" / "en-fr-es.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for language in ("en", "fr", "es"):
        right = sum(language_of(row[language]) == language for row in rows)
        assert right >= len(rows) - 1
