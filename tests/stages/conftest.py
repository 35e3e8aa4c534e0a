"""What the tests of several stages read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.labelling.jobs import TEXTS


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "texts.txt"
    path.write_text("\n".join(TEXTS) + "\n")
    return path
