"""Ingest: one checked table from what people have, each row kept or rejected with file, row and reason."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipeline import settings
from pipeline.corpus.coded import Corpus
from pipeline.corpus.schema import LABELLED
from pipeline.errors import SourceError
from pipeline.sources.checked import check
from pipeline.sources.opening import standardiser
from pipeline.sources.records import Record
from pipeline.stages import ingest
from pipeline.store.tables import SUFFIXES, read_parquet, write_batches
from pipeline.store.vocabularies import load_states, load_taxonomy
from tests.coded_rows import SAMPLE

HEADINGS = ("To", "Text", "From", "Response", "Action", "Issue", "Session")
WHERE = ("source_file", "source_row")


def export(path: Path, *rows: tuple[str, ...], encoding: str = "utf-8") -> Path:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADINGS, *rows])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def row(
    text: str = "Adopt a law on the safety of ferries",
    to: str = "Iceland",
    by: str = "Bhutan",
    action: str = "5",
) -> tuple[str, ...]:
    return (to, text, by, "Accepted", action, "Other", "7")


def ingested(*sources: Path, out: Path) -> tuple[pa.Table, list[dict[str, Any]]]:
    ingest.run(sources, out, settings.load())
    return read_parquet(out), [
        json.loads(line) for line in Path(f"{out}.rejects.jsonl").read_text().splitlines()
    ]


def test_the_sample_corpus_is_taken_whole(sample_path: Path, sample: Corpus) -> None:
    assert sample.table.schema.equals(LABELLED)
    assert sample.table.num_rows == 1140
    assert Counter(sample.table["kind"].to_pylist()) == {"recommendation": 1110, "pledge": 30}
    assert Counter(sample.table["source_file"].to_pylist()) == {
        "1-16.csv": 718,
        "17.csv": 191,
        "18.csv": 201,
        "voluntary.csv": 30,
    }
    assert Path(f"{sample_path}.rejects.jsonl").read_bytes() == b""
    assert set(sample.table["label_source"].to_pylist()) == {"expert"}
    assert len(set(sample.row_ids)) == 1140


def test_a_second_reading_gives_the_same_bytes(sample_path: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.parquet"
    ingest.run([SAMPLE / "upr-info"], again, settings.load())
    assert again.read_bytes() == sample_path.read_bytes()


def test_equal_rows_of_two_inputs_are_kept_once_and_named(tmp_path: Path) -> None:
    one = export(tmp_path / "one.csv", row(), row("Ratify a treaty"))
    two = export(
        tmp_path / "two.csv",
        row("Ratify a new treaty"),
        row("ADOPT a law on the safety of   ferries."),
        row("Ratify a treaty", action="4"),
    )
    table, rejects = ingested(one, two, out=tmp_path / "out.parquet")
    assert list(zip(table["source_file"].to_pylist(), table["source_row"].to_pylist(), strict=True)) == [
        ("one.csv", 1),
        ("one.csv", 2),
        ("two.csv", 1),
    ]
    assert [(r["file"], r["row"]) for r in rejects] == [("two.csv", 2), ("two.csv", 3)]
    assert rejects[0]["reason"] == "Duplicate of one.csv, row 1, which is kept."
    assert rejects[1]["reason"].startswith(
        "Duplicate of one.csv, row 2, which is kept. They differ: here action 4, Other"
    )


def test_repeats_inside_one_file_stay_and_twice_as_many_there_are_met_twice(tmp_path: Path) -> None:
    one = export(tmp_path / "one.csv", row(), row())
    two = export(tmp_path / "two.csv", row(), row(), row())
    table, rejects = ingested(one, two, out=tmp_path / "out.parquet")
    assert table.num_rows == 3
    assert len(set(table["row_id"].to_pylist())) == 3
    assert set(table["rec_id"].to_pylist()) == {table["rec_id"][0].as_py()}
    assert [(r["file"], r["row"]) for r in rejects] == [("two.csv", 1), ("two.csv", 2)]


def test_a_reviewed_decision_takes_the_place_of_the_experts_label() -> None:
    def record(file: str, action: int, source: str | None) -> Record:
        return Record(
            file,
            1,
            "Adopt a law",
            "Iceland",
            ("Bhutan",),
            7,
            action=action,
            issues=("Other",),
            label_source=source,
        )

    made = check(
        [record("a", 4, None), record("b", 5, "reviewed")],
        standardiser(load_states(), load_taxonomy("2014-10"), count_by_file=True),
        "2014-10",
    )
    assert made.table["action"].to_pylist() == [5]
    assert made.table["label_source"].to_pylist() == ["reviewed"]
    assert [(r.file, r.row) for r in made.rejects] == [("a", 1)]
    assert made.rejects[0].reason.startswith("Superseded by the reviewed decision in b, row 1")


@pytest.mark.parametrize("decision_first", [False, True])
def test_a_decision_under_an_older_taxonomy_takes_no_tag_away_that_it_could_not_give(
    decision_first: bool,
) -> None:
    """Privacy is a tag since 2026-08: who decided under 2014-10 could neither choose nor refuse it."""

    def record(file: str, to: str, issues: tuple[str, ...], version: str | None = None) -> Record:
        source = "reviewed" if version else None
        return Record(
            file, 1, "Adopt a law", to, ("Bhutan",), 7, action=5, issues=issues, label_source=source,
            taxonomy_version=version,
        )  # fmt: skip

    coded = [record("a", "Iceland", ("Privacy", "Justice")), record("a", "Chad", ("Privacy", "Labour"))]
    older = record("b", "Iceland", ("Labour",), "2014-10")
    made = check(
        [older, *coded] if decision_first else [*coded, older],
        standardiser(load_states(), load_taxonomy("2026-08"), count_by_file=True),
        "2026-08",
    )
    rows = {row["state_under_review"]: row for row in made.table.to_pylist()}
    assert rows["Iceland"]["issues"] == ["Labour", "Privacy"]
    assert rows["Iceland"]["label_source"] == "reviewed"
    # Justice was refused, which the former taxonomy has.
    (told,) = made.corrections.to_pylist()
    assert (told["kind"], told["former_issues"], told["issues"]) == (
        "same row",
        ["Privacy", "Justice"],
        ["Labour", "Privacy"],
    )
    assert made.other_taxonomy == {("b", "2014-10"): 1}
    of_today = record("b", "Iceland", ("Labour",), "2026-08")
    made = check(
        [*coded, of_today],
        standardiser(load_states(), load_taxonomy("2026-08"), count_by_file=True),
        "2026-08",
    )
    issues = {row["state_under_review"]: row["issues"] for row in made.table.to_pylist()}
    assert issues["Iceland"] == ["Labour"], "who could choose it has refused it"
    assert not made.other_taxonomy


def test_a_machines_label_is_no_gold() -> None:
    record = Record(
        "a", 1, "Adopt a law", "Iceland", ("Bhutan",), 7, action=4, issues=("Other",), label_source="model"
    )
    made = check(
        [record], standardiser(load_states(), load_taxonomy("2014-10"), count_by_file=True), "2014-10"
    )
    assert made.unlabelled == 1
    assert made.table.select(["action", "issues", "label_source"]).to_pylist() == [
        {"action": None, "issues": None, "label_source": None}
    ]


def test_every_row_is_kept_or_rejected(tmp_path: Path) -> None:
    rows = [row(f"Adopt law {n}", action=str(n % 7)) for n in range(50)]
    table, rejects = ingested(export(tmp_path / "one.csv", *rows), out=tmp_path / "out.parquet")
    places = [*table["source_row"].to_pylist(), *(r["row"] for r in rejects)]
    assert sorted(places) == list(range(1, 51))
    assert {r["row"] for r in rejects} == {n + 1 for n in range(50) if n % 7 in (0, 6)}


def test_two_inputs_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    with pytest.raises(SourceError, match="two inputs have this name"):
        ingested(
            export(tmp_path / "a.csv", row()),
            export(tmp_path / "b" / "a.csv", row()),
            out=tmp_path / "o.parquet",
        )


def test_only_parquet_is_written(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"End --out in \.parquet"):
        ingested(export(tmp_path / "a.csv", row()), out=tmp_path / "o.csv")


def test_forced_encoding_is_used(tmp_path: Path) -> None:
    content = row("Améliorer l’accès à l’eau")
    path = export(tmp_path / "a.csv", content, encoding="mac_roman")
    base = settings.load()
    forced = base.model_copy(
        update={"ingest": base.ingest.model_copy(update={"encoding": "mac_roman", "delimiter": ","})}
    )
    report = ingest.run([path], tmp_path / "o.parquet", forced)
    assert report.checked.table["text"].to_pylist() == ["Améliorer l’accès à l’eau"]
    assert report.understood["a.csv"].startswith("upr-info-csv, mac_roman, comma")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_table_read_back_is_the_same_in_every_format(suffix: str, sample: Corpus, tmp_path: Path) -> None:
    # Texts that a spreadsheet would run, and apostrophes that were there before.
    odd = [
        "=HYPERLINK(1)",
        "+41 ways to reform",
        "-1 is what a spreadsheet would make of it",  # a dash before a letter is a bullet, and cleaned off
        "@once ratify",
        "'quoted' text",
        "'=1",
        "one; two",
        'say "yes"',
        "é – ü",
    ]
    table = sample.table.slice(0, 200)
    table = table.set_column(
        table.column_names.index("text"),
        LABELLED.field("text"),
        pa.array(odd + table["text"].to_pylist()[len(odd) :]),
    )
    written, master = tmp_path / f"table{suffix}", tmp_path / "master.parquet"
    write_batches(written, LABELLED, [table.slice(0, 80), table.slice(80)])
    write_batches(master, LABELLED, [table])
    read, _ = ingested(written, out=tmp_path / "a" / "table.parquet")
    expected, _ = ingested(master, out=tmp_path / "b" / "table.parquet")
    assert read.num_rows == 200
    assert read["text"].to_pylist()[: len(odd)] == odd
    assert read.drop_columns(list(WHERE)).equals(expected.drop_columns(list(WHERE)))
    assert read["source_row"].equals(expected["source_row"])


@pytest.mark.long
@pytest.mark.corpus
def test_the_csv_and_the_xls_of_sessions_6_to_9_are_equal_tables(corpus_folder: Path, tmp_path: Path) -> None:
    one, rejects = ingested(corpus_folder / "upr-info" / "6-9.csv", out=tmp_path / "csv.parquet")
    other, others = ingested(corpus_folder / "upr-info" / "6-9.xls", out=tmp_path / "xls.parquet")
    assert one.num_rows == 8343
    assert rejects == others == []
    assert one.drop_columns(["source_file"]).equals(other.drop_columns(["source_file"]))


@pytest.mark.long
@pytest.mark.corpus
def test_the_xls_beside_the_csv_is_a_duplicate_row_for_row(corpus_folder: Path, tmp_path: Path) -> None:
    folder = corpus_folder / "upr-info"
    table, rejects = ingested(folder / "6-9.csv", folder / "6-9.xls", out=tmp_path / "both.parquet")
    assert table.num_rows == len(rejects) == 8343
    assert pc.unique(table["source_file"]).to_pylist() == ["6-9.csv"]
    reasons = [f"Duplicate of 6-9.csv, row {n}, which is kept." for n in range(1, 8344)]
    assert [(r["file"], r["row"], r["reason"]) for r in rejects] == [
        ("6-9.xls", n, reason) for n, reason in enumerate(reasons, start=1)
    ]


@pytest.mark.corpus
def test_the_real_corpus_is_taken_whole(real: Corpus, real_path: Path) -> None:
    table = real.table
    assert Path(f"{real_path}.rejects.jsonl").read_bytes() == b""
    assert Counter(table["kind"].to_pylist()) == {"recommendation": 35469, "pledge": 947}
    assert len(set(real.row_ids)) == 36416
    coded = table.filter(pc.equal(table["kind"], "recommendation"))
    assert pc.min_max(coded["session"]).as_py() == {"min": 1, "max": 18}
    counts = coded["issues"].combine_chunks().value_lengths()
    assert pc.min_max(counts).as_py() == {"min": 1, "max": 6}
    assert set(coded["label_source"].to_pylist()) == {"expert"}
    assert not any("&#" in text or "\ufffd" in text for text in table["text"].to_pylist())
