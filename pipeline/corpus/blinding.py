"""Blindness: what a model sees never names a State or its people, as UPR Info's coders never saw one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

from pipeline.corpus.states import States

MASK = "Xstate"
"""The word that stands for a State's name or demonym in what a model sees."""

# A hyphen ends a word here: "non-Albanian" and "Afro-Cuban" name a people too.
_CANDIDATE = re.compile(r"(?<!\w)(?:[A-ZÀ-Þ][\w’'.]*|former)")


# "the Republic of Slovenia" must look like "Slovenia", also where the list of States has not this form of its
# name.
_FORM = re.compile(
    r"(?<!\w)(?:(?:Arab|Bolivarian|Co-operative|Democratic|Federal|Federative|Federated|Hashemite|Independent|Islamic|"
    r"People['’]s|Plurinational|Socialist|United|former|Former) )*"
    r"(?:Commonwealth|Emirate|Grand Duchy|Kingdom|Principality|Republic|State|States|Sultanate|Union) of $"
)


class Mask(Protocol):
    """What masks the names of States in a text."""

    def blind(self, text: str) -> str:
        """`text` with each name of a State or its people replaced by `MASK`. Idempotent."""
        ...


class Blinder:
    """Replaces names of States (with their article) and of their people by `MASK`, except inside names that
    stay.

    A name counts only where it is written as one (capital letter, whole word), so that "turkey" or
    "us" stay; kept names (instruments, courts, regions that contain such a word) win over the mask.
    """

    def __init__(self, states: States, kept: Iterable[str]) -> None:
        """Args: `kept`, names in which nothing is masked, e.g. "American Convention on Human Rights"."""
        entries: dict[str, str] = {}
        for state in states.all:
            for spelling in (state.name, state.un_name, *state.aliases):
                entries[re.sub(r"^[Tt]he ", "", spelling)] = "name"
        # A name wins over the same word for a people ("the Philippines" is a State with its article).
        for demonym in (demonym for state in states.all for demonym in state.demonyms):
            entries.setdefault(demonym, "people")
            entries.setdefault(demonym + "s", "people")
        for name in list(entries):
            entries[name.replace("'", "’")] = entries[name]
        for name in kept:
            entries[name] = "kept"
        for name in list(entries):  # headings and some documents are in capitals throughout
            entries.setdefault(name.upper(), entries[name])
        # Grouped by what the candidate pattern would match first, longest spelling first.
        self._starting: dict[str, list[tuple[str, str]]] = {}
        for name, kind in sorted(entries.items(), key=lambda e: (-len(e[0]), e[0])):
            first = _CANDIDATE.match(name)
            if first is None:
                raise ValueError(f"'{name}' does not start with a capital letter")
            self._starting.setdefault(_stem(first.group()), []).append((name, kind))

    def blind(self, text: str) -> str:
        """`text` with each name of a State or its people replaced by `MASK`. Idempotent."""
        pieces: list[str] = []
        done = 0
        for candidate in _CANDIDATE.finditer(text):
            start = candidate.start()
            if start < done:
                continue
            for name, kind in self._starting.get(_stem(candidate.group()), ()):
                end = start + len(name)
                if text.startswith(name, start) and not text[end : end + 1].isalnum():
                    pieces.append(
                        text[done:end] if kind == "kept" else _before(text[done:start], kind) + MASK
                    )
                    done = end
                    break
        pieces.append(text[done:])
        return "".join(pieces)


def _before(text: str, kind: str) -> str:
    """`text` without the form and the article of the State's name that follows: "the Netherlands" must look
    like "Germany".
    """
    if kind != "name":
        return text
    text = _without_article(text)
    form = _FORM.search(text) if text.endswith(" of ") else None
    return text if form is None else _without_article(text[: form.start()])


def _without_article(text: str) -> str:
    return text[:-4] if text[-4:].lower() == "the " and not text[-5:-4].isalnum() else text


def _stem(word: str) -> str:
    """The first letters of a candidate: enough to look up, the same whatever clings to its end."""
    return word[:4].rstrip("’'.-,s")
