"""The mask in French and Spanish: every State's name and people with their article, and nothing else."""

from __future__ import annotations

import csv
import unicodedata
from functools import cache

import pytest

from pipeline.corpus.blinding import MASK
from pipeline.corpus.blinding_romance import RomanceBlinder, inflected
from pipeline.store.languages import current_vocabularies
from pipeline.store.vocabularies import config_path

FRAMES = {"fr": "Coopérer avec {} en matière de santé", "es": "Cooperar con {} en materia de salud"}


@cache
def blinder_of(language: str) -> RomanceBlinder:
    return current_vocabularies(language, "2014-10").blinder


def column(file: str, language: str) -> list[str]:
    with config_path(file).open(encoding="utf-8", newline="") as table:
        return [part for row in csv.DictReader(table) for part in row[language].split("|") if part]


@pytest.mark.parametrize("language", ["fr", "es"])
def test_every_name_of_a_state_is_masked_in_any_form(language: str) -> None:
    blinder, frame = blinder_of(language), FRAMES[language]
    for name in column("state_names.csv", language):
        masked = frame.format(MASK)
        for form in (name, name.upper(), unicodedata.normalize("NFD", name), name.replace("'", "’")):
            assert blinder.blind(frame.format(form)) == masked, form


@pytest.mark.parametrize("language", ["fr", "es"])
def test_every_people_is_masked_in_all_its_forms(language: str) -> None:
    blinder = blinder_of(language)
    for people in column("demonyms.csv", language):
        for form in inflected(people, language):
            assert blinder.blind(f"x {form} y") == f"x {MASK} y", form


def test_each_state_has_a_row_of_its_people() -> None:
    tables = [config_path(name).read_text(encoding="utf-8") for name in ("states.csv", "demonyms.csv")]
    listed, peoples = ({line.split(",")[0] for line in table.splitlines()[1:]} for table in tables)
    assert listed - peoples == {"VAT"}
    assert peoples <= listed


@pytest.mark.parametrize(
    ("language", "text", "masked"),
    [
        ("fr", "aider le Mali", "aider Xstate"),
        ("fr", "les lois de l’Angola et du Mali", "les lois de Xstate et de Xstate"),
        ("fr", "vivre en France, au Mali et aux Pays-Bas", "vivre à Xstate, à Xstate et à Xstate"),
        ("fr", "en République islamique d’Iran", "à Xstate"),
        ("fr", "la Convention américaine", "la Convention américaine"),
        ("fr", "une dinde et un niger", "une dinde et un niger"),
        ("es", "las leyes del Perú y de los Estados Unidos", "las leyes de Xstate y de Xstate"),
        ("es", "una granada", "una granada"),
        ("es", "ayudar al Chad", "ayudar a Xstate"),
    ],
)
def test_what_hangs_on_a_name_goes_with_it(language: str, text: str, masked: str) -> None:
    assert blinder_of(language).blind(text) == masked
    assert blinder_of(language).blind(masked) == masked
