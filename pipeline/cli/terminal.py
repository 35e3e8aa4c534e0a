"""Shared by commands: path arguments, the progress bar on stderr, and the line that names the data folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import click

T = TypeVar("T")

# A file that may not be read is the input's fault (exit 1, with what to do), not wrong usage, so click does
# not look.
PATH = click.Path(path_type=Path, readable=False)
PATH_OR_STDIN = click.Path(path_type=Path, readable=False, allow_dash=True)


def bar(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
    """A progress bar with rate and time left (see `pipeline.progress.Progress`)."""
    from tqdm import tqdm

    # disable=None switches the bar off when stderr is not a terminal; delay keeps short work silent.
    yield from tqdm(
        items, desc=label, total=total, disable=None, delay=2, unit="", unit_scale=True, leave=False
    )


def say_home() -> None:
    """Say on stderr in which folder a command keeps its data where it was given no other."""
    from pipeline import settings

    click.echo(f"Home folder: {settings.home()} (UPR_HOME names another).", err=True)
