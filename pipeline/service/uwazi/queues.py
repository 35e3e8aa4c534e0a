"""The queues through which a Uwazi instance gives tasks and takes results: RSMQ, in Redis."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from pipeline.errors import SettingsError

_log = logging.getLogger(__name__)
SERVICE = "information_extraction"
_PAUSE = 0.5
"""Seconds between two looks into an empty queue."""


class Queues:
    """Takes tasks from one queue, in a thread of its own, and puts results into another."""

    def __init__(self, redis: str, prefix: str, perform: Callable[[Any], dict[str, Any] | None]) -> None:
        """Connect, and make the queues where they are missing.

        Args:
            redis: "redis://HOST:PORT/0".
            prefix: what the instance puts before the names of its queues: "production_" where its ENVIRONMENT
                is "production".
            perform: does a task, and gives its result.

        Raises: SettingsError without the extra, or where Redis does not answer.
        """
        try:
            from redis import Redis
            from redis.exceptions import RedisError
            from rsmq import RedisSMQ
            from rsmq.consumer import RedisSMQConsumerThread
        except ImportError as error:
            what, todo = f"needs {error.name}.", "Install the extra: pip install '.[uwazi]'."
            raise SettingsError("uwazi.redis", what, todo) from error
        self._perform = perform
        tasks, results = (f"{prefix}{SERVICE}_{kind}" for kind in ("tasks", "results"))
        try:
            self._client = Redis.from_url(redis, decode_responses=True)
            self._client.ping()
            self._results = RedisSMQ(client=self._client, qname=results)
            for name in (tasks, results):
                RedisSMQ(client=self._client, qname=name).createQueue(maxsize=-1, quiet=True).exceptions(
                    False
                ).execute()
        except (RedisError, ValueError, OSError) as error:
            where = f"Redis at {urlsplit(redis).hostname or redis[:60]}"
            told = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            todo = "Check uwazi.redis in configs/serve.yaml (UPR_SERVE_UWAZI__REDIS)."
            raise SettingsError(where, f"it does not answer ({told}).", todo) from error
        self._consumer = RedisSMQConsumerThread(
            tasks, self._process, client=self._client, empty_queue_delay=_PAUSE, decode=False
        )

    def start(self) -> None:
        """Begin to take tasks."""
        self._consumer.start()

    def close(self) -> None:
        """Take no more tasks; one that is begun is finished."""
        self._consumer.stop()

    def _process(self, id: str, message: str, rc: int, ts: int) -> bool:  # noqa: A002, ARG002 - RSMQ's names
        """Do one task. Returns: True, so that it is taken off the queue: one that cannot be done today cannot
        be done tomorrow, and the result says so.
        """
        try:
            result = self._perform(json.loads(message))
        except ValueError:
            result = None
        if result is None:
            _log.warning("A message of the queue of tasks is no task, and was left out.")
            return True
        self._results.sendMessage(message=result, encode=True).execute()
        _log.info("Task %s of %s: %s", result["task"], result["tenant"], result["error_message"] or "done")
        return True
