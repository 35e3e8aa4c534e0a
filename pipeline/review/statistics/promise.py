"""What share of wrong labels was promised of those that the audit sample measures."""

from __future__ import annotations

from pipeline.errors import ModelError, SettingsError
from pipeline.registry.choosing import choose_model
from pipeline.registry.versions import CHAMPION
from pipeline.settings import Settings
from pipeline.store.descriptions import described


def promised_error(labelled_by: str, settings: Settings) -> float:
    """Share in [0, 1] of wrong actions among accepted labels that the threshold of a model was chosen for.

    Args: `labelled_by`, version of the model that made the labels; "" where it is not known. Where it is
        neither the model in use nor one that comes with the project, the promise is that of the model in use;
        where the registry cannot be asked, that of the settings.
    """
    try:
        in_use, *others = (
            described(choose_model(reference, settings).folder) for reference in (CHAMPION, "shipped", "best")
        )
    except (ModelError, SettingsError):
        return settings.train.doubt.max_accepted_error
    return next((model for model in others if model.version == labelled_by), in_use).promised_error
