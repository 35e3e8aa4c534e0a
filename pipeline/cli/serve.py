"""`upr serve`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import say
from pipeline.cli.terminal import PATH, model_option, request_log_option


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    envvar="UPR_SERVE_HOST",
    show_default=True,
    help="Address to listen on. An address that other machines reach needs API keys.",
)
@click.option(
    "--port", default=8080, envvar="UPR_SERVE_PORT", show_default=True, type=click.IntRange(0, 65535)
)
@click.option(
    "--name",
    "names",
    multiple=True,
    envvar="UPR_SERVE_NAME",
    help="A host name that callers use, behind a reverse proxy. May be repeated.",
)
@model_option()
@click.option(
    "--corpus",
    type=PATH,
    help="Coded recommendations for examples and /v1/similar, a table of `upr ingest`. Default: "
    "data/corpus/corpus.parquet, if it exists.",
)
@request_log_option("UPR_SERVE_LOG")
def command(host: str, port: int, names: tuple[str, ...], model: str, corpus: Path | None, log: str) -> None:
    """Serve labels to other programs over HTTP, and a page for those who draft, until Ctrl-C.

    /openapi.json describes the interface; the page is /draft.
    """
    from pipeline.service.app import open_service, serve

    if log != "off":
        from pipeline.web.logs import configure

        configure(log)
    service = open_service(model, corpus)
    if service.model.demo:
        say("The model is a DEMONSTRATION, trained on a small sample. Do not use its labels.")
    if service.corpus is None:
        say(
            "There are no coded recommendations, so /v1/similar has no answer, and drafts "
            "get no examples: --corpus names some."
        )
    shown = "localhost" if host == "127.0.0.1" else host
    say(
        f"Model {service.model.version} ({service.model.origin}) is served at http://{shown}:{port}/v1/ "
        f"(Ctrl-C stops it)."
    )
    say(f"The page for those who draft recommendations: http://{shown}:{port}/draft")
    serve(service, host, port, names)
