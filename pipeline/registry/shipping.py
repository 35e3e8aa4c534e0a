"""A version of the registry as the model that comes with the project: the only way to replace that one."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pipeline.errors import ModelError
from pipeline.registry.cards import card, evaluation_figures
from pipeline.registry.versions import Registry, Version
from pipeline.settings import home
from pipeline.store.descriptions import CARD, FIGURES, Description, described
from pipeline.store.files import atomic_folder, write_json, write_text
from pipeline.store.models import load_bundle

Place = Literal["shipped", "best"]
LARGEST: Mapping[str, float] = {"shipped": 25e6, "best": 50e6}
"""Bytes of all files of a model: what a repository and a wheel bear."""


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
    figures = figures_from_run(registry, version, model)
    target = home() / "models" / place
    with atomic_folder(target) as temporary:
        shutil.copytree(source, temporary, dirs_exist_ok=True)
        write_json(temporary / FIGURES, figures)
        size = sum(path.stat().st_size for path in temporary.iterdir())
        if size > LARGEST[place]:
            what = f"it has {size / 1e6:.1f} MB, and {place} may have {LARGEST[place] / 1e6:.0f}."
            raise ModelError(where, what, "Ship it as best, or train a smaller one.")
        write_text(temporary / CARD, card(model, figures, size / 1e6))
    return model, target


def figures_from_run(registry: Registry, version: Version, model: Description) -> dict[str, Any]:
    """What figures.json of a model holds: what `upr evaluate` left in its run. Raises: ModelError."""
    with registry.artifacts(version, "evaluation") as folder:
        if folder is None:
            raise ModelError(
                f"models:/{registry.model_name}/{version.version}",
                "its run has no evaluation, or is gone.",
                "Evaluate and register it: upr evaluate, upr register.",
            )
        return {
            "model": model.version,
            "figures_of": model.facts.get("evaluated_twin", model.version),
            **evaluation_figures(folder, model),
        }
