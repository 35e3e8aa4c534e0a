"""Brackets that name States."""

from __future__ import annotations

import pytest

from pipeline.corpus.brackets import BracketReader
from pipeline.store.vocabularies import load_states

READER = BracketReader(load_states())


@pytest.mark.parametrize(
    "name", ["Peru", "Cuba", "Chad", "Mali", "Oman", "Togo", "Fiji", "Iraq", "Iran", "Laos"]
)
def test_a_short_name_in_capitals_is_no_abbreviation(name):
    [found] = READER.find(f"Build libraries in every town ({name.upper()}).")
    assert found.states == (name.upper(),)


@pytest.mark.parametrize("name", ["CAN", "MAR", "PER", "ICRC", "OHCHR", "CEDAW"])
def test_an_abbreviation_is_no_state(name):
    assert READER.find(f"Build libraries in every town ({name}).") == []
