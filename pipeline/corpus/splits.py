"""Splits that cannot leak: by session, as a model meets texts in life, and at random by wording, for
comparison.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from pipeline.corpus.text import normalise
from pipeline.options import SplitOptions

Part = Literal["train", "tune", "test", "pledges", "waiting", ""]


@dataclass(frozen=True)
class Split:
    """Which rows train, tune and test.

    Attributes:
        name: "session" or "random".
        parts: (n,) of `Part`; "waiting" for rows with gold that are neither trained on nor measured, "" for
            rows without gold.
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


@dataclass(frozen=True)
class Sessions:
    """Which sessions train, tune and test.

    Attributes:
        tune, test: sessions.
        trains: whether a session trains.
        by: "time" or "benchmark".
    """

    tune: Collection[int]
    test: Collection[int]
    trains: Callable[[int], bool]
    by: Literal["time", "benchmark"]

    def part(self, session: int | None) -> Part:
        """The part of a coded recommendation of a session."""
        if session is None:
            return "waiting"
        if session in self.tune:
            return "tune"
        if session in self.test:
            return "test"
        return "train" if self.trains(session) else "waiting"


def sessions_of(coded: Mapping[int, int], options: SplitOptions) -> Sessions:
    """Which sessions train, tune and test in a corpus.

    By time, the latest session with at least `session_rows` coded recommendations tests, the one of these
    before it tunes, and whatever is older than that trains. Where there are no two such sessions, or the
    benchmark is asked for, it is the sessions named in the options.

    >>> options = SplitOptions(train=(1, 2), tune=(17,), test=(18,))
    >>> found = sessions_of({15: 1200, 16: 40, 17: 1300, 18: 1100, 19: 60}, options)
    >>> {session: found.part(session) for session in (15, 16, 17, 18, 19)}
    {15: 'train', 16: 'train', 17: 'tune', 18: 'test', 19: 'waiting'}

    Args: `coded`, the recommendations of each session that were coded as a whole, so without decisions.
    Raises: ValueError if the options name a session for two parts.
    """
    train, tune, test = (frozenset(named) for named in (options.train, options.tune, options.test))
    if train & tune or train & test or tune & test:
        raise ValueError("a session is named for two parts")
    whole = sorted(session for session, rows in coded.items() if rows >= options.session_rows)
    if options.by == "benchmark" or len(whole) < 2:
        return Sessions(tune, test, train.__contains__, "benchmark")
    before, latest = whole[-2:]
    return Sessions((before,), (latest,), lambda session: session < before, "time")


def session_split(
    texts: Sequence[str],
    sessions: Sequence[int | None],
    kinds: Sequence[str],
    labelled: Sequence[bool],
    options: SplitOptions,
    decided: Sequence[bool] | None = None,
) -> Split:
    """Split by session. Pledges are a part of their own, whatever their session, and never train.

    Args: `decided`, whether the gold is a reviewer's decision. Decisions make no session one that tunes or
        tests: what is decided first is what is doubtful. One on a wording that stands in the tuning or test
        part does not train, since the part would no longer be unknown to the model.
    Raises: ValueError if a session is named for two parts.
    """
    by_person = [False] * len(texts) if decided is None else decided
    coded = [
        session
        for session, kind, has_gold, reviewed in zip(sessions, kinds, labelled, by_person, strict=True)
        if has_gold and not reviewed and kind != "pledge" and session is not None
    ]
    found = sessions_of(Counter(coded), options)
    parts = [
        _part(kind, has_gold, found.part(session))
        for session, kind, has_gold in zip(sessions, kinds, labelled, strict=True)
    ]
    split = _with_seen("session", parts, texts)
    measured = np.isin(split.groups, split.groups[np.isin(split.parts, ("tune", "test"))])
    leaking = np.asarray(by_person, dtype=bool) & measured & (split.parts == "train")
    if not leaking.any():
        return split
    return _with_seen("session", np.where(leaking, "waiting", split.parts).tolist(), texts)


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


def waiting_in_words(waiting: Mapping[int | None, int]) -> str:
    """What is told of coded rows that only the final model is fitted on; "" where there are none.

    >>> waiting_in_words({19: 60, 44: 2})
    '62 coded rows are in the final model only, neither in its evaluated twin nor measured: session 19 (60), \
session 44 (2).'
    """
    if not waiting:
        return ""
    named = ", ".join(f"{'no session' if s is None else f'session {s}'} ({n:,})" for s, n in waiting.items())
    return (
        f"{sum(waiting.values()):,} coded rows are in the final model only, neither in its evaluated twin "
        f"nor measured: {named}."
    )
