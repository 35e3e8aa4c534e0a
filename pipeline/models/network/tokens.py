"""From texts to tokens and batches of them, without torch or transformers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from pipeline.corpus.blinding import MASK

IntMatrix = npt.NDArray[np.int64]
_STATE = "country"
"""What the mask of States is replaced by: a word that pretrained encoders know."""


class TextTokenizer:
    """A tokenizer with a fixed greatest length, from the text of its tokenizer.json."""

    def __init__(self, content: str, max_tokens: int, pad: int = 0) -> None:
        """Args: `max_tokens`, tokens kept of a text, with those that frame it; `pad`, the number of the
        padding token.
        """
        tokenizer = Tokenizer.from_str(content)
        tokenizer.no_padding()
        tokenizer.enable_truncation(max_tokens)
        self.content = content
        self.max_tokens = max_tokens
        self.pad = pad
        self._tokenizer = tokenizer

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """The numbers of the tokens of each blinded text, with those that frame it."""
        return [
            encoding.ids
            for encoding in self._tokenizer.encode_batch([text.replace(MASK, _STATE) for text in texts])
        ]


def padded(rows: Sequence[Sequence[int]], shortest: int, pad: int = 0) -> tuple[IntMatrix, IntMatrix]:
    """(n, L) numbers and (n, L) mask, 1 for a token and 0 for padding; L is at least `shortest`."""
    length = max(shortest, *(len(row) for row in rows))
    numbers = np.full((len(rows), length), pad, dtype=np.int64)
    mask = np.zeros((len(rows), length), dtype=np.int64)
    for i, row in enumerate(rows):
        numbers[i, : len(row)] = row
        mask[i, : len(row)] = 1
    return numbers, mask


def by_length(
    rows: Sequence[Sequence[int]], batch: int, most: int | None = None
) -> list[npt.NDArray[np.int64]]:
    """Places of the rows, in batches of similar length: little padding, and the same batches for the same
    rows.

    Args:
        batch: rows a batch.
        most: tokens a batch with its padding, which shortens batches of long rows; one row is always taken.
    """
    lengths = np.array([len(row) for row in rows])
    order = np.argsort(lengths, kind="stable")
    batches, start = [], 0
    while start < len(order):
        chosen = order[start : start + batch]
        if most is not None:
            padded_to = lengths[chosen] * np.arange(1, len(chosen) + 1)
            chosen = chosen[: max(1, int(np.searchsorted(padded_to, most, side="right")))]
        batches.append(chosen)
        start += len(chosen)
    return batches


def pruned(content: str, used: Iterable[int], frequent: int) -> tuple[str, npt.NDArray[np.int64]]:
    """The tokenizer with fewer tokens, renumbered, and for each new number the old one.

    Kept are the tokens used, the special ones, single characters, so that no word becomes unknown, and the
    first
    `frequent` ones (vocabularies of this kind are sorted by frequency). Only a WordPiece vocabulary can
    lose tokens without
    changing how other words are split; any other is returned whole.
    """
    model = json.loads(content)
    if model["model"].get("type") != "WordPiece":
        return content, np.arange(Tokenizer.from_str(content).get_vocab_size(), dtype=np.int64)
    vocabulary: dict[str, int] = model["model"]["vocab"]
    wanted = set(used) | {token["id"] for token in model["added_tokens"]}
    kept = [
        (token, number)
        for token, number in sorted(vocabulary.items(), key=lambda entry: entry[1])
        if number in wanted or number < frequent or len(token.removeprefix("##")) == 1
    ]
    new = {token: i for i, (token, _) in enumerate(kept)}
    model["model"]["vocab"] = new
    for token in model["added_tokens"]:
        token["id"] = new[token["content"]]
    processor = model.get("post_processor") or {}
    for name, special in processor.get("special_tokens", {}).items():
        special["ids"] = [new[name]]
    for end in ("sep", "cls"):
        if end in processor:
            processor[end] = [processor[end][0], new[processor[end][0]]]
    if model.get("padding"):
        model["padding"]["pad_id"] = new[model["padding"]["pad_token"]]
    return json.dumps(model, ensure_ascii=False, separators=(",", ":")), np.array(
        [number for _, number in kept], dtype=np.int64
    )
