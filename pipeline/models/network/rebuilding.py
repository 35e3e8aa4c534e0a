"""From the ONNX graph of a network, in 8 bits, back to a labeller that can go on learning.

What a training left in full precision stays on the machine that trained. The graph travels with the model:
its weights are dequantised, (q - zero point) * scale, and put into an encoder of BERT's shape. Two kinds of
graphs are read: those that `export` writes, and older ones, with fused operators of onnxruntime. In both, the
products with weights come in the order of the labeller's layers. That order is used, since the exporter gives
transposed weights new names. `difference` shows whether the labeller computes what the graph computes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import onnx
import torch
from transformers import BertConfig

from pipeline.models.network.graphs import Array, Graph, Product, attributes
from pipeline.models.network.inference import Network
from pipeline.models.network.labeller import (
    ACTIONS,
    Labeller,
    LabellerConfig,
    without_attention_dropout,
)
from pipeline.models.network.tokens import by_length, padded
from pipeline.options import NetworkOptions

_OF_A_LAYER = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
"""The products of a layer of BERT, in the order in which they are computed."""
_NORMS_OF_A_LAYER = ("attention.output.LayerNorm", "output.LayerNorm")
_HEADS = 5
_BATCH = 16


@dataclass(frozen=True)
class Difference:
    """How far the logits of a rebuilt labeller are from those of its graph, on some texts.

    Attributes:
        texts: how many.
        mean: mean absolute difference of all logits.
        spread: standard deviation of the graph's logits over the texts, each about its own mean; mean of all.
        same_action: share in [0, 1] of texts whose likeliest action is the same.
    """

    texts: int
    mean: float
    spread: float
    same_action: float

    @property
    def close(self) -> bool:
        """Whether it is an error of rounding, a twentieth of the spread; query and key exchanged in one
        layer make a fifth.
        """
        return self.mean < self.spread / 10


def rebuilt(network: Network, options: NetworkOptions) -> Labeller:
    """The labeller of a graph, with its weights as exact as 8 bits are.

    Args: `options`, of which dropout is taken, for what it learns next.
    Raises: ValueError, with a reason, if the graph is not of BERT's shape.
    """
    try:
        graph = Graph(onnx.load_from_string(network.onnx).graph)
        labeller, state = _empty(graph, network.tokenizer.pad, options), _state(graph, network.tokenizer.pad)
        missing, unexpected = labeller.load_state_dict(state, strict=False)
    except (KeyError, IndexError, StopIteration, RuntimeError, ValueError) as error:
        reason = (str(error) or repr(error)).splitlines()[0][:200]
        raise ValueError(f"its graph is not of BERT's shape ({reason})") from error
    lacking = [name for name in missing if not name.endswith(("position_ids", "token_type_ids"))]
    if lacking or unexpected:
        raise ValueError(f"its graph is not of BERT's shape (no {lacking[0] if lacking else unexpected[0]})")
    labeller.eval()
    return labeller


def difference(labeller: Labeller, network: Network, texts: Sequence[str]) -> Difference:
    """The logits of both on the same blinded texts."""
    expected = network.logits(texts)
    rows = network.tokenizer.encode(texts)
    found = tuple(np.zeros_like(logits) for logits in expected)
    with torch.no_grad():
        for places in by_length(rows, _BATCH):
            numbers, mask = padded([rows[i] for i in places], network.shortest, network.tokenizer.pad)
            output = labeller(torch.from_numpy(numbers), torch.from_numpy(mask))
            found[0][places], found[1][places] = output.action_logits.numpy(), output.tag_logits.numpy()
    left, right = np.concatenate(expected, axis=1), np.concatenate(found, axis=1)
    return Difference(
        len(texts),
        float(np.abs(left - right).mean()),
        float(left.std(axis=0).mean()),
        float((expected[0].argmax(1) == found[0].argmax(1)).mean()),
    )


def _positions(graph: Graph, pad: int) -> Array:
    """Embeddings of positions, with that of the first kind of token, which every token is of."""
    found = graph.named("position_embeddings.weight")
    positions = graph.named("positions") if found is None else found
    if positions is None:
        raise KeyError("no embeddings of positions")
    if any(node.op_type == "CumSum" for node in graph.nodes):
        # RoBERTa counts positions from its padding token.
        positions = positions[pad + 1 :]
    kinds = graph.named("token_type_embeddings.weight")
    result: Array = positions if kinds is None else positions + kinds[0]
    return result


def _layers(graph: Graph) -> int:
    layers, rest = divmod(len(graph.products) - _HEADS, len(_OF_A_LAYER))
    if rest or layers < 1 or len(graph.norms) != 1 + layers * len(_NORMS_OF_A_LAYER):
        raise KeyError(f"{len(graph.products)} products with weights, {len(graph.norms)} normalisations")
    return layers


def _empty(graph: Graph, pad: int, options: NetworkOptions) -> Labeller:
    """A labeller of the graph's sizes, whose weights are still to be set."""
    vocabulary, width = graph.words().shape
    heads = _head_products(graph, width)
    encoder = BertConfig(
        vocab_size=vocabulary,
        hidden_size=width,
        num_hidden_layers=_layers(graph),
        num_attention_heads=graph.heads(),
        intermediate_size=graph.products[_OF_A_LAYER.index("intermediate.dense")].weight.shape[1],
        max_position_embeddings=len(_positions(graph, pad)),
        type_vocab_size=1,
        pad_token_id=pad,
        layer_norm_eps=attributes(graph.norms[0])["epsilon"],
    )
    config = LabellerConfig(
        encoder=without_attention_dropout(encoder),
        tags=heads["tag_query"].weight.shape[1],
        lead_tokens=heads["action_in"].weight.shape[0] // width - 2,
        action_width=heads["action_in"].weight.shape[1],
        head_dropout=options.head_dropout,
        dropout_samples=options.dropout_samples,
    )
    return Labeller(config)


