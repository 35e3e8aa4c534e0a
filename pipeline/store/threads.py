"""What finds repeated recommendations: the word lists and the classifier in configs/."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import SettingsError
from pipeline.store.files import read_json
from pipeline.store.vocabularies import config_path, read_yaml
from pipeline.threads.model import PairModel
from pipeline.threads.reading import Reader


@dataclass(frozen=True)
class Finder:
    """What two recommendations are read and compared with."""

    reader: Reader
    model: PairModel


def load_finder() -> Finder:
    """The finder of configs/threads.yaml and configs/threads_model.json.

    Raises: SettingsError where they cannot be used.
    """
    words, numbers = config_path("threads.yaml"), config_path("threads_model.json")
    try:
        return Finder(Reader(read_yaml(words)), PairModel.from_content(read_json(numbers)))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise SettingsError(
            f"{words} or {numbers}", f"cannot be used ({error!r}).", "Restore both, or run `make threads`."
        ) from error
