"""Progress on the terminal: a bar on stderr for work over two seconds, nothing where nobody looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def bar(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
    """A progress bar with rate and time left (see `pipeline.progress.Progress`)."""
    from tqdm import tqdm

    # disable=None switches the bar off when stderr is not a terminal; delay keeps short work silent.
    yield from tqdm(items, desc=label, total=total, disable=None, delay=2, unit="", unit_scale=True, leave=False)
