"""Which of these files the quick tests import."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """All tests of one file are long, and it imports torch, which takes each process ten seconds."""
    if collection_path.name == "test_training.py" and config.getoption("markexpr") == "not long":
        return True
    return None
