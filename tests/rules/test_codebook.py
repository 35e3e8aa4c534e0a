"""The codebook's file: complete, about tags that there are, and refused with a reason where it is damaged."""

from __future__ import annotations

import re

import pytest

from pipeline.errors import SettingsError
from pipeline.store.vocabularies import codebook_from, config_path, load_codebook, load_taxonomy, read_yaml


def test_the_codebook_names_only_tags_that_there_are() -> None:
    codebook = load_codebook()
    ids = {tag.id for tag in load_taxonomy("2014-10").tags}
    named = {tag for wording in codebook.wordings for tag in wording.tags}
    assert named == ids, "every tag has wording, and no other"
    assert {*codebook.groups, *codebook.violations} <= ids
    assert {tag for wording in codebook.wordings for tag in wording.unless} <= ids | {"*"}


def test_the_methodologys_verbs_are_all_there() -> None:
    named = {
        group["action"]: set(group["codebook"])
        for group in read_yaml(config_path("codebook.yaml"))["actions"]
    }
    assert named[1] == {"call on", "seek", "share"}
    assert named[2] == {"continue", "maintain", "persevere", "persist", "pursue"}
    assert {"abolish", "accede", "adopt", "amend", "implement", "enforce", "ratify"} <= named[5]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.pop("forms"), "'forms'"),
        (lambda c: c["actions"][0]["further"].append("ratify"), "'ratify' is given for actions 1 and 5"),
        (lambda c: c["actions"][0].update(action=6), "from 1 to 5"),
        (
            lambda c: c["wordings"].append({"tags": ["other"], "phrases": ["death penalty"]}),
            "'death penalty' is repeated",
        ),
        (lambda c: c["openers"].append(True), "put it in quotes"),
        (lambda c: c.update(actions=7), "not iterable"),
    ],
)
def test_a_damaged_codebook_is_a_settings_error(change: object, message: str) -> None:
    content = read_yaml(config_path("codebook.yaml"))
    change(content)  # type: ignore[operator]
    with pytest.raises(SettingsError, match=re.escape(message)):
        codebook_from(content, "codebook.yaml")
