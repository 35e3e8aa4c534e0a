"""From coded texts to networks that run: the teacher, and the shallow student that learns from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pipeline.progress import Progress, silent
from pipeline.transformer.finetune import Examples, Recipe, distinct, finetune, input_ranges, numpy_state
from pipeline.transformer.graph import onnx_bytes
from pipeline.transformer.inference import Network
from pipeline.transformer.network import Labeller, Shape, from_bert, some_layers
from pipeline.transformer.wordpieces import WordPieces, pruned

_RANGED = 2000
"""Training texts that the ranges of the 8-bit activations are measured on."""


@dataclass(frozen=True)
class Pretrained:
    """A BERT encoder as published.

    Attributes:
        weights: by published name, without the prefix "bert.".
        tokenizer: content of tokenizer.json; lower-casing WordPiece.
    """

    weights: Mapping[str, Tensor]
    tokenizer: str


@dataclass(frozen=True)
class NetworkPlan:
    """What to make.

    Attributes:
        shape: of the teacher; its number of tags is set by the data.
        teacher, student: how each learns.
        student_layers: layers of the teacher that the student starts from.
        frequent_pieces: so many of the commonest pieces are kept beside those met in training.
        threads: for torch.
    """

    shape: Shape = field(default_factory=Shape)
    teacher: Recipe = field(default_factory=Recipe)
    student: Recipe = field(default_factory=lambda: Recipe(epochs=2))
    student_layers: tuple[int, ...] = (0, 2, 5)
    frequent_pieces: int = 12_000
    threads: int = 2

    @classmethod
    def from_options(cls, options: Mapping[str, Any], seed: int) -> NetworkPlan:
        """The plan from the options of configs/settings.yaml (train.network)."""
        shape = Shape(layers=options["layers"], longest=options["longest"], lead=options["lead"])
        names = {entry.name for entry in fields(Recipe)}
        teacher = Recipe(**{name: value for name, value in options.items() if name in names}, seed=seed)
        student = replace(teacher, epochs=options["student_epochs"], stop=options["student_stop"], cool_down=options["student_cool_down"])
        return cls(shape, teacher, student, options["student_layers"], options["frequent_pieces"], options["threads"])


@dataclass(frozen=True)
class Trained:
    """The teacher and the student, as they will run, and their weights as they learned."""

    teacher: Network
    student: Network
    teacher_state: Mapping[str, Tensor]
    student_state: Mapping[str, Tensor]


def train_networks(
    texts: Sequence[str],
    actions: npt.NDArray[np.int64],
    tags: npt.NDArray[np.bool_],
    pretrained: Pretrained,
    plan: NetworkPlan,
    progress: Progress = silent,
) -> Trained:
    """Fine-tune the teacher, then the student on the teacher's probabilities.

    Args:
        texts: blinded texts of the training part.
        actions: (n,) 1..5.
        tags: (n, T).
        progress: shows the steps.
    """
    torch.set_num_threads(plan.threads)
    torch.manual_seed(plan.teacher.seed)
    shape = replace(plan.shape, tags=tags.shape[1])
    whole = WordPieces(pretrained.tokenizer, shape.longest)
    content, kept = pruned(pretrained.tokenizer, {n for row in whole.encode(texts) for n in row}, plan.frequent_pieces)
    pieces = WordPieces(content, shape.longest)
    places, weights = distinct(texts, actions, tags)
    rows = pieces.encode([texts[i] for i in places])
    examples = Examples(rows, actions[places] - 1, tags[places].astype(np.float32), weights)

    teacher = Labeller(shape, len(kept))
    teacher.load_state_dict(teacher.state_dict() | from_bert(pretrained.weights, shape, kept.tolist()))
    teacher_state = finetune(teacher, examples, plan.teacher, progress, "steps of the teacher")

    running = Network(_onnx(teacher, teacher_state, rows), pieces, shape.lead)
    student, student_state = teach(running, teacher_state, examples, [texts[i] for i in places], shape, plan, progress)
    return Trained(running, student, teacher_state, student_state)


def teach(
    teacher: Network,
    teacher_state: Mapping[str, Tensor],
    examples: Examples,
    texts: Sequence[str],
    shape: Shape,
    plan: NetworkPlan,
    progress: Progress = silent,
) -> tuple[Network, Mapping[str, Tensor]]:
    """A student that starts from some layers of the teacher and learns its probabilities, as it runs in 8 bits.

    Args: `texts`, those of the examples; `shape`, of the teacher.
    """
    student = Labeller(replace(shape, layers=plan.student_layers), teacher_state["encoder.words.weight"].shape[0])
    student.load_state_dict(some_layers(teacher_state, plan.student_layers))
    taught = replace(examples, teacher=teacher.logits(texts))
    state = finetune(student, taught, plan.student, progress, "steps of the student")
    return Network(_onnx(student, state, examples.pieces), teacher.pieces, shape.lead), state


def _onnx(network: Labeller, state: Mapping[str, Tensor], rows: Sequence[Sequence[int]]) -> bytes:
    every = max(1, len(rows) // _RANGED)
    return onnx_bytes(numpy_state(state), input_ranges(network, rows[::every]), network.shape.heads, network.shape.lead)
