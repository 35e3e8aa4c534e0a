"""The network as it learns: a BERT encoder with a head for the action and a head for the tags, in torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

_NEVER = -1e4


@dataclass(frozen=True)
class Shape:
    """What a network looks like.

    Attributes:
        layers: which layers of the pretrained encoder it takes, from the bottom.
        heads: attention heads.
        width, inner: of the encoder's vectors and of its feed-forward layers.
        longest: pieces of a text at most.
        lead: leading pieces that the action head sees one by one (the coder looks at the first verb).
        action_width: of the action head's inner layer.
        tags: how many.
    """

    layers: tuple[int, ...] = (0, 1, 2, 3, 4, 5)
    heads: int = 12
    width: int = 384
    inner: int = 1536
    longest: int = 128
    lead: int = 7
    action_width: int = 256
    tags: int = 54


def _drop(x: Tensor, share: float, training: bool) -> Tensor:
    """Dropout with one mask for all pieces of a text: as good, and a thirtieth of the random numbers."""
    if not training or share == 0:
        return x
    kept = (torch.rand(x.shape[0], 1, x.shape[2]) >= share).to(x.dtype)
    return x * (kept / (1 - share))


class Layer(nn.Module):
    """A layer of the encoder: attention and feed-forward, each added and normalised."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        """Args: `dropout`, share of the channels left out while it learns."""
        super().__init__()
        width = shape.width
        self.heads = shape.heads
        self.dropout = dropout
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm1 = nn.LayerNorm(width, eps=1e-12)
        self.up = nn.Linear(width, shape.inner)
        self.down = nn.Linear(shape.inner, width)
        self.norm2 = nn.LayerNorm(width, eps=1e-12)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """(n, L, width) to the same; `bias`: (n, 1, 1, L), 0 for a piece and very low for padding."""
        n, length, width = x.shape
        q, k, v = self.qkv(x).view(n, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        # In single precision: half precision is slower here, going back.
        attended = functional.scaled_dot_product_attention(q.float(), k.float(), v.float(), attn_mask=bias)
        attended = attended.to(x.dtype).transpose(1, 2).reshape(n, length, width)
        x = self.norm1(x + _drop(self.out(attended), self.dropout, self.training))
        inner = self.down(functional.gelu(self.up(x)))
        normed: Tensor = self.norm2(x + _drop(inner, self.dropout, self.training))
        return normed


class Encoder(nn.Module):
    """Word pieces to vectors. Word embeddings stay as pretrained; positions and layers learn."""

    def __init__(self, shape: Shape, dropout: float, vocabulary: int) -> None:
        """Args: `vocabulary`, how many word pieces."""
        super().__init__()
        self.dropout = dropout
        self.words = nn.Embedding(vocabulary, shape.width)
        self.words.weight.requires_grad = False
        self.positions = nn.Parameter(torch.zeros(shape.longest, shape.width))
        self.norm = nn.LayerNorm(shape.width, eps=1e-12)
        self.layers = nn.ModuleList(Layer(shape, dropout) for _ in shape.layers)

    def forward(self, numbers: Tensor, mask: Tensor) -> Tensor:
        """(n, L, width) from (n, L) piece numbers; `mask` is True for a piece."""
        x = self.norm(self.words(numbers) + self.positions[: numbers.shape[1]])
        x = _drop(x, self.dropout, self.training)
        bias = torch.zeros(mask.shape).masked_fill(~mask, _NEVER)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, bias)
        return x


class Labeller(nn.Module):
    """Encoder and both heads.

    The action comes from the first vector, the mean, and the leading pieces; each tag looks at the pieces
    with an attention of its own (label-wise attention), beside the mean and the maximum.
    """

    def __init__(
        self, shape: Shape, vocabulary: int, dropout: float = 0.1, head_dropout: float = 0.2, samples: int = 2
    ) -> None:
        """Args: `samples`, dropout masks averaged in the heads for each step of training."""
        super().__init__()
        width = shape.width
        self.shape = shape
        self.head_dropout = head_dropout
        self.samples = samples
        self.encoder = Encoder(shape, dropout, vocabulary)
        self.action_in = nn.Linear(width * (2 + shape.lead), shape.action_width)
        self.action_out = nn.Linear(shape.action_width, 5)
        self.tag_query = nn.Linear(width, shape.tags, bias=False)
        self.tag_value = nn.Linear(width, shape.tags, bias=False)
        self.tag_pooled = nn.Linear(2 * width, shape.tags)
        nn.init.normal_(self.tag_value.weight, std=0.02)
        nn.init.constant_(self.tag_pooled.bias, -3.0)

    def forward(self, numbers: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 5) logits of the actions and (n, tags) of the tags."""
        x = self.encoder(numbers, mask).float()
        there = mask[..., None].to(x.dtype)
        mean = (x * there).sum(1) / there.sum(1)
        highest = x.masked_fill(~mask[..., None], _NEVER).amax(1)
        lead = (x * there)[:, 1 : 1 + self.shape.lead]
        lead = functional.pad(lead, (0, 0, 0, self.shape.lead - lead.shape[1])).reshape(x.shape[0], -1)
        opening = torch.cat([x[:, 0], mean, lead], 1)
        pooled = torch.cat([mean, highest], 1)
        attention = self.tag_query(x).masked_fill(~mask[..., None], _NEVER).softmax(1)
        samples = self.samples if self.training else 1
        actions = torch.zeros(x.shape[0], 5)
        tags = torch.zeros(x.shape[0], self.shape.tags)
        for _ in range(samples):
            inner = functional.gelu(
                self.action_in(functional.dropout(opening, self.head_dropout, self.training))
            )
            actions = actions + self.action_out(functional.dropout(inner, self.head_dropout, self.training))
            seen = (attention * self.tag_value(_drop(x, self.head_dropout, self.training))).sum(1)
            tags = tags + seen + self.tag_pooled(functional.dropout(pooled, self.head_dropout, self.training))
        return actions / samples, tags / samples


