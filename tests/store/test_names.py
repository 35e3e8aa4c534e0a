"""Tags, action categories and States have a name in each language; their code is the English one."""

from __future__ import annotations

import csv
from collections import Counter

import pytest
import yaml
from babel import Locale
from babel.core import get_global

from pipeline import settings
from pipeline.corpus.taxonomy import ACTIONS
from pipeline.corpus.text import normalise
from pipeline.store.names import (
    LANGUAGES,
    action_name,
    find_tag,
    state_name,
    tag_name,
    tag_names,
)
from pipeline.store.vocabularies import config_path, load_states, load_taxonomy

OTHERS = LANGUAGES[1:]
VERSIONS = sorted(path.stem for path in config_path("taxonomy").glob("*.yaml"))
COGNATES = {"fr": {"Corruption", "Justice", "Migrants"}, "es": set[str]()}
"""Tags that are called the same in English."""


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("version", VERSIONS)
def test_every_tag_has_a_name_and_a_definition_of_its_own(version: str, language: str) -> None:
    taxonomy = load_taxonomy(version)
    names = tag_names(version, language)
    assert list(names) == list(taxonomy.labels)
    assert {label for label, tag in names.items() if tag.name == label} == COGNATES[language]
    definitions = {tag.label: tag.definition for tag in taxonomy.tags}
    assert [label for label, tag in names.items() if tag.definition == definitions[label]] == []
    english = {alias for tag in taxonomy.tags for alias in tag.aliases}
    copied = {alias for tag in names.values() for alias in tag.aliases} & english
    assert copied <= {"LGBT", "LGBTI", "Prisons"}


@pytest.mark.parametrize("language", OTHERS)
def test_the_file_of_names_holds_no_tag_that_no_taxonomy_has(language: str) -> None:
    content = yaml.safe_load(config_path(f"names/{language}.yaml").read_text(encoding="utf-8"))
    ids = {tag.id for version in VERSIONS for tag in load_taxonomy(version).tags}
    assert set(content["tags"]) == ids
    assert set(content["versions"]) <= set(VERSIONS)
    assert {tag for names in content["versions"].values() for tag in names} <= ids


@pytest.mark.parametrize("version", VERSIONS)
def test_a_tag_is_found_by_its_name_in_any_language_and_no_name_means_two(version: str) -> None:
    taxonomy = load_taxonomy(version)
    meant = Counter(
        (normalise(spelling), label)
        for language in LANGUAGES
        for label, tag in tag_names(version, language).items()
        for spelling in {tag.name, *tag.aliases}
    )
    spellings = Counter(spelling for spelling, _ in meant)
    assert {spelling for spelling, n in spellings.items() if n > 1} == set()
    for language in LANGUAGES:
        for label, tag in tag_names(version, language).items():
            found = find_tag(taxonomy, tag.name.upper())
            assert found is not None
            assert found.label == label
    assert find_tag(taxonomy, "peine  capitale") == taxonomy.find("Death penalty")
    assert find_tag(taxonomy, "no such tag") is None


def test_names_by_label_by_id_and_by_version() -> None:
    assert tag_name("Death penalty", "fr") == tag_name("death-penalty", "fr") == "Peine de mort"
    assert tag_name("Death penalty", "es") == "Pena de muerte"
    assert tag_name("Death penalty", "en") == tag_name("Death penalty", "de") == "Death penalty"
    assert tag_name("Right to water", "fr") == "Droit à l’eau"
    assert tag_name("Right to water and sanitation", "es") == "Derecho al agua y al saneamiento"
    assert tag_name("a tag of another list", "fr") == "a tag of another list"


def test_definitions_follow_the_version_of_the_taxonomy() -> None:
    for language, left in (("fr", "vie privée"), ("es", "vida privada")):
        old, new = (tag_names(version, language)["Other"].definition for version in ("2014-10", "2026-08"))
        assert left in old
        assert left not in new


@pytest.mark.parametrize("language", LANGUAGES)
def test_action_categories_have_five_different_names(language: str) -> None:
    assert len({action_name(n, language) for n in ACTIONS}) == 5
    if language != "en":
        same = {n for n in ACTIONS if action_name(n, language) == ACTIONS[n]}
        assert same <= {4}  # General is Spanish, too


@pytest.mark.parametrize("language", OTHERS)
def test_states_are_called_as_unicodes_cldr_has_them(language: str) -> None:
    territories = Locale(language).territories
    codes = {long: short[0] for long, short in get_global("territory_aliases").items() if len(long) == 3}
    different = {
        state.iso
        for state in load_states().all
        if state_name(state.name, language).replace("'", "’") != territories[codes[state.iso]]
    }
    assert different == set()
    assert state_name("DEU", language) == {"fr": "Allemagne", "es": "Alemania"}[language]
    assert state_name("nowhere", language) == "nowhere"


def test_english_names_of_states_are_those_of_the_table() -> None:
    assert {state_name(state.name, "en") for state in load_states().all} == {
        state.name for state in load_states().all
    }
    with config_path("state_names.csv").open(encoding="utf-8") as file:
        assert all(row["fr"] and row["es"] for row in csv.DictReader(file))


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "fr_CH.UTF-8"}, "fr"),
        ({"LANG": "es"}, "es"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "es_ES@euro"}, "es"),
        ({"LANG": "C.UTF-8"}, ""),
        ({"LANG": "fr_FR", "LC_MESSAGES": "POSIX"}, ""),
        ({}, ""),
    ],
)
def test_the_language_of_the_environment(
    environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert settings.locale_language() == language
