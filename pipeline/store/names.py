"""What action categories, issue tags and States are called in English, French and Spanish.

Stored codes, columns and files keep the English names; these are for pages. Tags and categories are in
configs/names, States in configs/state_names.csv (the first name of a cell is the one that is shown).
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.corpus.taxonomy import ACTIONS, Tag, Taxonomy
from pipeline.corpus.text import normalise
from pipeline.errors import SettingsError
from pipeline.store.files import read_bytes
from pipeline.store.vocabularies import config_path, load_states, load_taxonomy, read_yaml

LANGUAGES = ("en", "fr", "es")
"""Languages that names are given in; any other language gets the English ones."""


@dataclass(frozen=True)
class TagName:
    """What a tag is called in one language, what it means, and what else people call it."""

    name: str
    definition: str
    aliases: tuple[str, ...] = ()


_BEFORE_PERCENT = re.compile(r"(?<=[\d}]) (?=%)")
_BEFORE_SIGN = re.compile(r" (?=[;?!])")
_BESIDE_COLON = re.compile(r" (?=[:»])|(?<=«) ")


def typeset(text: str, language: str) -> str:
    """A text with the spaces that French has before its signs, and Spanish before %, where no line may end.

    >>> typeset("Votre nom : Anna ; c’est « vous » ?", "fr")
    'Votre nom\xa0: Anna\u202f; c’est «\xa0vous\xa0»\u202f?'
    """
    if language == LANGUAGES[0]:
        return text
    text = _BEFORE_PERCENT.sub("\u00a0", text)
    if language != "fr":
        return text
    return _BESIDE_COLON.sub("\u00a0", _BEFORE_SIGN.sub("\u202f", text))


def sort_key(name: str) -> str:
    """What names are ordered by: "Élections" stands among those with E."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


@cache
def _content(language: str) -> Mapping[str, Any]:
    path = config_path(f"names/{language}.yaml")
    content = read_yaml(path)
    if not isinstance(content, dict) or not {"actions", "tags"} <= content.keys():
        raise SettingsError(str(path), "has no names of actions and tags.", "Restore the file.")
    return content


@cache
def _versions() -> tuple[Taxonomy, ...]:
    """All taxonomies, oldest first."""
    return tuple(load_taxonomy(file.stem) for file in sorted(config_path("taxonomy").glob("*.yaml")))


@cache
def tag_names(version: str, language: str) -> Mapping[str, TagName]:
    """What the tags of a taxonomy are called in a language, by their English labels, in the taxonomy's order.

    A tag without a name in that language keeps the English one. Raises: SettingsError.
    """
    return {tag.label: _named(tag, version, language) for tag in load_taxonomy(version).tags}


def _named(tag: Tag, version: str, language: str) -> TagName:
    english: dict[str, Any] = {"name": tag.label, "definition": tag.definition, "aliases": tag.aliases}
    if language == LANGUAGES[0] or language not in LANGUAGES:
        found = english
    else:
        content = _content(language)
        found = english | content["tags"].get(tag.id, {})
        for since, changed in sorted(content.get("versions", {}).items()):
            if since <= version:
                found |= changed.get(tag.id, {})
    definition = typeset(found["definition"].strip(), language)
    return TagName(found["name"], definition, tuple(found["aliases"]))


@cache
def _shown_names(language: str) -> Mapping[str, str]:
    """Names by English label and by id.

    A label has the name of the oldest version that spells it so, an id that of the newest.
    """
    names: dict[str, str] = {}
    for taxonomy in reversed(_versions()):
        given = tag_names(taxonomy.version, language)
        for tag in taxonomy.tags:
            names.setdefault(tag.id, given[tag.label].name)
            names[tag.label] = given[tag.label].name
    return names


def tag_name(code: str, language: str) -> str:
    """A tag as people of a language call it.

    Args: `code`, English label or id of a tag in any version of the taxonomy; anything else comes back as is.
    """
    return _shown_names(language).get(code, code)


def find_tag(taxonomy: Taxonomy, spelling: str) -> Tag | None:
    """The tag that somebody means by its name or alias in any of the languages; English counts first."""
    if found := taxonomy.find(spelling):
        return found
    label = _labels_by_name(taxonomy.version).get(normalise(spelling))
    return taxonomy.find(label) if label else None


@cache
def _labels_by_name(version: str) -> Mapping[str, str]:
    return {
        normalise(spelling): label
        for language in LANGUAGES[1:]
        for label, tag in tag_names(version, language).items()
        for spelling in (*tag.aliases, tag.name)
    }


def action_name(action: int, language: str) -> str:
    """An action category (1 to 5) as people of a language call it. Raises: KeyError for another number."""
    if language == LANGUAGES[0] or language not in LANGUAGES:
        return ACTIONS[action]
    return str(_content(language)["actions"][action])


@cache
def _state_names(language: str) -> Mapping[str, str]:
    rows = csv.DictReader(io.StringIO(read_bytes(config_path("state_names.csv")).decode("utf-8")))
    return {row["iso"]: row[language].split("|")[0] for row in rows}


def state_name(name: str, language: str) -> str:
    """A State as people of a language call it.

    Args: `name`, any spelling or ISO code of a State; what is none is given back.
    """
    state = load_states().find(name)
    if state is None:
        return name
    if language == LANGUAGES[0] or language not in LANGUAGES:
        return state.name
    return _state_names(language).get(state.iso, state.name)
