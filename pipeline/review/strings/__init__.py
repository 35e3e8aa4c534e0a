"""Everything the desk says to people, in one file a language; numbers and plurals by the language's rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

import yaml

from pipeline.corpus.taxonomy import ACTIONS
from pipeline.store import names

LANGUAGES = names.LANGUAGES
"""Languages that the desk speaks; the first where nothing else is asked for."""

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


def asked_language(accepted: str) -> str | None:
    """The language of the desk that a browser likes best, from its Accept-Language header; None for none."""
    from babel import negotiate_locale

    ranked = []
    for place, part in enumerate(accepted[:500].split(",")):
        name, _, quality = part.strip().partition(";q=")
        try:
            ranked.append((-float(quality or 1), place, name.strip().replace("-", "_")))
        except ValueError:
            continue
    return negotiate_locale([name for _, _, name in sorted(ranked)], LANGUAGES)


@cache
def load_strings(wanted: str = LANGUAGES[0]) -> dict[str, Sentence]:
    """The strings of a language, by key; nested keys are joined by dots."""
    content = yaml.safe_load(files(__name__).joinpath(f"{wanted}.yaml").read_text(encoding="utf-8"))
    # Names of categories are of the vocabulary, where also other pages take them from.
    found = {key: _typeset(sentence, wanted) for key, sentence in _flatten(content, "")}
    return found | {f"action.name.{n}": names.action_name(n, wanted) for n in ACTIONS}


def _typeset(sentence: Sentence, wanted: str) -> Sentence:
    if isinstance(sentence, str):
        return names.typeset(sentence, wanted)
    return {category: names.typeset(text, wanted) for category, text in sentence.items()}


def reason_in_words(code: str) -> str:
    """A reason for review as people read it; a reason of others is a sentence already, and stays."""
    key = f"reason.{code}"
    return say(key) if key in load_strings() else code


def rule_in_words(rule: str, action: str) -> str:
    """What the codebook's rules say, by the name of the rule that says it."""
    key = f"rule.{rule.replace(' ', '-')}"
    return say(key if key in load_strings() else "rule.other", action=action)


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


def sentence(key: str, **values: object) -> str:
    """A string with its gaps open, in the plural that `n` asks for. Raises: KeyError for an unknown key."""
    found = load_strings(language())[key]
    if isinstance(found, str):
        return found
    n = values.get("n", 0)
    category = _plural(language())(n) if isinstance(n, int) else "other"
    return found.get(category, found["other"])


def forms(key: str) -> dict[str, str]:
    """A string by plural category, for a script that counts."""
    found = load_strings(language())[key]
    return {"other": found} if isinstance(found, str) else dict(found)


def filled(values: Mapping[str, object]) -> dict[str, object]:
    """Values as they stand in a sentence: numbers as the language writes them."""
    return {k: count(v) if isinstance(v, int) and not isinstance(v, bool) else v for k, v in values.items()}


def count(value: int) -> str:
    """A number of things, as the language writes it."""
    from babel.numbers import format_decimal

    return str(format_decimal(value, locale=language()))


def say(key: str, **values: object) -> str:
    """A string with its gaps filled. Raises: KeyError for an unknown key or a gap without value."""
    return sentence(key, **values).format(**filled(values))
