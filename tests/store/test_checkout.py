"""The version of the project that a run names."""

import subprocess

from pipeline.store.checkout import commit_of


def git(folder, *words):
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *words],
        cwd=folder,
        check=True,
        capture_output=True,
    )


def test_a_changed_file_makes_the_checkout_dirty(tmp_path):
    assert commit_of(tmp_path) == "unknown"
    git(tmp_path, "init")
    (tmp_path / "a.txt").write_text("one")
    git(tmp_path, "add", "a.txt")
    git(tmp_path, "commit", "-m", "first")
    clean = commit_of(tmp_path)
    assert len(clean) == 40
    (tmp_path / "new.txt").write_text("results are not tracked")
    assert commit_of(tmp_path) == clean
    (tmp_path / "a.txt").write_text("two")
    assert commit_of(tmp_path) == f"{clean}-dirty"


def test_a_folder_that_is_not_there_has_no_commit(tmp_path):
    assert commit_of(tmp_path / "none") == "unknown"
