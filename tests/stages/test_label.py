"""Label: a row for a row, blind to gold, whole or not at all, and the same bytes however often it was
killed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import settings
from pipeline.corpus.coded import Corpus
from pipeline.corpus.schema import LABELLED, SOURCE_COLUMNS
from pipeline.errors import SourceError, StoreError
from pipeline.models.bundle import Bundle
from pipeline.models.reasons import Reason
from pipeline.sources.tables.contract import read_records
from pipeline.stages import label
from pipeline.store.held_out import read_held_out
from pipeline.store.tables import SUFFIXES, read_parquet
from tests.conftest import Upr
from tests.labelling.jobs import TEXTS, command, labelled
from tests.small_disk import small_disk

EPOCH = "1400000000"


@pytest.fixture
def fixed_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)


def test_plain_text_gives_a_row_for_each_line_in_order(
    plain: Path, model_path: Path, bundle: Bundle, tmp_path: Path
) -> None:
    report = labelled(plain, tmp_path / "out.parquet", model_path)
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.schema.equals(LABELLED)
    rows = table.to_pylist()
    assert report.rows == len(rows) == len(TEXTS)
    assert [row["text"] for row in rows] == [text or None for text in TEXTS]
    assert [row["source_row"] for row in rows] == list(range(1, len(TEXTS) + 1))
    assert {row["source_file"] for row in rows} == {"texts.txt"}
    assert {row["model_version"] for row in rows} == {bundle.version}
    assert (rows[0]["action"], rows[4]["action"]) == (5, 3)
    assert "Torture and other CID treatment" in rows[0]["issues"]
    assert report.demo
    assert not (tmp_path / "out.parquet.partial").exists()


def test_what_cannot_be_labelled_is_a_row_without_action_and_with_its_reason(
    plain: Path, model_path: Path, tmp_path: Path
) -> None:
    labelled(plain, tmp_path / "out.parquet", model_path)
    rows = pq.read_table(tmp_path / "out.parquet").to_pylist()
    for place, reason in ((1, "empty-text"), (3, "empty-text"), (6, "other-language")):
        row = rows[place]
        assert (
            row["action"],
            row["action_confidence"],
            row["label_source"],
            row["issues"],
            row["action_set"],
        ) == (
            None,
            None,
            None,
            [],
            [],
        )
        assert row["needs_review"] is True
        assert row["review_reasons"] == [reason]
    assert rows[6]["language"] == "pt"
    assert "too-short" in rows[5]["review_reasons"]


def test_labels_keep_their_ranges_and_order(
    sample_path: Path, sample: Corpus, model_path: Path, bundle: Bundle, tmp_path: Path
) -> None:
    report = labelled(sample_path, tmp_path / "out.parquet", model_path)
    rows = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert [row["row_id"] for row in rows] == sample.row_ids
    assert report.rows == 1140
    assert report.for_review == sum(row["needs_review"] for row in rows)
    for row in rows:
        scores = [score for _, score in row["issue_scores"]]
        assert row["action"] in row["action_set"] == sorted(row["action_set"])
        assert 0.2 <= row["action_confidence"] <= 1
        assert scores == sorted(scores, reverse=True)
        assert all(0.05 <= score <= 1 for score in scores)
        assert row["issues"] == [name for name, score in row["issue_scores"]][: len(row["issues"])]
        assert row["needs_review"] == bool(row["review_reasons"])
        assert set(row["review_reasons"]) <= set(Reason)
        assert row["label_source"] == "model"
        assert row["taxonomy_version"] == "2014-10"


@pytest.mark.usefixtures("fixed_time")
def test_the_gold_of_an_input_is_never_read(sample: Corpus, model_path: Path, tmp_path: Path) -> None:
    """The same bytes whether the gold is right, scrambled or not there."""
    table = sample.table.slice(0, 300)
    order = list(range(299, -1, -1))
    scrambled, bare = table, table
    for name in set(LABELLED.names) - set(SOURCE_COLUMNS):
        place = table.column_names.index(name)
        scrambled = scrambled.set_column(place, LABELLED.field(name), table[name].take(pa.array(order)))
        bare = bare.set_column(place, LABELLED.field(name), pa.nulls(300, LABELLED.field(name).type))
    assert not scrambled["action"].equals(table["action"])
    written = set()
    for name, version in (("gold", table), ("scrambled", scrambled), ("bare", bare)):
        (tmp_path / name).mkdir()
        pq.write_table(version, tmp_path / name / "in.parquet")
        labelled(tmp_path / name / "in.parquet", tmp_path / name / "out.parquet", model_path)
        written.add((tmp_path / name / "out.parquet").read_bytes())
    assert len(written) == 1


def test_gold_that_would_be_rejected_by_ingest_does_not_matter(model_path: Path, tmp_path: Path) -> None:
    source = tmp_path / "odd.csv"
    source.write_text(
        "To,Text,From,Response,Action,Issue,Session\nIceland,Adopt a law on the safety of "
        "ferries,Bhutan,Accepted,99,No such tag,7\n"
    )
    labelled(source, tmp_path / "out.parquet", model_path)
    (row,) = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert "unclear-source-row" not in row["review_reasons"]
    assert row["action"] == 5


def test_a_row_with_an_unclear_cell_is_labelled_and_marked(model_path: Path, tmp_path: Path) -> None:
    source = tmp_path / "odd.csv"
    source.write_text(
        "To,Text,From,Response,Action,Issue,Session\nAtlantis,Adopt a law on the safety of "
        "ferries,Bhutan,Accepted,5,Other,7\n"
    )
    labelled(source, tmp_path / "out.parquet", model_path)
    (row,) = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert row["action"] == 5
    assert row["state_under_review"] == "Atlantis"
    assert row["review_reasons"][-1] == "unclear-source-row"


@pytest.mark.usefixtures("fixed_time")
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_gives_the_same_bytes_twice_and_can_be_labelled_again(
    suffix: str, plain: Path, model_path: Path, tmp_path: Path
) -> None:
    one, two = tmp_path / f"one{suffix}", tmp_path / f"two{suffix}"
    labelled(plain, one, model_path)
    labelled(plain, two, model_path)
    assert one.read_bytes() == two.read_bytes()
    again = tmp_path / "again.parquet"
    labelled(one, again, model_path)
    master = tmp_path / "master.parquet"
    labelled(plain, master, model_path)
    where = ["source_file", "source_row"]
    assert pq.read_table(again).drop_columns(where).equals(pq.read_table(master).drop_columns(where))


def test_jsonl_holds_lists_and_maps_as_such(plain: Path, model_path: Path, tmp_path: Path) -> None:
    labelled(plain, tmp_path / "out.jsonl", model_path)
    first = json.loads((tmp_path / "out.jsonl").read_text().splitlines()[0])
    assert list(first) == LABELLED.names
    assert isinstance(first["issues"], list)
    assert isinstance(first["issue_scores"], dict)
    assert len(list(read_records(tmp_path / "out.jsonl"))) == len(TEXTS)


def test_a_good_input_is_labelled_though_another_is_bad(
    plain: Path, model_path: Path, tmp_path: Path, upr: Upr
) -> None:
    bad, again = tmp_path / "bad.csv", tmp_path / "again.txt"
    bad.write_text("Name,Price\na,b\n")
    shutil.copy(plain, again)
    said = upr(
        "label",
        plain,
        bad,
        tmp_path / "none.txt",
        again,
        "--out",
        tmp_path / "out.parquet",
        "--model",
        model_path,
    )
    assert said.code == 1
    assert pq.read_table(tmp_path / "out.parquet")["text"].to_pylist() == [text or None for text in TEXTS] * 2
    assert f"upr: not labelled: {bad}" in said.err
    assert f"upr: not labelled: {tmp_path / 'none.txt'}" in said.err
    assert "DEMONSTRATION" in said.err


def test_a_file_that_is_damaged_in_its_middle_is_left_out_whole_and_the_others_go_on(
    plain: Path, model_path: Path, tmp_path: Path, upr: Upr
) -> None:
    rows = [{"metadata": {"recommendation": [{"value": text or "Ratify"}]}} for text in TEXTS]
    rows[4]["metadata"]["novelty"] = [{"value": "x"}]
    (tmp_path / "rows.json").write_text(json.dumps({"rows": rows}))
    table = pa.table({"text": [f"Adopt law {number}, {os.urandom(20).hex()}" for number in range(30_000)]})
    pq.write_table(table, tmp_path / "rows.parquet", row_group_size=5_000)
    content = bytearray((tmp_path / "rows.parquet").read_bytes())
    middle = len(content) * 3 // 4
    content[middle : middle + 4_000] = bytes(4_000)
    (tmp_path / "rows.parquet").write_bytes(content)
    bad = [tmp_path / "rows.json", tmp_path / "rows.parquet"]
    said = upr("label", *bad, plain, "--out", tmp_path / "out.parquet", "--model", model_path)
    assert said.code == 1
    failed = [line for line in said.err.splitlines() if line.startswith("upr: not labelled: ")]
    assert [path.name in line for path, line in zip(bad, failed, strict=True)] == [True, True]
    assert pq.read_table(tmp_path / "out.parquet")["text"].to_pylist() == [text or None for text in TEXTS]


def test_one_broken_document_among_others_is_named_and_the_others_are_labelled(
    model_path: Path, tmp_path: Path, upr: Upr
) -> None:
    folder = tmp_path / "session"
    folder.mkdir()
    sample = settings.home() / "data" / "sample" / "session-document.docx"
    (folder / "a.docx").write_bytes(sample.read_bytes())
    (folder / "b.docx").write_bytes(sample.read_bytes()[:-900])
    (folder / "c.pdf").write_bytes(b"%PDF-1.7 cut off")
    said = upr("label", folder, "--out", tmp_path / "out.parquet", "--model", model_path)
    assert said.code == 1
    failed = [line for line in said.err.splitlines() if line.startswith("upr: not labelled: ")]
    assert [name in line for name, line in zip(("b.docx", "c.pdf"), failed, strict=True)] == [True, True]
    rows = pq.read_table(tmp_path / "out.parquet")
    assert rows.num_rows > 5
    assert set(rows["source_file"].to_pylist()) == {"a.docx"}


def test_without_a_usable_input_nothing_is_left(model_path: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    with pytest.raises(SourceError, match="empty"):
        labelled(tmp_path / "empty.txt", tmp_path / "out" / "out.parquet", model_path)
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


def test_an_output_that_cannot_be_written_is_refused_before_the_work(
    plain: Path, model_path: Path, tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match=r"'\.docx' is not a format that can be written"):
        labelled(plain, tmp_path / "out.docx", model_path)


@pytest.mark.parametrize("size", ["64k", pytest.param("400k", marks=pytest.mark.long)])
def test_a_full_disk_is_one_message_and_the_job_goes_on_when_there_is_space(
    size: str, model_path: Path, tmp_path: Path, upr: Upr
) -> None:
    """The smaller disk cannot hold the first batch, the larger one not the output beside the batches."""
    texts = [f"Adopt law {os.urandom(60).hex()}" for _ in range(2_500)]
    (tmp_path / "in.txt").write_text("\n".join(texts) + "\n")
    with small_disk(tmp_path / "disk", size) as disk:
        out = disk / "out.csv"
        said = upr("label", tmp_path / "in.txt", "--out", out, "--model", model_path)
        assert said.code == 1
        assert len(said.err.splitlines()) == 1, said.err
        assert "No space left on device. Free some space" in said.err
        assert not out.exists()
        assert [p.name for p in disk.iterdir()] == ["out.csv.partial"]
        assert {p.suffix for p in (disk / "out.csv.partial").iterdir()} <= {".json", ".parquet"}
        subprocess.run(["mount", "-o", "remount,size=20m", disk], check=True)
        said = upr("label", tmp_path / "in.txt", "--out", out, "--model", model_path)
        assert said.code == 0, said.err
        assert ("Resumed an interrupted run" in said.err) == (size == "400k")
        assert len(out.read_text(encoding="utf-8-sig").splitlines()) == 2_501


@pytest.mark.parametrize("epoch", ["soon", "9" * 30])
def test_a_time_that_is_none_is_a_clear_error(
    epoch: str, plain: Path, model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, upr: Upr
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    said = upr("label", plain, "--out", tmp_path / "out.parquet", "--model", model_path)
    assert said.code == 1
    assert said.err.startswith("upr: SOURCE_DATE_EPOCH")


def test_standard_input_is_read(model_path: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        command("-", tmp_path / "out.parquet", model_path),
        input="Ratify the treaty\nÉtudier\n".encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert [(row["source_file"], row["source_row"], row["text"]) for row in rows] == [
        ("stdin.txt", 1, "Ratify the treaty"),
        ("stdin.txt", 2, "Étudier"),
    ]


@pytest.mark.long
def test_coded_rows_get_what_the_recipe_says_without_them_where_that_is_asked(
    models: Path, sample_path: Path, tmp_path: Path
) -> None:
    """So that labels of a model that was fitted on all codes can be compared with them."""
    kept = read_held_out(models / "final")
    assert kept is not None
    found = {}
    for held_out in (False, True):
        out = tmp_path / f"{held_out}.parquet"
        label.run([sample_path], out, settings.load(), model=str(models / "final"), held_out=held_out)
        found[held_out] = {row["row_id"]: row for row in read_parquet(out).to_pylist()}
    held = kept.places()
    assert len(held) == 392
    for row_id, row in found[True].items():
        if row_id in held:
            assert row["action_confidence"] == round(float(kept.action[held[row_id]].max()), 4)
            assert row["action"] == int(kept.action[held[row_id]].argmax()) + 1
        else:
            assert row["action_confidence"] == found[False][row_id]["action_confidence"]
    changed = [r for r in held if found[True][r]["action_confidence"] != found[False][r]["action_confidence"]]
    assert len(changed) > 350
