"""The model as others get it: what MLflow packages loads where nothing but its own requirements is
installed.
"""

from __future__ import annotations

import json
import os
import subprocess
import venv
from pathlib import Path

import pandas as pd
import pytest

from pipeline import settings
from pipeline.models.decision import label_texts
from pipeline.registry.local import bundle_in
from pipeline.registry.packaging import REQUIREMENTS, copy_languages, log_packaged_model
from pipeline.registry.tracking import Tracker
from pipeline.settings import Settings
from pipeline.store.descriptions import MANIFEST
from pipeline.store.models import load_bundle, shipped_folder

TEXTS = (
    "Consider ratifying the Convention against Torture",
    "",
    "Continue its efforts to promote the right to education of girls",
)
STRANGER = """
import json, sys
import mlflow, pandas as pd
model = mlflow.pyfunc.load_model(sys.argv[1])
texts = json.loads(sys.argv[2])
given = model.predict(pd.DataFrame({"text": texts}, index=[7, 3, 5]))
refused = []
for wrong in (pd.DataFrame({"wording": texts}), pd.DataFrame({"text": [1, 2, 3]})):
    try:
        model.predict(wrong)
    except mlflow.exceptions.MlflowException as error:
        refused.append(str(error))
print(json.dumps({
    "from": sys.modules["pipeline"].__file__,
    "index": list(given.index),
    "action": [None if pd.isna(a) else int(a) for a in given["action"]],
    "issues": given["issues"].tolist(),
    "reasons": given["review_reasons"].tolist(),
    "version": given["model_version"].iloc[0],
    "refused": refused,
}))
"""


def _package(folder: Path) -> Path:
    """The shipped model as an MLflow run keeps it, fetched as a folder."""
    here = settings.load().model_dump(by_alias=True) | {"tracking_uri": f"sqlite:///{folder / 'mlflow.db'}"}
    mlflow = Tracker(Settings.model_validate(here))._mlflow
    experiment = mlflow.create_experiment("packaged", artifact_location=(folder / "artifacts").as_uri())
    with mlflow.start_run(experiment_id=experiment) as run:
        log_packaged_model(mlflow, shipped_folder(), pd.DataFrame({"text": [TEXTS[0]]}))
    outputs = mlflow.get_run(run.info.run_id).outputs.model_outputs
    return Path(
        mlflow.artifacts.download_artifacts(f"models:/{outputs[0].model_id}", dst_path=str(folder / "model"))
    )


@pytest.mark.fresh
def test_the_model_loads_from_its_own_requirements_and_keeps_its_signature(tmp_path: Path) -> None:
    model = _package(tmp_path)
    assert not list(model.rglob("*.pkl")), "a pickle would run code"
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", model / "requirements.txt"], check=True)
    names = subprocess.run(
        [python, "-m", "pip", "list", "--format=json"], check=True, capture_output=True, text=True
    )
    assert "upr-labelling-pipeline" not in {package["name"] for package in json.loads(names.stdout)}
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("UPR_", "PYTHON", "MLFLOW_", "VIRTUAL_ENV"))
    }
    done = subprocess.run(
        [python, "-c", STRANGER, model, json.dumps(TEXTS)],
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    bundle = load_bundle(shipped_folder())
    own = label_texts(bundle, TEXTS, [None] * len(TEXTS))
    assert str(model) in said["from"], "the code that ran is the code in the package"
    assert said["index"] == [7, 3, 5]
    assert said["action"] == [label.action for label in own]
    assert said["issues"] == [list(label.issues) for label in own]
    assert said["reasons"] == [list(label.reasons) for label in own]
    assert said["version"] == bundle.version
    assert len(said["refused"]) == 2, "a table without the column, or with numbers in it, is refused"
    assert "text" in said["refused"][0]


def test_every_requirement_is_pinned(tmp_path: Path) -> None:
    requirements = (_package(tmp_path) / "requirements.txt").read_text().split()
    assert set(REQUIREMENTS) <= {requirement.partition("==")[0] for requirement in requirements}
    assert all("==" in requirement for requirement in requirements)


def test_the_bundle_is_found_beside_the_models_of_other_languages(tmp_path: Path) -> None:
    (tmp_path / "artifacts").mkdir()
    copy_languages(tmp_path / "artifacts" / "languages")
    (tmp_path / "artifacts" / "model").mkdir()
    (tmp_path / "artifacts" / "model" / MANIFEST).write_text("{}")
    assert bundle_in(tmp_path, "models:/x").name == "model"
