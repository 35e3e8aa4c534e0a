"""The vocabularies in configs/: States, taxonomies, codebook, and the names that are never masked."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipeline import settings
from pipeline.corpus.blinding import Blinder
from pipeline.corpus.states import State, States
from pipeline.corpus.taxonomy import Tag, Taxonomy
from pipeline.errors import SettingsError
from pipeline.rules.codebook import Codebook
from pipeline.store.files import read_bytes

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader; in C, where PyYAML was built with it, eight times as fast."""


def config_path(name: str) -> Path:
    """The path of a file in configs/."""
    return settings.resource("configs") / name


def read_yaml(path: Path) -> Any:
    """The content of a YAML file. Raises: SettingsError, with the place of the fault."""
    try:
        return yaml.load(read_bytes(path).decode("utf-8"), Loader=_LOADER)  # noqa: S506
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(str(path), f"is not YAML in UTF-8 ({error}).", "Correct the file.") from error


def _many(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)


def states_from(
    content: bytes, where: str, unknown: tuple[str, ...] = (), translations: bytes | None = None
) -> States:
    """States from the bytes of a states.csv. Raises: SettingsError.

    Args:
        content: of states.csv.
        where: its path, for the message.
        unknown: spellings for "no State given".
        translations: content of state_names.csv: by ISO code, a column of names a language.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"))))
        names = csv.DictReader(io.StringIO((translations or b"iso").decode("utf-8")))
        translated = {
            row["iso"]: tuple(name for key, cell in row.items() if key != "iso" for name in _many(cell))
            for row in names
        }
        return States(
            (
                State(
                    row["iso"],
                    row["name"],
                    row["un_name"],
                    row["region"],
                    _many(row["organisations"]),
                    _many(row["aliases"]),
                    _many(row["demonyms"]),
                    translated.get(row["iso"], ()),
                )
                for row in rows
            ),
            unknown,
        )
    except (KeyError, ValueError) as error:
        raise SettingsError(
            where, f"cannot be used ({error}).", "Correct the row, or restore the file."
        ) from error


@cache
def load_sample_ids() -> frozenset[str]:
    """The beginnings of the ids of the project's invented sample texts. Raises: StoreError."""
    return frozenset(read_bytes(config_path("sample_ids.txt")).decode().split())


@cache
def load_states() -> States:
    """All States of configs/states.csv, with their names in other languages (configs/state_names.csv).

    The spellings for "unknown" come from configs/sources.yaml.
    """
    path = config_path("states.csv")
    return states_from(
        read_bytes(path),
        str(path),
        tuple(read_yaml(config_path("sources.yaml"))["unknown_states"]),
        read_bytes(config_path("state_names.csv")),
    )


@cache
def load_blinder() -> Blinder:
    """The mask of State names, from configs/states.csv and configs/blinding.yaml."""
    return Blinder(load_states(), read_yaml(config_path("blinding.yaml"))["kept"])


@dataclass(frozen=True)
class TaxonomyFile:
    """A taxonomy, the version that it follows, and by tag id of that version its successor here, or None."""

    taxonomy: Taxonomy
    follows: str | None
    moved: Mapping[str, str | None]


def taxonomy_from(content: Mapping[str, Any], where: str) -> TaxonomyFile:
    """A taxonomy from the content of its YAML file. Raises: SettingsError."""
    try:
        tags = (
            Tag(t["id"], t["label"], t.get("definition", ""), tuple(t.get("aliases", ())))
            for t in content["tags"]
        )
        return TaxonomyFile(
            Taxonomy(str(content["version"]), tags), content.get("follows"), content.get("moved", {})
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SettingsError(
            where, f"cannot be used ({error}).", "Correct the file, or restore it."
        ) from error


@cache
def load_taxonomy_file(version: str) -> TaxonomyFile:
    """A version of the taxonomy, configs/taxonomy/<version>.yaml.

    Raises: SettingsError, which names the versions that exist.
    """
    path = config_path(f"taxonomy/{version}.yaml")
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in path.parent.glob("*.yaml")))
        raise SettingsError(str(path), f"there is no taxonomy '{version}'.", f"Versions here: {known}.")
    return taxonomy_from(read_yaml(path), str(path))


def load_taxonomy(version: str) -> Taxonomy:
    """The tags of a version. Raises: SettingsError."""
    return load_taxonomy_file(version).taxonomy


def codebook_from(content: Any, where: str) -> Codebook:
    """The coding rules from the content of their YAML file. Raises: SettingsError."""
    try:
        return Codebook.from_content(content)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise SettingsError(
            where, f"cannot be used ({error}).", "Correct the entry, or restore the file."
        ) from error


@cache
def load_codebook() -> Codebook:
    """UPR Info's coding rules, configs/codebook.yaml. Raises: SettingsError."""
    path = config_path("codebook.yaml")
    return codebook_from(read_yaml(path), str(path))


def translate(labels: list[str], version: str, target: str) -> list[str]:
    """Labels of tags in one taxonomy version as labels of a later version.

    Versions between the two are followed one after the other.

    Raises: SettingsError where `target` does not follow `version`; KeyError for an unknown label.
    """
    path: list[TaxonomyFile] = []
    step = load_taxonomy_file(target)
    while step.taxonomy.version != version:
        path.append(step)
        if step.follows is None:
            raise SettingsError(
                f"taxonomy {target}",
                f"does not follow {version}.",
                "Add `follows` and `moved` to its file, so that labels can be mapped.",
            )
        step = load_taxonomy_file(step.follows)
    current = step.taxonomy
    for later in reversed(path):
        labels = current.map_to(later.taxonomy, labels, later.moved)
        current = later.taxonomy
    return labels
