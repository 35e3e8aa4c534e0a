"""Tokens and lemmas for the rules: spaCy's tokenizer, with the lemma of each word in place of its norm."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

# spaCy imports torch wherever it is installed, which takes seconds; the rules use nothing of it.
_HIDES_TORCH = "torch" not in sys.modules
if _HIDES_TORCH:
    sys.modules["torch"] = None  # type: ignore[assignment]
try:
    import spacy
    from spacy.attrs import IDX, LENGTH, NORM
    from spacy.matcher import PhraseMatcher as PhraseMatcher
finally:
    if _HIDES_TORCH:
        del sys.modules["torch"]

_VOWELS = frozenset("aeiou")
_SPELLING = ((re.compile(r"is(e|es|ed|ing|ation|ations)$"), r"iz\1"), (re.compile(r"(?<=[a-z]{2})our"), "or"))


def verb_forms(verb: str) -> tuple[str, ...]:
    """The regular forms of an English verb: third person, past, -ing.

    >>> verb_forms("ratify")
    ('ratifies', 'ratified', 'ratifying')
    >>> verb_forms("step")
    ('steps', 'stepped', 'stepping')
    """
    if verb.endswith("y") and verb[-2:-1] not in _VOWELS:
        return verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"
    if verb.endswith("e"):
        return verb + "s", verb + "d", (verb if verb.endswith(("ee", "ye", "oe")) else verb[:-1]) + "ing"
    third = verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")
    # A single vowel between consonants doubles the last letter in words of one syllable ("step", "ban").
    if re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]", verb):
        return third, verb + verb[-1] + "ed", verb + verb[-1] + "ing"
    return third, verb + "ed", verb + "ing"


def lemmatiser(verbs: Iterable[str], forms: Mapping[str, str]) -> Callable[[str], str]:
    """A function from a word to its lemma: lower case, one spelling, singular, base form of the given verbs.

    >>> lemma = lemmatiser(["ratify"], {"children": "child"})
    >>> [lemma(word) for word in ("Ratified", "children", "parties", "organisation")]
    ['ratify', 'child', 'party', 'organization']

    Args:
        verbs: base forms whose regular forms are generated.
        forms: irregular form to lemma; it takes precedence over every rule.
    """
    table = {form: verb for verb in verbs for form in verb_forms(verb)}
    table.update({"labour": "labor"})

    def spell(word: str) -> str:
        for pattern, replacement in _SPELLING:
            word = pattern.sub(replacement, word)
        return word

    table = {spell(form): spell(verb) for form, verb in table.items()} | {
        spell(form): spell(lemma) for form, lemma in forms.items()
    }

    def lemma(word: str) -> str:
        word = spell(word.lower().replace("’", "'"))
        if word in table:
            return table[word]
        if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "'s")):
            return word[:-3] + "y" if word.endswith("ies") else word[:-1]
        return word

    return lemma


class Words:
    """Texts as lemma numbers with their positions; one instance holds one vocabulary."""

    def __init__(self, lemma: Callable[[str], str]) -> None:
        """Args: `lemma`, see `lemmatiser`."""
        language = spacy.blank("en")
        vocabulary: Any = language.vocab
        vocabulary.lex_attr_getters[NORM] = lemma
        for lexeme in vocabulary:  # those that the tokenizer's exceptions have made already
            lexeme.norm_ = lemma(lexeme.orth_)
        self.vocab = vocabulary
        self._tokenizer = language.tokenizer

    def document(self, text: str) -> Any:
        """`text` as a spaCy Doc of tokens whose `norm` is the lemma."""
        return self._tokenizer(text)

    def numbers(self, phrase: str) -> tuple[int, ...]:
        """The lemma numbers of a phrase, as `table` gives them."""
        return tuple(int(n) for n in self.document(phrase).to_array([NORM]))

    @staticmethod
    def table(document: Any) -> tuple[list[int], Any]:
        """Lemma numbers, and an array (n_tokens, 2) of each token's first character and length."""
        array = document.to_array([NORM, IDX, LENGTH])
        return array[:, 0].tolist(), array[:, 1:]


class Lexicon:
    """Phrases as sequences of lemma numbers, the longest found first."""

    def __init__(self, words: Words, entries: Iterable[tuple[str, Any]]) -> None:
        """Args: `entries`, phrases with their values; of equal phrases the last is used."""
        found: dict[tuple[int, ...], Any] = {words.numbers(phrase): value for phrase, value in entries}
        self._starting: dict[int, list[tuple[tuple[int, ...], Any]]] = {}
        for numbers, value in sorted(found.items(), key=lambda item: -len(item[0])):
            self._starting.setdefault(numbers[0], []).append((numbers, value))

    def at(self, tokens: Sequence[int], place: int) -> tuple[int, Any] | None:
        """The longest phrase that starts at `place`: the position after it, and its value; or None."""
        for numbers, value in self._starting.get(tokens[place], ()):
            end = place + len(numbers)
            if len(numbers) == 1 or tuple(tokens[place:end]) == numbers:
                return end, value
        return None
