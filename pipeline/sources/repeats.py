"""How often something came before, for as many things as a long job brings, in a few bytes each."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from hashlib import blake2b

import numpy as np

_RECENT = 50_000


class Repeats:
    """Counts equal keys in 12 bytes a key, where a dictionary of the keys themselves takes some 350.

    A key is known by 64 bits of its hash. That two of a million different keys are taken for equal has a probability of
    3 in 100 million.
    """

    def __init__(self, recent: int = _RECENT) -> None:
        """Args: `recent`, how many new keys are held in a dictionary before they are packed."""
        self._most = recent
        self._recent: dict[int, int] = {}
        # Sorted, and each key's count beside it.
        self._keys = array("Q")
        self._counts = array("I")

    def before(self, key: str) -> int:
        """How often `key` came before this time."""
        mark = int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
        place = bisect_left(self._keys, mark)
        if place < len(self._keys) and self._keys[place] == mark:
            count = self._counts[place]
            self._counts[place] = count + 1
            return count
        count = self._recent.get(mark, 0)
        self._recent[mark] = count + 1
        if len(self._recent) >= self._most:
            self._pack()
        return count

    def _pack(self) -> None:
        fresh = np.fromiter(self._recent.keys(), np.uint64, len(self._recent))
        keys = np.concatenate([np.frombuffer(self._keys, np.uint64), fresh])
        counts = np.concatenate([np.frombuffer(self._counts, np.uint32), np.fromiter(self._recent.values(), np.uint32, len(self._recent))])
        order = keys.argsort(kind="stable")
        self._keys, self._counts = array("Q", keys[order].tobytes()), array("I", counts[order].tobytes())
        self._recent = {}
