"""What the desk says is whole sentences of its languages: nothing is put together from parts, every count has
its plurals, and no page holds words that are not in the languages' files.
"""

from __future__ import annotations

import re
import string
from importlib.resources import files
from pathlib import Path

import pytest

from pipeline.review import strings
from pipeline.review.store.transitions import Role
from pipeline.review.web.render import act

TEMPLATES = Path(str(files("pipeline.review").joinpath("templates")))
STATIC = TEMPLATES.parent / "static"
NAMES = {
    "person",
    "name",
    "note",
    "other",
    "role",
    "tag",
    "text",
    "typed",
    "letter",
    "facet",
    "value",
    "version",
    "cell",
}
FORMATTED = {"time", "until", "share", "audit", "second", "promise", "confirmed", "low", "high"}
"""Gaps that a name or a formatted value fills; no word of a sentence depends on them."""
BESIDE_A_COUNT = {"all", "shown"}
"""A second number of a sentence whose words follow `n`."""
ORDINALS = {
    "card.paragraph",
    "card.page",
    "card.precedent-session",
    "queue.pick",
    "script.action-set",
    "statistics.interval",
    "exchange.page-of",
    "exchange.page-link",
}
"""Sentences in which `n` is a number of something, and no count."""
SAME_IN = {  # words that both languages write alike
    "fr": {
        "nav.label", "kind.skip", "facet.session", "card.action", "card.note-on", "card.page", "history.note",
        "bulk.action", "statistics.kappa-short", "activity.session", "activity.document", "exchange.page",
        "card.precedent-session", "script.action-set", "statistics.band-none",
    },
    "es": {"action.name.4", "card.more-places", "statistics.kappa-short", "facet.is"},
}  # fmt: skip


def texts(sentence: strings.Sentence) -> list[str]:
    return [sentence] if isinstance(sentence, str) else list(sentence.values())


def gaps(sentence: strings.Sentence) -> set[str]:
    return {name for text in texts(sentence) for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", strings.LANGUAGES)
def test_every_count_is_called_n_and_has_plurals(language: str) -> None:
    known = NAMES | FORMATTED | {"n", "number", "row", "reason", "action", "cell", "nearest"}
    for key, sentence in strings.load_strings(language).items():
        found = gaps(sentence)
        counted = "n" in found and key not in ORDINALS
        assert not counted or not isinstance(sentence, str), f"{key} counts, and has one form only"
        allowed = known | (BESIDE_A_COUNT if counted else set())
        assert found <= allowed, f"{key}: is {found - allowed} a count? Call it n, and give it plurals."


@pytest.mark.parametrize("language", ["fr", "es"])
def test_what_is_as_in_english_is_written_alike_in_both_languages(language: str) -> None:
    english, other = strings.load_strings("en"), strings.load_strings(language)
    same = {key for key in english if texts(english[key]) == texts(other[key])}
    assert {k for k in same if not k.startswith("language.")} <= SAME_IN[language]


def said(template: str) -> str:
    """A template with every call of a string as ⟦⟧, other values as ⟨⟩, and without statements."""
    text = re.sub(r"{% block width %}.*?{% endblock %}", "", template)
    text = re.sub(r"{#.*?#}|{%.*?%}", "", text, flags=re.S)
    return re.sub(r"{{(.*?)}}", lambda m: "⟦⟧" if re.search(r"\bt\(", m[1]) else "⟨⟩", text, flags=re.S)


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.stem)
def test_no_template_puts_a_sentence_together(path: Path) -> None:
    """A name beside a sentence, or punctuation after one, is English word order in every language."""
    page = said(path.read_text())
    glued = re.findall(r"⟦⟧\s*[:;]|(?:</b>|</i>)\s+⟦⟧(?!</span>)", page)
    assert glued == []


KEYS = {"U", "T", "S", "N", "E", "C", "A", "B", "?", "lang", "charset", "utf-8"}


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.stem)
def test_no_template_holds_words_of_one_language(path: Path) -> None:
    page = said(path.read_text())
    page = re.sub(r"<code>upr review user add NAME --role admin</code>", "", page)
    spoken = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', page)
    spoken += re.sub(r"<[^>]*>", "\n", page, flags=re.S).split("\n")
    left = {word for part in spoken for word in re.findall(r"[^\W\d_]{2,}", part)}
    assert left <= KEYS, "write them in pipeline/review/strings"


def test_no_script_holds_words_of_one_language() -> None:
    for path in STATIC.glob("*.js"):
        if not path.name.endswith(".min.js"):
            shown = re.findall(r"(?:textContent|innerText)\s*=\s*[\"'`]([^\"'`]*)", path.read_text())
            assert not [words for words in shown if re.search(r"[^\W\d_]{2,}", words)], path.name


def test_acts_of_leads_are_sentences_with_plurals_and_roles_in_words() -> None:
    with strings.speaking("fr"):
        one = act("taken-back", "Dora", {"n": 1, "name": "Ben", "other": ""})
        many = act("assigned", "Dora", {"n": 3, "name": "<Ben>"})
        assert one == "<b>Dora</b> a repris 1 recommandation à Ben"
        assert many == "<b>Dora</b> a confié 3 recommandations à &lt;Ben&gt;"
        assert act("assigned", "Dora", {"n": 1, "name": ""}).endswith("1 recommandation à tout le monde")
        added = act("person-added", None, {"name": "Eva", "role": Role.REVIEWER.value})
        assert added == "<b>La ligne de commande</b> a ajouté Eva avec le rôle «\xa0révision\xa0»"


def test_the_rule_behind_a_suggestion_is_told_in_each_language() -> None:
    with strings.speaking("fr"):
        assert strings.rule_in_words("object of the verb", "Précise").startswith("D’après le complément")
        assert (
            strings.rule_in_words("a rule of another model", "Précise") == "Les règles disent\xa0: Précise."
        )
