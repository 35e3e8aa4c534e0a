"""From blinded texts to features."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+")
_MEANS = frozenset({"by", "through", "including", "via"})
_LEAD_PAIRS = 6
_LEAD_ANYWHERE = 5


def words_of(text: str) -> list[str]:
    """Lower-case words and numbers of a text."""
    return _WORD.findall(text.lower())


class LeadWordEncoder:
    """TF-IDF of words and word pairs, and the leading words marked with their position.

    The coder looks at the first verb, so "2=adopt" (third word) is more informative than "adopt"; and a
    general action followed by the acts it consists of is specific, so "by + -ing" is a feature. The vectors
    of word features and of lead features each have a fixed length, so that neither dominates the other.
    """

    def __init__(
        self,
        lead_words: int,
        lead_weight: float,
        words: Sequence[str],
        idf: npt.NDArray[np.float32],
        leads: Sequence[str],
    ) -> None:
        """Args: what `fit` has learned; see `vocabularies`. Raises: ValueError if the lengths disagree."""
        if len(words) != len(idf):
            raise ValueError(f"there are {len(words)} words, but {len(idf)} idf values")
        self.lead_words = lead_words
        self.lead_weight = lead_weight
        self._words = {word: column for column, word in enumerate(words)}
        self._idf = idf
        self._leads = {lead: column for column, lead in enumerate(leads)}

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        lead_words: int,
        lead_weight: float,
        min_document_count: int,
        max_features: int,
    ) -> LeadWordEncoder:
        """Learn the vocabularies.

        Args:
            lead_words: how many words lead.
            lead_weight: length of the lead features' vector, where that of the word features is 1.
            min_document_count: least number of texts with the feature.
            max_features: at most so many features of each kind, the most frequent ones.
        """
        # Imported late: it would be half of the start-up time of a command that only labels.
        from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

        kept: dict[str, Any] = {
            "min_df": min_document_count,
            "max_features": max_features,
            "dtype": np.float32,
        }
        words = TfidfVectorizer(analyzer=word_features, **kept).fit(texts)
        leads = CountVectorizer(analyzer=LeadFeatures(lead_words), binary=True, **kept).fit(texts)
        names = (found.get_feature_names_out().tolist() for found in (words, leads))
        return cls(lead_words, lead_weight, next(names), words.idf_.astype(np.float32), next(names))

    def vocabularies(self) -> tuple[list[str], npt.NDArray[np.float32], list[str]]:
        """Word features in column order, their idf, and lead features in column order."""
        return list(self._words), self._idf, list(self._leads)

    @property
    def word_columns(self) -> int:
        """How many of the first columns are word features; the others are lead features."""
        return len(self._words)

    def encode(self, texts: Sequence[str]) -> Any:
        """(n, features) sparse CSR matrix, float32."""
        words = _counted(texts, word_features, self._words)
        words.data = (1 + np.log(words.data)) * self._idf[words.indices]
        leads = _counted(texts, LeadFeatures(self.lead_words), self._leads)
        leads.data[:] = 1
        _scale(words, 1.0)
        _scale(leads, self.lead_weight)
        return sparse.hstack([words, leads], format="csr", dtype=np.float32)

    def known(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """(n,) share of each text's words that are in the vocabulary, 0 to 1; 0 for a text without words."""
        vocabulary = self._words
        shares = np.zeros(len(texts), dtype=np.float32)
        for i, text in enumerate(texts):
            words = words_of(text)
            if words:
                shares[i] = sum(w in vocabulary for w in words) / len(words)
        return shares


def _counted(
    texts: Sequence[str], analyse: Callable[[str], Sequence[str]], columns: Mapping[str, int]
) -> Any:
    """(n, features) counts of the features of each text as a sparse CSR matrix, float32.

    Features without a column are ignored.
    """
    places, ends = array("i"), array("i", [0])
    for text in texts:
        places.extend([column for feature in analyse(text) if (column := columns.get(feature)) is not None])
        ends.append(len(places))
    ones = np.ones(len(places), dtype=np.float32)
    counted = sparse.csr_array(
        (ones, np.array(places, np.int32), np.array(ends, np.int32)), shape=(len(texts), len(columns))
    )
    counted.sum_duplicates()
    return counted


def _scale(matrix: Any, length: float) -> None:
    """Give each row that is not empty this Euclidean length."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    squares = np.bincount(rows, matrix.data.astype(np.float64) ** 2, minlength=matrix.shape[0])
    matrix.data *= (length / np.sqrt(squares[rows])).astype(np.float32)


def word_features(text: str) -> list[str]:
    """Words and pairs of neighbouring words.

    >>> word_features("Ratify the Convention")
    ['ratify', 'the', 'convention', 'ratify the', 'the convention']
    """
    words = words_of(text)
    return words + [f"{a} {b}" for a, b in pairwise(words)]


class LeadFeatures:
    """The leading words with their positions, and the words after "by", "through", "including" and "via"."""

    def __init__(self, lead_words: int) -> None:
        """Args: `lead_words`, how many words lead."""
        self._lead_words = lead_words

    def __call__(self, text: str) -> list[str]:
        """The lead features of a text."""
        words = words_of(text)
        lead = words[: self._lead_words]
        features = [f"{i}={w}" for i, w in enumerate(lead)]
        features += [f"<{a} {b}" for a, b in pairwise(lead[: _LEAD_PAIRS + 1])]
        features += [f"^{w}" for w in lead[:_LEAD_ANYWHERE]]
        for a, b in pairwise(words):
            if a in _MEANS:
                features.append(f"{a}+{b}")
                if b.endswith("ing"):
                    features.append(f"{a}+ing")
        return features
