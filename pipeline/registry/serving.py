"""A bundle as an MLflow model: the same `label_texts` as the command line, on a pandas table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from mlflow.pyfunc.model import PythonModel

from pipeline.corpus.cleaning import Cleaner
from pipeline.models.decision import label_columns, label_texts
from pipeline.store.files import read_bytes
from pipeline.store.languages import models_of_languages
from pipeline.store.models import load_bundle
from pipeline.store.vocabularies import states_from


class UprModel(PythonModel):
    """Labels a table with a column `text` (and, if given, `language`)."""

    def load_context(self, context: Any) -> None:
        """Load the bundle and the names of States that were packaged with the model, and the models of other
        languages when such a text comes.
        """
        states, names = (Path(context.artifacts[name]) for name in ("states", "state_names"))
        self._bundle = load_bundle(Path(context.artifacts["bundle"]))
        self._states = states_from(read_bytes(states), str(states), translations=read_bytes(names))
        self._cleaner = Cleaner(self._states)
        # Models that were packaged before there were any of other languages have no such folder.
        parent = Path(context.artifacts.get("languages", ""))
        named = "languages" in context.artifacts and parent.is_dir()
        languages = [folder.name for folder in parent.iterdir()] if named else []
        self._model_of = models_of_languages(languages, self._bundle.taxonomy.version, parent)

    def predict(
        self,
        context: Any,  # noqa: ARG002
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> pd.DataFrame:
        """The contract's label columns, one row an input row, with the input's index."""
        cleaned = [self._cleaner.clean(text or "") for text in _words(model_input["text"])]
        texts = [part.text for part in cleaned]
        unclear = [any(self._states.find(name) is None for name in part.states) for part in cleaned]
        languages = _words(model_input["language"]) if "language" in model_input else [None] * len(texts)
        labels = label_texts(self._bundle, texts, languages, model_of=self._model_of)
        columns: dict[str, Any] = dict(label_columns(labels, self._bundle, unclear))
        # Left to itself pandas makes NaN of a missing value, which is no JSON.
        for name in ("action", "action_confidence", "label_source"):
            columns[name] = pd.Series(columns[name], index=model_input.index, dtype=object)
        return pd.DataFrame(columns, index=model_input.index)


def _words(column: Any) -> list[str | None]:
    """The texts of a column, None where one is missing (pandas has NaN there)."""
    return [value if isinstance(value, str) else None for value in column]
