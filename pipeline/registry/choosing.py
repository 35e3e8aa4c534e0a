"""From a reference to a model: `shipped`, `best`, a registry reference, or a folder."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import ModelError
from pipeline.settings import Settings, resource
from pipeline.store.models import MANIFEST, shipped_folder


def model_folder(reference: str, settings: Settings) -> Path:
    """The folder of a bundle.

    Args: `reference`, "shipped", "best", "models:/NAME@ALIAS" or a folder.
    Raises: ModelError if there is none; SettingsError if the registry cannot be reached.
    """
    if reference == "shipped":
        return shipped_folder()
    if reference == "best":
        best = resource("models/best")
        # Without a larger model, the shipped one is the best there is.
        return best if (best / MANIFEST).is_file() else shipped_folder()
    if reference.startswith("models:/"):
        from pipeline.registry.tracking import Tracker

        return Tracker(settings).bundle_folder(reference)
    folder = Path(reference)
    if not folder.is_dir():
        raise ModelError(
            reference,
            "there is no such model.",
            "Use shipped, best, models:/NAME@ALIAS, or a model's folder.",
        )
    return folder
