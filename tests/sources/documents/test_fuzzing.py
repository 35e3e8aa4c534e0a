"""A few mutants on every run; `make fuzz` tries many."""

from __future__ import annotations

from tests.sources.documents.fuzzing import fuzz, mutants


def test_no_mutant_is_at_fault() -> None:
    outcomes = fuzz(20, 1, None)
    assert [o for o in outcomes if o.kind == "fault"] == []
    assert {o.kind for o in outcomes} == {"read", "refused"}


def test_the_same_seed_gives_the_same_mutants() -> None:
    assert list(mutants(6, 3, None)) == list(mutants(6, 3, None))
    assert list(mutants(6, 3, None)) != list(mutants(6, 4, None))
