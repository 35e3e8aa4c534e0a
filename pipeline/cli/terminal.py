"""Shared by commands: paths, common options, the progress bar on stderr, and the line of the data folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

# A file that may not be read is the input's fault (exit 1, with what to do), not wrong usage, so click does
# not look.
PATH = click.Path(path_type=Path, readable=False)


class _PathOrAddress(click.Path):
    """A path, or an address (s3://bucket/rows.csv) as `str`."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value as it is used."""
        from pipeline.store.remote import is_address

        if isinstance(value, str) and is_address(value):
            return value
        return super().convert(value, param, ctx)


PATH_OR_ADDRESS = _PathOrAddress(path_type=Path, readable=False)
INPUT = _PathOrAddress(path_type=Path, readable=False, allow_dash=True)
"""A path, an address, or - for stdin."""


def model_option(what: str = "") -> Callable[[F], F]:
    """The option --model. Args: `what`, its help; by default which references there are."""
    references = "champion (of the registry, else shipped), shipped, best, models:/NAME@ALIAS, or a folder."
    return click.option(
        "--model", default="champion", show_default=True, metavar="REF", help=what or references
    )


def request_log_option(variable: str) -> Callable[[F], F]:
    """The option --log of a server. Args: `variable`, of the environment, that sets it, too."""
    return click.option(
        "--log",
        default="off",
        envvar=variable,
        show_default=True,
        type=click.Choice(["off", "text", "json"]),
        help="Write a line for each request to stderr, for people or for programs.",
    )


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
