"""What an update is asked to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.registry.versions import CHAMPION
from pipeline.review.store.database import Database


@dataclass(frozen=True)
class UpdatePlan:
    """What an update does.

    Attributes:
        sources: addresses of Uwazi instances, files, folders.
        folder: of its state.
        corpus: the table of `ingest`, coded by people; None if there is none.
        desk: the review desk that doubtful rows are queued in; None for not at all.
        releases: folder of releases; None to publish nothing.
        labelled: the labelled corpus of the pipeline, which a release holds as well; None if there is none.
        evaluation: the folder of `evaluate`, for the release; None if there is none.
        model: see `choose_model`.
        allow_fewer: go on although a source holds far fewer rows than before.
    """

    sources: Sequence[str]
    folder: Path
    corpus: Path | None = None
    desk: Database | None = None
    releases: Path | None = None
    labelled: Path | None = None
    evaluation: Path | None = None
    model: str = CHAMPION
    allow_fewer: bool = False
