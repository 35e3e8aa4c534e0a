"""From coded texts to networks that run: the teachers, and the shallow student that learns from them."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from datasets import Dataset, load_from_disk
from scipy import special
from torch import nn
from transformers import PreTrainedModel

from pipeline.models.network.data import with_columns
from pipeline.models.network.fits import CodedTexts, Curves, Learned, NetworkFits, Place
from pipeline.models.network.fitting import Logits, predict
from pipeline.models.network.labeller import Labeller, LabellerConfig, check_options, keep_layers
from pipeline.models.network.tokens import TextTokenizer, pruned
from pipeline.options import NetworkOptions

NOT_DECISIVE = {"threads", "device", "checkpoint_steps", "best_teachers", "cascade_action", "cascade_tag"}
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
class Trained:
    """The teachers and the student, and their curves."""

    teachers: tuple[Learned, ...]
    student: Learned
    curves: Curves


class NetworkTraining(NetworkFits):
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
        self.tags = train.tags.shape[1]
        whole = TextTokenizer(pretrained.tokenizer, options.max_tokens, pretrained.pad)
        used = {number for row in whole.encode(train.texts) for number in row}
        content, self.kept = pruned(pretrained.tokenizer, used | {pretrained.pad}, options.frequent_tokens)
        pad = int(np.searchsorted(self.kept, pretrained.pad))
        self.pretrained = pretrained
        decisive = options.model_dump(exclude=NOT_DECISIVE) | {
            "seed": seed,
            "encoder": pretrained.encoder.config.to_json_string(),
        }
        tokenizer = TextTokenizer(content, options.max_tokens, pad)
        super().__init__(train, tokenizer, options, seed, place, tune, decisive)

    def run(self) -> Trained:
        """Train the teachers, then the student on the mean of their predictions."""
        count = self.options.teachers
        teachers = [self.teacher(number) for number in range(1, count + 1)]
        student = self.student(teachers)
        return Trained(tuple(map(self.learned, teachers)), self.learned(student), self.curves())

    def teacher(self, number: int) -> Labeller:
        """A network on all layers that learns from the labels, from a seed of its own."""
        name, seed = f"teacher-{number}", self.seed + number - 1
        finished = self.finished(name)
        if finished is not None:
            return finished
        torch.manual_seed(seed)
        encoder = copy.deepcopy(self.pretrained.encoder)
        keep_layers(encoder, self.options.teacher_layers)
        keep_tokens(encoder, self.kept, self.tokenizer.pad)
        model = labeller_on(encoder, self.tags, self.options)
        return self.train(model, name, self.fit(name, self.options.teacher_epochs, seed), self.data)

    def student(self, teachers: Sequence[Labeller]) -> Labeller:
        """A network on some layers of the first teacher that learns from all teachers, and from the
        labels.
        """
        finished = self.finished("student")
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
        return self.train(
            model, "student", fit, with_columns(self.data, {"taught_actions": actions, "taught_tags": tags})
        )

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
