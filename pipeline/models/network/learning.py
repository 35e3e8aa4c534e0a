"""How a network learns: the recipe, rates by layer, half precision, the running mean of the weights, and the
batches.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from pipeline.models.network.network import Encoder
from pipeline.models.network.wordpieces import by_length
from pipeline.progress import Progress

_CHUNK = 40
"""Batches that are sorted by length together: little padding, and still a new order each epoch."""


@dataclass(frozen=True)
class Recipe:
    """How to learn.

    Attributes:
        epochs, batch: passes over the texts, texts a step.
        rate: learning rate of the topmost layer; each layer below has `layer_decay` times that of the one
            above.
        head_rate: learning rate of the heads.
        warm_up: share of the steps in which the rate rises; then it falls in a straight line to nought.
        weight_decay: of matrices.
        averaging: share of the running mean of the weights that stays at each step; that mean is the result.
        half: compute the encoder in bfloat16, with weights kept in single precision. On processors with
            AVX512-BF16 or AMX twice as fast, on others slower.
        teaching: weight of the teacher's probabilities against the gold, where there is a teacher.
        seed: of everything random.
    """

    epochs: int = 4
    batch: int = 64
    rate: float = 2e-4
    head_rate: float = 5e-4
    layer_decay: float = 0.9
    warm_up: float = 0.06
    weight_decay: float = 0.01
    averaging: float = 0.998
    half: bool = True
    teaching: float = 0.7
    seed: int = 0


def learn(
    network: nn.Module,
    encoder: Encoder,
    rows: Sequence[Sequence[int]],
    loss: Callable[[npt.NDArray[np.int64]], Tensor],
    recipe: Recipe,
    progress: Progress,
    label: str,
) -> dict[str, Tensor]:
    """Let a network learn.

    Args:
        network: with the weights to start from; is changed.
        encoder: the network's own.
        rows: piece numbers of each text.
        loss: of the network on the texts at some places.
        progress: shows the steps, under `label`.

    Returns: the averaged weights by name, in single precision.
    """
    torch.manual_seed(recipe.seed)
    dice = np.random.default_rng(recipe.seed)
    if recipe.half:
        encoder.to(torch.bfloat16)
    weights = _Weights(network, len(encoder.layers), recipe)
    steps = recipe.epochs * math.ceil(len(rows) / recipe.batch)
    batches = (places for _ in range(recipe.epochs) for places in _shuffled(rows, recipe.batch, dice))
    network.train()
    for number, places in enumerate(progress(batches, label, steps)):
        loss(places).backward()
        weights.step(_share_of_rate(number, steps, recipe), number)
    network.eval()
    network.float()
    weights.use(weights.mean)
    return {name: value.detach().clone() for name, value in network.state_dict().items()}


class _Weights:
    """The learning parameters in single precision, beside those that the network computes with."""

    def __init__(self, network: nn.Module, layers: int, recipe: Recipe) -> None:
        self.recipe = recipe
        groups: dict[tuple[float, float], list[int]] = {}
        self.names = [name for name, parameter in network.named_parameters() if parameter.requires_grad]
        self.used = [parameter for parameter in network.parameters() if parameter.requires_grad]
        self.kept = [parameter.detach().float().clone() for parameter in self.used]
        self.mean = [parameter.clone() for parameter in self.kept]
        for i, (name, parameter) in enumerate(zip(self.names, self.used, strict=True)):
            decay = recipe.weight_decay if parameter.ndim > 1 else 0.0
            groups.setdefault((_rate(name, layers, recipe), decay), []).append(i)
        settings = [
            {"params": [self.kept[i] for i in own], "lr": lr, "weight_decay": wd}
            for (lr, wd), own in groups.items()
        ]
        self.rates = [lr for lr, _ in groups]
        self.optimiser = torch.optim.AdamW(settings, betas=(0.9, 0.98), foreach=True)

    def step(self, share_of_rate: float, number: int) -> None:
        """Move by the gradients at hand; `number` steps were made before."""
        for group, rate in zip(self.optimiser.param_groups, self.rates, strict=True):
            group["lr"] = rate * share_of_rate
        for kept, used in zip(self.kept, self.used, strict=True):
            kept.grad = None if used.grad is None else used.grad.float()
            used.grad = None
        nn.utils.clip_grad_norm_(self.kept, 1.0)
        self.optimiser.step()
        self.use(self.kept)
        stays = min(self.recipe.averaging, (1 + number) / (10 + number))
        with torch.no_grad():
            for mean, kept in zip(self.mean, self.kept, strict=True):
                mean.lerp_(kept, 1 - stays)

    def use(self, values: Sequence[Tensor]) -> None:
        """Let the network compute with these values."""
        with torch.no_grad():
            for used, value in zip(self.used, values, strict=True):
                used.copy_(value)


def _rate(name: str, layers: int, recipe: Recipe) -> float:
    if not name.startswith("encoder."):
        return recipe.head_rate
    if name.startswith("encoder.layers."):
        return recipe.rate * recipe.layer_decay ** (layers - 1 - int(name.split(".")[2]))
    return recipe.rate * recipe.layer_decay**layers


def _share_of_rate(number: int, steps: int, recipe: Recipe) -> float:
    """The learning rate at a step, as a share of the highest."""
    rising = min(1.0, (number + 1) / max(1.0, recipe.warm_up * steps))
    return rising * max(0.02, 1 - number / steps)


def _shuffled(
    rows: Sequence[Sequence[int]], batch: int, dice: np.random.Generator
) -> Iterator[npt.NDArray[np.int64]]:
    """Places of the rows in batches of similar length, in a new order."""
    order = dice.permutation(len(rows))
    batches: list[npt.NDArray[np.int64]] = []
    for start in range(0, len(order), batch * _CHUNK):
        chunk = order[start : start + batch * _CHUNK]
        batches += [chunk[places] for places in by_length([rows[i] for i in chunk], batch)]
    for i in dice.permutation(len(batches)):
        yield batches[i]
