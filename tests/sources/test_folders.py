"""Folders as people have them: each thing in them is found, or named with the reason why it is not read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.sources.folders import expand
from tests.conftest import Upr

TEXT = "Ratify the Convention on wetlands"
KINDS = (".csv", ".pdf")


def test_files_are_found_in_depth_each_once_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b.csv", "a.PDF", "deep/er/c.csv", "named.csv/d.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    found = expand([tmp_path / "b.csv", tmp_path], KINDS)
    assert [p.relative_to(tmp_path).as_posix() for p in found.found] == [
        "b.csv",
        "a.PDF",
        "deep/er/c.csv",
        "named.csv/d.csv",
    ]
    assert (found.left_out, found.failed) == ([], [])


def test_a_file_that_is_named_twice_is_read_once_and_this_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x")
    found = expand([tmp_path / "a.csv", tmp_path / "a.csv"], KINDS)
    assert found.found == [tmp_path / "a.csv"]
    assert found.left_out == [f"{tmp_path / 'a.csv'}: it is named twice, and read once."]


def test_links_and_special_files_are_named_and_never_walked_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text("x")
    (tmp_path / "to-good.csv").symlink_to("good.csv")
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    (tmp_path / "gone.csv").symlink_to("nowhere.csv")
    (tmp_path / "up").symlink_to("..")
    os.mkfifo(tmp_path / "pipe.csv")
    for unseen in (".DS_Store", "~$plan.csv"):
        (tmp_path / unseen).write_text("x")
    found = expand([tmp_path], KINDS)
    assert [p.name for p in found.found] == ["good.csv", "to-good.csv"]
    told = {sentence.split(": not read, because ")[0]: sentence for sentence in found.left_out}
    assert set(told) == {str(tmp_path / name) for name in ("gone.csv", "loop.csv", "pipe.csv", "up")}
    assert "leads nowhere" in told[str(tmp_path / "loop.csv")]
    assert "a link to a folder" in told[str(tmp_path / "up")]
    assert "no ordinary file" in told[str(tmp_path / "pipe.csv")]


def test_each_folder_without_anything_to_read_is_a_fault_of_its_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    found = expand([tmp_path / "one", tmp_path / "two"], KINDS)
    assert [error.where for error in found.failed] == [str(tmp_path / "one"), str(tmp_path / "two")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_what_may_not_be_read_is_named_and_the_rest_is_labelled(
    upr: Upr, model_path: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    (folder / "closed").mkdir(parents=True)
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text(f"Recommendation,Lead\n{TEXT},MFA\n")
    (folder / "a.csv").chmod(0)
    (folder / "closed").chmod(0)
    try:
        said = upr("label", folder, "--out", tmp_path / "out.csv", "--model", model_path)
    finally:
        (folder / "closed").chmod(0o700)
    assert said.code == 1
    assert "1 rows labelled" in said.err
    assert f"{folder / 'a.csv'}: " in said.err
    assert f"{folder / 'closed'}: the folder cannot be opened" in said.err


def test_extract_names_what_is_no_document(upr: Upr, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    sample = Path(__file__).resolve().parents[2] / "data" / "sample" / "session-document.docx"
    (folder / "report.docx").write_bytes(sample.read_bytes())
    (folder / "notes.odt").write_bytes(b"x")
    said = upr("extract", folder, "--out", tmp_path / "out.csv")
    assert said.code == 0, said.err
    assert "notes.odt: not read, because '.odt' is none of" in said.err
