"""The interface for other programs: the same labels as the command's, faults that say what to do, and no more
names than are promised.
"""

from __future__ import annotations

import inspect
import re
import shutil
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline import api, settings
from pipeline.corpus.schema import LABELLED
from pipeline.errors import ModelError, ReleaseError, SourceError
from pipeline.stages import label as labelling
from pipeline.stages import publish
from pipeline.stages.publish import PublishInputs
from pipeline.store.tables import read_parquet
from tests.coded_rows import SAMPLE
from tests.conftest import ROOT, forget, make_project

ODD_TEXTS = [
    "134.7 Ratify the Convention against Torture (Chile)",
    "",
    "Renforcer la protection des droits des femmes",
    "12345 - - -",
    "Ratify the Convention against Torture",
    "Ratify the Convention against Torture",
    "<b>Strengthen</b>&nbsp;the judi-ciary &amp; the police [Atlantis]",
    "Continue \u200befforts\ufeff to protect\u00a0children \U0001f600",
    "كفالة حقوق المرأة",
    "a" * 30_000,
    "Strengthen measures " * 800,
    "Consider \ufffd\ufffd abolishing =1+1",
    "\x00Adopt a law on legal aid",
    "women",
]
"""Texts as they come: with numbers, States, mark-up, other scripts, none, and too much."""


@pytest.fixture(scope="session")
def model(model_path: Path) -> api.Model:
    return api.load_model(str(model_path))


def test_label_gives_what_the_command_gives(
    model: api.Model, model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1750000000")
    source = tmp_path / "odd.txt"
    source.write_text("\n".join(ODD_TEXTS) + "\n", encoding="utf-8")
    labelling.run([source], tmp_path / "out.parquet", settings.load(), model=str(model_path))
    expected = read_parquet(tmp_path / "out.parquet")
    found = api.label(ODD_TEXTS, model)
    assert found.schema == LABELLED
    for name in set(LABELLED.names) - {"source_file"}:
        assert found[name].to_pylist() == expected[name].to_pylist(), name
    assert found["model_version"][0].as_py() == model.version
    assert found["action"].null_count >= 3


def test_labels_do_not_depend_on_the_texts_beside_or_before(model: api.Model) -> None:
    together = api.label(ODD_TEXTS, model).drop_columns(["labelled_at", "row_id", "source_row"])
    for place, text in enumerate(ODD_TEXTS):
        alone = api.label([text], model).drop_columns(["labelled_at", "row_id", "source_row"])
        assert alone.to_pylist()[0] == together.slice(place, 1).to_pylist()[0], text[:40]


def test_no_text_gives_no_row_and_a_single_string_is_refused(model: api.Model) -> None:
    assert api.label([], model).num_rows == 0
    assert api.label([None], model)["review_reasons"].to_pylist() == [["empty-text"]]
    with pytest.raises(TypeError, match=r"label\(\[text\]\)"):
        api.label("Ratify the Convention", model)


def test_check_says_what_the_labels_depend_on(model: api.Model) -> None:
    text = "Ratify the Convention against Torture"
    found = api.check(text, model)
    assert found.columns["action"] == api.label([text], model)["action"][0].as_py()
    assert found.words(found.action_evidence)
    with pytest.raises(SourceError, match="no letter or digit"):
        api.check("...", model)


def test_extract_gives_unlabelled_rows_and_names_what_failed(model: api.Model, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"no pdf")
    found = api.extract(SAMPLE / "session-document.docx", str(broken))
    assert found.table.num_rows > 20
    assert found.table["action"].null_count == found.table.num_rows
    assert [error.where for error in found.failed] == ["broken.pdf"]
    assert api.label(found.table["text"].to_pylist(), model).num_rows == found.table.num_rows
    with pytest.raises(SourceError, match="no document"):
        api.extract()


def test_faults_are_the_projects_own(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        api.load_model(str(tmp_path))
    with pytest.raises(ReleaseError):
        api.load_release(tmp_path)


def test_what_is_promised_is_typed_documented_and_no_more() -> None:
    functions = [name for name in api.__all__ if inspect.isfunction(getattr(api, name))]
    assert sorted(functions) == ["check", "extract", "label", "load_model", "load_release"]
    for name in api.__all__:
        assert inspect.getdoc(getattr(api, name)), name
    for name in functions:
        signature = inspect.signature(getattr(api, name))
        assert signature.return_annotation is not inspect.Signature.empty
        assert all(p.annotation is not inspect.Parameter.empty for p in signature.parameters.values())


@pytest.fixture(scope="module")
def home(sample_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder with the shipped model, the sample documents and a release."""
    folder = make_project(tmp_path_factory.mktemp("programs") / "project", ROOT / "models" / "shipped")
    shutil.copytree(SAMPLE, folder / "data" / "sample")
    labelled = folder / "labelled.parquet"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UPR_HOME", str(folder))
        forget()
        labelling.run([sample_path], labelled, settings.load())
        publish.run(PublishInputs(sample_path, labelled), folder / "data/published-sample", settings.load())
    forget()
    return folder


@pytest.mark.long
def test_the_examples_of_the_guide_hold(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPR_HOME", str(home))
    monkeypatch.chdir(home)
    forget()
    text = (ROOT / "docs" / "users" / "programs.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 5
    scope: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "docs/users/programs.md", "exec"), scope)
    release = scope["release"]
    assert isinstance(release, api.Release)
    assert isinstance(release.tables["labels"], pa.Table)
    copied = home / "altered"
    shutil.copytree(release.folder, copied)
    (copied / "README.md").chmod(0o644)
    (copied / "README.md").write_text("another")
    with pytest.raises(ReleaseError, match=r"README\.md was altered"):
        api.load_release(copied)
    forget()
