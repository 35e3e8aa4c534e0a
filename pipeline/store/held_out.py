"""What a model's recipe says of rows that it was not fitted on, kept beside the model for the gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.store.tables import read_parquet, write_parquet

NAME = "held_out.parquet"
# The bytes of numbers are stored by their place in the number: 0.6 of the size, and nothing is lost.
_ENCODING = {
    "use_byte_stream_split": ["action_probabilities.list.element", "tag_scores.list.element", "known"],
    "use_dictionary": ["row_id", "decided"],
}


@dataclass(frozen=True)
class HeldOutRows:
    """Probabilities of rows that a model was not fitted on, row by row.

    Attributes:
        row_ids: of the corpus.
        decided: (n) whether the row is a reviewer's decision.
        action: (n, 5).
        tags: (n, T), in the order of the taxonomy.
        known: (n) share of known words.
    """

    row_ids: Sequence[str]
    decided: npt.NDArray[np.bool_]
    action: npt.NDArray[np.float32]
    tags: npt.NDArray[np.float32]
    known: npt.NDArray[np.float32]

    def places(self) -> dict[str, int]:
        """Position of each row by its id."""
        return {row_id: place for place, row_id in enumerate(self.row_ids)}


def write_held_out(folder: Path, rows: HeldOutRows) -> None:
    """Write the rows into a folder. Raises: StoreError."""
    columns = {
        "row_id": list(rows.row_ids),
        "decided": rows.decided,
        "action_probabilities": list(rows.action),
        "tag_scores": list(rows.tags),
        "known": rows.known,
    }
    write_parquet(folder / NAME, pa.table(columns), **_ENCODING)


def read_held_out(folder: Path) -> HeldOutRows | None:
    """The rows of a folder; None where it has none, as for models of before there were any.

    Raises: SourceError or StoreError if the file is damaged.
    """
    if not (folder / NAME).is_file():
        return None
    table = read_parquet(folder / NAME)
    action, tags = (
        np.array(table[name].to_pylist(), dtype=np.float32) for name in ("action_probabilities", "tag_scores")
    )
    return HeldOutRows(
        table["row_id"].to_pylist(),
        table["decided"].to_numpy(),
        action.reshape(-1, 5),
        tags.reshape(len(action), -1),
        table["known"].to_numpy().astype(np.float32),
    )
