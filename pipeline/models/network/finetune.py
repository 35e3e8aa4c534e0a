"""Fine-tuning: from a pretrained encoder to a `Labeller`, on two cores in minutes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.models.network.learning import Recipe, learn
from pipeline.models.network.network import Labeller
from pipeline.models.network.wordpieces import by_length, padded
from pipeline.progress import Progress


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


def finetune(
    network: Labeller, examples: Examples, recipe: Recipe, progress: Progress, label: str
) -> dict[str, Tensor]:
    """Train a network to label.

    Args:
        network: with the weights to start from; is changed.
        progress: shows the steps, under `label`.

    Returns: the averaged weights by name, in single precision.
    """

    def loss(places: npt.NDArray[np.int64]) -> Tensor:
        return _loss(network, examples, places, recipe)

    return learn(network, network.encoder, examples.pieces, loss, recipe, progress, label)


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
    taught = (
        taught
        + functional.binary_cross_entropy_with_logits(tags, taught_tags, reduction="none").sum(1).mean()
    )
    return (1 - recipe.teaching) * gold + recipe.teaching * taught


def logits(
    network: Labeller, rows: Sequence[Sequence[int]]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
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

    hooks = [
        m.register_forward_pre_hook(watch(name))
        for name, m in network.named_modules()
        if isinstance(m, nn.Linear)
    ]
    logits(network, rows)
    for hook in hooks:
        hook.remove()
    return ranges


def distinct(
    texts: Sequence[str], actions: npt.NDArray[np.int64], tags: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Places of the first row of each distinct text and coding, and its weight: the root of how often it
    stands there.
    """
    counts: dict[tuple[str, int, bytes], list[int]] = {}
    for i, text in enumerate(texts):
        counts.setdefault((text.lower(), int(actions[i]), tags[i].tobytes()), []).append(i)
    weights = np.sqrt([len(rows) for rows in counts.values()])
    return np.array([rows[0] for rows in counts.values()], dtype=np.int64), (weights / weights.mean()).astype(
        np.float32
    )


def numpy_state(state: Mapping[str, Tensor]) -> dict[str, npt.NDArray[np.float32]]:
    """Weights as arrays, for the ONNX graph."""
    return {name: value.float().numpy() for name, value in state.items()}
