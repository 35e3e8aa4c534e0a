"""`upr extract`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.cli import say
from pipeline.cli.terminal import bar


@click.command()
@click.argument(
    "documents",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, readable=False),
    metavar="DOCUMENT...",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, readable=False),
    help="The table: .parquet, .csv, .jsonl or .xlsx.",
)
@click.option(
    "--text",
    "text_folder",
    type=click.Path(path_type=Path, file_okay=False, readable=False),
    help="Folder for the extracted texts, to which char_start and char_end refer.",
)
@click.option(
    "--strict", is_flag=True, help="Write nothing if there is any gap, duplicate, conflict or rejected row."
)
@click.option(
    "--allow-empty",
    is_flag=True,
    help="Write a table without rows if the folders are empty, for pipelines that may have no document.",
)
def command(
    documents: tuple[Path, ...], out: Path, text_folder: Path | None, strict: bool, allow_empty: bool
) -> None:
    """Extract recommendations from session documents.

    Documents are Working Group reports (.pdf .docx), addenda with the State's responses, OHCHR thematic lists
    and matrices (.docx .xlsx), or folders of these. Documents of one review are merged: each wording occurs
    once, with the final response. Gaps in the numbering, duplicates and conflicts are reported, and written
    to OUT.rejects.jsonl.
    """
    from pipeline import settings
    from pipeline.stages import extract

    result = extract.run(
        documents,
        out,
        settings.load(),
        strict=strict,
        allow_empty=allow_empty,
        text_folder=text_folder,
        progress=bar,
    )
    for sentence in result.left_out:
        say(sentence)
    for name, understood in result.understood.items():
        say(f"{name}: {understood}")
    for problem in result.problems:
        place = f", row {problem.row}" if problem.row else ""
        say(f"{problem.file}{place}: {problem.reason}")
    say(f"{out}: {result.rows:,} rows.")
    for error in result.failed:
        say(f"upr: not extracted: {error}")
    if result.failed:
        sys.exit(1)
