"""The issue tags by the codebook: set phrases, the longest first, and the merging rule for groups of victims."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spacy.matcher import PhraseMatcher

from pipeline.codebook import Codebook, Wording
from pipeline.words import Words

Place = tuple[int, int]
"""First token, and the one after the last."""

ANY = "*"
"""In `unless`: any tag at all."""


class TagRules:
    """The rules for the issue tags, on a document of `Words`."""

    def __init__(self, codebook: Codebook, words: Words) -> None:
        """Args: `words`, the vocabulary that the documents come from. Of equal phrases the last wording counts."""
        self._matcher = PhraseMatcher(words.vocab, attr="NORM")
        self._wordings: dict[int, Wording] = {}
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
        """Tag ids of a document, in order of appearance, with the places that carry each."""
        found: dict[str, list[Place]] = {}
        conditional: list[tuple[Wording, Place]] = []
        for key, start, end in _longest(self._matcher(document)):
            wording = self._wordings[key]
            if wording.unless:
                conditional.append((wording, (start, end)))
                continue
            for tag in wording.tags:
                found.setdefault(tag, []).append((start, end))
        present = frozenset(found)
        for wording, place in conditional:
            if not (present if ANY in wording.unless else present.intersection(wording.unless)):
                for tag in wording.tags:
                    found.setdefault(tag, []).append(place)
        return {tag: tuple(places) for tag, places in self._merged(found).items()}

    def _merged(self, found: dict[str, list[Place]]) -> dict[str, list[Place]]:
        """A group with more than one violation is tagged alone."""
        if not self._groups.isdisjoint(found) and len(self._violations.intersection(found)) > 1:
            return {tag: places for tag, places in found.items() if tag not in self._violations}
        return found


def _longest(matches: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Matches without those that overlap a longer one; of equally long ones the first stays."""
    if len(matches) < 2:
        return matches
    kept: list[tuple[int, int, int]] = []
    taken: set[int] = set()
    for match in sorted(matches, key=lambda m: (m[1] - m[2], m[1])):
        if taken.isdisjoint(range(match[1], match[2])):
            taken.update(range(match[1], match[2]))
            kept.append(match)
    kept.sort(key=lambda m: m[1])
    return kept
