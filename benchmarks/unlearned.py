"""Predictions that a figure may rest on: of rows that a model, or its part that predicts, did not learn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline import settings
from pipeline.corpus.coded import Corpus
from pipeline.errors import ModelError
from pipeline.models.bundle import Bundle, Predictions
from pipeline.store.descriptions import described
from pipeline.store.held_out import read_held_out
from pipeline.store.models import load_bundle

_TRAINED = ("session", "best/session")
_TRAIN = "Train it: upr ingest, upr train; or name its folder."


def evaluated(folder: Path, twin: Path | None = None) -> Path:
    """The folder of the model whose figures a model has: its own, or that of its evaluated twin.

    Args: `twin`, where that is; None to look where `upr train` writes it.
    Raises: ModelError if the twin is elsewhere, or another model.
    """
    model = described(folder)
    wanted = model.facts.get("evaluated_twin")
    if wanted is None:
        return folder
    places = [settings.home() / "models" / "trained" / name for name in _TRAINED] if twin is None else [twin]
    for place in places:
        if place.is_dir() and described(place).version == wanted:
            return place
    what = f"{model.version} learned the test session, and its evaluated twin, {wanted}, is not in "
    raise ModelError(str(folder), what + f"{', '.join(map(str, places))}.", _TRAIN)


def unlearned(folder: Path, bundle: Bundle, corpus: Corpus, rows: npt.NDArray[np.int64]) -> Predictions:
    """Predictions of coded rows or pledges: the held-out ones that the model keeps, else what it says.

    Args: `bundle`, of that folder; `rows`, positions in the corpus.
    Returns: one for each row, in this order.
    Raises: ModelError if the model learned one of the rows and keeps no held-out prediction of it.
    """
    held = read_held_out(folder)
    places = {} if held is None else held.places()
    kept = np.array([corpus.row_ids[i] in places for i in rows.tolist()], dtype=np.bool_)
    sessions = np.array([corpus.sessions[i] or 0 for i in rows.tolist()])
    pledges = corpus.splits["session"].parts[rows] == "pledges"
    learned = np.isin(sessions, bundle.facts["train_sessions"]) & ~pledges & ~kept
    if learned.any():
        what = f"{bundle.version} learned {learned.sum():,} of the rows that it is to be measured on."
        raise ModelError(str(folder), what, "Measure its evaluated twin: models/trained/session.")
    found = bundle.predict([corpus.texts[i] for i in rows[~kept].tolist()])
    order = np.concatenate([np.flatnonzero(~kept), np.flatnonzero(kept)])
    if held is not None and kept.any():
        at = np.array([places[corpus.row_ids[i]] for i in rows[kept].tolist()], dtype=np.int64)
        own = Predictions(held.action, held.tags, held.known, bundle.thresholds).take(at)
        found = found.followed_by(own) if (~kept).any() else own
    return found.take(np.argsort(order))


def load_evaluated(name: str) -> tuple[Path, Bundle]:
    """Folder and model whose figures a model of `models/` has. Args: `name`, "shipped" or "best"."""
    folder = evaluated(settings.home() / "models" / name)
    return folder, load_bundle(folder)
