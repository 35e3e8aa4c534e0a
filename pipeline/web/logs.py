"""What a server writes of its requests, for people or for programs."""

from __future__ import annotations

import logging.config
from typing import Any

KINDS = ("text", "json")


def configuration(kind: str) -> dict[str, Any]:
    """Logging to stderr, as `logging.config.dictConfig` takes it.

    Args:
        kind: "text", a line of words, or "json", an object a line: time, level, logger, message, and
            of a request its method, path, status and milliseconds.
    """
    formats: dict[str, dict[str, Any]] = {
        "text": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
        },
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"chosen": formats[kind]},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "chosen"}},
        "loggers": {
            "pipeline": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
            "uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        },
    }


def configure(kind: str) -> None:
    """Begin to write."""
    logging.config.dictConfig(configuration(kind))
