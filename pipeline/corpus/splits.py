"""Splits that cannot leak: by session, as a model meets texts in life, and at random by wording, for
comparison.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from pipeline.corpus.text import normalise
from pipeline.options import SplitOptions

Part = Literal["train", "tune", "test", "pledges", ""]


@dataclass(frozen=True)
class Split:
    """Which rows train, tune and test.

    Attributes:
        name: "session" or "random".
        parts: (n,) of `Part`; "" for rows that no part takes (without gold, or of sessions not named).
        groups: (n,) integers, equal for rows with the same normalised text.
        seen: (n,) whether the row's wording stands in the training or tuning part (for rows of the tuning
            part: in training). Meaningless for rows of the training part, where it is True.
    """

    name: str
    parts: npt.NDArray[np.str_]
    groups: npt.NDArray[np.int64]
    seen: npt.NDArray[np.bool_]

    def rows(self, part: Part) -> npt.NDArray[np.int64]:
        """Places of the rows of a part, in order."""
        return np.flatnonzero(self.parts == part)

    def digest(self, row_ids: Sequence[str]) -> str:
        """SHA-256 over which row is in which part, independent of the order of rows: what a frozen split is
        checked by.
        """
        lines = sorted(f"{row_id} {part}\n" for row_id, part in zip(row_ids, self.parts, strict=True))
        return hashlib.sha256("".join(lines).encode()).hexdigest()


def text_groups(texts: Sequence[str]) -> tuple[npt.NDArray[np.int64], list[str]]:
    """A number for each row, equal where the normalised texts are, and each row's normalised text."""
    keys = [normalise(t) for t in texts]
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(k, len(numbers)) for k in keys], dtype=np.int64), keys


def session_split(
    texts: Sequence[str],
    sessions: Sequence[int | None],
    kinds: Sequence[str],
    labelled: Sequence[bool],
    options: SplitOptions,
) -> Split:
    """Split by session. Pledges are a part of their own, whatever their session, and never train.

    Raises: ValueError if a session is named for two parts.
    """
    train, tune, test = options.train, options.tune, options.test
    if set(train) & set(tune) or set(train) & set(test) or set(tune) & set(test):
        raise ValueError("a session is named for two parts")
    named: tuple[tuple[Part, Collection[int]], ...] = (("train", train), ("tune", tune), ("test", test))
    part_of: dict[int | None, Part] = {
        session: part for part, its_sessions in named for session in its_sessions
    }
    parts = [
        _part(kind, has_gold, part_of.get(session, ""))
        for session, kind, has_gold in zip(sessions, kinds, labelled, strict=True)
    ]
    return _with_seen("session", parts, texts)


def random_split(
    texts: Sequence[str],
    kinds: Sequence[str],
    labelled: Sequence[bool],
    options: SplitOptions,
) -> Split:
    """Split at random by wording, so that no wording stands in two parts.

    A wording's part follows from its hash and the seed alone: it stays the same when the corpus grows.
    """

    seed, tune_share, test_share = options.random_seed, options.random_tune_share, options.random_test_share

    def drawn(text: str) -> Part:
        digest = hashlib.blake2b(f"{seed}\x1f{normalise(text)}".encode(), digest_size=8).digest()
        place = int.from_bytes(digest, "big") / 2**64
        return "test" if place < test_share else "tune" if place < test_share + tune_share else "train"

    parts = [
        _part(kind, has_gold, drawn(text))
        for text, kind, has_gold in zip(texts, kinds, labelled, strict=True)
    ]
    return _with_seen("random", parts, texts)


def _part(kind: str, has_gold: bool, part: Part) -> Part:
    """The part of a row: `part`, but none without gold, and that of the pledges for a pledge."""
    return "" if not has_gold else "pledges" if kind == "pledge" else part


def _with_seen(name: str, parts: list[Part], texts: Sequence[str]) -> Split:
    groups, _ = text_groups(texts)
    array = np.array(parts, dtype="U8")
    trained = np.isin(groups, groups[array == "train"])
    fitted = trained | np.isin(groups, groups[array == "tune"])
    seen = np.where(array == "tune", trained, fitted)
    return Split(name, array, groups, seen)
