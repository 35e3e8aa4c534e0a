"""`upr check`."""

from __future__ import annotations

import json

import click

from pipeline.cli import say


@click.command()
@click.argument("text")
@click.option(
    "--model",
    default="champion",
    show_default=True,
    metavar="REF",
    help="champion (of the registry, else shipped), shipped, best, models:/NAME@ALIAS, or a folder.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object.")
def command(text: str, model: str, as_json: bool) -> None:
    """Label one text: action, tags, confidence, and the words that the labels depend on."""
    from pipeline import settings
    from pipeline.corpus.taxonomy import ACTIONS
    from pipeline.review.strings import reason_in_words
    from pipeline.stages import check

    done = check.run(text, settings.load(), model=model)
    label = done.label
    if done.demo:
        say("The model is a DEMONSTRATION, trained on a small sample. Do not use its labels.")
    if as_json:
        click.echo(json.dumps(done.as_json(), ensure_ascii=False))
        return
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
    click.echo(f"Model    {done.model_version} ({done.model_origin}), taxonomy {done.taxonomy_version}")


def _quoted(words: list[str]) -> str:
    return ", ".join(f"“{w}”" for w in words) if words else "no single words"
