"""Progress of a stage. The command line passes in the progress bar; stages do not know about terminals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")


class Progress(Protocol):
    """Passes items through and shows how many went by."""

    def __call__(self, items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
        """Args: `label`, what is being done, for people; `total`, how many there are, if known."""
        ...


def silent(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:  # noqa: ARG001
    """Shows nothing."""
    return iter(items)
