"""From texts to word pieces and batches of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from pipeline.corpus.blinding import MASK

IntMatrix = npt.NDArray[np.int64]
_STATE = "country"
"""What stands for the mask of States: a word that pretrained encoders know."""


class WordPieces:
    """A tokenizer with a fixed longest length, from the text of its tokenizer.json."""

    def __init__(self, content: str, longest: int) -> None:
        """Args: `longest`, pieces kept of a text, with the two that frame it."""
        tokenizer = Tokenizer.from_str(content)
        tokenizer.no_padding()
        tokenizer.enable_truncation(longest)
        self.content = content
        self.longest = longest
        self._tokenizer = tokenizer

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """The numbers of the pieces of each blinded text, framed by [CLS] and [SEP]."""
        return [
            encoding.ids
            for encoding in self._tokenizer.encode_batch([text.replace(MASK, _STATE) for text in texts])
        ]


def padded(rows: Sequence[Sequence[int]], shortest: int) -> tuple[IntMatrix, IntMatrix]:
    """(n, L) numbers and (n, L) mask, 1 for a piece and 0 for padding; L is at least `shortest`."""
    length = max(shortest, *(len(row) for row in rows))
    numbers = np.zeros((len(rows), length), dtype=np.int64)
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
        most: pieces a batch with its padding, which shortens batches of long rows; one row is always taken.
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
    """The tokenizer with fewer pieces, renumbered, and for each new number the old one.

    Kept are the pieces used, the special ones, single characters, so that no word becomes unknown, and the
    first `frequent` ones (vocabularies of this kind are sorted by frequency).
    """
    model = json.loads(content)
    vocabulary: dict[str, int] = model["model"]["vocab"]
    wanted = set(used) | {token["id"] for token in model["added_tokens"]}
    kept = [
        (piece, number)
        for piece, number in sorted(vocabulary.items(), key=lambda entry: entry[1])
        if number in wanted or number < frequent or len(piece.removeprefix("##")) == 1
    ]
    new = {piece: i for i, (piece, _) in enumerate(kept)}
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
