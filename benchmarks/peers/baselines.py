"""Those who do not learn: the commonest labels, and the rules of the codebook."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers import Answers, PeerTexts
from pipeline import settings
from pipeline.rules.labeller import RuleLabeller
from pipeline.store.files import read_json, write_json
from pipeline.store.vocabularies import load_codebook, load_taxonomy

_FILE = "labels.json"


class Majority:
    """The commonest action and the commonest tag, for every text."""

    action = 0
    tag = 0
    tag_count = 0

    def fit(self, train: PeerTexts, tune: PeerTexts) -> Mapping[str, Any]:  # noqa: ARG002 - nothing to tune
        """Count."""
        self.action = int(np.bincount(train.actions).argmax())
        self.tag = int(train.tags.sum(axis=0).argmax())
        self.tag_count = train.tags.shape[1]
        return {}

    def save(self, folder: Path) -> None:
        """Write the two labels."""
        write_json(folder / _FILE, [self.action, self.tag, self.tag_count])

    def load(self, folder: Path) -> None:
        """Read the two labels."""
        self.action, self.tag, self.tag_count = read_json(folder / _FILE)

    def answer(self, texts: list[str]) -> Answers:
        """The same for each."""
        tags = np.zeros((len(texts), self.tag_count), dtype=bool)
        tags[:, self.tag] = True
        return Answers(np.full(len(texts), self.action, dtype=np.int64), tags)


class Rules:
    """The rules of configs/codebook.yaml; where none applies, the commonest action of the training part and
    no tag.
    """

    action = 0

    def __init__(self) -> None:
        taxonomy = load_taxonomy(settings.load().taxonomy)
        self._columns = taxonomy.index
        self._rules = RuleLabeller(load_codebook(), taxonomy)

    def fit(self, train: PeerTexts, tune: PeerTexts) -> Mapping[str, Any]:  # noqa: ARG002 - nothing to tune
        """Only the action for texts without an opinion is taken from the data."""
        self.action = int(np.bincount(train.actions).argmax())
        return {}

    def save(self, folder: Path) -> None:
        """Write that action; the rules are in the repository."""
        write_json(folder / _FILE, self.action)

    def load(self, folder: Path) -> None:
        """Read that action."""
        self.action = read_json(folder / _FILE)

    def answer(self, texts: list[str]) -> Answers:
        """The opinions as labels."""
        opinions = self._rules.label(texts)
        tags = np.zeros((len(texts), len(self._columns)), dtype=bool)
        for row, opinion in enumerate(opinions):
            tags[row, [self._columns[tag] for tag in opinion.tags]] = True
        return Answers(
            np.array([opinion.action or self.action for opinion in opinions], dtype=np.int64), tags
        )
