"""A few mutants on every run; `make fuzz` tries many."""

from __future__ import annotations

from pathlib import Path

from tests.sources.documents.fuzzing import fuzz, mutants
from tests.sources.documents.fuzzing_parents import parents


def test_no_mutant_is_at_fault() -> None:
    outcomes = fuzz(25, 1, None, with_office=False)
    assert [o for o in outcomes if o.kind == "fault"] == []
    assert {o.kind for o in outcomes} == {"read", "refused"}


def test_the_same_seed_gives_the_same_mutants(tmp_path: Path) -> None:
    first = parents(None, tmp_path, with_office=False)
    assert {path.suffix for path in first} >= {
        ".csv",
        ".json",
        ".xlsx",
        ".parquet",
        ".docx",
        ".pdf",
        ".ods",
        ".xls",
    }
    assert list(mutants(6, 3, first)) == list(mutants(6, 3, first))
    assert list(mutants(6, 3, first)) != list(mutants(6, 4, first))
