"""From coded texts to networks that run: the teachers, and the shallow student that learns from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pipeline.models.network.finetune import Examples, distinct, finetune, input_ranges, numpy_state
from pipeline.models.network.graph import onnx_bytes
from pipeline.models.network.inference import Network, mean_logits
from pipeline.models.network.learning import Recipe
from pipeline.models.network.network import Labeller, Shape, from_bert, some_layers
from pipeline.models.network.wordpieces import WordPieces, pruned
from pipeline.progress import Progress, silent

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
        shape: of a teacher; its number of tags is set by the data.
        teacher, student: how each learns.
        teachers: how many, each from a seed of its own; what they say on average is better than what one
            says.
        student_layers: layers of the first teacher that the student starts from.
        frequent_pieces: so many of the commonest pieces are kept beside those met in training.
        threads: for torch.
    """

    shape: Shape = field(default_factory=Shape)
    teacher: Recipe = field(default_factory=Recipe)
    student: Recipe = field(default_factory=lambda: Recipe(epochs=2))
    teachers: int = 1
    student_layers: tuple[int, ...] = (0, 2, 5)
    frequent_pieces: int = 12_000
    threads: int = 2

    @classmethod
    def from_options(cls, options: Mapping[str, Any], seed: int) -> NetworkPlan:
        """The plan from the options of configs/settings.yaml (train.network)."""
        shape = Shape(layers=options["layers"], longest=options["longest"], lead=options["lead"])
        names = {entry.name for entry in fields(Recipe)}
        teacher = Recipe(**{name: value for name, value in options.items() if name in names}, seed=seed)
        student = replace(teacher, epochs=options["student_epochs"])
        return cls(
            shape,
            teacher,
            student,
            options["teachers"],
            options["student_layers"],
            options["frequent_pieces"],
            options["threads"],
        )


@dataclass(frozen=True)
class Trained:
    """The teachers and the student, as they will run, and their weights as they learned."""

    teachers: tuple[Network, ...]
    student: Network
    teacher_states: tuple[Mapping[str, Tensor], ...]
    student_state: Mapping[str, Tensor]


def train_networks(
    texts: Sequence[str],
    actions: npt.NDArray[np.int64],
    tags: npt.NDArray[np.bool_],
    pretrained: Pretrained,
    plan: NetworkPlan,
    progress: Progress = silent,
) -> Trained:
    """Fine-tune the teachers, then the student on their probabilities.

    Args:
        texts: blinded texts of the training part.
        actions: (n,) 1..5.
        tags: (n, T).
        progress: shows the steps.
    """
    torch.set_num_threads(plan.threads)
    shape = replace(plan.shape, tags=tags.shape[1])
    whole = WordPieces(pretrained.tokenizer, shape.longest)
    content, kept = pruned(
        pretrained.tokenizer, {n for row in whole.encode(texts) for n in row}, plan.frequent_pieces
    )
    pieces = WordPieces(content, shape.longest)
    places, weights = distinct(texts, actions, tags)
    rows = pieces.encode([texts[i] for i in places])
    examples = Examples(rows, actions[places] - 1, tags[places].astype(np.float32), weights)

    start = from_bert(pretrained.weights, shape, kept.tolist())
    running, states = [], []
    for number in range(plan.teachers):
        recipe = replace(plan.teacher, seed=plan.teacher.seed + number)
        torch.manual_seed(recipe.seed)
        teacher = Labeller(shape, len(kept))
        teacher.load_state_dict(teacher.state_dict() | start)
        states.append(
            finetune(teacher, examples, recipe, progress, f"steps of teacher {number + 1} of {plan.teachers}")
        )
        running.append(Network(_onnx(teacher, states[-1], rows), pieces, shape.lead))
    student, student_state = teach(
        running, states[0], examples, [texts[i] for i in places], shape, plan, progress
    )
    return Trained(tuple(running), student, tuple(states), student_state)


def teach(
    teachers: Sequence[Network],
    start: Mapping[str, Tensor],
    examples: Examples,
    texts: Sequence[str],
    shape: Shape,
    plan: NetworkPlan,
    progress: Progress = silent,
) -> tuple[Network, Mapping[str, Tensor]]:
    """A student that starts from some layers of a teacher and learns what the teachers say on average, as
    they run in 8 bits.

    Args: `start`, the state of one teacher; `texts`, those of the examples; `shape`, of a teacher.
    """
    student = Labeller(replace(shape, layers=plan.student_layers), start["encoder.words.weight"].shape[0])
    student.load_state_dict(some_layers(start, plan.student_layers))
    taught = replace(examples, teacher=mean_logits(teachers, texts))
    state = finetune(student, taught, plan.student, progress, "steps of the student")
    return Network(_onnx(student, state, examples.pieces), teachers[0].pieces, shape.lead), state


def _onnx(network: Labeller, state: Mapping[str, Tensor], rows: Sequence[Sequence[int]]) -> bytes:
    every = max(1, len(rows) // _RANGED)
    return onnx_bytes(
        numpy_state(state), input_ranges(network, rows[::every]), network.shape.heads, network.shape.lead
    )
