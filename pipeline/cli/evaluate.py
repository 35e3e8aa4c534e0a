"""`upr evaluate`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import say
from pipeline.cli.terminal import PATH, bar, say_home


def _line(name: str, quality: dict[str, dict[str, dict[str, float]]]) -> str:
    def share(task: str, figure: str) -> str:
        e = quality[task][figure]
        return (
            f"{e['value']:.3f} [{e['low']:.3f}, {e['high']:.3f}]" if e["value"] is not None else "undefined"
        )

    return (
        f"{name}: action accuracy {share('action', 'accuracy')}, macro-F1 {share('action', 'macro_f1')}, "
        f"kappa {share('action', 'kappa')}; tags micro-F1 {share('tags', 'micro_f1')}, macro-F1 "
        f"{share('tags', 'macro_f1')}"
    )


@click.command()
@click.option("--corpus", required=True, type=PATH, help="The table that the models were trained on.")
@click.option(
    "--models", default="models/trained", show_default=True, type=PATH, help="Folder of `upr train`."
)
@click.option(
    "--out", default="reports/evaluation", show_default=True, type=PATH, help="Folder for the figures."
)
def command(corpus: Path, models: Path, out: Path) -> None:
    """Measure the trained models on rows they never saw, and keep the run in MLflow."""
    from pipeline import settings
    from pipeline.stages import evaluate

    result = evaluate.run(corpus, models, out, settings.load(), progress=bar)
    test = result.test["splits"]["session"]["test"]
    for rows in ("unseen", "all"):
        if rows in test:
            click.echo(_line(f"test session, {rows} rows ({test[rows]['rows']:,})", test[rows]))
    say_home()
    say(f"Figures and plots are in {out}; MLflow run {result.run_id}.")
    if result.test["model"]["demo"]:
        say("The model is a DEMONSTRATION, trained on a small sample; its figures do not apply to real use.")
