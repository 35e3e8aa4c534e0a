"""What stands where in the ONNX graph of a network: weights, dequantised, and what a value is made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Product:
    """A product with weights (in, out), and its bias (out)."""

    node: onnx.NodeProto
    weight: Array
    bias: Array


class Graph:
    """What stands where in a graph."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self.nodes: Sequence[onnx.NodeProto] = graph.node
        self._constants = {found.name: numpy_helper.to_array(found) for found in graph.initializer}
        self._makers = {name: node for node in graph.node for name in node.output}
        self._users: dict[str, list[onnx.NodeProto]] = {}
        for node in graph.node:
            for name in node.input:
                self._users.setdefault(name, []).append(node)
        self.products = list(self._products())
        self.norms = [node for node in graph.node if node.op_type.endswith("LayerNormalization")]

    def named(self, *ends: str) -> Array | None:
        """The constant whose name ends so; None where there is none."""
        return next((value for name, value in self._constants.items() if name.endswith(ends)), None)

    def constant(self, name: str) -> Array | None:
        """A constant, dequantised where it is kept as integers; None for what depends on the text."""
        maker = self._makers.get(name)
        if maker is not None and maker.op_type == "DequantizeLinear" and maker.input[0] in self._constants:
            axis = attributes(maker).get("axis", 1)
            return dequantised(*(self._constants[part] for part in maker.input), axis=axis)
        return self._constants.get(name)

    def norm(self, number: int) -> tuple[Array, Array]:
        """Weight and bias of a normalisation, counted from the input."""
        node = self.norms[number]
        first = 2 if node.op_type.startswith("Skip") else 1
        return self._known(node.input[first]), self._known(node.input[first + 1])

    def words(self) -> Array:
        """The embeddings of words: they are looked up as integers, with a scale for each word."""
        looked_up = [
            self._constants[node.input[0]]
            for node in self.nodes
            if node.op_type.startswith("Gather") and node.input[0] in self._constants
        ]
        whole = next(found for found in looked_up if found.dtype == np.int8)
        scale = next(found for found in looked_up if found.shape == (len(whole), 1))
        return dequantised(whole, scale[:, 0], axis=0)

    def heads(self) -> int:
        """Of the attention: an attribute of the fused operator, or from the factor of its products."""
        for node in self.nodes:
            if node.op_type == "MultiHeadAttention":
                return int(attributes(node)["num_heads"])
        softmax = next(node for node in self.nodes if node.op_type == "Softmax")
        masked = self._makers[softmax.input[0]]
        scaled = next(node for node in map(self._makers.get, masked.input) if node and node.op_type == "Mul")
        factor = next(found for found in map(self.constant, scaled.input) if found is not None)
        return int(np.rint(self.words().shape[1] * np.square(factor)))

    def before(self, name: str) -> list[Product]:
        """The products that a value is computed from, without those before these."""
        by_output = {product.node.output[0]: product for product in self.products}
        found, open_, seen = list[Product](), [name], set[str]()
        while open_:
            name = open_.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in by_output:
                found.append(by_output[name])
            elif name in self._makers:
                open_.extend(self._makers[name].input)
        return found

    def _products(self) -> Iterator[Product]:
        for node in self.nodes:
            if node.op_type == "MatMulIntegerToFloat":
                weight = dequantised(self._known(node.input[1]), self._known(node.input[3]))
                bias = self.constant(node.input[6]) if len(node.input) > 6 else None
            elif node.op_type in ("MatMul", "Gemm"):
                found = self.constant(node.input[1])
                if found is None:
                    continue
                weight = found.T if attributes(node).get("transB") else found
                bias = self.constant(node.input[2]) if len(node.input) > 2 else None
            else:
                continue
            if bias is None:
                bias = self._bias_after(node, weight.shape[1])
            yield Product(node, weight, bias)

    def _bias_after(self, node: onnx.NodeProto, width: int) -> Array:
        """The constant (width) that is added to a product next; zeros where there is none."""
        for user in self._users.get(node.output[0], ()):
            if user.op_type in ("Add", "BiasGelu", "SkipLayerNormalization"):
                # The last one: a normalisation has weight and bias of its own before it.
                for name in reversed(user.input):
                    found = self.constant(name)
                    if found is not None and found.shape == (width,):
                        return found
        return np.zeros(width, dtype=np.float32)

    def _known(self, name: str) -> Array:
        found = self.constant(name)
        if found is None:
            raise KeyError(f"{name} is no constant")
        return found


def dequantised(whole: Array, scale: Array, zero_point: Array | None = None, *, axis: int = 1) -> Array:
    """Values of integers: (q - zero point) * scale.

    Args: `scale`, `zero_point`, of all values, or one for each place of `axis`.
    """
    shape = [1] * whole.ndim
    if scale.ndim:
        shape[axis] = -1
    shift = 0 if zero_point is None else zero_point.astype(np.float32).reshape(shape)
    values: Array = (whole.astype(np.float32) - shift) * scale.reshape(shape)
    return values


def attributes(node: onnx.NodeProto) -> dict[str, Any]:
    """The attributes of a node by name."""
    return {found.name: onnx.helper.get_attribute_value(found) for found in node.attribute}
