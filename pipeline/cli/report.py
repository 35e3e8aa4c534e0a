"""`upr report`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import say
from pipeline.cli.terminal import PATH


@click.command()
@click.option("--corpus", required=True, type=PATH, help="A table of `upr ingest` or `upr label` (.parquet).")
@click.option(
    "--evaluation",
    "evaluations",
    multiple=True,
    type=PATH,
    help=(
        "A document of `upr evaluate` (tune.json, test.json); may be given twice. Without one, the page "
        "has no part on quality."
    ),
)
@click.option("--out", default="reports/report.html", show_default=True, type=PATH, help="The page.")
def command(corpus: Path, evaluations: tuple[Path, ...], out: Path) -> None:
    """Write a page that shows the corpus, its labels and the model's quality.

    The page is one file that needs no network and no script.
    """
    from pipeline.stages import report

    facts = report.run(corpus, evaluations, out)
    say(f"{out}: {facts.recommendations:,} recommendations in {facts.charts} charts. Open it in a browser.")
