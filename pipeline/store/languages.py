"""The models of French and Spanish texts, models/languages: loaded when the first such text comes.

A folder for each language, in the format of `pipeline.store.models`, with these files:

translated.json       weights of the meta-model
state_names.csv, demonyms.csv, kept.yaml   names that are masked, and names in which nothing is
codebook.yaml         the codebook's rules in this language
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipeline.corpus.blinding_romance import RomanceBlinder
from pipeline.models.bundle import Bundle
from pipeline.models.translated import TranslatedClassifier
from pipeline.rules.labeller import RuleLabeller
from pipeline.settings import resource
from pipeline.store.descriptions import MANIFEST, manifest_of
from pipeline.store.files import read_bytes
from pipeline.store.models import (
    Files,
    Parts,
    linear_from_files,
    linear_to_files,
    read_model,
    stacking_weights,
    taxonomy_in,
    write_model,
)
from pipeline.store.vocabularies import codebook_from, config_path, read_yaml, taxonomy_from

_NAMES = ("state_names.csv", "demonyms.csv")


def language_folder(language: str) -> Path:
    """Where the model of a language is."""
    return resource("models/languages") / language


def vocabulary_files(language: str, taxonomy_version: str) -> Files:
    """The vocabularies that a model of a language is made with."""
    kept = read_yaml(config_path("languages.yaml"))["kept"].get(language, [])
    return {
        **{name: _names_of(read_bytes(config_path(name)), language) for name in _NAMES},
        "kept.yaml": yaml.safe_dump(kept, allow_unicode=True).encode(),
        "codebook.yaml": read_bytes(config_path(f"codebook.{language}.yaml")),
        "taxonomy.yaml": read_bytes(config_path(f"taxonomy/{taxonomy_version}.yaml")),
    }


def _names_of(content: bytes, language: str) -> bytes:
    """The column of one language."""
    rows = csv.DictReader(io.StringIO(content.decode()))
    return "\n".join(f"{row['iso']},{row[language]}" for row in rows).encode()


@dataclass(frozen=True)
class Vocabularies:
    """What a language's model masks and reads, from its files."""

    blinder: RomanceBlinder
    rules: RuleLabeller


def vocabularies_from(files: Callable[[str], bytes], language: str) -> Vocabularies:
    """The mask and the rules of a language. Args: `files`, the content of a file by its name."""
    names, peoples = (
        [
            part
            for line in files(name).decode().split("\n")
            for part in line.partition(",")[2].split("|")
            if part
        ]
        for name in _NAMES
    )
    taxonomy = taxonomy_from(yaml.safe_load(files("taxonomy.yaml")), "taxonomy.yaml").taxonomy
    codebook = codebook_from(yaml.safe_load(files("codebook.yaml")), f"codebook.{language}.yaml")
    return Vocabularies(
        RomanceBlinder(language, names, peoples, yaml.safe_load(files("kept.yaml"))),
        RuleLabeller(codebook, taxonomy),
    )


def current_vocabularies(language: str, taxonomy_version: str) -> Vocabularies:
    """Those of configs/, as a model made today gets them."""
    return vocabularies_from(vocabulary_files(language, taxonomy_version).__getitem__, language)


def save_language_bundle(folder: Path, bundle: Bundle, language: str) -> Bundle:
    """Write a language's model as a folder, whole or not at all.

    Returns: the model as it will be loaded.
    Raises: StoreError.
    """
    classifier: Any = bundle.classifier
    files = linear_to_files(classifier.linear) | vocabulary_files(language, bundle.taxonomy.version)
    settings = {"language": language, "weights": asdict(classifier.weights)}
    files["translated.json"] = json.dumps(settings, sort_keys=True).encode()
    write_model(folder, bundle, files)
    return load_language_bundle(folder)


def load_language_bundle(folder: Path) -> Bundle:
    """A language's model from its folder, after checking the SHA-256 of every file.

    Raises: ModelError if it is missing, altered, truncated, or from a newer version of this project.
    """
    return read_model(folder, _parts)


def _parts(folder: Path, _kind: str) -> Parts:
    settings = json.loads(read_bytes(folder / "translated.json"))
    found = vocabularies_from(lambda name: read_bytes(folder / name), settings["language"])
    classifier = TranslatedClassifier(
        linear_from_files(folder), stacking_weights(settings["weights"]), found.rules.lemmas
    )
    return Parts(classifier, taxonomy_in(folder), found.blinder, found.rules)


@cache
def _loaded(folder: Path) -> Bundle:
    return load_language_bundle(folder)


def models_of_languages(
    languages: Iterable[str], taxonomy_version: str, parent: Path | None = None
) -> Callable[[str], Bundle | None]:
    """A function from the language of a text to the model that labels it, loaded at the first such text.

    It gives None for a language that is not among `languages`, that has no model, or whose model has the tags
    of another version of the taxonomy.

    Args: `parent`, the folder in which each language has one; None for this project's.
    """
    allowed = frozenset(languages)

    def model_of(language: str) -> Bundle | None:
        folder = language_folder(language) if parent is None else parent / language
        if language not in allowed or not (folder / MANIFEST).is_file():
            return None
        bundle = _loaded(folder)
        return bundle if bundle.taxonomy.version == taxonomy_version else None

    return model_of


def versions_of_languages(languages: Iterable[str]) -> dict[str, str]:
    """By language, the version of its model, read without loading it."""
    folders = {language: language_folder(language) for language in sorted(languages)}
    return {
        name: manifest_of(folder)["version"]
        for name, folder in folders.items()
        if (folder / MANIFEST).is_file()
    }


def model_in_words(version: str) -> str:
    """A model of another language by its version: "translated-4d7a12d4478d (French, models/languages/fr)"."""
    names = {"fr": "French", "es": "Spanish"}
    for language, own in versions_of_languages(names).items():
        if own == version:
            return f"{version} ({names[language]}, models/languages/{language})"
    return version
