"""The network as an ONNX graph in 8-bit numbers, written node by node: no exporter, and nothing in it that
varies.

Weights are quantised by column, activations with ranges measured once on training texts. Ranges taken from
each batch, as dynamic quantisation does, would make what is said of a text depend on the texts beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

Array = npt.NDArray[Any]
State = Mapping[str, npt.NDArray[np.float32]]
Ranges = Mapping[str, tuple[float, float]]
_MICROSOFT = "com.microsoft"
_OPSET = 21
_IR_VERSION = 10


class _Graph:
    """Nodes and constants, with a name for each."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, Array] = {}

    def constant(self, name: str, value: Array) -> str:
        self.constants[name] = value
        return name

    def node(self, kind: str, *inputs: str, domain: str = "", to: str = "", **attributes: Any) -> str:
        name = to or f"{kind}_{len(self.nodes)}"
        self.nodes.append(
            helper.make_node(
                kind, list(inputs), [name], name=f"node_{len(self.nodes)}", domain=domain, **attributes
            )
        )
        return name

    def integers(self, *values: int) -> str:
        return self.constant(
            "ints_" + "_".join(str(v) for v in values).replace("-", "m"), np.array(values, dtype=np.int64)
        )

    def number(self, name: str, value: float) -> str:
        return self.constant(name, np.array(value, dtype=np.float32))

    def quantised(self, x: str, name: str, bounds: tuple[float, float]) -> tuple[str, str, str]:
        """`x` in 8 bits, with its scale and zero point."""
        low, high = min(bounds[0], 0.0), max(bounds[1], 0.0)
        scale = (high - low) / 255
        self.number(f"{name}.in_scale", scale)
        self.constant(f"{name}.in_zero", np.array(round(-low / scale), dtype=np.uint8))
        y = self.node("QuantizeLinear", x, f"{name}.in_scale", f"{name}.in_zero")
        return y, f"{name}.in_scale", f"{name}.in_zero"

    def product(self, x: tuple[str, str, str], name: str, weight: Array, bias: Array | None) -> str:
        """A quantised `x` times `weight` (inputs, outputs), plus `bias`."""
        scale = np.maximum(np.abs(weight).max(axis=0), 1e-12) / 127
        whole = np.clip(np.round(weight / scale), -127, 127).astype(np.int8)
        inputs = [
            x[0],
            self.constant(f"{name}.w", whole),
            x[1],
            self.constant(f"{name}.w_scale", scale.astype(np.float32)),
            x[2],
        ]
        if bias is not None:
            inputs += ["", self.constant(f"{name}.b", bias)]
        return self.node("MatMulIntegerToFloat", *inputs, domain=_MICROSOFT)


def onnx_bytes(state: State, ranges: Ranges, heads: int, lead: int) -> bytes:
    """The graph: input_ids and attention_mask (n, L) in, action_logits (n, 5), tag_logits (n, T), tag_pieces
    (n, L, T) out.

    Args:
        state: weights of a `Labeller`.
        ranges: by name of a product, the least and the greatest value met in its input.
        heads: attention heads.
        lead: leading pieces that the action head sees; L must be at least lead + 1.

    tag_pieces is what each piece adds to the logit of each tag.
    """
    graph = _Graph()
    there = graph.node("Unsqueeze", _cast(graph, "attention_mask", TensorProto.FLOAT), graph.integers(2))
    missing = graph.node(
        "Mul", graph.node("Sub", graph.number("one", 1.0), there), graph.number("never", -1e4)
    )
    x = _embedded(graph, state)
    mask = _cast(graph, "attention_mask", TensorProto.INT32)
    for layer in range(1 + max(int(n.split(".")[2]) for n in state if n.startswith("encoder.layers."))):
        x = _layer(graph, x, mask, state, ranges, f"encoder.layers.{layer}", heads)
    _heads(graph, x, there, missing, state, ranges, lead)
    content: bytes = _model(graph, state["tag_query.weight"].shape[0]).SerializeToString()
    return content


def _cast(graph: _Graph, x: str, kind: int) -> str:
    name = f"Cast_{len(graph.nodes)}"
    graph.nodes.append(helper.make_node("Cast", [x], [name], name=f"node_{len(graph.nodes)}", to=kind))
    return name


def _embedded(graph: _Graph, state: State) -> str:
    """Word and position embeddings, added and normalised; word embeddings in 8 bits, scaled by row."""
    words = state["encoder.words.weight"]
    scale = np.maximum(np.abs(words).max(axis=1, keepdims=True), 1e-12) / 127
    graph.constant("words", np.clip(np.round(words / scale), -127, 127).astype(np.int8))
    graph.constant("words_scale", scale.astype(np.float32))
    whole = _cast(graph, graph.node("Gather", "words", "input_ids"), TensorProto.FLOAT)
    x = graph.node("Mul", whole, graph.node("Gather", "words_scale", "input_ids"))
    length = graph.node("Gather", graph.node("Shape", "input_ids"), graph.integers(1))
    positions = graph.constant("positions", state["encoder.positions"])
    x = graph.node("Add", x, graph.node("Slice", positions, graph.integers(0), length, graph.integers(0)))
    names = [graph.constant(f"norm.{end}", state[f"encoder.norm.{end}"]) for end in ("weight", "bias")]
    return graph.node("LayerNormalization", x, *names, axis=-1, epsilon=1e-12)


