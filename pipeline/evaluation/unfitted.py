"""What a model says of rows that it was not fitted on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from pipeline.corpus.coded import Corpus
from pipeline.models.bundle import Bundle, Predictions
from pipeline.models.cross_fitting import cross_fitted_predictions

Rows = npt.NDArray[np.int64]


class Unfitted:
    """Predictions of those rows of a corpus that a model was not fitted on."""

    def __init__(self, rows: Rows, predictions: Predictions) -> None:
        """Args: positions in the corpus, and the predictions of these rows."""
        self._places = {row: place for place, row in enumerate(rows.tolist())}
        self._predictions = predictions

    def has(self, row: int) -> bool:
        """Whether the row at a position of the corpus is among them."""
        return row in self._places

    def of_rows(self, rows: Rows) -> Predictions:
        """Their predictions, in this order."""
        return self._predictions.take(np.array([self._places[i] for i in rows.tolist()], dtype=np.int64))


def unfitted(
    bundle: Bundle,
    corpus: Corpus,
    wanted: Rows,
    kept: tuple[Mapping[str, int], Predictions] | None,
    folds: int,
) -> Unfitted:
    """Those of the wanted rows that a model was not fitted on, with its predictions.

    Args:
        wanted: positions in the corpus, of coded rows.
        kept: predictions that were kept when the model was trained, with each row's position by its id. A
            model without them, as it comes with the project, has a meta-model that was fitted on its tuning
            session: the predictions of that session are made by cross-fitting.
        folds: of that.
    """
    ids, stored = kept or ({}, None)
    groups = corpus.splits["session"].groups
    sessions = np.array([session or 0 for session in corpus.sessions])
    trained, tuned = bundle.facts["train_sessions"], bundle.facts["tune_sessions"]
    known = np.isin(groups, groups[np.isin(sessions, trained) & ~corpus.decided & (corpus.actions > 0)])
    rows, found = [], []
    inside = np.array([i for i in wanted.tolist() if corpus.row_ids[i] in ids], dtype=np.int64)
    if stored is not None and len(inside):
        rows.append(inside)
        found.append(stored.take(np.array([ids[corpus.row_ids[i]] for i in inside.tolist()], dtype=np.int64)))
    rest = wanted[~np.isin(wanted, inside) & ~known[wanted]]
    # A decision is in nothing that a model without it was fitted on; another row where its session is not.
    direct = rest[corpus.decided[rest] | ~np.isin(sessions[rest], [*trained, *tuned])]
    if len(direct):
        rows.append(direct)
        found.append(bundle.predict([corpus.texts[i] for i in direct.tolist()]))
    crossed = rest[
        ~np.isin(rest, direct) & np.isin(sessions[rest], tuned) & ~np.isin(sessions[rest], trained)
    ]
    if stored is None and len(crossed):
        rows.append(crossed)
        texts = [corpus.texts[i] for i in crossed.tolist()]
        gold = corpus.actions[crossed], corpus.tags[crossed]
        found.append(cross_fitted_predictions(bundle, texts, *gold, groups[crossed], folds))
    if not found:
        none, tags = np.zeros(0, np.float32), len(bundle.taxonomy.tags)
        nobody = Predictions(none.reshape(0, 5), none.reshape(0, tags), none, bundle.thresholds)
        return Unfitted(np.zeros(0, np.int64), nobody)
    joined = found[0]
    for more in found[1:]:
        joined = joined.followed_by(more)
    return Unfitted(np.concatenate(rows), joined)
