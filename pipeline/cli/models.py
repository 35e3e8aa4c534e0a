"""`upr models`: the models of the registry, and which one is in use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from pipeline.cli import say
from pipeline.cli.terminal import PATH

if TYPE_CHECKING:
    from pipeline.registry.promotions import Promotion, Side

_WHY = click.option("--why", required=True, metavar="TEXT", help="The reason; it is kept in the log.")
_SHOWN = ("tune.action.accuracy", "tune.tags.micro_f1", "test.action.accuracy", "test.tags.micro_f1")


@click.group()
def command() -> None:
    """The models of the registry, and which of them is in use: the champion."""


@command.command("list")
def list_() -> None:
    """List the versions of the registry, with the figures of the runs that made them."""
    from pipeline import settings
    from pipeline.registry.versions import Registry

    registry = Registry(settings.load())
    versions = registry.versions()
    if not versions:
        say("The registry has no model yet; the shipped one is in use. `make run` registers models.")
        return
    click.echo("\t".join(["version", "model", "in use as", *_SHOWN]))
    for version in versions:
        figures = registry.metrics(version)
        shown = [f"{figures[name]:.4f}" if name in figures else "-" for name in _SHOWN]
        use = ", ".join(version.aliases) or ("demonstration" if version.demo else "-")
        click.echo("\t".join([version.version, version.model_version or "-", use, *shown]))


@command.command()
@click.argument("reference", metavar="REF")
@click.option("--out", type=PATH, help="Write what decides its labels (.json), for stages that depend on it.")
@click.option(
    "--start",
    type=PATH,
    help="Write what a training takes from it (.json), with the options of networks if it trains any.",
)
def show(reference: str, out: Path | None, start: Path | None) -> None:
    """Show a model: champion, shipped, best, a version of the registry, models:/NAME@ALIAS, or a folder."""
    from pipeline import settings
    from pipeline.registry.choosing import choose_model
    from pipeline.store.descriptions import described, figures_of
    from pipeline.store.files import write_json

    chosen = settings.load()
    if reference.isdigit():
        reference = f"models:/{chosen.register_.model_name}/{reference}"
    choice = choose_model(reference, chosen)
    model = described(choice.folder)
    used = chosen.train.used()
    networks = {name: used[name] for name in ("network", "finetune") if name in used}
    for path, content in ((out, model.identity()), (start, model.start() | networks)):
        if path:
            write_json(path, content)
            say(f"{path}: {model.version} ({choice.origin}).")
    if out or start:
        return
    click.echo(f"Model      {model.version} ({choice.origin})")
    click.echo(f"Taxonomy   {model.taxonomy}")
    if "corpus_md5" in model.facts:
        click.echo(f"Rows       corpus.parquet with MD5 {model.facts['corpus_md5']}, as dvc.lock names it")
    click.echo(f"Trained    on {model.facts.get('train_rows', 0):,} rows of sessions {model.sessions()}")
    if model.demo:
        click.echo("Use        none: it is a demonstration, trained on a small sample")
    if "evaluated_twin" in model.facts:
        twin = model.facts["evaluated_twin"]
        click.echo(f"Figures    of its evaluated twin {twin}, the same recipe without the test session")
    for name, value in figures_of(choice.folder).items():
        click.echo(f"{value:10.4f} {name}")
    click.echo(f"Folder     {choice.folder}")


@command.command()
@click.argument("version")
@_WHY
def promote(version: str, why: str) -> None:
    """Let VERSION become champion, by your decision; the gate of `upr register` is not asked.

    VERSION is a number of `upr models list`, the version of a model, an alias, or shipped.
    """
    from pipeline import settings
    from pipeline.registry import promotions
    from pipeline.registry.shipped import register_shipped
    from pipeline.registry.tracking import Tracker

    tracker = Tracker(settings.load())
    promotions.check_reason(why)
    _say_move(
        promotions.promote(tracker, register_shipped(tracker) if version == "shipped" else version, why)
    )


@command.command()
@click.option("--to", metavar="VERSION", help="The version to go back to. Default: the champion before.")
@_WHY
def rollback(to: str | None, why: str) -> None:
    """Let the champion before the present one become champion again.

    Labelling again then gives the former labels.
    """
    from pipeline import settings
    from pipeline.registry import promotions
    from pipeline.registry.versions import Registry

    _say_move(promotions.roll_back(Registry(settings.load()), to, why))


@command.command()
@click.argument("version")
@click.option(
    "--as",
    "place",
    type=click.Choice(["shipped", "best"]),
    default="shipped",
    show_default=True,
    help="The model that it replaces.",
)
def ship(version: str, place: Literal["shipped", "best"]) -> None:
    """Let VERSION become the model that comes with the project (models/shipped), with its card and figures.

    Nothing else replaces that model. VERSION is a number of `upr models list`, the version of a model, or an
    alias.
    """
    from pipeline import settings
    from pipeline.registry.shipping import ship as shipped
    from pipeline.registry.versions import Registry

    model, folder = shipped(Registry(settings.load()), version, place)
    say(f"{folder} is now {model.version}. Its card is in CARD.md; commit the folder by itself.")


@command.command()
@click.argument("reference", metavar="REF")
@click.option(
    "--format", "kind", type=click.Choice(["huggingface"]), required=True, help="What reads the folder."
)
@click.option("--out", type=PATH, required=True, help="A new folder.")
def export(reference: str, kind: str, out: Path) -> None:  # noqa: ARG001 - there is one format yet
    """Write the networks of a model for other programs: weights, tokenizer and card.

    REF is as for `upr models show`. Only networks whose weights are kept here (in models/networks, where they
    were trained) can be exported. Needs the extra train-encoder.
    """
    from pipeline import settings
    from pipeline.registry.exporting import export as exported

    chosen = settings.load()
    if reference.isdigit():
        reference = f"models:/{chosen.register_.model_name}/{reference}"
    found = exported(reference, out, chosen)
    for folder in found.folders:
        say(f"{folder}: a network of {found.model.version}. Read its card, README.md, first.")


@command.command()
def history() -> None:
    """Show who made which model champion, when, and why; oldest first."""
    from pipeline import settings
    from pipeline.registry import promotions
    from pipeline.registry.versions import CHAMPION, Registry

    registry = Registry(settings.load())
    log = promotions.history(registry)
    for entry in log:
        click.echo(f"{entry.at}  {entry.how}  by {entry.who}")
        if entry.before:
            click.echo(f"    from  {_side(entry.before)}")
        click.echo(f"    to    {_side(entry.after)}")
        click.echo(f"    why   {entry.why}")
    present = registry.aliased(CHAMPION)
    if promotions.unlogged(log, present[0] if present else None):
        now = f"version {present[0]} ({present[1]})" if present else "none"
        say(f"The champion now is {now}: it was changed by other means than upr, which logged nothing.")
    elif not log:
        say("The log is empty: the registry has no champion, and the shipped model is in use.")


def _say_move(entry: Promotion | None) -> None:
    if entry is None:
        say("It is the champion already; nothing was changed.")
        return
    say(f"Champion: {_side(entry.after)}; before: {_side(entry.before) if entry.before else 'none'}.")
    say("`make run` labels the corpus with it; the log is in `upr models history`.")


def _side(side: Side) -> str:
    figures = ", ".join(f"{name} {value:.4f}" for name, value in side.figures.items())
    return f"version {side.version}, {side.model_version}" + (f" ({figures})" if figures else "")
