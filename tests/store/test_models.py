"""Bundles as folders: loaded as saved, the same for the same input, and refused when anything is wrong with
them.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline import settings
from pipeline.corpus.coded import Corpus
from pipeline.errors import ModelError
from pipeline.models.bundle import Bundle
from pipeline.models.linear import fit_linear
from pipeline.stages import train
from pipeline.store.descriptions import MANIFEST, version_of
from pipeline.store.held_out import NAME as HELD_OUT
from pipeline.store.models import load_bundle, save_bundle
from tests.conftest import training


def copied(model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model, tmp_path / "model"))


def rewrite(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    path = folder / MANIFEST
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


@pytest.mark.long
def test_a_loaded_model_predicts_what_the_trained_one_did_within_half_precision(
    sample: Corpus, bundle: Bundle, tmp_path: Path
) -> None:
    split = sample.splits["session"]
    rows = np.flatnonzero(np.isin(split.parts, ("train", "tune")))
    texts = [bundle.blinder.blind(sample.texts[i]) for i in rows]
    options = settings.load().train.linear
    fitted = fit_linear(texts, sample.actions[rows], sample.tags[rows], options, seed=0)
    trained = Bundle(**{**vars(bundle), "classifier": fitted})
    saved = save_bundle(tmp_path / "model", trained)
    before, after, again = (
        b.predict(sample.texts) for b in (trained, saved, load_bundle(tmp_path / "model"))
    )
    assert np.abs(before.action_probabilities - after.action_probabilities).max() < 2e-3
    assert np.abs(before.tag_scores - after.tag_scores).max() < 2e-3
    assert (before.known == after.known).all()
    assert (after.action_probabilities == again.action_probabilities).all()
    assert (after.tag_scores == again.tag_scores).all()
    # The weights of the fixture were trained on the same rows with the same settings.
    assert saved.version == bundle.version


@pytest.mark.long
def test_two_trainings_on_the_same_input_give_the_same_files(
    models: Path, sample_path: Path, tmp_path: Path
) -> None:
    train.run(sample_path, tmp_path / "again", training())
    files = sorted(path.relative_to(models) for path in models.rglob("*") if path.is_file())
    assert len(files) > 15
    assert files == sorted(
        path.relative_to(tmp_path / "again") for path in (tmp_path / "again").rglob("*") if path.is_file()
    )
    for name in files:
        assert (tmp_path / "again" / name).read_bytes() == (models / name).read_bytes(), name


def test_facts_do_not_change_the_version_and_limits_do(bundle: Bundle, tmp_path: Path) -> None:
    told = save_bundle(tmp_path / "a", Bundle(**{**vars(bundle), "facts": bundle.facts | {"note": "x"}}))
    cut = save_bundle(tmp_path / "b", Bundle(**{**vars(bundle), "demo": not bundle.demo}))
    assert told.version == bundle.version
    assert told.facts["note"] == "x"
    assert cut.version != bundle.version


@pytest.mark.parametrize("change", ["truncated", "altered", "missing"])
def test_every_file_of_a_model_is_guarded(change: str, model_path: Path, tmp_path: Path) -> None:
    names = sorted(path.name for path in model_path.iterdir() if path.name not in (MANIFEST, HELD_OUT))
    assert set(json.loads((model_path / MANIFEST).read_text())["files"]) == set(names)
    for name in names:
        folder = copied(model_path, tmp_path / f"{change}-{name}")
        path = folder / name
        content = path.read_bytes()
        if change == "missing":
            path.unlink()
        else:
            path.write_bytes(
                content[: len(content) // 2]
                if change == "truncated"
                else content[:-1] + bytes([content[-1] ^ 1])
            )
        with pytest.raises(ModelError) as refused:
            load_bundle(folder)
        assert refused.value.where == str(path)
        assert "missing" in refused.value.what if change == "missing" else "SHA-256" in refused.value.what
        assert "train again" in refused.value.todo


def newer_format(manifest: dict[str, Any]) -> None:
    manifest["format"] += 1


def unknown_kind(manifest: dict[str, Any]) -> None:
    manifest["kind"] = "telepathy"


def looser_limit(manifest: dict[str, Any]) -> None:
    manifest["limits"]["accept"] = 0.0


def no_files(manifest: dict[str, Any]) -> None:
    del manifest["files"]


@pytest.mark.parametrize(
    ("change", "what", "todo"),
    [
        (newer_format, "made by a newer version", "Update the project"),
        (unknown_kind, "made by a newer version", "Update the project"),
        (looser_limit, "altered after the model was saved", "Restore the folder"),
        (no_files, "not a model's description", "Restore the folder"),
    ],
)
def test_a_description_that_is_not_as_it_was_saved_is_refused(
    change: Callable[[dict[str, Any]], None], what: str, todo: str, model_path: Path, tmp_path: Path
) -> None:
    folder = copied(model_path, tmp_path)
    rewrite(folder, change)
    with pytest.raises(ModelError) as refused:
        load_bundle(folder)
    assert what in refused.value.what
    assert todo in refused.value.todo


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"format": "one"}'])
def test_a_description_that_is_none_is_refused(content: bytes, model_path: Path, tmp_path: Path) -> None:
    folder = copied(model_path, tmp_path)
    (folder / MANIFEST).write_bytes(content)
    with pytest.raises(ModelError, match="not a model's description"):
        load_bundle(folder)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="there is no model here"):
        load_bundle(tmp_path)


def test_damage_that_the_sums_hide_is_still_a_clear_error(model_path: Path, tmp_path: Path) -> None:
    """Someone put the right sum to a wrong file."""
    folder = copied(model_path, tmp_path)
    (folder / "words.txt").write_bytes(b"one\ntwo")

    def right_sum(manifest: dict[str, Any]) -> None:
        manifest["files"]["words.txt"] = hashlib.sha256(b"one\ntwo").hexdigest()
        manifest["version"] = f"{manifest['kind']}-{version_of(manifest)}"

    rewrite(folder, right_sum)
    with pytest.raises(ModelError, match="cannot be used"):
        load_bundle(folder)


def test_a_model_holds_nothing_that_runs(model_path: Path) -> None:
    kinds = {path.suffix for path in model_path.iterdir()}
    assert kinds == {".json", ".safetensors", ".txt", ".csv", ".yaml", ".parquet"}


def test_a_model_trained_on_the_sample_says_that_it_is_a_demonstration(bundle: Bundle) -> None:
    assert bundle.demo
    assert bundle.facts["train_rows"] == 909
    assert bundle.facts["train_sessions"] == [2, 4, 6, 8, 10, 12, 14, 16, 17]
    assert bundle.facts["tune_sessions"] == [17]
