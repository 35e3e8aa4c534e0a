"""From a reference to a model: `champion`, `shipped`, `best`, a registry reference, or a folder."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import ModelError
from pipeline.registry.local import UnknownTablesError, bundle_in, database_of, read_alias
from pipeline.registry.versions import CHAMPION, Registry
from pipeline.settings import Settings, home, resource
from pipeline.store.descriptions import MANIFEST
from pipeline.store.files import atomic_folder
from pipeline.store.models import shipped_folder

REFERENCES = "champion, shipped, best, models:/NAME@ALIAS, or a folder"
_ALIASED = re.compile(r"models:/(?P<name>[^@/]+)@(?P<alias>[^@/]+)")


class Choice(NamedTuple):
    """A model that a reference names.

    Attributes:
        folder: of its bundle.
        origin: where it is from, in words: "champion, version 3 of upr-labeller".
    """

    folder: Path
    origin: str


def choose_model(reference: str, settings: Settings) -> Choice:
    """The model that a reference names. This is the one meaning of "the model in use": the registry's
    champion, else the shipped model.

    Args: `reference`, "champion", "shipped", "best", "models:/NAME@ALIAS" or a folder.
    Raises: ModelError if there is none; SettingsError if the registry cannot be reached.
    """
    if reference == CHAMPION:
        name = settings.register_.model_name
        found = _aliased(name, CHAMPION, settings)
        return found or Choice(shipped_folder(), "shipped, since the registry has no champion")
    if reference == "shipped":
        return Choice(shipped_folder(), "shipped")
    if reference == "best":
        best = resource("models/best")
        # Without a larger model, the shipped one is the best there is.
        return Choice(best if (best / MANIFEST).is_file() else shipped_folder(), "best")
    if reference.startswith("models:/"):
        return _registered(reference, settings)
    folder = Path(reference)
    if not folder.is_dir():
        raise ModelError(reference, "there is no such model.", f"Use {REFERENCES}.")
    return Choice(folder, f"folder {reference}")


def model_folder(reference: str, settings: Settings) -> Path:
    """The folder of the bundle that a reference names: see `choose_model`."""
    return choose_model(reference, settings).folder


def _registered(reference: str, settings: Settings) -> Choice:
    parts = _ALIASED.fullmatch(reference)
    found = parts and _aliased(parts["name"], parts["alias"], settings)
    if found:
        return found
    return Choice(Registry(settings).bundle_folder(reference), reference)


def _aliased(name: str, alias: str, settings: Settings) -> Choice | None:
    """The version that an alias points to, None if there is none. A registry in a file is read directly."""
    database = database_of(settings.tracking_uri)
    if database is not None:
        try:
            local = read_alias(database, name, alias)
        except UnknownTablesError:
            pass
        else:
            if local is None:
                return None
            folder = bundle_in(local.folder, f"models:/{name}@{alias}")
            return Choice(folder, _origin(name, alias, local.version))
    registry = Registry(settings)
    version = registry.aliased(alias, name)
    if version is None:
        return None
    reference = f"models:/{name}/{version[0]}"
    folder = (
        registry.bundle_folder(reference) if not version[1] else _fetched(registry, reference, version[1])
    )
    return Choice(folder, _origin(name, alias, version[0]))


def _origin(name: str, alias: str, version: str) -> str:
    return f"{alias}, version {version} of {name}"


def _fetched(registry: Registry, reference: str, model_version: str) -> Path:
    """The bundle of a version on a server, kept in models/fetched of the home folder: it is fetched once."""
    kept = home() / "models" / "fetched" / model_version
    if not (kept / MANIFEST).is_file():
        with atomic_folder(kept) as temporary:
            shutil.copytree(registry.bundle_folder(reference), temporary, dirs_exist_ok=True)
    return kept
