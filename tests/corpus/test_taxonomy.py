"""The tag lists: complete, spelled as the corpus spells them, mapped from version to version."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.taxonomy import Tag, Taxonomy
from pipeline.errors import SettingsError
from pipeline.store.vocabularies import load_taxonomy, load_taxonomy_file, taxonomy_from, translate
from tests.coded_rows import SAMPLE, coded_rows, real_rows

VERSIONS = ("2014-10", "2026-08")
EARLIER, LATER = (load_taxonomy(version) for version in VERSIONS)


@pytest.mark.parametrize("version", VERSIONS)
def test_each_version_is_well_formed(version: str) -> None:
    taxonomy = load_taxonomy(version)
    assert taxonomy.version == version
    assert len({t.id for t in taxonomy.tags}) == len(taxonomy.tags)
    for tag in taxonomy.tags:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", tag.id), tag
        assert tag.definition.endswith("."), f"{tag.label} has no definition"
        assert len(tag.definition.split()) >= 5


def test_2014_has_the_54_tags_in_the_codebooks_order() -> None:
    assert len(EARLIER.tags) == 54
    assert [t.label for t in EARLIER.tags][:4] == [
        "Asylum-seekers - refugees",
        "CP rights - general",
        "Civil society",
        "Corruption",
    ]
    assert EARLIER.labels[-1] == "Women's rights"


def test_the_sample_corpus_uses_every_tag_and_no_other() -> None:
    assert {tag for record in coded_rows(SAMPLE) for tag in record.issues or ()} == set(EARLIER.labels)


@pytest.mark.corpus
def test_the_real_corpus_uses_every_tag_and_no_other() -> None:
    assert {tag for record in real_rows() for tag in record.issues or ()} == set(EARLIER.labels)


@pytest.mark.parametrize("taxonomy", [EARLIER, LATER], ids=VERSIONS)
@given(data=st.data())
def test_every_spelling_finds_its_tag_whatever_case_and_punctuation(
    taxonomy: Taxonomy, data: st.DataObject
) -> None:
    tag = data.draw(st.sampled_from(taxonomy.tags))
    spelling = data.draw(st.sampled_from((tag.label, *tag.aliases)))
    change: Any = data.draw(
        st.sampled_from([str, str.upper, str.lower, lambda s: s.replace(" - ", "-"), lambda s: f"  {s} "])
    )
    assert taxonomy.find(change(spelling)) is tag


def test_index_is_the_order_of_score_columns() -> None:
    assert [EARLIER.index[label] for label in EARLIER.labels] == list(range(54))


def test_a_spelling_for_two_tags_is_refused() -> None:
    with pytest.raises(ValueError, match="'health' is given for Right to health and for Other"):
        Taxonomy(
            "x", [Tag("a", "Right to health", aliases=("Health",)), Tag("b", "Other", aliases=("health",))]
        )


def test_nearest_hints_at_the_tag_meant() -> None:
    assert EARLIER.nearest("Right to helth") == "Right to health"
    assert EARLIER.nearest("zzzz") is None


def test_renames_keep_their_ids_and_their_old_spelling() -> None:
    renamed = {
        t.label: new.label
        for t in EARLIER.tags
        for new in LATER.tags
        if t.id == new.id and t.label != new.label
    }
    assert renamed == {
        "NHRI": "National Human Rights Institution",
        "Right to water": "Right to water and sanitation",
    }
    for old, new in renamed.items():
        assert LATER.find(old) is LATER.find(new)
        assert EARLIER.find(new) is EARLIER.find(old)


def test_additions_and_the_one_tag_dropped() -> None:
    before, after = {t.id for t in EARLIER.tags}, {t.id for t in LATER.tags}
    assert before - after == {"national-plan-of-action"}
    assert {t.label for t in LATER.tags if t.id not in before} == {
        "Business and human rights",
        "Privacy",
        "Statelessness and the right to nationality",
        "Right to life",
        "Sexual and reproductive rights",
        "Gender-based violence",
    }


def test_every_tag_of_2014_has_a_way_into_the_later_list() -> None:
    for label in EARLIER.labels:
        said = translate([label], *VERSIONS)
        assert said == [] if label == "National plan of action" else len(said) == 1
        assert all(tag in LATER.index for tag in said)


def test_translate_keeps_order_and_says_each_tag_once() -> None:
    assert translate(["Right to water", "NHRI", "National plan of action", "NHRI", "Other"], *VERSIONS) == [
        "Right to water and sanitation",
        "National Human Rights Institution",
        "Other",
    ]
    assert translate(["Other"], "2014-10", "2014-10") == ["Other"]


def test_there_is_no_way_back() -> None:
    with pytest.raises(SettingsError, match="does not follow 2026-08"):
        translate(["Privacy"], "2026-08", "2014-10")


def test_an_unknown_label_and_a_moved_tag_without_a_place_are_errors() -> None:
    with pytest.raises(KeyError, match="Privacy"):
        EARLIER.map_to(LATER, ["Privacy"], {})
    with pytest.raises(KeyError, match="national-plan-of-action"):
        EARLIER.map_to(LATER, ["National plan of action"], {})


def test_moved_names_only_tags_that_there_are() -> None:
    later = load_taxonomy_file("2026-08")
    assert later.follows == "2014-10"
    assert set(later.moved) <= {t.id for t in EARLIER.tags}
    assert {target for target in later.moved.values() if target is not None} <= {t.id for t in LATER.tags}


def test_a_missing_version_names_those_there_are() -> None:
    with pytest.raises(SettingsError, match="Versions here: 2014-10, 2026-08"):
        load_taxonomy_file("1999-01")


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"version": "1", "tags": [{"id": "a"}]},
        {"version": "1", "tags": None},
        {"version": "1", "tags": [7]},
    ],
)
def test_a_damaged_file_is_a_settings_error(content: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=r"taxonomy\.yaml: cannot be used"):
        taxonomy_from(content, "taxonomy.yaml")
