"""Inputs and outputs at addresses: the memory of fsspec stands for an object store."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from pipeline.errors import SourceError, StoreError
from pipeline.settings import home
from pipeline.store.remote import fetched, sent

MEMORY = fsspec.filesystem("memory")


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    MEMORY.store.clear()
    yield
    MEMORY.store.clear()


def put(**files: str) -> None:
    for name, content in files.items():
        MEMORY.pipe_file(f"/in/{name.replace('_', '.')}", content.encode())


def test_a_file_a_pattern_and_a_folder_are_fetched_under_their_own_names() -> None:
    put(a_csv="A", b_csv="B", c_txt="C")
    MEMORY.pipe_file("/in/deep/d.csv", b"D")
    with fetched(["memory://in/b.csv", "memory://in/*.csv", Path("own.csv")]) as (paths, failed):
        assert [path.name for path in paths] == ["b.csv", "a.csv", "b.csv", "own.csv"]
        assert [path.read_text() for path in paths[:3]] == ["B", "A", "B"]
        assert not failed
        kept = paths[0]
    assert not kept.exists()
    with fetched(["memory://in"]) as (paths, failed):
        (folder,) = paths
        found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == {"a.csv", "b.csv", "c.txt", "deep/d.csv"}


def test_an_address_on_this_machine_is_not_copied(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("A")
    (tmp_path / "b.csv").write_text("B")
    inputs = [f"file://{tmp_path}/b.csv", f"local://{tmp_path}/*.csv", f"file://{tmp_path}"]
    with fetched(inputs) as (paths, failed):
        assert paths == [tmp_path / "b.csv", tmp_path / "a.csv", tmp_path / "b.csv", tmp_path]
        assert not failed
    with sent(f"file://{tmp_path}/out.csv") as place:
        assert place == tmp_path / "out.csv"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("memory://none.csv", r"memory://none\.csv: there is no such file"),
        ("unheard://a.csv", r"unheard://a\.csv: cannot be used \(Protocol not known"),
        ("s3://bucket/a.csv", r"s3://bucket/a\.csv: the library for this kind .*\[s3\]"),
    ],
)
def test_an_input_that_cannot_be_had_is_named_and_the_others_go_on(
    address: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    put(a_csv="A")
    with fetched([address, "memory://in/a.csv"]) as (paths, (error,)):
        assert [path.name for path in paths] == ["a.csv"]
    assert isinstance(error, SourceError)
    assert re.search(said, str(error))


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("UPR_HOME", str(tmp_path))
    home.cache_clear()
    yield tmp_path
    home.cache_clear()


def test_a_file_is_sent_whole_with_its_rejects_and_nothing_stays_here(own_home: Path) -> None:
    MEMORY.pipe_file("/out/rows.csv", b"former")
    with sent("memory://out/rows.csv") as place:
        place.parent.mkdir(parents=True)
        place.write_text("new")
        place.with_name("rows.csv.rejects.jsonl").write_text("{}")
        assert MEMORY.cat("/out/rows.csv") == b"former"
    assert {name: MEMORY.cat(name) for name in MEMORY.find("/out")} == {
        "/out/rows.csv": b"new",
        "/out/rows.csv.rejects.jsonl": b"{}",
    }
    assert not list((own_home / "data" / "sent").iterdir())


def test_partitions_replace_former_ones(own_home: Path) -> None:
    for number in range(3):
        MEMORY.pipe_file(f"/out/part-{number}.csv", b"former")
    with sent("memory://out/part-*.csv") as place:
        assert place.name == "part-*.csv"
        place.parent.mkdir(parents=True)
        place.with_name("part-0.csv").write_text("new")
    assert {name: MEMORY.cat(name) for name in MEMORY.find("/out")} == {"/out/part-0.csv": b"new"}


def test_partitions_do_not_replace_what_they_are_not(own_home: Path) -> None:
    MEMORY.pipe_file("/out/part-0.csv", b"former")
    MEMORY.pipe_file("/out/own/notes.txt", b"mine")
    with (
        pytest.raises(StoreError, match=r"something else than partitions, for instance '/out/own'"),
        sent("memory://out/part-*.csv"),
    ):
        pytest.fail("the work began")
    assert MEMORY.cat("/out/own/notes.txt") == b"mine"


def test_what_failed_is_not_sent(own_home: Path) -> None:
    with pytest.raises(KeyboardInterrupt), sent("memory://out/rows.csv"):
        raise KeyboardInterrupt
    assert not MEMORY.exists("/out/rows.csv")


def test_a_result_that_cannot_be_sent_is_kept_and_named(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("quota exceeded")

    monkeypatch.setattr(type(MEMORY), "mv", full)

    def send() -> None:
        with sent("memory://out/rows.csv") as place:
            place.parent.mkdir(parents=True)
            place.write_text("new")

    with pytest.raises(StoreError, match=r"quota exceeded.*The result is kept at (\S+)\.$"):
        send()
    (kept,) = own_home.rglob("rows.csv")
    assert kept.read_text() == "new"
    assert not MEMORY.find("/out"), "neither the file nor a part of it"
