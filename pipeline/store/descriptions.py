"""What a bundle says of itself in bundle.json and figures.json, read without loading the model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import ModelError
from pipeline.store.files import read_bytes, read_json
from pipeline.store.vocabularies import read_yaml, taxonomy_from

FORMAT = 4
SINCE: Mapping[str, int] = {"linear": 1, "ensemble": 2, "translated": 4}
"""The kinds of classifiers, and the oldest format in which each can still be read."""
MANIFEST = "bundle.json"
FIGURES = "figures.json"
CARD = "CARD.md"


def version_of(manifest: Mapping[str, Any]) -> str:
    """A hash of everything that decides a prediction; `facts` do not count."""
    decisive = {key: manifest[key] for key in ("format", "kind", "demo", "calibration", "limits", "files")}
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:12]


def manifest_of(folder: Path) -> dict[str, Any]:
    """The content of a bundle's description. Raises: ModelError if there is none, or it was altered."""
    path = folder / MANIFEST
    if not path.is_file():
        raise ModelError(
            str(folder),
            "there is no model here (no bundle.json).",
            "Name a model's folder, or train one: make run.",
        )
    try:
        manifest: dict[str, Any] = json.loads(read_bytes(path))
        newer = manifest["format"] > FORMAT or manifest["kind"] not in SINCE
        altered = not newer and manifest["version"] != f"{manifest['kind']}-{version_of(manifest)}"
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(
            str(path),
            "this is not a model's description, or it is cut off.",
            "Restore the folder, or train again.",
        ) from error
    if newer:
        raise ModelError(
            str(path), "the model was made by a newer version of this project.", "Update the project."
        )
    if manifest["format"] < SINCE[manifest["kind"]]:
        raise ModelError(
            str(path),
            "the model was made by an older version of this project.",
            "Use the shipped one, or train again.",
        )
    if altered:
        raise ModelError(
            str(path),
            "the description was altered after the model was saved.",
            "Restore the folder, or train again.",
        )
    return manifest


def promised_error(facts: Mapping[str, Any]) -> float:
    """Share in [0, 1] of wrong actions among accepted labels that a model's threshold was chosen for. The
    settings of today may say another; they hold from the next training on.

    Args: `facts` of the bundle.
    """
    return float(facts["settings"]["doubt"]["max_accepted_error"])


@dataclass(frozen=True)
class Description:
    """What the description file of a bundle says, read without loading the model.

    Attributes:
        version: of the model; it follows from everything that decides a prediction.
        kind: "linear" or "ensemble".
        taxonomy: version of its tags.
        demo: whether it is a demonstration.
        facts: see `Bundle`.
        networks: SHA-256 of the files of its networks.
    """

    version: str
    kind: str
    taxonomy: str
    demo: bool
    facts: dict[str, Any]
    networks: Mapping[str, str] = field(default_factory=dict)

    def identity(self) -> dict[str, Any]:
        """What decides its labels, and nothing else: the same model has the same identity in any registry."""
        return {"model_version": self.version, "taxonomy_version": self.taxonomy, "demo": self.demo}

    def start(self) -> dict[str, Any]:
        """What a refreshed model takes from it: its kind, and its networks with what they were trained on."""
        found: dict[str, Any] = {"kind": self.kind, "networks": dict(self.networks)}
        if self.networks:
            known = self.facts.get("network_sessions") or self.facts.get("train_sessions", [])
            found |= {"network_sessions": known, "taxonomy_version": self.taxonomy}
        return found

    @property
    def promised_error(self) -> float:
        """Share in [0, 1] of wrong actions among accepted labels that its threshold was chosen for."""
        return promised_error(self.facts)

    def sessions(self) -> str:
        """The sessions that it was trained on, in words.

        >>> Description("x", "linear", "2014-10", True, {"train_sessions": [1, 2, 3, 5]}).sessions()
        '1-3, 5'
        """
        runs: list[list[int]] = []
        for session in self.facts.get("train_sessions", ()):
            if runs and session == runs[-1][-1] + 1:
                runs[-1].append(session)
            else:
                runs.append([session])
        return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs) or "unknown"


def described(folder: Path) -> Description:
    """The description of a bundle. Raises: ModelError if there is none, or it was altered."""
    manifest = manifest_of(folder)
    return Description(
        manifest["version"],
        manifest["kind"],
        taxonomy_from(read_yaml(folder / "taxonomy.yaml"), str(folder / "taxonomy.yaml")).taxonomy.version,
        manifest["demo"],
        manifest["facts"],
        {name: found for name, found in manifest["files"].items() if name.startswith("network-")},
    )


def figures_of(folder: Path) -> dict[str, float]:
    """The figures that a model's card is written from, flat: "test_unseen.action.accuracy", as the metrics of
    a run are named. Undefined ones and those of single tags and categories are left out.

    Returns: nothing where the folder has no figures.json, or one of another model.
    """
    if not (folder / FIGURES).is_file():
        return {}
    document = read_json(folder / FIGURES)
    if document.get("model") != manifest_of(folder)["version"]:
        return {}
    prefixes = {"all": "{0}", "unseen": "{0}_unseen"}
    return {
        ".".join([prefixes.get(group, "{0}.{1}").format(part, group), *rest]): value
        for (part, group, *rest), value in _leaves(document)
        if not {"f1", "by_category"} & set(rest)
    }


def _leaves(document: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[list[str], float]]:
    """The defined figures of a document with the names that lead to them."""
    for name, value in document.items():
        if isinstance(value, Mapping) and isinstance(value.get("value"), float):
            yield [*path, name], value["value"]
        elif isinstance(value, Mapping) and "value" not in value:
            yield from _leaves(value, (*path, name))