_BERT_LAYER = {
    "out": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "up": "intermediate.dense",
    "down": "output.dense",
    "norm2": "output.LayerNorm",
}


def from_bert(weights: Mapping[str, Tensor], shape: Shape, kept: Sequence[int]) -> dict[str, Tensor]:
    """The encoder's part of a `Labeller`'s state from a BERT checkpoint.

    Args:
        weights: as published ("embeddings.word_embeddings.weight", "encoder.layer.0...").
        kept: numbers of the word pieces to take, in their new order.
    """
    words = weights["embeddings.word_embeddings.weight"]
    state = {
        "encoder.words.weight": words[torch.as_tensor(list(kept))].clone(),
        # All texts are of the first segment, so its vector belongs to each position.
        "encoder.positions": weights["embeddings.position_embeddings.weight"][: shape.longest]
        + weights["embeddings.token_type_embeddings.weight"][0],
        "encoder.norm.weight": weights["embeddings.LayerNorm.weight"].clone(),
        "encoder.norm.bias": weights["embeddings.LayerNorm.bias"].clone(),
    }
    for place, number in enumerate(shape.layers):
        for end in ("weight", "bias"):
            source = f"encoder.layer.{number}."
            parts = [weights[f"{source}attention.self.{part}.{end}"] for part in ("query", "key", "value")]
            state[f"encoder.layers.{place}.qkv.{end}"] = torch.cat(parts)
            for ours, theirs in _BERT_LAYER.items():
                state[f"encoder.layers.{place}.{ours}.{end}"] = weights[f"{source}{theirs}.{end}"].clone()
    return state


def some_layers(state: Mapping[str, Tensor], layers: Sequence[int]) -> dict[str, Tensor]:
    """The state of a shallower `Labeller` that takes these layers, and all else, from a deeper one."""
    prefix = "encoder.layers."
    shallow = {name: value.clone() for name, value in state.items() if not name.startswith(prefix)}
    for place, number in enumerate(layers):
        own = f"{prefix}{number}."
        shallow |= {
            f"{prefix}{place}.{name.removeprefix(own)}": v.clone()
            for name, v in state.items()
            if name.startswith(own)
        }
    return shallow
