"""The list of States: every spelling, both ways, and what the corpus calls them."""

from __future__ import annotations

import csv
import unicodedata
from typing import Any

import pytest
from babel import Locale
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from pipeline import settings
from pipeline.corpus.states import State, States
from pipeline.errors import SettingsError
from pipeline.settings import DocumentLimits
from pipeline.sources.tables.sheets import open_tables
from pipeline.store.vocabularies import load_states, states_from
from tests.coded_rows import NO_CORPUS, SAMPLE, coded_rows, real_rows, records_of

STATES = load_states()
GROUPS = {"Africa", "Asia", "EEG", "GRULAC", "WEOG", "Observer"}


def test_there_are_the_un_members_and_the_observers_each_once() -> None:
    assert len(STATES.all) == 195
    assert len({s.iso for s in STATES.all}) == len({s.name for s in STATES.all}) == 195
    assert {s.region for s in STATES.all} == GROUPS
    assert {s.name for s in STATES.all if s.region == "Observer"} == {"Holy See", "Palestine"}


@given(st.sampled_from(STATES.all), st.data())
def test_every_spelling_finds_its_state_whatever_case_accents_and_punctuation(
    state: State, data: st.DataObject
) -> None:
    names = (state.name, state.un_name, *state.aliases, *state.translations)
    spelling = data.draw(st.sampled_from((*names, state.iso) if state.iso != "AND" else names))
    change: Any = data.draw(
        st.sampled_from(
            [
                str,
                str.upper,
                str.lower,
                lambda s: f"The {s}",
                lambda s: s.replace("'", "’"),
                lambda s: s.replace("&", "and"),
            ]
        )
    )
    assert STATES.find(change(spelling)) is state


def test_spellings_are_longest_first_and_without_codes() -> None:
    lengths = [len(s) for s in STATES.spellings]
    assert lengths == sorted(lengths, reverse=True)
    assert "KEN" not in STATES.spellings
    assert "Côte d'Ivoire" in STATES.spellings


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Niger", "Nigeria"),
        ("Guinea", "Guinea-Bissau"),
        ("Guinea", "Equatorial Guinea"),
        ("DPR Korea", "Republic of Korea"),
        ("Congo", "DR Congo"),
        ("Dominica", "Dominican Republic"),
        ("Sudan", "South Sudan"),
    ],
)
def test_names_within_names_stay_apart(one: str, other: str) -> None:
    first, second = STATES.find(one), STATES.find(other)
    assert first is not None
    assert second is not None
    assert first is not second


def test_unknown_and_nearest() -> None:
    assert STATES.is_unknown("(Unknown)")
    assert not STATES.is_unknown("Kenya")
    assert STATES.find("(Unknown)") is None
    assert STATES.nearest("Kenia") == "Kenya"
    assert STATES.nearest("qqqq") is None


@given(st.text(st.characters(exclude_categories=["L"])))
def test_what_has_no_letter_is_no_state(text: str) -> None:
    assert STATES.find(text) is None
    assert STATES.nearest(text) is None
    assert not STATES.is_unknown(text)


@given(st.lists(st.sampled_from(["the", "The", "of", "and", "AND ", "&", "-", "2019"]), min_size=2))
def test_small_words_alone_are_no_state(words: list[str]) -> None:
    assert STATES.find(" ".join(words)) is None


def test_andorra_is_found_by_its_code_and_by_no_conjunction() -> None:
    andorra = STATES.find("AND")
    assert andorra is not None
    assert andorra.name == "Andorra"
    assert STATES.find("and") is STATES.find("&") is None


@given(st.text("абвгдежзиклмнопрстуфхцчшыьэюя中国俄罗斯美", min_size=1, max_size=12))
def test_a_word_in_another_script_is_a_state_only_where_it_is_its_name(word: str) -> None:
    found = STATES.find(word)
    letters = "".join(word.split()).lower()
    assert found is None or letters in {
        "".join(c for c in unicodedata.normalize("NFKD", name).lower() if c.isalpha())
        for name in found.translations
    }


@pytest.mark.parametrize(
    ("spelling", "iso"),
    [
        ("Россия", "RUS"),
        ("Российская Федерация", "RUS"),
        ("中国", "CHN"),
        ("الصين", "CHN"),
        ("Corée du Nord", "PRK"),
        ("République populaire démocratique de Corée", "PRK"),
        ("Estados Unidos de América", "USA"),
        ("REPÚBLICA ÁRABE SIRIA", "SYR"),
        ("Конго", "COG"),
        ("刚果民主共和国", "COD"),
        ("Allemagne", "DEU"),
        ("Santa Sede", "VAT"),
        ("Kazajstán", "KAZ"),
        ("Nueva Zelandia", "NZL"),
        ("Trinidad y Tabago", "TTO"),
    ],
)
def test_states_have_names_in_the_languages_of_the_un(spelling: str, iso: str) -> None:
    found = STATES.find(spelling)
    assert found is not None
    assert found.iso == iso


