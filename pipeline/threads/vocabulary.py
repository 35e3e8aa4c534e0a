"""Known words: how rare they are, and a vector of the meaning of each."""

from __future__ import annotations

import base64
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]


class Vocabulary:
    """Words with their weights and vectors.

    Attributes:
        frequencies: word to its inverse document frequency.
        vectors: (V, K), one row a word in alphabetical order. The sum of the rows of a text's words, by their
            weights, approximates the vector that a sentence encoder gives the text.
    """

    def __init__(self, frequencies: Mapping[str, float], vectors: Vector) -> None:
        """Raises: ValueError where there are not as many vectors as words."""
        if len(vectors) != len(frequencies):
            raise ValueError(f"there are {len(vectors)} vectors of {len(frequencies)} words")
        self.frequencies = frequencies
        self.vectors = vectors
        self._rows = {word: row for row, word in enumerate(sorted(frequencies))}
        self._unknown = max(frequencies.values(), default=1.0)

    def weight(self, word: str) -> float:
        """Inverse document frequency; of an unknown word, the highest of all known ones."""
        return self.frequencies.get(word, self._unknown)

    def weights(self, words: Iterable[str]) -> dict[str, float]:
        """Word to its inverse document frequency times the logarithm of its count."""
        return {word: self.weight(word) * (1 + math.log(n)) for word, n in Counter(words).items()}

    def meaning(self, weights: Mapping[str, float]) -> Vector:
        """(K,) the vector of a text, of length 1; zeros where none of its words is known."""
        known = [word for word in weights if word in self._rows]
        factors = np.array([weights[word] for word in known], dtype=np.float32)
        vector = factors @ self.vectors[[self._rows[word] for word in known]]
        length = float(np.linalg.norm(vector))
        return np.asarray(vector / length if length else vector, dtype=np.float32)

    def content(self) -> dict[str, Any]:
        """The part of configs/threads_model.json that `from_content` reads; vectors must be whole numbers."""
        values = self.vectors.astype(np.int8)
        coded = base64.b64encode(values.tobytes()).decode("ascii")
        return {
            "frequencies": dict(sorted(self.frequencies.items())),
            "vectors": {"size": int(values.shape[1]), "values": coded},
        }

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> Vocabulary:
        """The vocabulary from the content of configs/threads_model.json.

        Raises: KeyError, TypeError or ValueError where the content has another shape.
        """
        part = content["vectors"]
        values = np.frombuffer(base64.b64decode(part["values"]), dtype=np.int8)
        return cls(content["frequencies"], values.reshape(-1, part["size"]).astype(np.float32))
