"""Where a labelled table goes: one file, or a folder of partitions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, count, islice
from pathlib import Path

import pyarrow as pa

from pipeline.errors import StoreError
from pipeline.store.carried import Part, write_labelled
from pipeline.store.files import atomic_folder
from pipeline.store.tables import check_suffix


@dataclass(frozen=True)
class Output:
    """An output that is written whole or not at all.

    Attributes:
        place: the file, or the folder of the partitions; state, lock and rejects stand beside it.
        suffix: the format.
        pattern: of the partitions' names, with `*` for their number; "" for one file.
    """

    place: Path
    suffix: str
    pattern: str = ""

    @classmethod
    def at(cls, path: Path) -> Output:
        """The output that a path names: `labelled.csv`, or `labelled/part-*.csv` for partitions.

        Raises: StoreError if its ending is no format, or it would replace a folder that holds something else.
        """
        suffix = check_suffix(path)
        if "*" not in str(path):
            return cls(path, suffix)
        folder, name = path.parent, path.name
        if name.count("*") != 1 or "*" in str(folder) or not folder.name:
            raise StoreError(
                str(path),
                "the numbers of partitions need one * in the name of the file, and a folder of their own.",
                f"Write for instance labelled/part-*{suffix}.",
            )
        others = sorted(p.name for p in folder.iterdir() if not p.match(name)) if folder.is_dir() else []
        if others:
            raise StoreError(
                str(folder),
                f"it holds something else than partitions, for instance '{others[0]}'.",
                "Name a new folder: it is replaced as a whole.",
            )
        return cls(folder, suffix, name)

    def write(self, parts: Sequence[Part], batches: Iterable[pa.Table], batches_each: int) -> int:
        """Write batches in the columns `WORKING`; see `write_labelled`.

        Args: `batches_each`, in a partition, of which only the last may have fewer.
        Returns: the number of rows. Raises: StoreError.
        """
        if not self.pattern:
            return write_labelled(self.place, parts, batches)
        rows, left = 0, iter(batches)
        with atomic_folder(self.place) as folder:
            for number in count():
                some = islice(left, batches_each)
                first = next(some, None)
                if first is None:
                    return rows
                rows += write_labelled(
                    folder / self.pattern.replace("*", f"{number:05}"), parts, chain((first,), some)
                )
        return rows
