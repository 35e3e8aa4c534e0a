"""The word lists and the classifier of repeated recommendations."""

import pytest

from pipeline.errors import SettingsError
from pipeline.store import threads


def test_a_damaged_word_list_is_one_message(tmp_path, monkeypatch):
    (tmp_path / "threads.yaml").write_text("instruments: {}\n")
    (tmp_path / "threads_model.json").write_text("{}")
    monkeypatch.setattr(threads, "config_path", lambda name: tmp_path / name)
    with pytest.raises(SettingsError, match="Restore both"):
        threads.load_finder()
