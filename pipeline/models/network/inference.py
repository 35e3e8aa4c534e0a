"""The network as it runs on any machine: ONNX, one thread, no torch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from pipeline.models.network.wordpieces import WordPieces, by_length, padded

FloatMatrix = npt.NDArray[np.float32]
_BATCH = 16
"""Texts at a time: what fits the processor's caches; 730 texts a second against 680 with 64."""
_PIECES = 512
"""Word pieces at a time: as fast as without a limit, and 30 MB less for the longest texts."""


class Network:
    """A network from its bytes, started when first asked.

    Its activations are quantised with ranges fixed when it was made, so what it says of a text does not
    depend on the texts beside it.
    """

    def __init__(self, onnx: bytes, pieces: WordPieces, lead: int) -> None:
        """Args: `onnx`, inputs input_ids and attention_mask, outputs action_logits and tag_logits; `lead`,
        leading pieces it needs.
        """
        self.onnx = onnx
        self.pieces = pieces
        self.lead = lead

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # One thread a process: label runs as many processes as there are cores, which is faster than threads.
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(self.onnx, options, providers=["CPUExecutionProvider"])

    def __getstate__(self) -> dict[str, Any]:
        """Without the running session, which does not travel between processes."""
        return {k: v for k, v in self.__dict__.items() if k != "_session"}

    def logits(self, texts: Sequence[str]) -> tuple[FloatMatrix, FloatMatrix]:
        """(n, 5) logits of the actions and (n, T) of the tags."""
        rows = self.pieces.encode(texts)
        actions: FloatMatrix | None = None
        tags: FloatMatrix | None = None
        for places in by_length(rows, _BATCH, _PIECES):
            numbers, mask = padded([rows[i] for i in places], self.lead + 2)
            action, tag = self._session.run(
                ["action_logits", "tag_logits"], {"input_ids": numbers, "attention_mask": mask}
            )
            if actions is None or tags is None:
                actions = np.zeros((len(rows), action.shape[1]), dtype=np.float32)
                tags = np.zeros((len(rows), tag.shape[1]), dtype=np.float32)
            actions[places], tags[places] = action, tag
        if actions is None or tags is None:
            return np.zeros((0, 5), dtype=np.float32), np.zeros((0, 0), dtype=np.float32)
        return actions, tags


def mean_logits(networks: Sequence[Network], texts: Sequence[str]) -> tuple[FloatMatrix, FloatMatrix]:
    """What several networks say on average: (n, 5) log probabilities of the actions and (n, T) logits of the
    tags.
    """
    said = [network.logits(texts) for network in networks]
    actions: FloatMatrix = np.mean(
        [special.log_softmax(actions, axis=1) for actions, _ in said], axis=0, dtype=np.float32
    )
    tags: FloatMatrix = np.mean([tags for _, tags in said], axis=0, dtype=np.float32)
    return actions, tags
