"""spaCy's text classifier in its default, an ensemble of a small network and a bag of words: one for each
task.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import spacy
import spacy.util
from spacy.training import Example

from benchmarks.peers import Answers, FloatMatrix, PeerTexts, micro_f1
from pipeline.models.confidence import best_tag_threshold
from pipeline.store.files import read_json, write_json

_EPOCHS = 6
_BATCH = 64
_DROPOUT = 0.2
_SEED = 0


class SpacyTextcat:
    """`textcat` for the action and `textcat_multilabel` for the tags; of six epochs the best on the tuning
    part is kept.
    """

    action: Any
    tag: Any
    tag_limit = 0.5

    def fit(self, train: PeerTexts, tune: PeerTexts) -> Mapping[str, Any]:
        """Train both, with spaCy's own optimiser and averaged weights."""
        count = train.tags.shape[1]
        actions = [{str(a): float(a == gold) for a in range(1, 6)} for gold in train.actions.tolist()]
        tags = [{str(t): float(given) for t, given in enumerate(row)} for row in train.tags.tolist()]

        def right(language: Any) -> float:
            scores = _scores(language, tune.texts, [str(a) for a in range(1, 6)])
            return float((scores.argmax(axis=1) + 1 == tune.actions).mean())

        def f1(language: Any) -> float:
            scores = _scores(language, tune.texts, [str(t) for t in range(count)])
            return micro_f1(scores >= best_tag_threshold(scores.astype(np.float32), tune.tags), tune.tags)

        self.action, of_actions = _train("textcat", train.texts, actions, right)
        self.tag, of_tags = _train("textcat_multilabel", train.texts, tags, f1)
        scores = _scores(self.tag, tune.texts, [str(t) for t in range(count)])
        self.tag_limit = best_tag_threshold(scores.astype(np.float32), tune.tags)
        return {
            "action by epoch, session 17": of_actions,
            "tags by epoch, session 17": of_tags,
            "tag threshold": round(self.tag_limit, 3),
        }

    def save(self, folder: Path) -> None:
        """Write both pipelines."""
        self.action.to_disk(folder / "action")
        self.tag.to_disk(folder / "tags")
        write_json(folder / "limit.json", self.tag_limit)

    def load(self, folder: Path) -> None:
        """Read both pipelines."""
        self.action, self.tag = spacy.load(folder / "action"), spacy.load(folder / "tags")
        self.tag_limit = read_json(folder / "limit.json")

    def answer(self, texts: list[str]) -> Answers:
        """The labels of both."""
        count = len(self.tag.get_pipe("textcat_multilabel").labels)
        actions = _scores(self.action, texts, [str(a) for a in range(1, 6)]).argmax(axis=1) + 1
        return Answers(
            actions.astype(np.int64),
            _scores(self.tag, texts, [str(t) for t in range(count)]) >= self.tag_limit,
        )


def _train(
    kind: str, texts: list[str], cats: list[dict[str, float]], quality: Any
) -> tuple[Any, list[float]]:
    """A pipeline with one component, and what it was worth on the tuning part after each epoch."""
    library: Any = spacy.util
    library.fix_random_seed(_SEED)
    order = random.Random(_SEED)
    language = spacy.blank("en")
    component: Any = language.add_pipe(kind)
    for label in cats[0]:
        component.add_label(label)
    examples = [
        Example.from_dict(language.make_doc(text), {"cats": c}) for text, c in zip(texts, cats, strict=True)
    ]
    optimiser = language.initialize(lambda: examples[:1000])
    found: list[float] = []
    best = b""
    for _ in range(_EPOCHS):
        order.shuffle(examples)
        for batch in library.minibatch(examples, _BATCH):
            language.update(batch, sgd=optimiser, drop=_DROPOUT)
        with language.use_params(optimiser.averages):
            found.append(round(quality(language), 4))
            if found[-1] == max(found):
                best = language.to_bytes()
    return language.from_bytes(best), found


def _scores(language: Any, texts: list[str], labels: list[str]) -> FloatMatrix:
    return np.array([[doc.cats[label] for label in labels] for doc in language.pipe(texts, batch_size=256)])
