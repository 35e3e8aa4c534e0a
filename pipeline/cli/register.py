"""`upr register`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import say
from pipeline.cli.terminal import PATH, say_home


@click.command()
@click.option("--corpus", required=True, type=PATH, help="The table that the models were trained on.")
@click.option(
    "--models", default="models/trained", show_default=True, type=PATH, help="Folder of `upr train`."
)
@click.option(
    "--reports", default="reports/evaluation", show_default=True, type=PATH, help="Folder of `upr evaluate`."
)
@click.option(
    "--out", default="reports/registration.json", show_default=True, type=PATH, help="The decision."
)
@click.option("--hold", is_flag=True, help="Register and judge it, and promote it in no case.")
def command(corpus: Path, models: Path, reports: Path, out: Path, hold: bool) -> None:
    """Register the trained model, and promote it to champion if it is good enough.

    It must reach the quality floors and must not be worse than the present champion.
    """
    from pipeline import settings
    from pipeline.stages import register

    done = register.run(corpus, models, reports, out, settings.load(), hold=hold)
    say_home()
    verdict = "is the new champion" if done.promoted else "was not made champion"
    say(
        f"{done.model_version} (version {done.registry_version} in the registry) {verdict}: "
        f"{'; '.join(done.reasons)}."
    )
