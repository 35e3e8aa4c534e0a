"""From the text of a numbered item to its wordings, each with the States that made it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.sources.documents.brackets import BracketReader, StateBracket


@dataclass(frozen=True, slots=True)
class Wording:
    """One recommendation of an item.

    Attributes:
        text: without number and States.
        states: names as written; empty where the item names none.
        start, end: span in the item's text, the States included.
    """

    text: str
    states: tuple[str, ...]
    start: int
    end: int
