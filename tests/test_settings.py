"""Settings: read once, checked, and a fault in them is a message with its place."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
import yaml

import pipeline
from pipeline import settings
from pipeline.corpus.coded import Corpus, corpus_from
from pipeline.errors import SettingsError
from pipeline.evaluation.metrics import measure
from pipeline.review.settings import DeskSettings
from pipeline.settings import Settings
from tests.conftest import ROOT, forget

SAID = "publish: {licence: none, rights: {texts: a, codes: b, labels: c}}"
SPLIT_SESSIONS = ("train", "tune", "test")


def test_the_repositorys_settings_name_everything_that_can_be_set() -> None:
    """Readers of configs/settings.yaml see every setting; for the network, the module that holds them."""
    written = yaml.safe_load((ROOT / "configs" / "settings.yaml").read_text())
    given = {name: written[name] for name in ("splits", "publish")}
    defaults = Settings(**given).model_dump(by_alias=True, mode="json")

    def names(section: dict[str, object], prefix: str = "") -> set[str]:
        return {
            n
            for k, v in section.items()
            for n in (names(v, f"{prefix}{k}.") if isinstance(v, dict) else {prefix + k})
        }

    of_network = {name for name in names(defaults) if name.startswith("train.network.")}
    assert names(written) == names(defaults) - of_network
    assert len(of_network) > 20
    assert "pipeline/options.py" in (ROOT / "configs" / "settings.yaml").read_text()


def test_a_value_in_the_repositorys_settings_is_the_default_of_the_code() -> None:
    """A default is written twice, for readers of the files, and is the same in both places."""
    written = yaml.safe_load((ROOT / "configs" / "settings.yaml").read_text())
    splits = {name: written["splits"][name] for name in SPLIT_SESSIONS}
    # A licence and rights have no default: who publishes says them.
    said = {name: written["publish"][name] for name in ("licence", "rights")}
    assert Settings(**written) == Settings.model_validate({"splits": splits, "publish": said})
    assert DeskSettings(**yaml.safe_load((ROOT / "configs" / "review.yaml").read_text())) == DeskSettings()


def test_an_option_of_the_network_that_does_not_exist_is_refused(project: Path) -> None:
    path = project / "configs" / "settings.yaml"
    path.write_text(path.read_text().replace("network: {}", "network: {half: true}"))
    forget()
    with pytest.raises(SettingsError, match=r"train\.network\.half"):
        settings.load()


def test_without_a_licence_only_publish_stops() -> None:
    """Labelling, training and the rest say nothing of rights, so they run."""
    assert (
        Settings.model_validate({"splits": {"train": [1], "tune": [2], "test": [3]}}).publish.licence is None
    )


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("splits: {train: [1], tune: [2], test: [3]}\nlabel: {batch_rows: 0}", "label.batch_rows"),
        (f"{SAID}\nsplits: {{train: [1], tune: [2], test: [3]}}\nlable: {{}}", "lable"),
        ("splits: {train: [1], tune: [2]}", "splits.test"),
        ("splits: {train: [1], tune: [2], test: [3], random_test_share: 2}", "splits.random_test_share"),
        ("splits: [", "cannot be read"),
        ("", ""),
        ("- a", ""),
    ],
)
def test_a_fault_is_named_with_its_place(content: str, place: str, project: Path) -> None:
    path = project / "configs" / "settings.yaml"
    path.write_text(content)
    forget()
    with pytest.raises(SettingsError) as refused:
        settings.load()
    assert str(path) in str(refused.value)
    assert place in str(refused.value)


def test_missing_and_undecodable_settings_are_clear_errors(project: Path) -> None:
    path = project / "configs" / "settings.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    forget()
    with pytest.raises(SettingsError, match="cannot be read"):
        settings.load()
    path.unlink()
    with pytest.raises(SettingsError, match="Restore the file"):
        settings.load()


def test_the_environment_wins(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://localhost:1")
    forget()
    assert settings.load().tracking_uri == "http://localhost:1"
    assert settings.home() == project


def test_another_file_of_settings_can_be_named(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = project / "other.yaml"
    other.write_text(
        (project / "configs" / "settings.yaml").read_text().replace("batch_rows: 1000", "batch_rows: 7")
    )
    monkeypatch.setenv("UPR_SETTINGS", str(other))
    forget()
    assert settings.load().label.batch_rows == 7


def test_the_project_folder_is_the_nearest_one_upwards(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UPR_HOME")
    inside = project / "data" / "deep"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    forget()
    assert settings.home() == project
    monkeypatch.chdir("/")
    forget()
    assert settings.home() == Path("/"), "outside every project data are kept in the current folder"


def test_what_the_project_brings_is_read_from_the_home_folder_or_from_the_project(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.resource("configs") == project / "configs"
    assert settings.resource("models/shipped") == project / "models" / "shipped"
    monkeypatch.setenv("UPR_HOME", str(tmp_path / "of a person"))
    forget()
    assert settings.resource("configs") == ROOT / "configs"
    assert settings.resource("models/shipped") == ROOT / "models" / "shipped"
    assert settings.load().taxonomy == "2014-10"


def test_a_home_that_is_a_file_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home").write_text("")
    monkeypatch.setenv("UPR_HOME", str(tmp_path / "home"))
    settings.home.cache_clear()
    with pytest.raises(SettingsError, match="is not a folder"):
        settings.home()
    monkeypatch.undo()
    forget()


def test_the_corpus_folder_is_absolute_or_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpus").mkdir()
    monkeypatch.setenv("UPR_CORPUS", "corpus")
    assert settings.corpus_folder() == tmp_path / "corpus"
    monkeypatch.setenv("UPR_CORPUS", "nowhere")
    with pytest.raises(SettingsError, match="'nowhere' is not a folder"):
        settings.corpus_folder()
    monkeypatch.delenv("UPR_CORPUS")
    assert settings.corpus_folder() is None


def test_settings_do_not_change_under_way() -> None:
    with pytest.raises(ValueError, match="frozen"):
        settings.load().label.batch_rows = 1  # type: ignore[misc]


def test_options_are_handed_on_as_values_and_never_spread_into_keywords() -> None:
    spread = [
        f"{path}:{node.lineno}"
        for path in sorted(Path(pipeline.__file__).parent.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg is None and "model_dump" in ast.unparse(keyword.value)
    ]
    assert spread == []


def test_the_options_of_the_core_are_those_of_the_settings(sample: Corpus) -> None:
    chosen = settings.load()
    assert corpus_from(sample.table, sample.taxonomy, chosen.splits).splits.keys() == sample.splits.keys()
    assert isinstance(chosen.extract, settings.DocumentLimits)
    assert chosen.evaluate.bootstrap_samples == inspect.signature(measure).parameters["samples"].default
    assert chosen.evaluate.calibration_bins == inspect.signature(measure).parameters["bins"].default
