"""The shipped model in the registry."""

from __future__ import annotations

import pandas as pd

from pipeline.registry.local import VERSION_TAG
from pipeline.registry.runs import DataSet, RunRecord
from pipeline.registry.tracking import Tracker
from pipeline.registry.versions import DEMO_TAG, SHIPPED_TAG, TWIN_TAG
from pipeline.store.descriptions import CARD, FIGURES, Description, described, figures_of
from pipeline.store.models import shipped_folder

_EXAMPLE = "Ratify the Convention on the Rights of Persons with Disabilities"


def register_shipped(tracker: Tracker) -> str:
    """Register the shipped model, with a run that holds its figures and its card, unless it is registered.

    Returns: its version in the registry. Raises: ModelError; SettingsError for MLflow.
    """
    folder = shipped_folder()
    model = described(folder)
    known = tracker.version_of(model.version)
    if known is not None:
        return known
    tags = version_tags(model) | {SHIPPED_TAG: "true"}
    if "evaluated_twin" in model.facts:
        tags[TWIN_TAG] = model.facts["evaluated_twin"]
    sha256 = model.facts["corpus_sha256"]
    corpus = pd.DataFrame({"model": [model.version], "corpus_sha256": [sha256]})
    record = RunRecord(
        name=f"shipped {model.version}",
        parameters={
            "trained_rows": model.facts["train_rows"],
            "train_sessions": model.facts["train_sessions"],
        },
        metrics=figures_of(folder),
        tags=tags,
        artifacts={"evaluation": [path for name in (FIGURES, CARD) if (path := folder / name).is_file()]},
        datasets=[DataSet("corpus", "training", corpus, folder, sha256[:36])],
    )
    return tracker.register(tracker.log_run(record, folder, pd.DataFrame({"text": [_EXAMPLE]})), tags)


def version_tags(model: Description) -> dict[str, str]:
    """The tags by which a version in the registry is known as one of our models."""
    return {VERSION_TAG: model.version, DEMO_TAG: str(model.demo).lower(), "taxonomy": model.taxonomy}
