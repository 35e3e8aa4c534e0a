"""What the charts of a corpus say, in one file a language, and the names of what they show."""

from __future__ import annotations

import math
from functools import lru_cache

from pipeline.charts.drawing import percent
from pipeline.store import names
from pipeline.store.sentences import UNDEFINED, Sentences, language

SENTENCES = Sentences(__name__)
say, forms = SENTENCES.say, SENTENCES.forms


def tag(label: str) -> str:
    """An issue tag, by its English label."""
    return names.tag_name(label, language())


def category(action: int) -> str:
    """An action category with its number, such as "5 Specific"."""
    return f"{action} {names.action_name(action, language())}"


def category_word(action: int) -> str:
    """An action category within a sentence."""
    return names.action_name(action, language()).lower()


def state(name: str) -> str:
    """A State. In English as the tables call it."""
    return name if language() == names.LANGUAGES[0] else _state(name, language())


@lru_cache(maxsize=4_096)
def _state(name: str, wanted: str) -> str:
    return names.state_name(name, wanted)


def region(code: str) -> str:
    """A regional group, by the short name that tables have; another word as it is."""
    key = f"region.{code}"
    return say(key) if key in SENTENCES.load() else code


def response(word: str) -> str:
    """What became of a recommendation. Args: `word`, as tables have it, such as "Supported"."""
    return say(f"response.{word.lower()}")


def responses_of_many(word: str) -> str:
    """The same as the head of a column that counts recommendations."""
    return say(f"responses.{word.lower()}")


def interval_text(low: float, high: float) -> str:
    """An interval of a share: "31.5% to 34.9%"; a dash where it is undefined."""
    if math.isnan(low):
        return UNDEFINED
    return say("interval", low=percent(low), high=percent(high))


def heads(*keys: str) -> tuple[str, ...]:
    """Heads of the columns of a table, by their keys."""
    return tuple(say(f"head.{key}") for key in keys)
