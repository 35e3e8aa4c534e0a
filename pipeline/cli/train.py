"""`upr train`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import say
from pipeline.cli.terminal import bar


@click.command()
@click.option("--corpus", required=True, type=click.Path(path_type=Path), help="The table of `upr ingest`.")
@click.option("--out", default="models/trained", show_default=True, type=click.Path(path_type=Path), help="Folder for the models.")
def command(corpus: Path, out: Path) -> None:
    """Train a model on a corpus: one for the split by session, one for the random split that comparisons need."""
    from pipeline import settings, train

    report = train.run(corpus, out, settings.load(), progress=bar)
    for name, bundle in report.bundles.items():
        facts = bundle.facts
        say(f"{name} split: {bundle.version}, trained on {facts['train_rows']:,} rows, tuned on {facts['tune_rows']:,}.")
        if bundle.demo:
            say("This model is a DEMONSTRATION: it was trained on a small sample. Do not use its labels.")
