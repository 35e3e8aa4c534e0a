"""Classifiers of other kinds, on the same rows: each in a module of its own, run by `benchmarks.classifiers`.

A peer's package is imported by its module only, so that one that is not installed stops no other. All of them
come with the extra `benchmark`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

FloatMatrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PeerTexts:
    """Coded rows as every peer gets them.

    Attributes:
        texts: cleaned, State names masked.
        actions: (n,) 1..5.
        tags: (n, T), in the order of the taxonomy.
        groups: (n,) integers, equal for rows with the same normalised text.
    """

    texts: list[str]
    actions: npt.NDArray[np.int64]
    tags: npt.NDArray[np.bool_]
    groups: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Answers:
    """What a peer says of texts, row by row.

    Attributes:
        actions: (n,) 1..5, or None if the peer does not code actions.
        tags: (n, T), or None if the peer gives no tags.
    """

    actions: npt.NDArray[np.int64] | None
    tags: npt.NDArray[np.bool_] | None


class Peer(Protocol):
    """A classifier of the comparison.

    Made without arguments; what it takes from training is what `save` writes.
    """

    def fit(self, train: PeerTexts, tune: PeerTexts) -> Mapping[str, Any]:
        """Learn from `train`; choose thresholds and options on `tune`.

        Returns: what was chosen, for the page, as plain JSON.
        """
        ...

    def save(self, folder: Path) -> None:
        """Write all that labelling needs into an empty folder."""
        ...

    def load(self, folder: Path) -> None:
        """Take up what `save` wrote."""
        ...

    def answer(self, texts: list[str]) -> Answers:
        """Code masked texts."""
        ...


@dataclass(frozen=True)
class Entry:
    """A line of the comparison.

    Attributes:
        title: as the table names it.
        where: module and class of the peer.
        package: the distribution that it rests on, whose version is recorded; "" for the project's own.
        splits: the splits that it is trained on.
    """

    title: str
    where: str
    package: str
    splits: tuple[str, ...] = ("session",)

    def make(self) -> Peer:
        """The peer, untrained. Raises: ImportError if its package is not installed."""
        module, name = self.where.rsplit(".", 1)
        peer: Peer = getattr(import_module(f"benchmarks.peers.{module}"), name)()
        return peer


_BOTH = ("session", "random")
ENTRIES: Mapping[str, Entry] = {
    "majority": Entry("majority", "baselines.Majority", "", _BOTH),
    "rules": Entry("codebook rules", "baselines.Rules", "", _BOTH),
    "linear": Entry("linear (this project)", "own.Linear", "scikit-learn", _BOTH),
    "fasttext": Entry("fastText", "fast_text.FastText", "fasttext-community", _BOTH),
    "minilm-frozen": Entry(
        "frozen MiniLM, logistic regression", "frozen_encoder.FrozenEncoder", "sentence-transformers"
    ),
    "spacy": Entry("spaCy textcat", "spacy_textcat.SpacyTextcat", "spacy"),
    "setfit": Entry("SetFit", "set_fit.SetFit", "setfit"),
    "ensemble": Entry("as `shipped`, one teacher", "own.Ensemble", "onnxruntime", ("random",)),
    "shipped": Entry("`shipped` (this project)", "own.Shipped", "onnxruntime"),
    "best": Entry("`best` (this project)", "own.Best", "onnxruntime"),
}
"""The comparison, in the order of the table: from what learns nothing to what learns most."""


def micro_f1(given: npt.NDArray[np.bool_], gold: npt.NDArray[np.bool_]) -> float:
    """F1 over all pairs of row and tag; 0 where there is none."""
    total = int(given.sum() + gold.sum())
    return float(2 * (given & gold).sum() / total) if total else 0.0
