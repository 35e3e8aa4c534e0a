"""The codebook's rules in French and Spanish: their behaviour cases, and texts that lost their form."""

from __future__ import annotations

import unicodedata
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.text import folded
from pipeline.rules.labeller import RuleLabeller
from pipeline.store.behaviours import load_behaviours
from pipeline.store.languages import current_vocabularies

LANGUAGES = ("fr", "es")
CASES = [
    (language, case)
    for language in LANGUAGES
    for behaviour in load_behaviours("2014-10", language)
    for case in behaviour.cases
]
TEXTS = [(language, case.texts[0]) for language, case in CASES]


@cache
def rules_of(language: str) -> RuleLabeller:
    return current_vocabularies(language, "2014-10").rules


def labels(rules: RuleLabeller, text: str) -> tuple[int | None, frozenset[str]]:
    (opinion,) = rules.label([text])
    return opinion.action, frozenset(opinion.tags)


# Not by their texts: mutmut does not find a test by an id with accents.
@pytest.mark.parametrize(
    ("language", "case"), CASES, ids=[f"{language}-{n}" for n, (language, _) in enumerate(CASES)]
)
def test_the_rules_pass_every_case_of_their_language(language: str, case: object) -> None:
    action, tags = labels(rules_of(language), case.texts[0])  # type: ignore[attr-defined]
    assert case.action in (None, action)  # type: ignore[attr-defined]
    assert case.tags <= tags  # type: ignore[attr-defined]
    assert not case.absent & tags  # type: ignore[attr-defined]


def upper_without_accents(text: str) -> str:
    return folded(text).upper()


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def french_spaces(text: str) -> str:
    """Typographic spaces before marks, other apostrophes and quotation marks."""
    return "«\u00a0" + text.replace("'", "’").replace(",", "\u202f,") + "\u00a0»"


def spaced_apostrophes(text: str) -> str:
    """As PDFs give them."""
    return text.replace("’", " ’ ")


def by_cp1252(text: str) -> str:
    return text.encode("cp1252").decode("cp1252")


@pytest.mark.parametrize(
    "damage",
    [folded, str.upper, upper_without_accents, decomposed, french_spaces, spaced_apostrophes, by_cp1252],
)
def test_a_text_that_lost_its_form_keeps_its_labels(damage: object) -> None:
    for language, text in TEXTS:
        damaged = damage(text)  # type: ignore[operator]
        assert labels(rules_of(language), damaged) == labels(rules_of(language), text), damaged


@given(st.sampled_from(TEXTS), st.data())
def test_case_and_accents_of_single_letters_do_not_count(
    chosen: tuple[str, str], data: st.DataObject
) -> None:
    language, text = chosen
    changes = (str.upper, str.lower, lambda c: folded(c) if len(folded(c)) == 1 else c)
    letters = [data.draw(st.sampled_from(changes))(letter) for letter in text]
    assert labels(rules_of(language), "".join(letters)) == labels(rules_of(language), text)


def test_evidence_lies_where_the_words_stand() -> None:
    text = "Améliorer le sort des détenus en ouvrant de nouveaux établissements"
    (opinion,) = rules_of("fr").label([text])
    assert [text[s.start : s.end] for s in opinion.action_spans] == ["Améliorer", "en ouvrant", "ouvrant"]
    assert [text[s.start : s.end] for s in opinion.tag_spans["Detention"]] == ["détenus"]


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    for rules in map(rules_of, LANGUAGES):
        (opinion,) = rules.label([text])
        spans = [*opinion.action_spans, *(span for found in opinion.tag_spans.values() for span in found)]
        assert all(0 <= span.start < span.end <= len(text) for span in spans)
