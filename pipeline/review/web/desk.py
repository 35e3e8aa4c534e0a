"""What every page needs: the open database, vocabularies, rules, and counts that are not worth counting
twice.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pipeline.corpus.taxonomy import Taxonomy
from pipeline.review.deciding.ledger import Ledger
from pipeline.review.exchange.receiving import Reception
from pipeline.review.settings import DeskSettings
from pipeline.review.store.database import Database

_MOST = 1_000


class Remembered:
    """Answers that may be a few seconds old, so that a large queue is not counted for each page."""

    def __init__(self) -> None:
        """Nothing is remembered yet."""
        self._kept: dict[str, tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def get(self, name: str, seconds: float, compute: Callable[[], Any]) -> Any:
        """The answer of `compute`, at most `seconds` old; while one request computes anew, others get the old
        one.
        """
        now = time.monotonic()
        with self._lock:
            kept = self._kept.get(name)
            if kept is not None and now - kept[0] < seconds:
                return kept[1]
            if kept is not None:
                self._kept[name] = (now, kept[1])
        value = compute()
        with self._lock:
            if len(self._kept) > _MOST:
                self._kept.clear()
            self._kept[name] = (time.monotonic(), value)
        return value

    def forget(self) -> None:
        """Compute everything anew when it is asked for next."""
        with self._lock:
            self._kept.clear()


@dataclass(frozen=True)
class Wordings:
    """What people call tags, by the tags' labels.

    Attributes:
        names: names and aliases in English and in the language of the page.
        phrases: the codebook's phrases, likewise.
        skipped: words that phrases are written without.
    """

    names: dict[str, tuple[str, ...]]
    phrases: dict[str, tuple[str, ...]]
    skipped: tuple[str, ...] = ()


@dataclass
class Desk:
    """One running desk.

    Attributes:
        verbs: the codebook's leading verbs by language and action category.
        wordings: by language, what people call each tag, for who looks for one.
        received: files that people brought and have not taken in yet.
        hosts: names that the desk may be called by in a URL; empty for any.
    """

    database: Database
    settings: DeskSettings
    taxonomy: Taxonomy
    verbs: dict[str, dict[int, tuple[str, ...]]]
    wordings: dict[str, Wordings]
    hosts: tuple[str, ...] = ()
    remembered: Remembered = field(default_factory=Remembered)
    received: Reception = field(default_factory=Reception)

    @property
    def ledger(self) -> Ledger:
        """The writer of decisions."""
        return Ledger(self.database, self.taxonomy.version, self.settings.lease_minutes)
