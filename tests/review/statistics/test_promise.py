"""Whose promise the accuracy of the audit sample is compared with."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipeline import settings
from pipeline.review.statistics.promise import promised_error
from pipeline.store.descriptions import MANIFEST, described
from tests.conftest import change_settings, forget


@pytest.fixture
def versions(project: Path) -> dict[str, str]:
    """The model in use, for which 2 % were promised, and a larger one, for which 1 % were; 25 % today."""
    shutil.copytree(project / "models" / "shipped", project / "models" / "best", dirs_exist_ok=True)
    for name, error in (("shipped", 0.02), ("best", 0.01)):
        path = project / "models" / name / MANIFEST
        manifest = json.loads(path.read_text())
        manifest["facts"]["settings"]["doubt"]["max_accepted_error"] = error
        if name == "best":
            manifest |= other_limits(manifest)
        path.write_text(json.dumps(manifest))
    change_settings(project, {"train.doubt.max_accepted_error": 0.25})
    forget()
    return {name: described(project / "models" / name).version for name in ("shipped", "best")}


def other_limits(manifest: dict[str, object]) -> dict[str, object]:
    """The description as that of another model."""
    from pipeline.store.descriptions import version_of

    limits = manifest["limits"]
    assert isinstance(limits, dict)
    changed = manifest | {"limits": limits | {"accept": 0.5}}
    return {"limits": changed["limits"], "version": f"{manifest['kind']}-{version_of(changed)}"}


def test_it_is_that_of_the_model_that_labelled(versions: dict[str, str]) -> None:
    assert promised_error(versions["shipped"], settings.load()) == 0.02
    assert promised_error(versions["best"], settings.load()) == 0.01


@pytest.mark.parametrize("unknown", ["", "linear-0123456789ab"])
def test_of_a_model_that_is_gone_it_is_that_of_the_model_in_use(
    versions: dict[str, str], unknown: str
) -> None:
    assert versions
    assert promised_error(unknown, settings.load()) == 0.02


def test_where_the_registry_cannot_be_asked_it_is_that_of_the_settings(
    versions: dict[str, str], project: Path
) -> None:
    change_settings(project, {"tracking_uri": "http://127.0.0.1:1"})
    forget()
    assert promised_error(versions["shipped"], settings.load()) == 0.25
