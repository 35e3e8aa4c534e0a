"""The rows that the measurement of a release is made with."""

from __future__ import annotations

import doctest
from itertools import pairwise

from benchmarks import release
from pipeline.store.tables import read_parquet
from pipeline.store.vocabularies import load_states


def test_the_examples_hold() -> None:
    found = doctest.testmod(release)
    assert found.attempted
    assert not found.failed


def test_copies_are_reviews_of_later_sessions_as_they_are_held(sample_path) -> None:
    table = read_parquet(sample_path)
    grown = release.grown(table, 3 * table.num_rows + 7, load_states())
    assert grown.num_rows == 3 * table.num_rows + 7
    assert grown.slice(0, table.num_rows).equals(table)
    copies = grown.slice(table.num_rows).select(["state_under_review", "session", "text", "row_id", "cycle"])
    held: dict[str, set[int]] = {}
    for name, session in zip(
        *(copies[n].to_pylist() for n in ("state_under_review", "session")), strict=True
    ):
        held.setdefault(name, set()).add(session)
    before = {n: max(s) for n, s in release._reviews(table).items()}
    assert max(map(max, held.values())) <= release.LAST_SESSION
    for name, sessions in held.items():
        ordered = sorted(sessions | ({before[name]} if name in before else set()))
        assert all(later - earlier >= 14 for earlier, later in pairwise(ordered)), name
    assert len(set(copies["text"].to_pylist())) == copies.num_rows
    assert len(set(grown["row_id"].to_pylist())) == len(set(table["row_id"].to_pylist())) + copies.num_rows
