"""Blindness in French and Spanish: names of States and of their people become the mask.

Names count where they have a capital letter, as in English. The adjective of a people has none in
these languages, so it counts in any case, with its feminine and plural forms. Accents do not count: texts in
capitals often lack them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from pipeline.corpus.blinding import MASK

_ARTICLES = {
    "fr": r"(?:l['’]\s?|l[ae]s? )?",
    "es": r"(?:el |los |las? )?",
}
_FORMS = {
    "fr": r"(?:(?:republique|royaume|principaute|sultanat|federation|grand-duche|emirat|etat|union)"
    r"(?: [a-z]+){0,2} (?:du |des |de la |de l['’]\s?|de |d['’]\s?))",
    "es": r"(?:(?:republica|reino|principado|sultania|federacion|gran ducado|emirato|estado|union|gobierno)"
    r"(?: [a-z]+){0,2} (?:del |de los |de las |de la |de ))",
}
_BEFORE = {
    "fr": (
        (re.compile(r"\b(?:en|aux?|à|dans)\s(?:l['’]\s?|l[ae]s? )?(?=Xstate)", re.IGNORECASE), "à "),
        (re.compile(r"\b(?:du\s|des\s|de\sl['’]\s?|de\sla\s|de\s|d['’]\s?)(?=Xstate)", re.IGNORECASE), "de "),
        (re.compile(r"\b(?:les?\s|la\s|l['’]\s?)(?=Xstate)", re.IGNORECASE), ""),
    ),
    "es": (
        (re.compile(r"\b(?:del\s|de\slos\s|de\slas?\s|de\s)(?=Xstate)", re.IGNORECASE), "de "),
        (re.compile(r"\b(?:al\s|a\slos\s|a\slas?\s|a\s)(?=Xstate)", re.IGNORECASE), "a "),
        (re.compile(r"\b(?:el\s|los\s|las?\s)(?=Xstate)", re.IGNORECASE), ""),
    ),
}


def _plain(text: str) -> str:
    """`text` in lower case without accents, letter by letter: of the same length."""
    letters = (unicodedata.normalize("NFD", letter)[0].lower() for letter in text.replace("’", "'"))
    return "".join(letter if len(letter) == 1 else letter[0] for letter in letters)


def _has_capital(name: str) -> bool:
    """Whether a name is written as one: "ex República", but not "granada"."""
    return any(letter.isupper() for letter in name)


def inflected(people: str, language: str) -> tuple[str, ...]:
    """The four forms of a people's adjective, from its masculine singular.

    >>> inflected("angolais", "fr"), inflected("danés", "es")
    (('angolais', 'angolaise', 'angolais', 'angolaises'), ('danés', 'danesa', 'daneses', 'danesas'))
    >>> inflected("tunisien", "fr")
    ('tunisien', 'tunisienne', 'tunisiens', 'tunisiennes')
    """
    if language == "fr":
        feminine = people if people.endswith("e") else people + "e"
        feminine = people + "ne" if people.endswith(("en", "on")) else feminine
        feminine = {"grec": "grecque", "turc": "turque"}.get(people, feminine)
        return people, feminine, people if people.endswith(("s", "x")) else people + "s", feminine + "s"
    bare = _plain(people)
    if bare.endswith("o"):
        return people, people[:-1] + "a", people + "s", people[:-1] + "as"
    if bare.endswith(("es", "an", "on")) or people == "español":
        return people, bare + "a", bare + "es", bare + "as"
    plural = people + ("s" if bare[-1] in "ea" else "es")
    return people, people, plural, people + "s"


class RomanceBlinder:
    """Replaces names of States and of their people by `MASK`, as `Blinder` does in English."""

    def __init__(
        self, language: str, names: Iterable[str], peoples: Iterable[str], kept: Sequence[str]
    ) -> None:
        """Args: `names` of States; `peoples`, masculine singular; `kept`, names that stay as they are."""
        self._language = language
        forms = {_plain(form) for people in peoples for form in inflected(people, language)}
        self._names = {_plain(name) for name in names}
        entries = sorted({*forms, *self._names, *(_plain(name) for name in kept)}, key=lambda e: (-len(e), e))
        self._kept = frozenset(_plain(name) for name in kept)
        self._people = frozenset(forms)
        words = "|".join(re.escape(entry) for entry in entries)
        article = _ARTICLES[language]
        self._pattern = re.compile(rf"(?<!\w)(?P<form>{_FORMS[language]}{article})?(?P<name>{words})(?!\w)")

    def blind(self, text: str) -> str:
        """`text` with each name of a State or its people replaced by `MASK`, composed (NFC). Idempotent."""
        text = unicodedata.normalize("NFC", text)
        pieces: list[str] = []
        done = 0
        for found in self._pattern.finditer(_plain(text)):
            (start, end), name = found.span("name"), found.group("name")
            is_name = name in self._names and _has_capital(text[start:end])
            if name in self._kept or not (is_name or name in self._people):
                continue
            if found.group("form") and is_name:
                start = found.start()
            pieces += [text[done:start], MASK]
            done = end
        masked = "".join([*pieces, text[done:]])
        for pattern, replacement in _BEFORE[self._language]:
            masked = pattern.sub(replacement, masked)
        return masked
