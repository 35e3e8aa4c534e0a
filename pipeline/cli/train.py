"""`upr train`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import say
from pipeline.cli.terminal import PATH, bar, model_option


@click.command()
@click.option("--corpus", required=True, type=PATH, help="The table of `upr ingest`.")
@click.option("--out", default="models/trained", show_default=True, type=PATH, help="Folder for the models.")
@click.option(
    "--depth",
    type=click.Choice(["refresh", "finetune", "full"]),
    help="What is trained: all but the networks; these, too, from where they are; or new networks. "
    "Default: as in configs/settings.yaml.",
)
@model_option("The model to refresh.")
def command(corpus: Path, out: Path, depth: str | None, model: str) -> None:
    """Train the kind of model that is in use, on a corpus.

    Two models come of it: one without the test session, which is measured, and the final one, on all coded
    rows. The depth refresh keeps the networks of the model in use and fits all else again, in minutes. With
    finetune they go on learning from sessions that they do not know; full trains new networks, which takes
    most of an hour. Both need the extra train-encoder. On a small sample it is a linear model, for
    demonstration.
    """
    from pipeline import settings
    from pipeline.stages import train

    chosen = settings.load()
    if depth:
        chosen = chosen.model_copy(update={"train": chosen.train.model_copy(update={"depth": depth})})
    result = train.run(corpus, out, chosen, model=model, progress=bar)
    for sentence in result.told:
        say(sentence)
    for name, bundle in result.bundles.items():
        facts = bundle.facts
        say(
            f"{name}: {bundle.version}, trained on {facts['train_rows']:,} rows, its limits chosen on "
            f"{facts['tune_rows']:,}."
        )
        if facts.get("meta_model_kept"):
            say(
                "Its networks know every coded session: meta-model and limits stay those of the model in use."
            )
        if bundle.demo:
            say("This model is a DEMONSTRATION: it was trained on a small sample. Do not use its labels.")
