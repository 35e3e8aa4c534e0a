"""`upr train`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import say
from pipeline.cli.terminal import PATH, bar


@click.command()
@click.option("--corpus", required=True, type=PATH, help="The table of `upr ingest`.")
@click.option("--out", default="models/trained", show_default=True, type=PATH, help="Folder for the models.")
@click.option(
    "--kind",
    type=click.Choice(["linear", "ensemble"]),
    help="Kind of model; by default as in configs/settings.yaml.",
)
def command(corpus: Path, out: Path, kind: str | None) -> None:
    """Train a model on a corpus, for the split by session and for the random split.

    An ensemble adds a fine-tuned network for the split by session, a fast one and, in the folder best, a
    larger one. It takes most of an hour and needs the extra train-encoder.
    """
    from pipeline import settings
    from pipeline.stages import train

    chosen = settings.load()
    if kind:
        chosen = chosen.model_copy(update={"train": chosen.train.model_copy(update={"kind": kind})})
    result = train.run(corpus, out, chosen, progress=bar)
    if result.waiting:
        say(result.waiting)
    for name, bundle in result.bundles.items():
        facts = bundle.facts
        say(
            f"{name} split: {bundle.version}, trained on {facts['train_rows']:,} rows, tuned on "
            f"{facts['tune_rows']:,}."
        )
        if bundle.demo:
            say("This model is a DEMONSTRATION: it was trained on a small sample. Do not use its labels.")
