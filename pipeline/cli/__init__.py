"""The command line `upr`: thin commands, and the only place that prints, exits and configures logging.

Commands are imported when called, so that `--help` answers at once.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import click

from pipeline import __version__
from pipeline.errors import UprError

COMMANDS: Mapping[str, tuple[str, str]] = {
    # name: (module in pipeline.cli that holds a command `command`, the line shown in `upr --help`)
    "update": ("update", "Label, queue and report what is new at the sources; for cron."),
    "status": ("status", "Show what runs, which model is in use, and what waits."),
    "ingest": ("ingest", "Read database exports, Uwazi files and published data into one checked table."),
    "fetch": ("fetch", "Download the same rows from a Uwazi instance."),
    "extract": ("extract", "Extract recommendations from Working Group reports and OHCHR lists."),
    "label": ("label", "Label a table, documents, or plain text."),
    "train": ("train", "Train a model on a corpus (a stage of dvc.yaml)."),
    "evaluate": ("evaluate", "Measure the trained model (a stage of dvc.yaml)."),
    "register": ("register", "Register the trained model, and promote it if it is good enough."),
    "models": ("models", "Show the models of the registry, and choose the one in use."),
    "arrival": ("arrival", "Report on a new session before people have coded it."),
    "report": ("report", "Write a page that shows the corpus, its labels and the model's quality."),
    "publish": ("publish", "Publish the labelled data set for other tools, as a release."),
    "verify": ("verify", "Check a release with nothing but its folder."),
    "review": ("review", "Run the review desk, where people decide on uncertain labels."),
    "serve": ("serve", "Serve labels over HTTP, and a page for those who draft."),
    "alone": ("alone", "Run a command while no other of the same folder runs."),
    "check": ("check", "Label one text, and show the evidence."),
}


class LazyGroup(click.Group):
    """A group whose commands are modules of `pipeline.cli`, imported only when one is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Names of the commands whose module exists, in the order of their use."""
        return [name for name in COMMANDS if importlib.util.find_spec(f"pipeline.cli.{COMMANDS[name][0]}")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, imported now."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"pipeline.cli.{COMMANDS[cmd_name][0]}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `upr --help`, without importing a command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="upr")
def upr() -> None:
    """Action categories and issue tags for recommendations of the Universal Periodic Review."""


def say(message: str) -> None:
    """Print a message to stderr. Results go to stdout or a file."""
    click.echo(message, err=True)


def main() -> None:
    """Run `upr`. Exit codes: 0 done, 1 the input is wrong, 2 wrong usage, 130 interrupted."""
    # Switch off the telemetry of libraries before they are imported.
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    try:
        code = upr.main(prog_name="upr", standalone_mode=False)
    except UprError as error:
        say(f"upr: {error}")
        sys.exit(1)
    except click.exceptions.Abort as stop:
        if isinstance(stop.__cause__, EOFError):  # click takes it for Ctrl-D; here, some file ended too early
            raise stop.__cause__ from None
        say("upr: stopped.")
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output (head, less) has closed the pipe; this is not an error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        # An error outside the files of a stage: most often a full disk for temporary files.
        from pipeline.store.files import explain

        say(f"upr: {explain(Path(error.filename or tempfile.gettempdir()), error)}")
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)
