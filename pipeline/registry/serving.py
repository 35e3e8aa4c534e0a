"""A bundle as an MLflow model: the same `label_texts` as the command line, on a pandas table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from mlflow.pyfunc.model import PythonModel

from pipeline.models.decision import label_texts
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
        return pd.DataFrame(
            {
                "action": pd.array([x.action for x in labels], dtype="Int64"),
                "action_confidence": [x.confidence for x in labels],
                "action_set": [list(x.action_set) for x in labels],
                "issues": [list(x.issues) for x in labels],
                "issue_scores": [dict(x.issue_scores) for x in labels],
                "needs_review": [bool(x.reasons) for x in labels],
                "review_reasons": [list(x.reasons) for x in labels],
                "label_source": [None if x.action is None else "model" for x in labels],
                "model_version": self._bundle.version,
                "taxonomy_version": self._bundle.taxonomy.version,
            },
            index=model_input.index,
        )


def _words(column: Any) -> list[str | None]:
    """A column's texts; pandas has a number for what is missing."""
    return [value if isinstance(value, str) else None for value in column]
