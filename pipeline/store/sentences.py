"""What pages say to people: sentences in one file a language; numbers and plurals by the language's rules.

A package with the files `en.yaml`, `fr.yaml` and `es.yaml` is one set of `Sentences`: the desk has one, so
have the pages of a release and the charts. All of them speak the language of the block `speaking`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from importlib.resources import files

import yaml

from pipeline.store.names import LANGUAGES, typeset

OWN_NAMES: Mapping[str, str] = {"en": "English", "fr": "Français", "es": "Español"}
"""What each language calls itself."""
UNDEFINED = "–"

_PLURALS = frozenset({"zero", "one", "two", "few", "many", "other"})
_current: ContextVar[str] = ContextVar("language", default=LANGUAGES[0])

Sentence = str | Mapping[str, str]
"""A string, or one for each plural category of the number `n` in it."""


def language() -> str:
    """The language that is spoken now."""
    return _current.get()


@contextmanager
def speaking(wanted: str | None) -> Iterator[None]:
    """Speak a language within the block; the first of `LANGUAGES` for one that there is not."""
    token = _current.set(wanted if wanted in LANGUAGES else LANGUAGES[0])
    try:
        yield
    finally:
        _current.reset(token)


class Sentences:
    """The sentences of one package, by key; nested keys are joined by dots.

    Args: `package`, whose folder holds a YAML file for each language.
    """

    def __init__(self, package: str) -> None:
        self._package = package
        self.load = cache(self._load)

    def _load(self, wanted: str = LANGUAGES[0]) -> dict[str, Sentence]:
        text = files(self._package).joinpath(f"{wanted}.yaml").read_text(encoding="utf-8")
        return {key: _typeset(one, wanted) for key, one in _flatten(yaml.safe_load(text), "")}

    def sentence(self, key: str, **values: object) -> str:
        """A string with its gaps open, in the plural that `n` asks for. Raises: KeyError if it is unknown."""
        found = self.load(language())[key]
        if isinstance(found, str):
            return found
        n = values.get("n", 0)
        category = _plural(language())(n) if isinstance(n, int) else "other"
        return found.get(category, found["other"])

    def forms(self, key: str) -> dict[str, str]:
        """A string by plural category, for a script that counts."""
        found = self.load(language())[key]
        return {"other": found} if isinstance(found, str) else dict(found)

    def say(self, key: str, **values: object) -> str:
        """A string with its gaps filled. Raises: KeyError for an unknown key or a gap without value."""
        return self.sentence(key, **values).format(**filled(values))


def filled(values: Mapping[str, object]) -> dict[str, object]:
    """Values as they stand in a sentence: numbers as the language writes them."""
    return {k: count(v) if isinstance(v, int) and not isinstance(v, bool) else v for k, v in values.items()}


def count(value: int) -> str:
    """A number of things, as the language writes it: 1,234, 1 234 or 1.234."""
    return _count(int(value), language())


@lru_cache(maxsize=65_536)
def _count(value: int, wanted: str) -> str:
    from babel.numbers import format_decimal

    return str(format_decimal(value, locale=wanted))


def decimal(value: float, digits: int) -> str:
    """A figure with so many decimals, as the language writes it; a dash where it is not defined."""
    if math.isnan(value):
        return UNDEFINED
    # Rounded alike in all languages, so that pages in several of them show the same figure.
    return f"{value:.{digits}f}".replace(".", _signs(language())[0])


def percent(share: float, digits: int) -> str:
    """A share as per cent, as the language writes it: 33.2%, or 33,2 %; a dash where it is not defined."""
    shown = decimal(100 * share, digits)
    return shown if shown == UNDEFINED else _signs(language())[1].format(shown)


@cache
def _signs(wanted: str) -> tuple[str, str]:
    """The decimal sign of a language, and where its sign of per cent stands, with which space."""
    from babel.numbers import format_percent, get_decimal_symbol

    return get_decimal_symbol(wanted), format_percent(0.01, locale=wanted).replace("1", "{}")


def _typeset(sentence: Sentence, wanted: str) -> Sentence:
    if isinstance(sentence, str):
        return typeset(sentence, wanted)
    return {category: typeset(text, wanted) for category, text in sentence.items()}


def _flatten(node: object, prefix: str) -> list[tuple[str, Sentence]]:
    if isinstance(node, dict):
        if "other" in node and _PLURALS.issuperset(node):
            return [(prefix, {category: str(text).strip() for category, text in node.items()})]
        return [
            pair
            for key, value in node.items()
            for pair in _flatten(value, f"{prefix}.{key}" if prefix else str(key))
        ]
    return [(prefix, str(node).strip())]


@cache
def _plural(wanted: str) -> Callable[[int], str]:
    from babel import Locale  # takes long to import, and commands need words only

    return Locale(wanted).plural_form
