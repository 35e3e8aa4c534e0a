"""The rule labeller: action category and issue tags straight from the codebook, with the words that carry
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.corpus.blinding import MASK
from pipeline.corpus.taxonomy import Taxonomy
from pipeline.corpus.text import Span
from pipeline.rules.actions import ActionRules
from pipeline.rules.codebook import Codebook
from pipeline.rules.tags import TagRules
from pipeline.rules.words import Words, lemmatiser


@dataclass(frozen=True, slots=True)
class RuleOpinion:
    """What the codebook's rules say of one text.

    Attributes:
        action: 1 to 5, or None where no rule applies.
        action_rule: the name of the rule that gave it, in words.
        action_spans: the words that carry it, in order.
        tags: labels of the taxonomy, in order of appearance, conditional ones last.
        tag_spans: by label, the words that carry it, in order.
    """

    action: int | None
    action_rule: str
    action_spans: tuple[Span, ...]
    tags: tuple[str, ...]
    tag_spans: Mapping[str, tuple[Span, ...]]


class _Reader:
    """The rules with a vocabulary of their own."""

    def __init__(self, codebook: Codebook) -> None:
        self.words = Words(lemmatiser(_first_words(codebook), codebook.forms))
        self.actions = ActionRules(codebook, self.words)
        self.tags = TagRules(codebook, self.words)


class RuleLabeller:
    """Labels texts by the codebook; deterministic, the same for a text whatever stands beside it."""

    def __init__(self, codebook: Codebook, taxonomy: Taxonomy, most_words: int = 20_000) -> None:
        """Take the rules.

        Args:
            taxonomy: gives the labels; wordings of tags that it lacks are left out.
            most_words: how many different words are remembered (36,416 rows bring 15,000); beyond, the
                vocabulary is begun anew before the next texts, since spaCy keeps some 400 bytes for every
                word that it ever met.
        """
        self._codebook = codebook
        self._most_words = most_words
        self._reader = _Reader(codebook)
        self._labels = {tag.id: tag.label for tag in taxonomy.tags}
        self._columns = taxonomy.index

    @property
    def words_known(self) -> int:
        """How many words are remembered now."""
        return len(self._reader.words.vocab.strings)

    def label(self, texts: Sequence[str]) -> list[RuleOpinion]:
        """One opinion a text, in order. Texts may be masked or not; the mask itself is never a span."""
        if self.words_known > self._most_words:
            self._reader = _Reader(self._codebook)
        # Threads that label at the same time each go on with the reader that they began with.
        reader = self._reader
        return [self._opinion(reader, text) for text in texts]

    def _opinion(self, reader: _Reader, text: str) -> RuleOpinion:
        document = reader.words.document(text)
        tokens, places = reader.words.table(document)
        reading = reader.actions.read(tokens)
        tags = {
            self._labels[tag]: _spans(text, places, found)
            for tag, found in reader.tags.read(document).items()
            if tag in self._labels
        }
        return RuleOpinion(
            reading.action, reading.rule, _spans(text, places, reading.places), tuple(tags), tags
        )

    def features(self, opinions: Iterable[RuleOpinion]) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Opinions as numbers, for a model to stack on.

        Returns: shape (n_opinions, 5 + n_tags), 0 or 1: one column an action (all 0 where None), one a tag in
        the taxonomy's order.
        """
        rows = list(opinions)
        matrix = np.zeros((len(rows), 5 + len(self._columns)), dtype=np.float32)
        for row, opinion in enumerate(rows):
            if opinion.action is not None:
                matrix[row, opinion.action - 1] = 1.0
            for tag in opinion.tags:
                matrix[row, 5 + self._columns[tag]] = 1.0
        return matrix


def ruled_actions(features: np.ndarray[Any, np.dtype[np.float32]]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """(n,) the category that rules gave, from `RuleLabeller.features`; 0 where none applies."""
    given: np.ndarray[Any, np.dtype[np.int64]] = (features[:, :5] @ np.arange(1, 6)).astype(np.int64)
    return given


def _first_words(codebook: Codebook) -> set[str]:
    """The words whose verb forms are generated."""
    return {phrase.split()[0] for phrase in (*codebook.verbs, *codebook.open_verbs)}


def _spans(text: str, places: Any, found: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    """Token places as character spans, in order, each once, without the mask at either end."""
    spans: set[Span] = set()
    for first, after in found:
        start, end = int(places[first][0]), int(places[after - 1][0]) + int(places[after - 1][1])
        while text.startswith(MASK, start):
            start += len(MASK)
            while start < end and not text[start].isalnum():
                start += 1
        if text.endswith(MASK, start, end):
            end = start + len(text[start : end - len(MASK)].rstrip(" -"))
        if start < end:
            spans.add(Span(start, end))
    return tuple(sorted(spans))
