"""Which of many texts are most similar to a given one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from pipeline.corpus.blinding import MASK
from pipeline.progress import Progress, silent

_CHUNK = 256
_LEAST = 0.05
"""Texts that are less similar share a common word by chance."""


class SimilarTexts:
    """Texts by which similar ones are found: cosine of word and word-pair TF-IDF.

    Names of States are masked and left out, so that a shared State makes no similarity.
    """

    def __init__(self, texts: Sequence[str], blind: Callable[[str], str]) -> None:
        """Args: `texts`, among which is searched; `blind`, which masks names of States."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._blind = blind
        self._vectoriser = TfidfVectorizer(
            ngram_range=(1, 2),
            sublinear_tf=True,
            min_df=1,
            max_df=0.5 if len(texts) > 50 else 1.0,
            dtype=np.float32,
        )
        self._known: Any = None
        if texts:
            try:
                known = self._vectoriser.fit_transform([self._nameless(text) for text in texts])
            except ValueError:  # no word occurs in any text
                return
            self._known = known.T.tocsr()

    def nearest(
        self, texts: Sequence[str], count: int, progress: Progress = silent
    ) -> list[list[tuple[int, float]]]:
        """For each text the places of its `count` most similar ones with their cosine (above 0.05), best
        first.
        """
        if self._known is None:
            return [[] for _ in texts]
        starts = progress(range(0, len(texts), _CHUNK), "finding precedents", -(-len(texts) // _CHUNK))
        return [found for start in starts for found in self._batch(texts[start : start + _CHUNK], count)]

    def _batch(self, texts: Sequence[str], count: int) -> Iterator[list[tuple[int, float]]]:
        batch = self._vectoriser.transform([self._nameless(text) for text in texts])
        scores = (batch @ self._known).toarray()
        top = np.argpartition(-scores, min(count, scores.shape[1]) - 1, axis=1)[:, :count]
        for row, places in zip(scores, top, strict=True):
            pairs = ((int(p), round(float(row[p]), 4)) for p in places if row[p] > _LEAST)
            yield sorted(pairs, key=lambda pair: (-pair[1], pair[0]))

    def _nameless(self, text: str) -> str:
        return self._blind(text).replace(MASK, " ")
