"""One running interface: its model, its threads, and what it may be asked for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from pipeline import api, settings
from pipeline.advice.checking import Checked, explained
from pipeline.advice.coded import CodedCorpus
from pipeline.api import Model
from pipeline.errors import UprError
from pipeline.registry.choosing import choose_model
from pipeline.service.batching import Batcher, Busy, Row
from pipeline.service.forms import FIELDS
from pipeline.service.metrics import Metrics
from pipeline.service.settings import Keys, ServiceSettings
from pipeline.store.descriptions import described

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_MOST_QUESTIONS = 50
"""Questions (checks, similar texts) that may wait for their thread."""


def rows_of(texts: Sequence[str | None], model: Model) -> list[Row]:
    """Labelled texts as values of JSON, in the columns `FIELDS`."""
    rows: list[Row] = api.label(texts, model).select(list(FIELDS)).to_pylist()
    for row in rows:
        row["issue_scores"] = dict(row["issue_scores"])
    return rows


@dataclass
class Service:
    """One running interface.

    Attributes:
        model: in use now.
        reference: that names it, and is asked again from time to time.
        corpus: coded recommendations, None where there is none.
    """

    model: Model
    reference: str
    options: ServiceSettings
    keys: Keys
    corpus: CodedCorpus | None = None
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        """Start nothing yet but the threads' pools."""
        self.batcher = Batcher(
            self._label, self.options.batch_texts, self.options.waiting_texts, self.metrics.batch
        )
        self.limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self.metrics.uses(self.model.version)
        self.metrics.waiting.set_function(lambda: self.batcher.waiting)
        # Beside the labelling thread, so that an explanation of many predictions keeps no label waiting.
        self._questions = ThreadPoolExecutor(1, "question")
        self._asked = 0

    def _label(self, texts: Sequence[str | None]) -> list[Row]:
        return rows_of(texts, self.model)

    def check(self, text: str, state: str | None = None) -> Checked:
        """One text explained, with advice. Raises: SourceError."""
        model = self.model
        return explained(model.bundle, model.origin, text, self.corpus, state, model._others)

    async def ask(self, question: Callable[..., _T], *values: Any) -> _T:
        """The answer to what takes long, from a thread of its own. Raises: Busy."""
        if self._asked >= _MOST_QUESTIONS:
            raise Busy
        self._asked += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._questions, question, *values)
        finally:
            self._asked -= 1

    async def follow_the_champion(self) -> None:
        """Ask from time to time which model is in use, and take it."""
        while True:
            await asyncio.sleep(self.options.reload_seconds)
            try:
                await asyncio.to_thread(self._take_model)
            except UprError as error:
                _log.warning("The model in use stays: %s", error)

    def _take_model(self) -> None:
        """Load the model that the reference names now, unless it is the one that is loaded."""
        choice = choose_model(self.reference, settings.load())
        if (choice.origin, described(choice.folder).version) == (self.model.origin, self.model.version):
            return
        self.model = api.load_model(self.reference)
        self.metrics.uses(self.model.version)
        _log.info("Model %s (%s) is in use.", self.model.version, self.model.origin)

    def close(self) -> None:
        """End the threads."""
        self.batcher.close()
        self._questions.shutdown(wait=False, cancel_futures=True)
