"""What a recommendation asks for, as far as it is needed to compare two: instruments, acts, words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_WORD = re.compile(r"[^\W_]+")
_MARK = "instrument"
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ied", "ed", "es", "s", "y", "e")
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """One text.

    Attributes:
        words: its words in lower case, endings taken off, instruments as one word each.
        content: those of them that say what it is about, one for all of one meaning.
        instruments, acts, weaker: names of configs/threads.yaml that stand in it.
    """

    words: tuple[str, ...]
    content: frozenset[str]
    instruments: frozenset[str]
    acts: frozenset[str]
    weaker: frozenset[str]


class Reader:
    """Reads texts by the word lists of configs/threads.yaml."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        """Raises: KeyError, TypeError or AttributeError where the content has another shape."""
        names = {
            str(phrase).lower(): name
            for name, phrases in content["instruments"].items()
            for phrase in phrases
        }
        longest_first = sorted(names, key=len, reverse=True)
        self._instruments = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")
        self._names = names
        self._acts = _groups(content["acts"])
        self._weaker = _groups(content["weaker"])
        self._empty = {stem(str(word)) for word in content["without_content"]}
        self._one = {stem(str(word)): stem(str(words[0])) for words in content["one_word"] for word in words}

    def read(self, text: str) -> Reading:
        """The reading of one text."""
        lower = text.lower()
        found: set[str] = set()

        def mark(match: re.Match[str]) -> str:
            name = self._names[match[0]]
            found.add(name)
            return f" {_MARK}{name.replace('-', '')} "

        marked = self._instruments.sub(mark, lower)
        words = tuple(stem(word) for word in _WORD.findall(marked))
        return Reading(
            words,
            frozenset(
                self._one.get(w, w) for w in words if w not in self._empty and (len(w) > 1 or w.isdigit())
            ),
            frozenset(found),
            _standing(self._acts, lower),
            _standing(self._weaker, lower),
        )


def _groups(content: Mapping[str, Sequence[str]]) -> dict[str, re.Pattern[str]]:
    return {
        name: re.compile(r"(?<!\w)(?:" + "|".join(re.escape(str(p)) for p in phrases) + ")")
        for name, phrases in content.items()
    }


def _standing(groups: Mapping[str, re.Pattern[str]], text: str) -> frozenset[str]:
    return frozenset(name for name, pattern in groups.items() if pattern.search(text))


def stem(word: str) -> str:
    """A word without one of the commonest endings. Forms of a word may keep different stems.

    >>> [stem(word) for word in ("protecting", "protection", "protects", "ratify", "ratifying", "the")]
    ['protect', 'protection', 'protect', 'ratif', 'ratify', 'the']
    """
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word[: -len(ending)]
    return word
