"""The words that a model leans on, for labels that no codebook rule accounts for. Only the model that spoke
may explain itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import Match, SequenceMatcher
from typing import Any

import numpy as np

from pipeline.models.bundle import Bundle
from pipeline.models.evidence import find_evidence
from pipeline.review.deciding.marking import ACTION
from pipeline.review.intake.gathering import Mark

_CATEGORIES = 5


class ModelEvidence:
    """Explains predictions of one bundle by leaving words out; some hundredths of a second a text."""

    def __init__(self, bundle: Bundle) -> None:
        """Args: `bundle`, the model whose predictions are explained."""
        self._bundle = bundle
        self.version = bundle.version

    def marks(self, text: str, model_version: str, action: int | None, wanted: Sequence[str]) -> list[Mark]:
        """Spans of `text` for what is wanted: "action" for the action that the model gave, or tags.

        Returns: nothing for another model's prediction.
        """
        if model_version != self._bundle.version:
            return []
        columns = {
            _CATEGORIES + self._bundle.taxonomy.index[tag]: tag
            for tag in wanted
            if tag in self._bundle.taxonomy.index
        }
        if ACTION in wanted and action is not None:
            columns[action - 1] = ACTION
        if not columns:
            return []
        seen = self._bundle.blinder.blind(text)
        found = find_evidence(seen, self._score, list(columns))
        blocks = SequenceMatcher(None, seen, text, autojunk=False).get_matching_blocks()
        places = [
            (_place(blocks, e.span.start), _place(blocks, e.span.end - 1), columns[c])
            for c, pieces in found.items()
            for e in pieces
        ]
        return [
            (start, end + 1, what)
            for start, end, what in places
            if start is not None and end is not None and start <= end
        ]

    def _score(self, texts: Sequence[str]) -> Any:
        predictions = self._bundle.predict(texts)
        return np.hstack([predictions.action_probabilities, predictions.tag_scores]).astype(np.float64)


def _place(blocks: Sequence[Match], place: int) -> int | None:
    """Where a character of the masked text stands in the text itself; None within a mask."""
    return next((b.b + place - b.a for b in blocks if b.a <= place < b.a + b.size), None)
