"""The issue tags as a versioned vocabulary: spellings, aliases, definitions, and mappings between
versions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from pipeline.corpus.text import normalise

ACTIONS: Mapping[int, str] = {1: "Minimal", 2: "Continuing", 3: "Considering", 4: "General", 5: "Specific"}
"""The five action categories, ordinal (codebook, October 2014)."""


@dataclass(frozen=True)
class Tag:
    """An issue tag: `id` outlives renaming, `label` is this version's spelling."""

    id: str
    label: str
    definition: str = ""
    aliases: tuple[str, ...] = ()


class Taxonomy:
    """One version of the tag list. The order of `tags` is the order of every score matrix."""

    def __init__(self, version: str, tags: Iterable[Tag]) -> None:
        self.version = version
        self.tags = tuple(tags)
        self._by_key: dict[str, Tag] = {}
        for tag in self.tags:
            for spelling in (tag.label, *tag.aliases):
                holder = self._by_key.setdefault(normalise(spelling), tag)
                if holder is not tag:
                    raise ValueError(f"'{spelling}' is given for {holder.label} and for {tag.label}")

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The spellings, in the order of score matrices."""
        return tuple(t.label for t in self.tags)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Column of each label in a score matrix."""
        return {label: i for i, label in enumerate(self.labels)}

    def of_id(self, name: str) -> Tag | None:
        """The tag of an id, or None where this version has none."""
        return next((tag for tag in self.tags if tag.id == name), None)

    def find(self, label: str) -> Tag | None:
        """The tag of a spelling or alias (case and punctuation do not count), or None."""
        return self._by_key.get(normalise(label))

    def nearest(self, label: str) -> str | None:
        """The tag nearest in spelling, as a hint for a message; None if nothing is near."""
        from rapidfuzz import fuzz, process

        found = process.extractOne(normalise(label), self._by_key.keys(), scorer=fuzz.ratio, score_cutoff=60)
        return self._by_key[found[0]].label if found else None

    def map_to(self, other: Taxonomy, labels: Iterable[str], moved: Mapping[str, str | None]) -> list[str]:
        """Say labels of this version in another version's words.

        Args:
            other: the version to go to.
            labels: labels of this version.
            moved: by tag id, the id that takes its place in `other`, or None where it was dropped
                without a successor. Ids that stay need no entry.

        Returns: labels of `other`, in order, each once; dropped tags are left out.

        Raises: KeyError for a label that this version lacks or that has no way into `other`.
        """
        targets = {t.id: t.label for t in other.tags}
        result: dict[str, None] = {}
        for label in labels:
            tag = self.find(label)
            if tag is None:
                raise KeyError(label)
            target = moved.get(tag.id, tag.id)
            if target is not None:
                result[targets[target]] = None
        return list(result)
