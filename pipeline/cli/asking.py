"""Options by which a person says how a table is to be read; shared by `ingest` and `label`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

GOLD = ("action", "issues")


def asking(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--column`, `--sheet` and `--other-mechanisms` to a command."""
    for option in (
        click.option(
            "--other-mechanisms",
            is_flag=True,
            help="Of an export of the Universal Human Rights Index, read the rows of other mechanisms too.",
        ),
        click.option(
            "--sheet",
            "sheets",
            multiple=True,
            metavar="NAME",
            help="Worksheet to read (repeatable; default: every one).",
        ),
        click.option(
            "--column",
            "columns",
            multiple=True,
            metavar="NAME=HEADING",
            help="Which column is what (repeatable), e.g. text=Recommendation; NAME is text, "
            "state_under_review, recommending_states, session, response, paragraph or symbol.",
        ),
    ):
        command = option(command)
    return command


def columns_asked(columns: Sequence[str], further: Sequence[str] = ()) -> dict[str, str]:
    """Field to heading, of the values of `--column`. Raises: click.UsageError."""
    from pipeline.sources.tables.meanings import FIELDS

    found: dict[str, str] = {}
    for value in columns:
        name, _, heading = value.partition("=")
        if name not in (*FIELDS, *further) or not heading.strip():
            raise click.UsageError(
                f"--column {value}: write NAME=HEADING; NAME is one of {', '.join((*FIELDS, *further))}."
            )
        if name in found:
            raise click.UsageError(f"--column {name} is given twice.")
        found[name] = heading
    return found
