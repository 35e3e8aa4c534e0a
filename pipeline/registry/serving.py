"""A bundle as an MLflow model: the same `label_texts` as the command line, on a pandas table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from mlflow.pyfunc.model import PythonModel

from pipeline.models.decision import label_columns, label_texts
from pipeline.store.models import load_bundle


class UprModel(PythonModel):
    """Labels a table with a column `text` (and, if given, `language`)."""

    def load_context(self, context: Any) -> None:
        """Load the bundle that was packaged with the model."""
        self._bundle = load_bundle(Path(context.artifacts["bundle"]))

    def predict(
        self,
        context: Any,  # noqa: ARG002
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> pd.DataFrame:
        """The contract's label columns, one row an input row, with the input's index."""
        texts = _words(model_input["text"])
        languages = _words(model_input["language"]) if "language" in model_input else [None] * len(texts)
        labels = label_texts(self._bundle, texts, languages)
        columns: dict[str, Any] = dict(label_columns(labels, self._bundle))
        columns["action"] = pd.array(columns["action"], dtype="Int64")
        return pd.DataFrame(columns, index=model_input.index)


def _words(column: Any) -> list[str | None]:
    """A column's texts; pandas has a number for what is missing."""
    return [value if isinstance(value, str) else None for value in column]
