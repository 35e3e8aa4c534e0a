"""A version of the registry as the model that comes with the project: the only way to replace that one."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pipeline.errors import ModelError
from pipeline.registry.versions import Registry
from pipeline.settings import home
from pipeline.store.descriptions import CARD, FIGURES, Description, described
from pipeline.store.files import atomic_folder, write_json, write_text
from pipeline.store.models import load_bundle

Place = Literal["shipped", "best"]
LARGEST: Mapping[str, float] = {"shipped": 25e6, "best": 50e6}
"""Bytes of all files of a model: what a repository and a wheel bear."""
_SHOWN = (
    ("action accuracy", "action.accuracy"),
    ("action macro-F1", "action.macro_f1"),
    ("tags micro-F1", "tags.micro_f1"),
    ("tags macro-F1", "tags.macro_f1"),
)


def ship(registry: Registry, reference: str, place: Place) -> tuple[Description, Path]:
    """Let a version of the registry become models/shipped, or models/best, of the home folder.

    Its card and figures are written beside it, from its run: the final model has those of its evaluated twin.

    Args: `reference`, a version in the registry ("3"), of a model, or an alias.
    Returns: the model, and its new folder.
    Raises: ModelError if there is no such version, if it is a demonstration, too large, or has no figures;
        StoreError.
    """
    version = registry.version(reference)
    where = f"models:/{registry.model_name}/{version.version}"
    source = registry.bundle_folder(where)
    model = described(source)
    load_bundle(source)
    if model.demo:
        raise ModelError(where, "it is a demonstration, trained on a small sample.", "Name another version.")
    size = sum(path.stat().st_size for path in source.iterdir())
    if size > LARGEST[place]:
        what = f"it has {size / 1e6:.1f} MB, and {place} may have {LARGEST[place] / 1e6:.0f}."
        raise ModelError(where, what, "Ship it as best, or train a smaller one.")
    figures = registry.metrics(version)
    if not figures:
        raise ModelError(
            where,
            "its run has no figures, or is gone.",
            "Evaluate and register it: upr evaluate, upr register.",
        )
    target = home() / "models" / place
    with atomic_folder(target) as temporary:
        shutil.copytree(source, temporary, dirs_exist_ok=True)
        write_json(temporary / FIGURES, _document(model, figures))
        write_text(temporary / CARD, card(model, figures, size / 1e6))
    return model, target


def _document(model: Description, figures: Mapping[str, float]) -> dict[str, Any]:
    """Figures as a nested document, which `figures_of` reads."""
    document: dict[str, Any] = {
        "model": model.version,
        "figures_of": model.facts.get("evaluated_twin", model.version),
    }
    for name, value in sorted(figures.items()):
        part, *rest = name.split(".")
        group = "unseen" if part.endswith("_unseen") else "all"
        place = document.setdefault(part.removesuffix("_unseen"), {}).setdefault(group, {})
        for step in rest[:-1]:
            place = place.setdefault(step, {})
        place[rest[-1]] = {"value": value}
    return document


def card(model: Description, figures: Mapping[str, float], megabytes: float) -> str:
    """The card as Markdown, with the figures of the run of a version."""
    facts = model.facts
    twin = facts.get("evaluated_twin")
    of_whom = (
        f"The figures are those of its evaluated twin, {twin}: the same recipe without the test session "
        f"({max(facts['train_sessions'])}). The model itself was fitted on all coded rows, so nothing is "
        f"left to measure it on."
        if twin
        else "The figures are of this model."
    )
    networks = facts.get("network_sessions")
    lines = [
        f"# Model card: {model.version}",
        "",
        f"Kind: {model.kind}. Taxonomy {model.taxonomy}. {megabytes:.1f} MB. Labels the action category",
        "(1 to 5) and the issue tags of UPR recommendations in English, blind to States.",
        "",
        f"Fitted on {facts['train_rows']:,} coded rows of sessions {model.sessions()}"
        + (f", its networks on sessions {networks[0]} to {networks[-1]}" if networks else "")
        + f"; {facts.get('decisions', 0):,} of the rows are reviewers' decisions.",
        "",
        of_whom,
        "",
        "| | tuning session | test session | test session, unseen wording |",
        "|---|---|---|---|",
    ]
    for shown, name in _SHOWN:
        values = (figures.get(f"{part}.{name}") for part in ("tune", "test", "test_unseen"))
        lines.append(f"| {shown} | {' | '.join('–' if v is None else f'{v:.3f}' for v in values)} |")
    lines += [
        "",
        "Intended use: coding UPR recommendations together with people, who see what the model doubts. Not",
        "for texts of another kind, other languages, or judgements about a State.",
        "",
    ]
    return "\n".join(lines)
