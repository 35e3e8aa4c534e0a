"""Texts of many requests labelled together: while one batch is with the model, the next one gathers."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
LabelTexts = Callable[[Sequence[str | None]], list[Row]]


class Busy(Exception):  # noqa: N818 - an answer to the caller
    """More texts wait than may."""


@dataclass(slots=True)
class _Waiting:
    texts: Sequence[str | None]
    answer: asyncio.Future[list[Row]]


class Batcher:
    """Gathers texts for one thread that labels.

    A text that comes while the thread is idle waits for nothing; under load, batches grow by themselves.
    Labels of a text do not depend on its batch.
    """

    def __init__(
        self,
        label: LabelTexts,
        most_in_batch: int,
        most_waiting: int,
        told: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Take the model.

        Args:
            label: labels texts, in the thread.
            most_in_batch: texts of several requests that are labelled at once; a longer request is cut.
            most_waiting: texts that may wait.
            told: gets the size of each batch.
        """
        self._label = label
        self._most_in_batch = most_in_batch
        self._most_waiting = most_waiting
        self._told = told
        self._queue: deque[_Waiting] = deque()
        self._thread = ThreadPoolExecutor(1, "label")
        self._working: asyncio.Task[None] | None = None
        self.waiting = 0

    async def label(self, texts: Sequence[str | None]) -> list[Row]:
        """The rows of texts, in order. Raises: Busy."""
        if self.waiting + len(texts) > self._most_waiting:
            raise Busy
        self.waiting += len(texts)
        parts = [
            self._enqueued(texts[start : start + self._most_in_batch])
            for start in range(0, len(texts), self._most_in_batch)
        ]
        try:
            if self._working is None:
                self._working = asyncio.create_task(self._work())
            return [row for part in parts for row in await part]
        finally:
            self.waiting -= len(texts)
            for part in parts:  # whoever gave up needs no more of them
                part.cancel()

    def _enqueued(self, texts: Sequence[str | None]) -> asyncio.Future[list[Row]]:
        waiting = _Waiting(texts, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        return waiting.answer

    def _next(self) -> list[_Waiting]:
        """What is labelled next: whole requests, as many as fit; who has gone away meanwhile is left out."""
        chosen: list[_Waiting] = []
        size = 0
        while self._queue and (not chosen or size + len(self._queue[0].texts) <= self._most_in_batch):
            first = self._queue.popleft()
            if not first.answer.done():
                chosen.append(first)
                size += len(first.texts)
        return chosen

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while batch := self._next():
                texts = [text for one in batch for text in one.texts]
                self._told(len(texts))
                try:
                    rows = await loop.run_in_executor(self._thread, self._label, texts)
                except Exception as error:  # noqa: BLE001 - it is the answer to each of them
                    _fail(batch, error)
                    continue
                place = 0
                for one in batch:
                    if not one.answer.done():
                        one.answer.set_result(rows[place : place + len(one.texts)])
                    place += len(one.texts)
        finally:
            self._working = None

    def close(self) -> None:
        """End the thread when it has finished its batch."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def _fail(batch: Sequence[_Waiting], error: Exception) -> None:
    for one in batch:
        if not one.answer.done():
            one.answer.set_exception(error)
