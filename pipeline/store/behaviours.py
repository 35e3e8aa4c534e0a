"""The behaviour tests in configs/behaviour/."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.errors import SettingsError
from pipeline.evaluation.behaviour import Behaviour, behaviours_from
from pipeline.store.vocabularies import config_path, read_yaml, translate

_WORDS = "words.yaml"


def load_behaviours(version: str, language: str = "en") -> tuple[Behaviour, ...]:
    """All classes of wording of a language, file by file, in the tags of a taxonomy version.

    Raises: SettingsError.
    """
    folder = config_path("behaviour")
    words = read_yaml(folder / _WORDS)
    folder = folder if language == "en" else folder / language
    files = (path for path in sorted(folder.glob("*.yaml")) if path.name != _WORDS)
    return tuple(behaviour for path in files for behaviour in _classes(path, words, version))


def _classes(path: Path, words: Mapping[str, Sequence[str]], version: str) -> tuple[Behaviour, ...]:
    content = read_yaml(path)
    try:
        return behaviours_from(
            {**content, "words": words}, lambda tags: translate(tags, content["taxonomy"], version)
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise SettingsError(
            str(path), f"cannot be used ({error}).", "Correct the entry, or restore the file."
        ) from error
