"""`upr check`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import say
from pipeline.cli.terminal import PATH, bar, model_option

if TYPE_CHECKING:
    from pipeline.advice.advising import Advice
    from pipeline.advice.checking import Checked


@click.command()
@click.argument("text", required=False)
@model_option()
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object.")
@click.option("--state", help="The State under review, to see what it was asked before.")
@click.option(
    "--corpus",
    type=PATH,
    help="Coded recommendations for examples, a table of `upr ingest`. Default: "
    "data/corpus/corpus.parquet, if it exists.",
)
@click.option(
    "--list", "listed", type=PATH, help="Instead of TEXT: a list of drafts, .docx or any table; needs --out."
)
@click.option("--out", type=PATH, help="The list with advice: .docx, .xlsx, .csv, .jsonl or .parquet.")
def command(
    text: str | None,
    model: str,
    as_json: bool,
    state: str | None,
    corpus: Path | None,
    listed: Path | None,
    out: Path | None,
) -> None:
    """Label one text, show the words that its labels depend on, and what would make it specific.

    With --list, do so for each draft of a list.
    """
    from pipeline import settings
    from pipeline.stages import check

    if (text is None) == (listed is None) or (listed is None) != (out is None):
        raise click.UsageError("Give one TEXT, or --list with --out.")
    if listed is not None and out is not None:
        found = check.run_list(
            listed, out, settings.load(), model=model, corpus=corpus, state=state, progress=bar
        )
        _warn(found.demo)
        say(
            f"{out}: {found.rows:,} drafts by {found.model_version} ({found.model_origin}); "
            f"{found.specific:,} are specific, and {found.rewritten:,} others have a rewrite proposed."
        )
        return
    done = check.run(text or "", settings.load(), model=model, corpus=corpus, state=state)
    _warn(done.demo)
    if as_json:
        click.echo(json.dumps(done.as_json(), ensure_ascii=False))
        return
    _show(done)
    if done.advice is not None:
        _show_advice(done.advice, state)
    click.echo(f"Model    {done.model_version} ({done.model_origin}), taxonomy {done.taxonomy_version}")


def _warn(demo: bool) -> None:
    if demo:
        say("The model is a DEMONSTRATION, trained on a small sample. Do not use its labels.")


def _show(done: Checked) -> None:
    from pipeline.corpus.taxonomy import ACTIONS
    from pipeline.review.strings import reason_in_words

    label = done.label
    if label.action is None or label.confidence is None:
        click.echo(f"Not labelled: {', '.join(map(reason_in_words, label.reasons))}.")
        return
    click.echo(f"Action   {label.action} {ACTIONS[label.action]}, probability {label.confidence:.0%}")
    others = [f"{a} {ACTIONS[a]}" for a in label.action_set if a != label.action]
    click.echo(
        "         prediction set (95 %): " + (f"also {', '.join(others)}" if others else "no other action")
    )
    click.echo(f"         evidence: {_quoted(done.words(done.action_evidence))}")
    by_rules = f"{done.rule.action} {ACTIONS[done.rule.action]}" if done.rule.action else "no action"
    click.echo(f"         by the codebook's rules: {by_rules} ({done.rule.action_rule})")
    scores = dict(label.issue_scores)
    for name in label.issues:
        click.echo(
            f"Tag      {name}, probability {scores[name]:.0%}, evidence: "
            f"{_quoted(done.words(done.tag_evidence[name]))}"
        )
    if not label.issues:
        click.echo("Tag      none")
    reasons = ", ".join(map(reason_in_words, label.reasons))
    click.echo(f"Review   {f'yes: {reasons}' if reasons else 'not needed'}")


def _show_advice(advice: Advice, state: str | None) -> None:
    click.echo(f"Why      {advice.why}")
    if advice.limits:
        click.echo(f"Limits   {advice.limits}")
    for way in advice.ways:
        click.echo(f"Specific {way}")
    for rewrite in advice.rewrites:
        click.echo(f"Rewrite  {rewrite.text}")
    if advice.support is not None:
        click.echo(f"Support  {advice.support.sentence}")
    for example in advice.examples:
        click.echo(f"Example  (session {example.session}, supported) {example.text}")
    for asked in advice.asked_before:
        answer = asked.response or "no answer known"
        click.echo(f"Before   (session {asked.session}, {answer}) {asked.text}")
    if state is not None and not advice.asked_before and not advice.limits:
        click.echo(f"Before   nothing like it was asked of {state} in the coded recommendations")


def _quoted(words: list[str]) -> str:
    return ", ".join(f"“{w}”" for w in words) if words else "no single words"
