"""Layouts: each column is used, ignored by name, or an error."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.schema import LABELLED, RELEASE_COLUMNS
from pipeline.errors import SettingsError, SourceError
from pipeline.sources.opening import layouts
from pipeline.sources.tables.contract import SHEET_COLUMNS
from pipeline.sources.tables.headings import layouts_from, recognise
from pipeline.sources.tables.rows import SourceTable, TableRow
from pipeline.store.tables import neutralise

CSV = (
    "To",
    "To-Rgrp",
    "To-Org",
    "Text",
    "From",
    "From-Rgrp",
    "From-Org",
    "Response",
    "Action",
    "Issue",
    "Session",
)
XLS = ("SuR", "Rgrp", "Org", "Recommendation", "RS", "Rgrp", "Org", "Response", "Action", "Issue", "Session")


def table(headings: tuple[str, ...], *rows: tuple[str, ...]) -> SourceTable:
    numbered: Iterator[TableRow] = (TableRow(n, row) for n, row in enumerate(rows, start=1))
    return SourceTable(headings, numbered, "for a test")


@pytest.mark.parametrize(
    ("headings", "name"),
    [
        (CSV, "upr-info-csv"),
        (XLS, "upr-info-xls"),
        (tuple(LABELLED.names), "labelled"),
        (("text",), "labelled"),
        (tuple(h.upper() for h in CSV), "upr-info-csv"),
    ],
)
def test_tables_are_recognised_by_their_headings(headings: tuple[str, ...], name: str) -> None:
    assert recognise(layouts(), table(headings), "x").name == name


def test_repeated_headings_are_allowed_only_where_they_are_ignored() -> None:
    assert XLS.count("Rgrp") == 2
    with pytest.raises(SourceError, match="column 'Text' is repeated"):
        recognise(layouts(), table((*CSV, "Text")), "x")


@pytest.mark.parametrize("gone", ["To", "Text", "From", "Response", "Action", "Issue", "Session"])
def test_a_missing_column_is_named_with_the_nearest_layout(gone: str) -> None:
    with pytest.raises(SourceError, match=f"'{gone.lower()}' is missing .nearest layout: upr-info-csv"):
        recognise(layouts(), table(tuple(h for h in CSV if h != gone)), "x")


def test_a_column_that_no_layout_knows_is_an_error() -> None:
    with pytest.raises(SourceError, match="column 'Remark' is not known in layout upr-info-csv"):
        recognise(layouts(), table((*CSV, "Remark")), "x")


def test_every_column_of_the_contract_is_read_or_ignored_with_a_reason() -> None:
    labelled = next(layout for layout in layouts() if layout.name == "labelled")
    # Releases and decision sheets bring further columns.
    known = {*LABELLED.names, *RELEASE_COLUMNS, *SHEET_COLUMNS}
    assert set(labelled.fields) | set(labelled.ignored) == known
    assert not set(labelled.fields) & set(labelled.ignored)
    assert all(reason for layout in layouts() for reason in layout.ignored.values())


def test_a_layout_may_name_only_fields_of_a_record() -> None:
    with pytest.raises(SettingsError, match="'wording' is not a field"):
        layouts_from({"x": {"fields": {"Text": "wording"}, "separator": ","}}, "sources.yaml")


def test_lists_are_cut_but_a_single_state_is_not() -> None:
    row = (
        "Chad",
        "",
        "",
        "Adopt a law",
        "Korea, Republic of",
        "",
        "",
        "Accepted",
        "5",
        "Justice,Labour",
        "3",
    )
    opened = table(CSV, row)
    (record,) = recognise(layouts(), opened, "x").records("x.csv", opened)
    assert record.issues == ("Justice", "Labour")
    assert record.recommending_states == ("Korea, Republic of",)
    assert (record.file, record.row, record.session) == ("x.csv", 1, "3")


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
    | st.sampled_from(["=1+1", "'=1", "+41", "-x", "@a", "'a", "''=x"])
)
def test_the_apostrophe_that_disarms_a_formula_is_taken_off_again(text: str) -> None:
    opened = table(("text", "paragraph"), (neutralise(text), "1"))
    (record,) = recognise(layouts(), opened, "x").records("x.csv", opened)
    assert record.text == text
