"""Which model is in use: moved by the gate of `upr register`, or by a person with a reason, and logged.

The log is kept in the registry itself, as tags of the registered model, so that all who share a tracking
server share it. It is only ever added to: each entry has a key of its own, made of the time and random
digits. An entry is written before the alias moves; a move cut short between the two is told by `unlogged`.
"""

from __future__ import annotations

import getpass
import json
import secrets
import socket
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Literal

from pipeline.errors import ModelError
from pipeline.registry.versions import CHAMPION, Registry, Version
from pipeline.store.descriptions import described

How = Literal["first", "gate", "promote", "rollback"]
LOG_PREFIX = "upr.promotion."
FIGURES = ("tune.action.accuracy", "tune.tags.micro_f1")
"""Figures that an entry holds of both models: of the tuning part, by which models are chosen."""
LONGEST_WHY = 1000


@dataclass(frozen=True)
class Side:
    """A model before or after a move: its version in the registry, its own, and `FIGURES` of its run."""

    version: str
    model_version: str
    figures: Mapping[str, float]


@dataclass(frozen=True)
class Promotion:
    """An entry of the log.

    Attributes:
        at: time, UTC, ISO 8601.
        who: account and machine.
        how: "first" for the champion of a fresh registry, "gate" for `upr register`, else the command.
        why: the reason given.
        before: the champion until then; None if there was none.
        after: the champion from then on.
    """

    at: str
    who: str
    how: How
    why: str
    before: Side | None
    after: Side


def history(registry: Registry) -> list[Promotion]:
    """The log, oldest entry first."""
    tags = registry.model_tags()
    return [_entry(tags[key]) for key in sorted(tags) if key.startswith(LOG_PREFIX)]


def _entry(text: str) -> Promotion:
    content = json.loads(text)
    before = content.pop("before")
    return Promotion(**content | {"before": before and Side(**before), "after": Side(**content["after"])})


def promote(registry: Registry, reference: str, why: str) -> Promotion | None:
    """Let a version become champion, by a person's decision.

    Args: `reference`, a version in the registry ("3"), of a model ("ensemble-0123456789ab"), or an alias.
    Returns: the entry; None where it is the champion already.
    Raises: ModelError if there is no such version, if it is a demonstration or its files are gone, or without
        a reason.
    """
    return move(registry, registry.version(reference), "promote", why)


def roll_back(registry: Registry, to: str | None, why: str) -> Promotion | None:
    """Let the champion before the present one, or the version `to`, become champion again.

    Raises: ModelError; see `promote`.
    """
    if to is not None:
        return move(registry, registry.version(to), "rollback", why)
    present = registry.aliased(CHAMPION)
    earlier = former(history(registry), present[0] if present else None)
    if earlier is None:
        raise ModelError(
            f"registered model {registry.model_name}",
            "the log names no champion before the present one.",
            "Name a version: upr models rollback --to VERSION. `upr models list` shows them.",
        )
    return move(registry, registry.version(earlier), "rollback", why)


def former(log: Sequence[Promotion], present: str | None) -> str | None:
    """The version that a rollback from `present` leads to: a second rollback goes back further, not forth.

    Returns: None where the log does not know `present`, or nothing before it.
    """
    line: list[str] = []
    for entry in log:
        if not line and entry.before:
            line.append(entry.before.version)
        version = entry.after.version
        if entry.how == "rollback" and version in line:
            del line[line.index(version) + 1 :]
        else:
            line.append(version)
    return line[-2] if len(line) > 1 and line[-1] == present else None


def unlogged(log: Sequence[Promotion], present: str | None) -> bool:
    """Whether the champion is another than the log's last: moved by other means, or in a move cut short."""
    return present != (log[-1].after.version if log else None)


def check_reason(why: str) -> str:
    """The reason on one line. Raises: ModelError if it is empty or too long."""
    line = " ".join(why.split())
    if not line or len(line) > LONGEST_WHY:
        what = f"a reason of 1 to {LONGEST_WHY:,} characters is needed."
        raise ModelError("--why", what, "Say why the model changes.")
    return line


def move(registry: Registry, version: Version, how: How, why: str) -> Promotion | None:
    """Let a version become champion, and log it. Returns: None where it is the champion already.

    Raises: ModelError if it is a demonstration, if its files are gone, or if the reason is empty or too long.
    """
    why = check_reason(why)
    where = f"models:/{registry.model_name}/{version.version}"
    # The shipped model is in use in a fresh registry, whatever it is.
    if described(registry.bundle_folder(where)).demo and how != "first":
        raise ModelError(
            where,
            "it is a demonstration, trained on a small sample, and never becomes champion.",
            "Name another.",
        )
    present = registry.aliased(CHAMPION)
    if present and present[0] == version.version:
        return None
    before = _side(registry, registry.version(present[0])) if present else None
    now = datetime.now(UTC)
    entry = Promotion(
        now.isoformat(timespec="seconds"),
        f"{getpass.getuser()}@{socket.gethostname()}",
        how,
        why,
        before,
        _side(registry, version),
    )
    key = f"{LOG_PREFIX}{now:%Y%m%dT%H%M%S.%f}-{secrets.token_hex(4)}"
    registry.tag_model(key, json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True))
    registry.set_alias(CHAMPION, version.version)
    return entry


def _side(registry: Registry, version: Version) -> Side:
    figures = registry.metrics(version)
    return Side(
        version.version, version.model_version, {name: figures[name] for name in FIGURES if name in figures}
    )
