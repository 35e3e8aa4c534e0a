"""From blinded texts to features."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+")
_MEANS = frozenset({"by", "through", "including", "via"})
_LEAD_PAIRS = 6
_LEAD_ANYWHERE = 5


def words_of(text: str) -> list[str]:
    """Lower-case words and numbers of a text."""
    return _WORD.findall(text.lower())


class LeadWordEncoder:
    """Word and word-pair TF-IDF, beside the leading words marked with their position.

    The coder looks at the first verb, so "2=adopt" (third word) carries more than "adopt"; and a general action
    followed by the acts it consists of is specific, so "by + -ing" is a feature. Word features and lead features
    are each of a fixed length, so that neither drowns the other.
    """

    def __init__(self, lead_words: int, lead_weight: float, words: TfidfVectorizer, leads: CountVectorizer) -> None:
        """Args: fitted vectorizers; see `fit` and `from_vocabularies`."""
        self.lead_words = lead_words
        self.lead_weight = lead_weight
        self._words = words
        self._leads = leads

    @classmethod
    def fit(cls, texts: Sequence[str], lead_words: int, lead_weight: float, min_document_count: int, max_features: int) -> LeadWordEncoder:
        """Learn the vocabularies.

        Args:
            lead_words: how many words lead.
            lead_weight: length of the lead features' vector, where that of the word features is 1.
            min_document_count: texts that a feature must stand in.
            max_features: at most so many of each kind.
        """
        words = TfidfVectorizer(
            analyzer=word_features, min_df=min_document_count, max_features=max_features, sublinear_tf=True, dtype=np.float32
        ).fit(texts)
        leads = CountVectorizer(
            analyzer=LeadFeatures(lead_words), min_df=min_document_count, max_features=max_features, binary=True, dtype=np.float32
        ).fit(texts)
        return cls(lead_words, lead_weight, words, leads)

    @classmethod
    def from_vocabularies(
        cls, lead_words: int, lead_weight: float, words: Sequence[str], idf: npt.NDArray[np.float32], leads: Sequence[str]
    ) -> LeadWordEncoder:
        """The encoder from what `vocabularies` gave. Raises: ValueError if the lengths disagree."""
        tfidf = TfidfVectorizer(analyzer=word_features, vocabulary={w: i for i, w in enumerate(words)}, sublinear_tf=True, dtype=np.float32)
        tfidf.idf_ = idf
        count = CountVectorizer(
            analyzer=LeadFeatures(lead_words), vocabulary={w: i for i, w in enumerate(leads)}, binary=True, dtype=np.float32
        )
        return cls(lead_words, lead_weight, tfidf, count)

    def vocabularies(self) -> tuple[list[str], npt.NDArray[np.float32], list[str]]:
        """Word features in column order, their idf, and lead features in column order."""
        return (
            self._words.get_feature_names_out().tolist(),
            self._words.idf_.astype(np.float32),
            self._leads.get_feature_names_out().tolist(),
        )

    @property
    def word_columns(self) -> int:
        """How many of the first columns are word features; the others are lead features."""
        return len(self._words.vocabulary_)

    def encode(self, texts: Sequence[str]) -> Any:
        """(n, features) sparse CSR matrix, float32."""
        leads = self._leads.transform(texts)
        norms = np.sqrt(np.asarray(leads.sum(axis=1)).ravel())
        scaled = sparse.diags_array((self.lead_weight / np.maximum(norms, 1)).astype(np.float32)) @ leads
        return sparse.hstack([self._words.transform(texts), scaled], format="csr", dtype=np.float32)

    def known(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """(n,) share of each text's words that are in the vocabulary, 0 to 1; 0 for a text without words."""
        vocabulary = self._words.vocabulary_
        shares = np.zeros(len(texts), dtype=np.float32)
        for i, text in enumerate(texts):
            words = words_of(text)
            if words:
                shares[i] = sum(w in vocabulary for w in words) / len(words)
        return shares


def word_features(text: str) -> list[str]:
    """Words and pairs of neighbours."""
    words = words_of(text)
    return words + [f"{a} {b}" for a, b in pairwise(words)]


class LeadFeatures:
    """The leading words with their positions, and what follows "by" and its like."""

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
