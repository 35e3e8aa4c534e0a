"""Tokenised training data, and batches of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from datasets import Dataset

from pipeline.models.network.tokens import TextTokenizer, padded

LENGTH = "length"
TARGETS = ("actions", "tags")


def dataset_of(
    texts: Sequence[str],
    actions: npt.NDArray[np.int64],
    tags: npt.NDArray[np.bool_],
    tokenizer: TextTokenizer,
) -> Dataset:
    """Tokenised texts with their labels, one row for each.

    Args:
        texts: blinded.
        actions: (n,) 1..5.
        tags: (n, T).

    Returns: columns input_ids, length, actions (0..4), tags (T numbers), weights (1).
    """
    rows = tokenizer.encode(texts)
    return Dataset.from_dict(
        {
            "input_ids": rows,
            LENGTH: [len(row) for row in rows],
            "actions": (actions - 1).tolist(),
            "tags": tags.astype(np.float32).tolist(),
            "weights": [1.0] * len(rows),
        }
    )


def distinct(
    texts: Sequence[str], actions: npt.NDArray[np.int64], tags: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Places of the first row of each distinct text and coding, and its weight: the root of how often it
    occurs, about 1.
    """
    counts: dict[tuple[str, int, bytes], list[int]] = {}
    for i, text in enumerate(texts):
        counts.setdefault((text.lower(), int(actions[i]), tags[i].tobytes()), []).append(i)
    weights = np.sqrt([len(rows) for rows in counts.values()])
    return np.array([rows[0] for rows in counts.values()], dtype=np.int64), (weights / weights.mean()).astype(
        np.float32
    )


def with_columns(dataset: Dataset, columns: dict[str, npt.NDArray[np.float32]]) -> Dataset:
    """The data with further columns, or others in place of those of the same name."""
    for name, values in columns.items():
        if name in dataset.column_names:
            dataset = dataset.remove_columns(name)
        dataset = dataset.add_column(name, values.tolist())
    return dataset


class Batches:
    """Rows of a dataset as tensors, padded to the longest of them."""

    def __init__(self, pad: int) -> None:
        """Args: `pad`, the number of the padding token."""
        self.pad = pad

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """input_ids and attention_mask (n, L), and every other column but the length."""
        numbers, mask = padded([row["input_ids"] for row in rows], 1, self.pad)
        batch = {"input_ids": torch.from_numpy(numbers), "attention_mask": torch.from_numpy(mask)}
        for name in rows[0].keys() - {"input_ids", LENGTH}:
            batch[name] = torch.tensor([row[name] for row in rows])
        return batch