def _state(graph: Graph, pad: int) -> dict[str, torch.Tensor]:
    """The weights by the names of the labeller's parameters."""
    embeddings, width = "encoder.embeddings", graph.words().shape[1]
    found: dict[str, Array] = {
        f"{embeddings}.word_embeddings.weight": graph.words(),
        f"{embeddings}.position_embeddings.weight": _positions(graph, pad),
        f"{embeddings}.token_type_embeddings.weight": np.zeros((1, width), dtype=np.float32),
    }
    norms, products = [f"{embeddings}.LayerNorm"], dict[str, Product]()
    for number in range(_layers(graph)):
        layer, first = f"encoder.encoder.layer.{number}", number * len(_OF_A_LAYER)
        norms += [f"{layer}.{name}" for name in _NORMS_OF_A_LAYER]
        products |= {f"{layer}.{name}": graph.products[first + i] for i, name in enumerate(_OF_A_LAYER)}
    for number, name in enumerate(norms):
        found[f"{name}.weight"], found[f"{name}.bias"] = graph.norm(number)
    for name, product in (products | _head_products(graph, width)).items():
        found[f"{name}.weight"] = product.weight.T
        if name not in ("tag_query", "tag_value"):
            found[f"{name}.bias"] = product.bias
    return {name: torch.from_numpy(np.array(value, dtype=np.float32)) for name, value in found.items()}


def _head_products(graph: Graph, width: int) -> dict[str, Product]:
    """The products of both heads by their names."""
    (action_out,) = graph.before("action_logits")
    (action_in,) = graph.before(action_out.node.input[0])
    softmax = [node for node in graph.nodes if node.op_type == "Softmax"][-1]
    (query,) = graph.before(softmax.input[0])
    others = [product for product in graph.before("tag_logits") if product is not query]
    pooled = next(product for product in others if product.weight.shape[0] == 2 * width)
    value = next(product for product in others if product is not pooled)
    if action_out.weight.shape[1] != ACTIONS:
        raise KeyError(f"{action_out.weight.shape[1]} actions")
    return {
        "action_in": action_in,
        "action_out": action_out,
        "tag_query": query,
        "tag_value": value,
        "tag_pooled": pooled,
    }
