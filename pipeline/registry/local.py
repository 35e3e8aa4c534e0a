"""Aliases of a registry in a local SQLite file, read without importing MLflow.

`import mlflow` takes longer than all else that a short command does, and the question is one line of three
tables. The version of MLflow is pinned (pyproject.toml), so the tables are known, and a test compares the
answer with MLflow's own. Where the tables are not as expected, MLflow is asked (see `choosing`).
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from pipeline.errors import ModelError
from pipeline.settings import home
from pipeline.store.descriptions import MANIFEST

VERSION_TAG = "upr.model_version"
"""Tag of a version in the registry: the version of the bundle that it holds."""
_PREFIX = "sqlite:///"
_QUESTION = f"""
SELECT v.version, v.storage_location, t.value
FROM registered_model_aliases a
JOIN model_versions v ON v.name = a.name AND v.version = a.version AND v.workspace = a.workspace
LEFT JOIN model_version_tags t ON t.name = v.name AND t.version = v.version AND t.workspace = v.workspace
    AND t.key = '{VERSION_TAG}'
WHERE a.name = ? AND a.alias = ? AND a.workspace = 'default'
"""  # noqa: S608


class UnknownTablesError(Exception):
    """The file is no registry as this version of MLflow makes it, or is in use by another process."""


@dataclass(frozen=True)
class LocalVersion:
    """A version in a local registry.

    Attributes:
        version: in the registry, "3".
        model_version: of the bundle, "ensemble-0123456789ab"; "" where the version has no such tag.
        folder: where its files are.
    """

    version: str
    model_version: str
    folder: Path


def resolved_uri(uri: str) -> str:
    """A tracking URI with a relative SQLite path made absolute against the home folder."""
    if uri.startswith(_PREFIX) and not uri.startswith("sqlite:////"):
        return f"{_PREFIX}{home() / uri.removeprefix(_PREFIX)}"
    return uri


def database_of(uri: str) -> Path | None:
    """The SQLite file of a tracking URI; None for a server or another database."""
    whole = resolved_uri(uri)
    return Path(whole.removeprefix(_PREFIX)) if whole.startswith(_PREFIX) and "?" not in whole else None


def read_alias(database: Path, model: str, alias: str) -> LocalVersion | None:
    """The version that an alias of a registered model points to; None where there is none, or no file.

    Nothing is written, and no file is made. Raises: UnknownTablesError.
    """
    if not database.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True)) as opened:
            found = opened.execute(_QUESTION, (model, alias)).fetchone()
    except sqlite3.Error as error:
        raise UnknownTablesError(str(error)) from error
    if found is None:
        return None
    version, location, tag = found
    place = urlsplit(location or "")
    if place.scheme != "file":
        raise UnknownTablesError(f"the files of version {version} are not on this machine")
    return LocalVersion(str(version), tag or "", Path(unquote(place.path)))


def bundle_in(folder: Path, where: str) -> Path:
    """The bundle in the files of a registered model. Raises: ModelError where there is none."""
    # Beside it lie the models of other languages, a folder deeper.
    found = sorted(folder.rglob(MANIFEST), key=lambda path: (len(path.parts), path))
    if not found:
        what = (
            "this is not a model of the UPR pipeline (it holds no bundle.json)."
            if folder.is_dir()
            else f"its files are gone ({folder} is no folder)."
        )
        raise ModelError(where, what, "Name another model, or promote another version: upr models list.")
    return found[0].parent
