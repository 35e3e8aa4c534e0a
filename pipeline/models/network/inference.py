"""The network as it runs on any machine: ONNX, one thread, no torch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from pipeline.models.network.tokens import TextTokenizer, by_length, padded

FloatMatrix = npt.NDArray[np.float32]
_BATCH = 16
"""Texts at a time: what fits the processor's caches; 730 texts a second against 680 with 64."""
_TOKENS = 512
"""Tokens at a time: as fast as without a limit, and 30 MB less for the longest texts."""


class Network:
    """A network from its bytes, started when first run.

    Its activations are quantised with ranges fixed when it was made, so its logits of a text do not depend
    on the texts
    beside it.
    """

    def __init__(self, onnx: bytes, tokenizer: TextTokenizer, shortest: int = 1) -> None:
        """Args: `onnx`, inputs input_ids and attention_mask, outputs action_logits and tag_logits;
        `shortest`, tokens it needs.
        """
        self.onnx = onnx
        self.tokenizer = tokenizer
        self.shortest = shortest

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
        rows = self.tokenizer.encode(texts)
        actions: FloatMatrix | None = None
        tags: FloatMatrix | None = None
        for places in by_length(rows, _BATCH, _TOKENS):
            numbers, mask = padded([rows[i] for i in places], self.shortest, self.tokenizer.pad)
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
    """The mean of several networks: (n, 5) log probabilities of the actions and (n, T) logits of the tags."""
    predicted = [network.logits(texts) for network in networks]
    actions: FloatMatrix = np.mean(
        [special.log_softmax(actions, axis=1) for actions, _ in predicted], axis=0, dtype=np.float32
    )
    tags: FloatMatrix = np.mean([tags for _, tags in predicted], axis=0, dtype=np.float32)
    return actions, tags
