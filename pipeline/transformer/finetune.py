"""Fine-tuning: from a pretrained encoder to a `Labeller`, on two cores in minutes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.progress import Progress
from pipeline.transformer.network import Labeller
from pipeline.transformer.wordpieces import by_length, padded

_CHUNK = 40
"""Batches that are sorted by length together: little padding, and still a new order each epoch."""


@dataclass(frozen=True)
class Recipe:
    """How to fine-tune.

    Attributes:
        epochs, batch: passes over the texts for which the rate is planned, texts a step.
        stop: share of the planned steps that are made.
        cool_down: share of the planned steps, the last ones made, in which the rate falls to nought.
        rate: learning rate of the topmost layer; each layer below has `layer_decay` times that of the one above.
        head_rate: learning rate of the heads.
        warm_up: share of the steps in which the rate rises; then it falls in a straight line that would end with `epochs`.
        weight_decay: of matrices.
        averaging: share of the running mean of the weights that stays at each step; that mean is the result.
        half: compute the encoder in bfloat16, with weights kept in single precision. On processors with
            AVX512-BF16 or AMX twice as fast, on others slower.
        teaching: weight of the teacher's probabilities against the gold, where there is a teacher.
        seed: of everything random.
    """

    epochs: int = 4
    batch: int = 64
    stop: float = 1.0
    cool_down: float = 0.0
    rate: float = 2e-4
    head_rate: float = 5e-4
    layer_decay: float = 0.9
    warm_up: float = 0.06
    weight_decay: float = 0.01
    averaging: float = 0.998
    half: bool = True
    teaching: float = 0.7
    seed: int = 0


@dataclass(frozen=True)
class Examples:
    """What is learned from, one entry for each distinct text and coding.

    Attributes:
        pieces: piece numbers of each text.
        actions: (n,) 0..4.
        tags: (n, T) of 0 and 1.
        weights: (n,), about 1.
        teacher: logits of a teacher, actions (n, 5) and tags (n, T), or None.
    """

    pieces: Sequence[Sequence[int]]
    actions: npt.NDArray[np.int64]
    tags: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]
    teacher: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]] | None = None


class _Weights:
    """The learning parameters in single precision, beside those that the network computes with."""

    def __init__(self, network: Labeller, recipe: Recipe) -> None:
        self.recipe = recipe
        layers = len(network.encoder.layers)
        groups: dict[tuple[float, float], list[int]] = {}
        self.names = [name for name, parameter in network.named_parameters() if parameter.requires_grad]
        self.used = [parameter for parameter in network.parameters() if parameter.requires_grad]
        self.kept = [parameter.detach().float().clone() for parameter in self.used]
        self.mean = [parameter.clone() for parameter in self.kept]
        for i, (name, parameter) in enumerate(zip(self.names, self.used, strict=True)):
            decay = recipe.weight_decay if parameter.ndim > 1 else 0.0
            groups.setdefault((_rate(name, layers, recipe), decay), []).append(i)
        settings = [{"params": [self.kept[i] for i in own], "lr": lr, "weight_decay": wd} for (lr, wd), own in groups.items()]
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


def finetune(network: Labeller, examples: Examples, recipe: Recipe, progress: Progress, label: str) -> dict[str, Tensor]:
    """Train the network.

    Args:
        network: with the weights to start from; is changed.
        progress: shows the steps, under `label`.

    Returns: the averaged weights by name, in single precision.
    """
    torch.manual_seed(recipe.seed)
    dice = np.random.default_rng(recipe.seed)
    if recipe.half:
        network.encoder.to(torch.bfloat16)
    weights = _Weights(network, recipe)
    steps = recipe.epochs * math.ceil(len(examples.pieces) / recipe.batch)
    last = max(1, round(recipe.stop * steps))
    batches = (places for _ in range(recipe.epochs) for places in _shuffled(examples.pieces, recipe.batch, dice))
    network.train()
    for number, places in enumerate(progress(islice(batches, last), label, last)):
        _loss(network, examples, places, recipe).backward()
        weights.step(_share_of_rate(number, steps, last, recipe), number)
    network.eval()
    network.float()
    weights.use(weights.mean)
    return {name: value.detach().clone() for name, value in network.state_dict().items()}


def _share_of_rate(number: int, steps: int, last: int, recipe: Recipe) -> float:
    """The learning rate at a step, as a share of the highest."""
    rising = min(1.0, (number + 1) / max(1.0, recipe.warm_up * steps))
    falling = 1 - number / steps
    cooling = recipe.cool_down * steps
    start = last - cooling
    if cooling and number >= start:
        falling = (1 - start / steps) * max(0.02, 1 - (number - start) / cooling)
    return rising * max(0.02, falling)


def _shuffled(rows: Sequence[Sequence[int]], batch: int, dice: np.random.Generator) -> Iterator[npt.NDArray[np.int64]]:
    """Places of the rows in batches of similar length, in a new order."""
    order = dice.permutation(len(rows))
    batches: list[npt.NDArray[np.int64]] = []
    for start in range(0, len(order), batch * _CHUNK):
        chunk = order[start : start + batch * _CHUNK]
        batches += [chunk[places] for places in by_length([rows[i] for i in chunk], batch)]
    for i in dice.permutation(len(batches)):
        yield batches[i]


def _loss(network: Labeller, examples: Examples, places: npt.NDArray[np.int64], recipe: Recipe) -> Tensor:
    numbers, mask = padded([examples.pieces[i] for i in places], 0)
    actions, tags = network(torch.from_numpy(numbers), torch.from_numpy(mask).bool())
    gold_tags = torch.from_numpy(examples.tags[places])
    own = functional.cross_entropy(actions, torch.from_numpy(examples.actions[places]), reduction="none")
    own = own + functional.binary_cross_entropy_with_logits(tags, gold_tags, reduction="none").sum(1)
    gold = (own * torch.from_numpy(examples.weights[places])).mean()
    if examples.teacher is None:
        return gold
    taught_actions = torch.from_numpy(examples.teacher[0][places]).softmax(1)
    taught_tags = torch.from_numpy(examples.teacher[1][places]).sigmoid()
    taught = -(taught_actions * actions.log_softmax(1)).sum(1).mean()
    taught = taught + functional.binary_cross_entropy_with_logits(tags, taught_tags, reduction="none").sum(1).mean()
    return (1 - recipe.teaching) * gold + recipe.teaching * taught


def logits(network: Labeller, rows: Sequence[Sequence[int]]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """(n, 5) and (n, T) logits in single precision."""
    network.eval()
    actions = np.zeros((len(rows), 5), dtype=np.float32)
    tags = np.zeros((len(rows), network.shape.tags), dtype=np.float32)
    for places in by_length(rows, 128):
        numbers, mask = padded([rows[i] for i in places], 0)
        with torch.no_grad():
            action, tag = network(torch.from_numpy(numbers), torch.from_numpy(mask).bool())
        actions[places], tags[places] = action.numpy(), tag.numpy()
    return actions, tags


def input_ranges(network: Labeller, rows: Sequence[Sequence[int]]) -> dict[str, tuple[float, float]]:
    """The least and the greatest input of each linear layer on these texts, by the layer's name."""
    ranges: dict[str, tuple[float, float]] = {}

    def watch(name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def look(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            low, high = ranges.get(name, (0.0, 0.0))
            ranges[name] = (min(low, float(inputs[0].min())), max(high, float(inputs[0].max())))

        return look

    hooks = [m.register_forward_pre_hook(watch(name)) for name, m in network.named_modules() if isinstance(m, nn.Linear)]
    logits(network, rows)
    for hook in hooks:
        hook.remove()
    return ranges


def distinct(
    texts: Sequence[str], actions: npt.NDArray[np.int64], tags: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Places of the first row of each distinct text and coding, and its weight: the root of how often it stands there."""
    counts: dict[tuple[str, int, bytes], list[int]] = {}
    for i, text in enumerate(texts):
        counts.setdefault((text.lower(), int(actions[i]), tags[i].tobytes()), []).append(i)
    weights = np.sqrt([len(rows) for rows in counts.values()])
    return np.array([rows[0] for rows in counts.values()], dtype=np.int64), (weights / weights.mean()).astype(np.float32)


def numpy_state(state: Mapping[str, Tensor]) -> dict[str, npt.NDArray[np.float32]]:
    """Weights as arrays, for the ONNX graph."""
    return {name: value.float().numpy() for name, value in state.items()}