@pytest.mark.parametrize("language", ["en", "fr", "es", "ru", "ar", "zh"])
def test_every_name_that_unicode_lists_in_a_language_of_the_un_is_known(language: str) -> None:
    codes = get_global("territory_aliases")
    names = Locale.parse(language).territories
    lost = [s.name for s in STATES.all if STATES.find(names[codes[s.iso][0]]) is not s]
    assert lost == []


def test_a_spelling_without_a_word_is_refused() -> None:
    with pytest.raises(ValueError, match="'2019' of Aland has no word"):
        States([State("AAA", "Aland", "Aland", "Asia", (), ("2019",), ())])


def test_a_spelling_for_two_states_is_refused() -> None:
    row = State("AAA", "Aland", "Aland", "Asia", (), (), ())
    with pytest.raises(ValueError, match="'Aland' is given for Aland and for Bland"):
        States([row, State("BBB", "Bland", "Bland", "Asia", (), ("Aland",), ())])


@pytest.mark.parametrize(
    "content",
    [
        b"iso,name\nKEN,Kenya\n",
        b"\xff\xfe",
        b"iso,name,un_name,region,organisations,aliases,demonyms\nA,X,X,R,,,\nB,X,X,R,,,\n",
    ],
)
def test_a_damaged_file_is_a_settings_error(content: bytes) -> None:
    with pytest.raises(SettingsError, match=r"states\.csv: cannot be used"):
        states_from(content, "states.csv")


def _check_names(rows: tuple[object, ...]) -> None:
    names = {name for record in rows for name in (record.state_under_review, *record.recommending_states)}  # type: ignore[attr-defined]
    assert len(names) > 30
    lost = {name for name in names if STATES.find(name) is None and not STATES.is_unknown(name)}
    assert not lost


def test_every_name_of_the_sample_corpus_resolves() -> None:
    _check_names(coded_rows(SAMPLE))


@pytest.mark.corpus
def test_every_name_of_the_real_corpus_resolves() -> None:
    _check_names(real_rows())


@pytest.mark.corpus
def test_pledging_states_resolve() -> None:
    folder = settings.corpus_folder()
    if folder is None:
        pytest.skip(NO_CORPUS)
    names = {record.state_under_review for record in records_of(folder / "upr-info" / "voluntary.csv")}
    assert len(names) > 30
    assert all(STATES.find(name) is not None for name in names)


@pytest.mark.corpus
def test_regional_groups_and_organisations_agree_with_the_real_corpus() -> None:
    folder = settings.corpus_folder()
    if folder is None:
        pytest.skip(NO_CORPUS)
    groups: dict[str, set[str]] = {}
    organisations: dict[str, set[str]] = {}
    for file in ("1-5", "6-9", "10-13", "14-17", "18"):
        for row in open_tables(folder / "upr-info" / f"{file}.csv", DocumentLimits())[0].rows:
            cells = dict(
                zip(
                    ("To", "To-Rgrp", "To-Org", "Text", "From", "From-Rgrp", "From-Org"),
                    row.cells,
                    strict=False,
                )
            )
            for side in ("To", "From"):
                state = STATES.find(cells[side])
                if state is not None:
                    groups.setdefault(state.name, set()).add(cells[f"{side}-Rgrp"])
                    organisations.setdefault(state.name, set()).update(
                        o.strip() for o in cells[f"{side}-Org"].split(",") if o.strip()
                    )
    assert len(groups) > 180
    assert {name for name, said in groups.items() if said != {STATES.find(name).region}} == set()  # type: ignore[union-attr]
    differ = {name: said ^ set(STATES.find(name).organisations) for name, said in organisations.items()}  # type: ignore[union-attr]
    assert {name: d for name, d in differ.items() if d} == {}


@pytest.mark.corpus
def test_short_names_of_the_extraction_set_resolve() -> None:
    folder = settings.corpus_folder()
    if folder is None:
        pytest.skip(NO_CORPUS)
    with (folder / "reports" / "reports.csv").open(encoding="utf-8", newline="") as file:
        names = {row["state"] for row in csv.DictReader(file)}
    assert len(names) > 50
    assert {name for name in names if STATES.find(name) is None} == set()
