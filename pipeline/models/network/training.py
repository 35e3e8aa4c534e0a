"""From coded texts to networks that run: the teachers, and the shallow student that learns from them."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from datasets import Dataset, load_from_disk
from scipy import special
from torch import nn
from transformers import PreTrainedModel

from pipeline.models.network.callbacks import ShownProgress
from pipeline.models.network.data import LENGTH, dataset_of, distinct, with_columns
from pipeline.models.network.export import RANGE_TEXTS, onnx_bytes
from pipeline.models.network.fitting import Fit, Logits, predict, train_labeller
from pipeline.models.network.inference import Network
from pipeline.models.network.labeller import (
    Labeller,
    LabellerConfig,
    check_options,
    drop_whole_texts,
    keep_layers,
)
from pipeline.models.network.tokens import TextTokenizer, pruned
from pipeline.options import NetworkOptions
from pipeline.progress import Progress, silent

_NOT_DECISIVE = {"threads", "device", "checkpoint_steps", "best_teachers", "cascade_action", "cascade_tag"}
"""Options that change nothing in what a training results in, or only in its last digits."""


@dataclass(frozen=True)
class Pretrained:
    """An encoder as published.

    Attributes:
        encoder: any that `transformers.AutoModel` loads.
        tokenizer: content of its tokenizer.json.
        pad: the number of its padding token.
    """

    encoder: PreTrainedModel
    tokenizer: str
    pad: int


@dataclass(frozen=True)
class CodedTexts:
    """Coded texts.

    Attributes:
        texts: blinded.
        actions: (n,) 1..5.
        tags: (n, T).
    """

    texts: Sequence[str]
    actions: npt.NDArray[np.int64]
    tags: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Place:
    """Where a training keeps what it has done, and where it reports to.

    Attributes:
        folder: for checkpoints and finished networks; a training that was stopped goes on from there.
        report_to: transformers' names of what curves are sent to, e.g. mlflow.
        progress: shows the steps.
    """

    folder: str
    report_to: tuple[str, ...] = ()
    progress: Progress = silent


@dataclass(frozen=True)
class Trained:
    """The teachers and the student as they will run."""

    teachers: tuple[Network, ...]
    student: Network


class NetworkTraining:
    """Everything that the networks of one ensemble are trained from."""

    def __init__(
        self,
        train: CodedTexts,
        pretrained: Pretrained,
        options: NetworkOptions,
        seed: int,
        place: Place,
        tune: CodedTexts | None = None,
    ) -> None:
        """Args: `tune`, texts that are only measured, once an epoch, for the curves.

        Raises: ValueError if the encoder cannot be trained as the options say.
        """
        check_options(pretrained.encoder, options)
        self.options, self.seed, self.place = options, seed, place
        self.tags = train.tags.shape[1]
        whole = TextTokenizer(pretrained.tokenizer, options.max_tokens, pretrained.pad)
        used = {number for row in whole.encode(train.texts) for number in row}
        content, self.kept = pruned(pretrained.tokenizer, used | {pretrained.pad}, options.frequent_tokens)
        self.tokenizer = TextTokenizer(
            content, options.max_tokens, int(np.searchsorted(self.kept, pretrained.pad))
        )
        self.pretrained = pretrained
        rows, weights = distinct(train.texts, train.actions, train.tags)
        data = dataset_of(
            [train.texts[i] for i in rows], train.actions[rows], train.tags[rows], self.tokenizer
        )
        self.data = with_columns(data, {"weights": weights})
        self.tune = None if tune is None else dataset_of(tune.texts, tune.actions, tune.tags, self.tokenizer)
        self.folder = f"{place.folder}/{self._digest()}"

    def _digest(self) -> str:
        """Of all that decides the result, so that a training goes on from its own checkpoints only."""
        plain = self.options.model_dump(exclude=_NOT_DECISIVE) | {
            "seed": self.seed,
            "encoder": self.pretrained.encoder.config.to_json_string(),
        }
        content = json.dumps([plain, self.tokenizer.content, self.data.to_dict()], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:12]

    def run(self) -> Trained:
        """Train the teachers, then the student on the mean of their predictions."""
        count = self.options.teachers
        teachers = [self.teacher(number) for number in range(1, count + 1)]
        student = self.student(teachers)
        return Trained(tuple(self.network(teacher) for teacher in teachers), self.network(student))

    def teacher(self, number: int) -> Labeller:
        """A network on all layers that learns from the labels, from a seed of its own."""
        name, seed = f"teacher-{number}", self.seed + number - 1
        finished = self._finished(name)
        if finished is not None:
            return finished
        torch.manual_seed(seed)
        encoder = copy.deepcopy(self.pretrained.encoder)
        keep_layers(encoder, self.options.teacher_layers)
        keep_tokens(encoder, self.kept, self.tokenizer.pad)
        model = labeller_on(encoder, self.tags, self.options)
        return self._trained(model, name, self.fit(name, self.options.teacher_epochs, seed), self.data)

    def student(self, teachers: Sequence[Labeller]) -> Labeller:
        """A network on some layers of the first teacher that learns from all teachers, and from the
        labels.
        """
        finished = self._finished("student")
        if finished is not None:
            return finished
        predictions = [
            self._predictions(teacher, f"teacher-{number}") for number, teacher in enumerate(teachers, 1)
        ]
        actions: npt.NDArray[np.float32] = np.mean(
            [special.log_softmax(actions, axis=1) for actions, _ in predictions], axis=0, dtype=np.float32
        )
        tags: npt.NDArray[np.float32] = np.mean([tags for _, tags in predictions], axis=0, dtype=np.float32)
        torch.manual_seed(self.seed)
        model = copy.deepcopy(teachers[0])
        keep_layers(model.encoder, self.options.student_layers)
        fit = self.fit("student", self.options.student_epochs, self.seed)
        return self._trained(
            model, "student", fit, with_columns(self.data, {"taught_actions": actions, "taught_tags": tags})
        )

    def fit(self, name: str, epochs: float, seed: int) -> Fit:
        """One training by its name: teacher-1, teacher-2, ..., student."""
        callbacks = (ShownProgress(self.place.progress, f"steps of {name}"),)
        return Fit(epochs, seed, f"{self.folder}/{name}", self.tokenizer.pad, self.place.report_to, callbacks)

    def _trained(self, model: Labeller, name: str, fit: Fit, data: Dataset) -> Labeller:
        drop_whole_texts(model.encoder)
        model.encoder.get_input_embeddings().requires_grad_(requires_grad=False)
        train_labeller(model, self.options, fit, data, self.tune)
        model.config.encoder = model.encoder.config
        model.save_pretrained(f"{self.folder}/{name}/finished")
        return model

    def _finished(self, name: str) -> Labeller | None:
        try:
            found: Labeller = Labeller.from_pretrained(f"{self.folder}/{name}/finished")
        except OSError:
            return None
        found.eval()
        return found

    def _predictions(self, model: Labeller, name: str) -> Logits:
        """The logits of the training texts; kept, since they take minutes."""
        place = f"{self.folder}/{name}/predictions"
        try:
            kept = load_from_disk(place).with_format("numpy")
        except FileNotFoundError:
            actions, tags = predict(model, self.options, self.fit(name, 1, self.seed), self.data)
            Dataset.from_dict({"actions": actions.tolist(), "tags": tags.tolist()}).save_to_disk(place)
            return actions, tags
        return np.stack(kept["actions"]).astype(np.float32), np.stack(kept["tags"]).astype(np.float32)

    def network(self, model: Labeller) -> Network:
        """A trained labeller as it will run: in 8 bits, without torch."""
        every = max(1, len(self.data) // RANGE_TEXTS)
        ranged = self.data.select(range(0, len(self.data), every)).sort(LENGTH)["input_ids"]
        return Network(onnx_bytes(model, list(ranged), self.tokenizer.pad), self.tokenizer)


def labeller_on(encoder: PreTrainedModel, tags: int, options: NetworkOptions) -> Labeller:
    """A labeller with fresh heads on a pretrained encoder, which becomes part of it."""
    config = LabellerConfig(
        encoder=encoder.config,
        tags=tags,
        lead_tokens=options.lead_tokens,
        action_width=options.action_width,
        head_dropout=options.head_dropout,
        dropout_samples=options.dropout_samples,
    )
    model = Labeller(config)
    model.encoder = encoder
    model.config.encoder = encoder.config
    return model


def keep_tokens(encoder: PreTrainedModel, kept: npt.NDArray[np.int64], pad: int) -> None:
    """Leave only some rows of the word embeddings, in their new order. Args: `pad`, the padding token's
    new number.
    """
    whole = encoder.get_input_embeddings().weight.detach()
    encoder.set_input_embeddings(
        nn.Embedding.from_pretrained(whole[torch.from_numpy(kept)].clone(), padding_idx=pad)
    )
    encoder.config.vocab_size = len(kept)
    encoder.config.pad_token_id = pad
