"""A release of the sample corpus, with machine labels and a session that only the model labelled."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import settings
from pipeline.corpus.schema import LABELLED
from pipeline.corpus.text import recommendation_id, row_id
from pipeline.stages import label, publish
from pipeline.stages.publish import PublishInputs, PublishResult
from tests.made_once import made_once

EPOCH = "1750000000"

NEW = (
    # text, recommending States: a later session, as a document gives it
    ("Ratify the Convention on the rights of migrant workers", ["France", "Japan"]),
    ("Continue its efforts to improve access to primary education", ["Brazil"]),
    ("Consider abolishing the death penalty", ["Chile", "France", "Ghana"]),
)


def new_rows(action: int | None = None) -> pa.Table:
    """Rows of session 44 without a person's label, one a wording, as `extract` gives them."""
    rows = []
    for number, (text, states) in enumerate(NEW, 1):
        rec_id = recommendation_id("KEN", 44, text)
        row = dict.fromkeys(LABELLED.names) | {
            "rec_id": rec_id,
            "row_id": row_id(rec_id, sorted(states), 0),
            "source_file": "kenya-44.docx",
            "source_row": number,
            "text": text,
            "state_under_review": "Kenya",
            "recommending_states": states,
            "session": 44,
            "cycle": 4,
            "kind": "recommendation",
            "language": "en",
            "action": action,
        }
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=LABELLED)


@pytest.fixture(scope="session")
def labelled_path(sample_path: Path, model_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample corpus and the new session, labelled by the sample's model."""

    def make(folder: Path) -> None:
        pq.write_table(new_rows(), folder / "new.parquet")
        shutil.copy(sample_path, folder / "sample.parquet")
        inputs = [folder / "sample.parquet", folder / "new.parquet"]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SOURCE_DATE_EPOCH", EPOCH)
            label.run(inputs, folder / "labelled.parquet", settings.load(), model=str(model_path))

    return made_once(tmp_path_factory, "labelled", make) / "labelled.parquet"


@pytest.fixture(scope="session")
def inputs(sample_path: Path, labelled_path: Path) -> PublishInputs:
    """What the release is made of."""
    return PublishInputs(sample_path, labelled_path)


def published(inputs: PublishInputs, out: Path, **more: object) -> PublishResult:
    """A release, at the time that stands still."""
    os.environ["SOURCE_DATE_EPOCH"] = EPOCH
    try:
        return publish.run(inputs, out, settings.load(), **more)  # type: ignore[arg-type]
    finally:
        del os.environ["SOURCE_DATE_EPOCH"]


@pytest.fixture(scope="session")
def release(inputs: PublishInputs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release. Nobody writes to it."""

    def make(folder: Path) -> None:
        published(inputs, folder / "releases")

    return (made_once(tmp_path_factory, "release", make) / "releases" / "latest").resolve()


@pytest.fixture
def copied(release: Path, tmp_path: Path) -> Path:
    """A copy of the release's folder of releases that a test may do anything to."""
    shutil.copytree(release.parent, tmp_path / "releases", symlinks=True)
    for path in (tmp_path / "releases").rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(0o644)
    return tmp_path / "releases" / release.name
