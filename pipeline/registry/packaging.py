"""The model as an MLflow package: code and a bundle as files, without pickle.

Its input is a table of texts, its output the contract's label columns.
"""

from __future__ import annotations

import shutil
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

from pipeline import settings
from pipeline.store.languages import language_folder
from pipeline.store.vocabularies import config_path

REQUIREMENTS = (
    "numpy",
    "scipy",
    "pandas",
    "pyarrow",
    "scikit-learn",
    "spacy",
    "pyyaml",
    "pydantic",
    "safetensors",
    "rapidfuzz",
    "py3langid",
    "onnxruntime",
    "tokenizers",
    "mlflow",
)
"""Packages that the model needs to run, pinned to the versions installed here."""

_SCRIPT = '''"""Entry point that MLflow loads."""

import mlflow.models

from pipeline.registry.serving import UprModel

mlflow.models.set_model(UprModel())
'''


def copy_languages(parent: Path) -> None:
    """Copy the models of the other languages that `upr label` labels, a folder each, into a new folder."""
    parent.mkdir()
    for language in settings.load().label.languages:
        if language_folder(language).is_dir():
            shutil.copytree(language_folder(language), parent / language)


def log_packaged_model(mlflow: Any, bundle_folder: Path, example: Any) -> None:
    """Log the bundle of a folder as the model of the active run, with signature and input example."""
    from mlflow.models import ModelSignature
    from mlflow.types.schema import Array, ColSpec, DataType, Map, Schema

    text, number = DataType.string, DataType.double
    signature = ModelSignature(
        inputs=Schema([ColSpec(text, "text"), ColSpec(text, "language", required=False)]),
        outputs=Schema(
            [
                ColSpec(DataType.long, "action", required=False),
                ColSpec(number, "action_confidence", required=False),
                ColSpec(Array(DataType.long), "action_set"),
                ColSpec(Array(text), "issues"),
                ColSpec(Map(number), "issue_scores"),
                ColSpec(DataType.boolean, "needs_review"),
                ColSpec(Array(text), "review_reasons"),
                ColSpec(text, "label_source", required=False),
                ColSpec(text, "model_version"),
                ColSpec(text, "taxonomy_version"),
            ]
        ),
    )
    package = Path(__file__).resolve().parent.parent
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "upr_model.py"
        script.write_text(_SCRIPT, encoding="utf-8")
        code = Path(folder) / "pipeline"
        shutil.copytree(
            package, code, ignore=shutil.ignore_patterns("__pycache__", "data", "review", "cli", "templates")
        )
        copy_languages(Path(folder) / "languages")
        mlflow.pyfunc.log_model(
            name="model",
            python_model=str(script),
            artifacts={
                "bundle": str(bundle_folder),
                "states": str(config_path("states.csv")),
                "state_names": str(config_path("state_names.csv")),
                "languages": str(Path(folder) / "languages"),
            },
            code_paths=[str(code)],
            signature=signature,
            input_example=example,
            pip_requirements=[f"{name}=={metadata.version(name)}" for name in REQUIREMENTS],
        )
