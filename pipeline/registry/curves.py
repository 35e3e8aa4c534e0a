"""Curves of networks in MLflow while these are trained.

A training takes an hour and more, and what it computes is worth more than its curves: a tracking server that
goes away stops nothing. Points wait until it answers again; what it never got is sent by `upr evaluate`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from pipeline.errors import SettingsError
from pipeline.registry.runs import NAME_TAG, TRAINING_TAG, log_points, runs_of
from pipeline.registry.tracking import Tracker
from pipeline.registry.versions import faults

_PAUSE = 60.0
"""Seconds until a server that did not answer is asked again."""


class LiveCurves:
    """Takes points of curves, and sends them. Call `close` at the end."""

    def __init__(self, tracker: Tracker, training: str, pause: float = _PAUSE) -> None:
        """Args: `training`, which the networks belong to; `pause`, seconds."""
        self._tracker, self._training, self._pause = tracker, training, pause
        self._runs: dict[str, str] = {}
        self._waiting: list[tuple[str, int, Mapping[str, float]]] = []
        self._next = 0.0
        self.lost_at: SettingsError | None = None
        """What was wrong when the server did not answer for the first time."""

    def __call__(self, name: str, step: int, values: Mapping[str, float]) -> None:
        """A point of the curves of a network."""
        self._waiting.append((name, step, dict(values)))
        if time.monotonic() >= self._next:
            self._send()

    def close(self) -> int:
        """Send what waits, and end the runs. Returns: number of points that could not be sent."""
        self._send()
        try:
            with faults(self._tracker.uri):
                for run_id in self._runs.values():
                    self._client.set_terminated(run_id)
        except SettingsError as error:
            self.lost_at = self.lost_at or error
        return len(self._waiting)

    @property
    def _client(self) -> Any:
        return self._tracker.client

    def _send(self) -> None:
        try:
            with faults(self._tracker.uri):
                while self._waiting:
                    name, step, values = self._waiting[0]
                    log_points(self._client, self._run(name), [(step, values)])
                    self._waiting.pop(0)
        except SettingsError as error:
            self.lost_at = self.lost_at or error
            self._next = time.monotonic() + self._pause

    def _run(self, name: str) -> str:
        """The run of a network; a training that was stopped goes on in the run that it began."""
        if name not in self._runs:
            experiment = self._tracker.experiment
            found = runs_of(self._client, experiment, self._training, name)
            begun = (
                found[0]
                if found
                else self._client.create_run(experiment, tags={NAME_TAG: name, TRAINING_TAG: self._training})
            )
            self._runs[name] = str(begun.info.run_id)
            self._client.update_run(self._runs[name], status="RUNNING")
        return self._runs[name]
