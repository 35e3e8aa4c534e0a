"""The codebook's rules for issue tags: set phrases, the longest first, and the merging rule for groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.rules.codebook import Codebook, SetPhrase
from pipeline.rules.words import PhraseMatcher, Words

Place = tuple[int, int]
"""First token, and the one after the last."""

ANY = "*"
"""In `unless`: any tag at all."""

_Match = tuple[bool, int, int, SetPhrase]
"""Whether the wording has conditions, first token, the one after the last, and the wording."""


class TagRules:
    """The rules for the issue tags, on a document of `Words`."""

    def __init__(self, codebook: Codebook, words: Words) -> None:
        """Args: `words`, the vocabulary that the documents come from. Of equal phrases the last is used."""
        self._matcher = PhraseMatcher(words.vocab, attr="NORM")
        self._wordings: dict[int, SetPhrase] = {}
        owners: dict[tuple[int, ...], tuple[int, Any]] = {}
        for number, wording in enumerate(codebook.wordings):
            for phrase in wording.phrases:
                owners[words.numbers(phrase)] = (number, words.document(phrase))
        for number, wording in enumerate(codebook.wordings):
            documents = [document for owner, document in owners.values() if owner == number]
            if documents:
                self._matcher.add(str(number), documents)
                self._wordings[words.vocab.strings[str(number)]] = wording
        self._groups = frozenset(codebook.groups)
        self._violations = frozenset(codebook.violations)

    def read(self, document: Any) -> Mapping[str, tuple[Place, ...]]:
        """Tag ids of a document with the token ranges that they depend on.

        They are in order of appearance; tags with conditions come last.
        """
        matches = [
            (bool(self._wordings[key].unless), start, end, self._wordings[key])
            for key, start, end in self._matcher(document)
        ]
        found: dict[str, list[Place]] = {}
        present: frozenset[str] | None = None
        for conditional, start, end, wording in _longest(matches):
            if conditional:
                present = frozenset(found) if present is None else present
                if present if ANY in wording.unless else present.intersection(wording.unless):
                    continue
            for tag in wording.tags:
                found.setdefault(tag, []).append((start, end))
        return {tag: tuple(places) for tag, places in self._merged(found).items()}

    def _merged(self, found: dict[str, list[Place]]) -> dict[str, list[Place]]:
        """A group with more than one violation is tagged alone."""
        if not self._groups.isdisjoint(found) and len(self._violations.intersection(found)) > 1:
            return {tag: places for tag, places in found.items() if tag not in self._violations}
        return found


def _longest(matches: list[_Match]) -> list[_Match]:
    """Matches without those that overlap a longer one, or an earlier one of the same length.

    Conditional matches come last, and are dropped where they overlap any other.
    """
    if len(matches) < 2:
        return matches
    kept: list[_Match] = []
    taken: set[int] = set()
    for match in sorted(matches, key=lambda m: (m[0], m[1] - m[2], m[1])):
        if taken.isdisjoint(range(match[1], match[2])):
            taken.update(range(match[1], match[2]))
            kept.append(match)
    kept.sort(key=lambda m: (m[0], m[1]))
    return kept