def _layer(graph: _Graph, x: str, mask: str, state: State, ranges: Ranges, name: str, heads: int) -> str:
    def weight(part: str) -> Array:
        return np.ascontiguousarray(state[f"{name}.{part}.weight"].T)

    def added(x: str, y: str, part: str, norm: str) -> str:
        """Layer norm of x + y + bias."""
        inputs = [state[f"{name}.{norm}.weight"], state[f"{name}.{norm}.bias"], state[f"{name}.{part}.bias"]]
        names = [graph.constant(f"{name}.{norm}.{i}", value) for i, value in enumerate(inputs)]
        return graph.node("SkipLayerNormalization", x, y, *names, domain=_MICROSOFT, epsilon=1e-12)

    whole = graph.quantised(x, f"{name}.qkv", ranges[f"{name}.qkv"])
    thirds = np.split(weight("qkv"), 3, axis=1)
    biases = np.split(state[f"{name}.qkv.bias"], 3)
    queries = [
        graph.product(whole, f"{name}.{part}", w, b) for part, w, b in zip("qkv", thirds, biases, strict=True)
    ]
    attended = graph.node("MultiHeadAttention", *queries, "", mask, domain=_MICROSOFT, num_heads=heads)
    whole = graph.quantised(attended, f"{name}.out", ranges[f"{name}.out"])
    x = added(x, graph.product(whole, f"{name}.out", weight("out"), None), "out", "norm1")
    inner = graph.product(
        graph.quantised(x, f"{name}.up", ranges[f"{name}.up"]), f"{name}.up", weight("up"), None
    )
    inner = graph.node(
        "BiasGelu", inner, graph.constant(f"{name}.up.bias", state[f"{name}.up.bias"]), domain=_MICROSOFT
    )
    whole = graph.quantised(inner, f"{name}.down", ranges[f"{name}.down"])
    return added(x, graph.product(whole, f"{name}.down", weight("down"), None), "down", "norm2")


def _heads(graph: _Graph, x: str, there: str, missing: str, state: State, ranges: Ranges, lead: int) -> None:
    def weight(name: str) -> str:
        return graph.constant(f"{name}.weight", np.ascontiguousarray(state[f"{name}.weight"].T))

    def bias(name: str) -> str:
        return graph.constant(f"{name}.bias", state[f"{name}.bias"])

    one = graph.integers(1)
    kept = graph.node("Mul", x, there)
    total = graph.node("ReduceSum", kept, one, keepdims=0)
    mean = graph.node("Div", total, graph.node("ReduceSum", there, one, keepdims=0))
    highest = graph.node("ReduceMax", graph.node("Add", x, missing), one, keepdims=0)
    first = graph.node("Slice", kept, one, graph.integers(1 + lead), one)
    first = graph.node("Reshape", first, graph.integers(0, -1))
    opening = graph.node("Squeeze", graph.node("Slice", x, graph.integers(0), one, one), one)
    opening = graph.node("Concat", opening, mean, first, axis=1)
    whole = graph.quantised(opening, "action_in", ranges["action_in"])
    inner = graph.product(whole, "action_in", np.ascontiguousarray(state["action_in.weight"].T), None)
    inner = graph.node("BiasGelu", inner, bias("action_in"), domain=_MICROSOFT)
    graph.node(
        "Add", graph.node("MatMul", inner, weight("action_out")), bias("action_out"), to="action_logits"
    )
    attention = graph.node(
        "Softmax", graph.node("Add", graph.node("MatMul", x, weight("tag_query")), missing), axis=1
    )
    values = graph.node("MatMul", x, weight("tag_value"))
    seen = graph.node("ReduceSum", graph.node("Mul", attention, values, to="tag_pieces"), one, keepdims=0)
    pooled = graph.node("MatMul", graph.node("Concat", mean, highest, axis=1), weight("tag_pooled"))
    graph.node("Add", seen, graph.node("Add", pooled, bias("tag_pooled")), to="tag_logits")


def _model(graph: _Graph, tags: int) -> onnx.ModelProto:
    inputs = [
        helper.make_tensor_value_info(n, TensorProto.INT64, ["n", "L"])
        for n in ("input_ids", "attention_mask")
    ]
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in (
            ("action_logits", ["n", 5]),
            ("tag_logits", ["n", tags]),
            ("tag_pieces", ["n", "L", tags]),
        )
    ]
    constants = [numpy_helper.from_array(value, name) for name, value in graph.constants.items()]
    body = helper.make_graph(graph.nodes, "upr", inputs, outputs, constants)
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
    model = helper.make_model(body, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="upr")
    onnx.checker.check_model(model)
    return model
