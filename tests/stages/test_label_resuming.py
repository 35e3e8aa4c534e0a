"""A labelling job that was interrupted goes on where it was, with the same bytes, and only that job."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import settings
from pipeline.corpus.coded import Corpus
from pipeline.models.bundle import Bundle
from pipeline.stages import label
from pipeline.store.models import save_bundle
from pipeline.store.outputs import Output
from tests.labelling.jobs import TEXTS, chosen, finished, killed_after, labelled


@pytest.fixture(scope="module")
def long_job(sample: Corpus, model_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An input of several batches, with the settings for small ones in `settings.yaml` beside it."""
    folder = tmp_path_factory.mktemp("long")
    pq.write_table(pa.concat_tables([sample.table] * 3), folder / "in.parquet")
    content = (
        (settings.home() / "configs" / "settings.yaml")
        .read_text()
        .replace("batch_rows: 1000", "batch_rows: 100")
    )
    (folder / "settings.yaml").write_text(content)
    return folder


@pytest.mark.parametrize("moments", [(2,), pytest.param((1, 3, 6, 10, 15, 21), marks=pytest.mark.long)])
def test_killed_and_started_again_it_ends_with_the_same_bytes(
    moments: tuple[int, ...],
    long_job: Path,
    model_path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = tmp_path / "out.parquet"
    kept = []
    for batches in moments:
        killed_after(batches, long_job, out, model_path)
        kept.append(finished(out))
    assert kept == sorted(kept), "a finished batch was thrown away"
    began = json.loads((tmp_path / "out.parquet.partial" / "job.json").read_text())["started_at"]
    report = labelled(long_job / "in.parquet", out, model_path, batch_rows=100)
    assert report.resumed_batches == kept[-1] >= moments[-1]
    assert report.rows == 3420
    assert list(tmp_path.iterdir()) == [out]
    table = pq.read_table(out)
    assert {at.isoformat() for at in table["labelled_at"].to_pylist()} == {began}
    # Uninterrupted, at the time at which that job began.
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(table["labelled_at"][0].as_py().timestamp())))
    labelled(long_job / "in.parquet", tmp_path / "whole.parquet", model_path, batch_rows=100)
    assert out.read_bytes() == (tmp_path / "whole.parquet").read_bytes()


@pytest.mark.long
def test_the_state_of_another_model_is_not_continued(
    long_job: Path, model_path: Path, bundle: Bundle, tmp_path: Path
) -> None:
    out = tmp_path / "out.parquet"
    killed_after(3, long_job, out, model_path)
    other = save_bundle(tmp_path / "other", Bundle(**{**vars(bundle), "demo": False}))
    assert other.version != bundle.version
    report = labelled(long_job / "in.parquet", out, tmp_path / "other", batch_rows=100)
    assert report.resumed_batches == 0
    assert set(pq.read_table(out)["model_version"].to_pylist()) == {other.version}


@pytest.mark.parametrize("change", ["input", "batches", "format", "limits", "language", "configs"])
def test_the_state_of_another_job_is_not_continued(
    change: str, plain: Path, model_path: Path, tmp_path: Path
) -> None:
    """A finished batch of another job, put where it would be looked for, is not taken."""
    out = tmp_path / "out.csv"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Output, "write", _stopped)
        with pytest.raises(KeyboardInterrupt):
            labelled(plain, out, model_path)
    assert finished(out) == 1
    if change == "input":
        plain.write_text("Adopt a law\n")
    elif change == "format":
        Path(f"{out}.partial").rename(tmp_path / "out.jsonl.partial")
        out = tmp_path / "out.jsonl"
    base = chosen(batch_rows=3 if change == "batches" else 1000)
    if change == "limits":
        base = base.model_copy(update={"extract": base.extract.model_copy(update={"pages": 3})})
    elif change == "language":
        base = base.model_copy(update={"fetch": base.fetch.model_copy(update={"language": "es"})})
    with pytest.MonkeyPatch.context() as patch:
        if change == "configs":
            (tmp_path / "other").write_text("another file")
            patch.setattr(label, "config_path", lambda name: tmp_path / "other")
        report = label.run([plain], out, base, model=str(model_path))
    assert report.resumed_batches == 0
    assert report.rows == (1 if change == "input" else len(TEXTS))


def _stopped(*_: object) -> int:
    raise KeyboardInterrupt


@pytest.mark.parametrize("content", ["", "{", "[]", '{"key": 1}'])
def test_a_damaged_state_is_thrown_away(content: str, plain: Path, model_path: Path, tmp_path: Path) -> None:
    partial = tmp_path / "out.parquet.partial"
    partial.mkdir()
    (partial / "job.json").write_text(content)
    (partial / "batch-000000.parquet").write_text("nonsense")
    assert labelled(plain, tmp_path / "out.parquet", model_path).resumed_batches == 0
    assert pq.read_table(tmp_path / "out.parquet").num_rows == len(TEXTS)
