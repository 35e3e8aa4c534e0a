"""From a trained labeller to an ONNX graph in 8 bits: torch.onnx writes it, onnxruntime quantises it.

Activations are quantised with ranges measured once on training texts. Ranges taken from each batch, as
dynamic
quantisation does, would make the label of a text depend on the texts beside it.
"""

from __future__ import annotations

import copy
import tempfile
import warnings
from collections.abc import Sequence
from typing import Any

import onnx
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from pipeline.models.network.labeller import Labeller
from pipeline.models.network.tokens import by_length, padded

RANGE_TEXTS = 2000
"""Training texts that the ranges of the activations are measured on."""
_OPSET = 21
_INPUTS = ("input_ids", "attention_mask")
_OUTPUTS = ("action_logits", "tag_logits")


class EightBitEmbedding(nn.Module):
    """Word embeddings in 8 bits, with a scale for each word: onnxruntime has one scale for all, which is
    too coarse.
    """

    def __init__(self, weight: Tensor) -> None:
        """Args: `weight`, (vocabulary, width)."""
        super().__init__()
        scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-12) / 127
        self.register_buffer("whole", (weight / scale).round().clamp(-127, 127).to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, numbers: Tensor) -> Tensor:
        """(n, L, width) from (n, L)."""
        return self.whole[numbers].to(self.scale.dtype) * self.scale[numbers]


class _Flat(nn.Module):
    """The labeller with its outputs as a pair, as an exporter wants them."""

    def __init__(self, model: Labeller) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        output = self.model(input_ids, attention_mask)
        return output.action_logits, output.tag_logits


class _Reader(CalibrationDataReader):
    """Batches of training texts, one after the other."""

    def __init__(self, rows: Sequence[Sequence[int]], pad: int) -> None:
        self._batches = iter(
            [padded([rows[i] for i in places], 2, pad) for places in by_length(rows, 16, 2048)]
        )

    def get_next(self) -> dict[str, Any] | None:
        batch = next(self._batches, None)
        return None if batch is None else dict(zip(_INPUTS, batch, strict=True))


def onnx_bytes(model: Labeller, rows: Sequence[Sequence[int]], pad: int) -> bytes:
    """The graph in 8 bits: input_ids and attention_mask (n, L) in, action_logits (n, 5) and tag_logits (n,
    T) out.

    Args:
        rows: token numbers of training texts, from which the ranges of the activations are taken.
        pad: the number of the padding token.
    """
    small = copy.deepcopy(model).eval()
    small.encoder.set_input_embeddings(
        EightBitEmbedding(model.encoder.get_input_embeddings().weight.detach())
    )
    small.encoder.set_attn_implementation("eager")
    with tempfile.TemporaryDirectory() as folder:
        whole, prepared, quantised = (f"{folder}/{name}.onnx" for name in ("whole", "prepared", "quantised"))
        _export(small, whole)
        quant_pre_process(whole, prepared, skip_symbolic_shape=True)
        quantize_static(
            prepared,
            quantised,
            _Reader(rows, pad),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["MatMul", "Gemm"],
            per_channel=True,
            # Weights of 7 bits: with 8, processors without VNNI overflow in sums of two products, and
            # labels would depend on the machine; the error against single precision is the same
            # (docs/experiments.md).
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            extra_options={
                "MatMulConstBOnly": True,
                "OpTypesToExcludeOutputQuantization": ["MatMul", "Gemm"],
            },
        )
        content: bytes = onnx.load(quantised).SerializeToString()
    return content


def _export(model: Labeller, path: str) -> None:
    example = (torch.ones(2, 9, dtype=torch.int64), torch.ones(2, 9, dtype=torch.int64))
    sizes = {0: torch.export.Dim("n", min=1, max=4096), 1: torch.export.Dim("L", min=2, max=4096)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Flat(model),
            example,
            path,
            input_names=list(_INPUTS),
            output_names=list(_OUTPUTS),
            dynamic_shapes=dict.fromkeys(_INPUTS, sizes),
            opset_version=_OPSET,
            dynamo=True,
            external_data=False,
            verbose=False,
        )
