"""One batch of rows labelled by the model that is in use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from pipeline.corpus.language import language_of
from pipeline.corpus.schema import SOURCE_COLUMNS
from pipeline.models.bundle import Bundle, Predictions
from pipeline.models.decision import Kept, label_columns, label_texts
from pipeline.models.two_texts import with_other_texts
from pipeline.store.carried import WORKING
from pipeline.store.held_out import read_held_out
from pipeline.store.languages import models_of_languages
from pipeline.store.models import load_bundle

Columns = dict[str, list[Any]]


class Used(NamedTuple):
    """The model that labels: its folder, whether its held-out predictions stand for coded rows, and the other
    languages that are labelled.
    """

    folder: Path
    held_out: bool = False
    languages: tuple[str, ...] = ()


@cache
def _model(folder: Path) -> Bundle:
    """A bundle, loaded once; workers that were not forked load their own."""
    return load_bundle(folder)


def loaded_anew(folder: Path) -> Bundle:
    """A bundle as its folder holds it now; what was loaded before is forgotten."""
    _model.cache_clear()
    _held_out.cache_clear()
    return _model(folder)


@cache
def _held_out(folder: Path) -> tuple[Mapping[str, int], Predictions] | None:
    """What the model keeps of coded rows, by their ids; not of decisions, which it has learned."""
    found = read_held_out(folder)
    if found is None:
        return None
    places = {row_id: i for row_id, i in found.places().items() if not found.decided[i]}
    return places, Predictions(found.action, found.tags, found.known, _model(folder).thresholds)


def _kept(used: Used, row_ids: Sequence[str | None]) -> Kept | None:
    found = _held_out(used.folder) if used.held_out else None
    if found is None:
        return None
    places, predictions = found
    own = {i: places[name] for i, name in enumerate(row_ids) if name is not None and name in places}
    return Kept(own, predictions)


def label_batch(columns: Columns, started_at: datetime, used: Used) -> pa.Table:
    """A batch of source columns (and `_faults`) as labelled rows in the columns `WORKING`."""
    kept = _kept(used, columns["row_id"])
    return label_rows(_model(used.folder), columns, started_at, kept, used.languages)


def label_rows(
    bundle: Bundle,
    columns: Columns,
    started_at: datetime,
    kept: Kept | None = None,
    others: Sequence[str] = (),
) -> pa.Table:
    """The same by a model that is loaded.

    Args: `kept`, its held-out predictions of some of the rows; `others`, languages beside English to label.
    """
    texts = columns["text"]
    languages = [
        given or language_of(text or "") for given, text in zip(columns["language"], texts, strict=True)
    ]
    model_of = models_of_languages(others, bundle.taxonomy.version)
    labels = label_texts(bundle, texts, languages, kept, model_of)
    beside = {language: columns[f"text_{language}"] for language in others if f"text_{language}" in columns}
    labels = with_other_texts(bundle, labels, texts, beside, model_of, kept.places if kept else ())
    filled = (
        {name: columns[name] for name in (*SOURCE_COLUMNS, "_part", "_own")}
        | label_columns(labels, bundle, [bool(faults) for faults in columns["_faults"]])
        | {"language": languages, "labelled_at": [started_at] * len(texts)}
    )
    return pa.table(filled, schema=WORKING)
