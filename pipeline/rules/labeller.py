"""The rule labeller: action category and issue tags by the codebook, with the words that they depend on."""

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
from pipeline.rules.romance import RomanceWords
from pipeline.rules.tags import TagRules
from pipeline.rules.words import Words, lemmatiser


@dataclass(frozen=True, slots=True)
class RuleOpinion:
    """Labels of one text by the codebook's rules.

    Attributes:
        action: 1 to 5, or None where no rule applies.
        action_rule: the name of the rule that gave it, in words.
        action_spans: the words that it depends on, in order.
        tags: labels of the taxonomy, in order of appearance, conditional ones last.
        tag_spans: by label, the words that it depends on, in order.
    """

    action: int | None
    action_rule: str
    action_spans: tuple[Span, ...]
    tags: tuple[str, ...]
    tag_spans: Mapping[str, tuple[Span, ...]]


class _Reader:
    """The rules with their own vocabulary."""

    def __init__(self, codebook: Codebook) -> None:
        self.words = _words_for(codebook)
        self.actions = ActionRules(codebook, self.words)
        self.tags = TagRules(codebook, self.words)


class RuleLabeller:
    """Labels texts by the codebook. The labels of a text do not depend on other texts."""

    def __init__(self, codebook: Codebook, taxonomy: Taxonomy, most_words: int = 20_000) -> None:
        """Take the rules.

        Args:
            codebook: the rules.
            taxonomy: of the labels; rules for tags that it lacks are not used.
            most_words: size of the vocabulary (36,416 rows have 15,000 distinct words) above which it is
                cleared before the next texts, since spaCy keeps some 400 bytes for every distinct word.
        """
        self._codebook = codebook
        self._most_words = most_words
        self._reader = _Reader(codebook)
        self._labels = {tag.id: tag.label for tag in taxonomy.tags}
        self._columns = taxonomy.index

    @property
    def words_known(self) -> int:
        """Number of words in the vocabulary now."""
        return len(self._reader.words.vocab.strings)

    def lemmas(self, texts: Sequence[str]) -> list[str]:
        """The lemmas of each text as the rules see them, joined by spaces."""
        words = self._current().words
        return [" ".join(token.norm_ for token in words.document(text)) for text in texts]

    def label(self, texts: Sequence[str]) -> list[RuleOpinion]:
        """Labels of texts, in order. Texts may be masked or not; the mask itself is never a span."""
        reader = self._current()
        return [self._opinion(reader, text) for text in texts]

    def _current(self) -> _Reader:
        """The reader, anew where its vocabulary has grown too large."""
        if self.words_known > self._most_words:
            self._reader = _Reader(self._codebook)
        # Another thread may replace the reader meanwhile; a call continues with the one that it began with.
        return self._reader

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
        """Labels as features for the meta-model of an ensemble.

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
    """(n,) the category by the rules, from `RuleLabeller.features`; 0 where no rule applies."""
    given: np.ndarray[Any, np.dtype[np.int64]] = (features[:, :5] @ np.arange(1, 6)).astype(np.int64)
    return given


def _words_for(codebook: Codebook) -> Words:
    """The tokens and lemmas of the language that a codebook is for."""
    if codebook.language == "en":
        return Words(lemmatiser(_first_words(codebook), codebook.forms))
    verbs = _first_words(codebook) | {word for act in codebook.verbs for word in act.split()[1:2]}
    return RomanceWords(codebook.language, codebook.skipped, verbs, codebook.forms)


def _first_words(codebook: Codebook) -> set[str]:
    """The words whose verb forms are generated."""
    return {phrase.split()[0] for phrase in (*codebook.verbs, *codebook.open_verbs)}


def _spans(text: str, places: Any, found: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    """Token ranges as character spans, in order, without duplicates and without the mask at either end."""
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
