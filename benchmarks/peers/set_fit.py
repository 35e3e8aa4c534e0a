"""SetFit: a sentence encoder tuned by contrasting pairs of texts, then a logistic regression; one for each
task.

On all 30,000 texts it would have to list 450 million pairs before the first step, and take days on two cores.
So it gets a
budget: pairs from a sample of texts and a fixed number of steps; the second phase, the regression, gets more
    texts.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from datasets import Dataset
from setfit import SetFitModel, Trainer, TrainingArguments

from benchmarks.peers import Answers, PeerTexts, micro_f1
from benchmarks.peers.frozen_encoder import encoder_folder, readable
from pipeline.models.confidence import best_tag_threshold
from pipeline.store.files import read_json, write_json

A_CATEGORY = 100
"""Texts of each action category whose pairs are contrasted."""
A_TAG = 12
"""The same for each tag."""
STEPS = 100
"""Steps of the first phase, each with a batch of 16 pairs, as SetFit has it."""
HEAD_TEXTS = 10_000
"""Texts of the second phase, drawn at random."""
_SEED = 0


class SetFit:
    """Two SetFit models; the tags by its strategy "one-vs-rest"."""

    action: Any
    tag: Any
    tag_limit = 0.5

    def fit(self, train: PeerTexts, tune: PeerTexts) -> Mapping[str, Any]:
        """Both phases for each task; the tag threshold from the tuning part."""
        torch.set_num_threads(1)
        draw = np.random.default_rng(_SEED)
        texts, tune_texts = readable(train.texts), readable(tune.texts)
        by_category = [np.flatnonzero(train.actions == category) for category in range(1, 6)]
        of_actions = np.unique(np.concatenate([_some(draw, rows, A_CATEGORY) for rows in by_category]))
        of_tags = np.unique(
            np.concatenate([_some(draw, np.flatnonzero(gold), A_TAG) for gold in train.tags.T])
        )
        of_heads = _some(draw, np.arange(len(texts)), HEAD_TEXTS)
        self.action = _trained(texts, train.actions.tolist(), of_actions, of_heads, None)
        self.tag = _trained(texts, train.tags.astype(int).tolist(), of_tags, of_heads, "one-vs-rest")
        scores = self.tag.predict_proba(tune_texts, as_numpy=True, show_progress_bar=False)
        self.tag_limit = best_tag_threshold(scores.astype(np.float32), tune.tags)
        return {
            "texts contrasted for the action": len(of_actions),
            "texts contrasted for the tags": len(of_tags),
            "steps of 16 pairs": STEPS,
            "texts of the regressions": len(of_heads),
            "tags, session 17": round(micro_f1(scores >= self.tag_limit, tune.tags), 4),
            "tag threshold": round(self.tag_limit, 3),
        }

    def save(self, folder: Path) -> None:
        """Write both models."""
        self.action.save_pretrained(str(folder / "action"))
        self.tag.save_pretrained(str(folder / "tags"))
        write_json(folder / "limit.json", self.tag_limit)

    def load(self, folder: Path) -> None:
        """Read both models."""
        torch.set_num_threads(1)
        self.action = SetFitModel.from_pretrained(str(folder / "action"), device="cpu")
        self.tag = SetFitModel.from_pretrained(
            str(folder / "tags"), device="cpu", multi_target_strategy="one-vs-rest"
        )
        self.tag_limit = read_json(folder / "limit.json")

    def answer(self, texts: list[str]) -> Answers:
        """The labels of both."""
        said = readable(texts)
        actions = self.action.predict_proba(said, as_numpy=True, show_progress_bar=False).argmax(axis=1)
        tags = self.tag.predict_proba(said, as_numpy=True, show_progress_bar=False) >= self.tag_limit
        return Answers(self.action.model_head.classes_[actions].astype(np.int64), tags)


def _some(draw: np.random.Generator, rows: Any, count: int) -> Any:
    """At most `count` of the rows, each once."""
    return rows if len(rows) <= count else np.sort(draw.choice(rows, count, replace=False))


def _trained(
    texts: list[str], labels: list[Any], contrasted: Any, regressed: Any, strategy: str | None
) -> Any:
    model = SetFitModel.from_pretrained(str(encoder_folder()), device="cpu", multi_target_strategy=strategy)
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder,
            max_steps=STEPS,
            save_strategy="no",
            report_to="none",
            show_progress_bar=False,
            seed=_SEED,
        )
        sample = Dataset.from_dict(
            {"text": [texts[i] for i in contrasted], "label": [labels[i] for i in contrasted]}
        )
        trainer = Trainer(model=model, args=arguments, train_dataset=sample)
        trainer.train_embeddings(list(sample["text"]), list(sample["label"]), args=arguments)
        model.fit([texts[i] for i in regressed], [labels[i] for i in regressed], num_epochs=1)
    return model
