"""Bundles as folders of files. Loading one runs no code of its own, and checks the SHA-256 of every file.

bundle.json            format, version, calibration, limits, facts, SHA-256 of every other file
weights.safetensors    arrays of the linear model
words.txt, leads.txt   its features, one a line, in column order
classifier.json        its settings
network-1.onnx ...     networks of an ensemble
tokenizer.json         their tokenizer
ensemble.json          weights of the meta-model, and thresholds of the cascade
corrections.safetensors   what an ensemble learned from reviewers' decisions, if anything
states.csv, blinding.yaml, taxonomy.yaml, codebook.yaml   vocabularies that the model was trained with
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import safetensors
import safetensors.numpy
import yaml

from pipeline.corpus.blinding import Blinder, Mask
from pipeline.corpus.taxonomy import Taxonomy
from pipeline.errors import ModelError
from pipeline.models.bundle import Bundle
from pipeline.models.confidence import Calibration, Thresholds
from pipeline.models.corrections import Corrections
from pipeline.models.ensemble import Cascade, EnsembleClassifier
from pipeline.models.features import LeadWordEncoder
from pipeline.models.linear import Classifier, LinearClassifier, LinearWeights
from pipeline.models.network.inference import Network
from pipeline.models.network.tokens import TextTokenizer
from pipeline.models.stacking import StackingWeights
from pipeline.rules.codebook import Codebook
from pipeline.rules.labeller import RuleLabeller
from pipeline.settings import resource
from pipeline.store.descriptions import FORMAT, MANIFEST, manifest_of, version_of
from pipeline.store.files import atomic_folder, digest, read_bytes
from pipeline.store.vocabularies import config_path, read_yaml, states_from, taxonomy_from

Files = dict[str, bytes]
_CORRECTIONS = "corrections.safetensors"


@dataclass(frozen=True)
class _Kind:
    """How a kind of classifier becomes files and comes back."""

    to_files: Callable[[Any], Files]
    from_files: Callable[[Path], Classifier]


def linear_to_files(classifier: LinearClassifier) -> Files:
    """The files of a linear model, by name."""
    words, idf, leads = classifier.encoder.vocabularies()
    weights = classifier.weights
    arrays = {
        # Half precision halves the file; predictions are the same to three digits (measured in
        # docs/performance.md).
        "action": weights.action.astype(np.float16),
        "tags": weights.tags.astype(np.float16),
        "action_offset": weights.action_offset,
        "tag_offset": weights.tag_offset,
        "idf": idf,
    }
    settings = {"lead_words": classifier.encoder.lead_words, "lead_weight": classifier.encoder.lead_weight}
    return {
        # safetensors writes memory as it lies, whatever its order.
        "weights.safetensors": safetensors.numpy.save(
            {name: np.ascontiguousarray(array) for name, array in arrays.items()}
        ),
        "words.txt": "\n".join(words).encode(),
        "leads.txt": "\n".join(leads).encode(),
        "classifier.json": json.dumps(settings, sort_keys=True).encode(),
    }


def linear_from_files(folder: Path) -> LinearClassifier:
    """A linear model from its files in a folder."""
    arrays = safetensors.numpy.load(read_bytes(folder / "weights.safetensors"))
    words, leads = (read_bytes(folder / name).decode().split("\n") for name in ("words.txt", "leads.txt"))
    settings = json.loads(read_bytes(folder / "classifier.json"))
    encoder = LeadWordEncoder(settings["lead_words"], settings["lead_weight"], words, arrays["idf"], leads)
    weights = LinearWeights(
        arrays["action"].astype(np.float32),
        arrays["action_offset"],
        arrays["tags"].astype(np.float32),
        arrays["tag_offset"],
    )
    return LinearClassifier(encoder, weights)


def _ensemble_to_files(classifier: EnsembleClassifier) -> Files:
    first, cascade = classifier.networks[0], classifier.cascade
    settings = {
        "networks": len(classifier.networks),
        "max_tokens": first.tokenizer.max_tokens,
        "pad": first.tokenizer.pad,
        "shortest": first.shortest,
        "weights": asdict(classifier.weights),
        "corrections": classifier.corrections is not None,
        "shortcut": None
        if cascade is None
        else {
            "alone": asdict(cascade.first_stage),
            "action": cascade.action_threshold,
            "tag": cascade.tag_threshold,
        },
    }
    corrections = {} if classifier.corrections is None else _corrections_to_files(classifier.corrections)
    graphs = {f"network-{number}.onnx": network.onnx for number, network in enumerate(classifier.networks, 1)}
    return (
        linear_to_files(classifier.linear)
        | graphs
        | corrections
        | {
            "tokenizer.json": first.tokenizer.content.encode(),
            "ensemble.json": json.dumps(settings, sort_keys=True).encode(),
        }
    )


def _ensemble_from_files(folder: Path) -> EnsembleClassifier:
    settings = json.loads(read_bytes(folder / "ensemble.json"))
    if "longest" in settings:  # format 2: padding was number 0, and a graph needed all the leading tokens
        settings |= {"max_tokens": settings["longest"], "pad": 0, "shortest": settings["lead"] + 2}
    content = read_bytes(folder / "tokenizer.json").decode()
    tokenizer = TextTokenizer(content, settings["max_tokens"], settings["pad"])
    graphs = [read_bytes(folder / f"network-{number}.onnx") for number in range(1, settings["networks"] + 1)]
    networks = [Network(graph, tokenizer, settings["shortest"]) for graph in graphs]
    stored = settings["shortcut"]
    cascade = stored and Cascade(stacking_weights(stored["alone"]), stored["action"], stored["tag"])
    corrections = _corrections_from(folder / _CORRECTIONS) if settings.get("corrections") else None
    return EnsembleClassifier(
        networks, linear_from_files(folder), stacking_weights(settings["weights"]), cascade, corrections
    )


def _corrections_to_files(corrections: Corrections) -> Files:
    arrays = {
        "columns": corrections.columns,
        "action": corrections.action.astype(np.float16),
        "tags": corrections.tags.astype(np.float16),
    }
    return {
        _CORRECTIONS: safetensors.numpy.save({n: np.ascontiguousarray(array) for n, array in arrays.items()})
    }


def _corrections_from(path: Path) -> Corrections:
    arrays = safetensors.numpy.load(read_bytes(path))
    return Corrections(
        arrays["columns"], arrays["action"].astype(np.float32), arrays["tags"].astype(np.float32)
    )


def stacking_weights(values: Mapping[str, Sequence[float]]) -> StackingWeights:
    """A meta-model from what is stored of it."""
    fields: dict[str, Any] = {name: tuple(numbers) for name, numbers in values.items()}
    return StackingWeights(**fields)


_KINDS: Mapping[str, _Kind] = {
    "linear": _Kind(linear_to_files, linear_from_files),
    "ensemble": _Kind(_ensemble_to_files, _ensemble_from_files),
}


def _vocabulary_files(taxonomy_version: str) -> Files:
    return {
        "states.csv": read_bytes(config_path("states.csv")),
        "blinding.yaml": read_bytes(config_path("blinding.yaml")),
        "codebook.yaml": read_bytes(config_path("codebook.yaml")),
        "taxonomy.yaml": read_bytes(config_path(f"taxonomy/{taxonomy_version}.yaml")),
    }


def save_bundle(folder: Path, bundle: Bundle) -> Bundle:
    """Write a bundle as a folder, whole or not at all.

    Returns: the bundle as it will be loaded: with the version that follows from its bytes, and the weights as
        stored.
    Raises: StoreError.
    """
    files = _KINDS[bundle.classifier.kind].to_files(bundle.classifier)
    write_model(folder, bundle, files | _vocabulary_files(bundle.taxonomy.version))
    return load_bundle(folder)


def write_model(folder: Path, bundle: Bundle, files: Files) -> None:
    """Write the files of a model and its manifest as a folder, whole or not at all. Raises: StoreError."""
    kind = bundle.classifier.kind
    manifest = {
        "format": FORMAT,
        "kind": kind,
        "demo": bundle.demo,
        "calibration": asdict(bundle.calibration),
        "limits": asdict(bundle.thresholds),
        "facts": bundle.facts,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }
    manifest["version"] = f"{kind}-{version_of(manifest)}"
    with atomic_folder(folder) as temporary:
        for name, content in files.items():
            (temporary / name).write_bytes(content)
        (temporary / MANIFEST).write_text(
            json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8"
        )


def check_files(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Check that every file of a model is as it was saved. Raises: ModelError."""
    for name, expected in manifest["files"].items():
        path = folder / name
        if not path.is_file():
            raise ModelError(
                str(path),
                "a file of the model is missing.",
                "Restore the folder from the repository, or train again.",
            )
        if digest(path) != expected:
            raise ModelError(
                str(path),
                "the file is not the one that was saved (its SHA-256 differs).",
                "Restore the folder, or train again.",
            )


class Parts(NamedTuple):
    """What a bundle has beside what its manifest says."""

    classifier: Classifier
    taxonomy: Taxonomy
    blinder: Mask
    rules: RuleLabeller


def load_bundle(folder: Path) -> Bundle:
    """A bundle from its folder, after checking the SHA-256 of every file.

    Raises: ModelError if it is missing, altered, truncated, or from a newer version of this project.
    """
    return read_model(folder, _parts)


def _parts(folder: Path, kind: str) -> Parts:
    states = states_from(read_bytes(folder / "states.csv"), str(folder / "states.csv"))
    taxonomy = taxonomy_in(folder)
    return Parts(
        _KINDS[kind].from_files(folder),
        taxonomy,
        Blinder(states, read_yaml(folder / "blinding.yaml")["kept"]),
        RuleLabeller(Codebook.from_content(read_yaml(folder / "codebook.yaml")), taxonomy),
    )


def taxonomy_in(folder: Path) -> Taxonomy:
    """The taxonomy of a model's folder."""
    path = folder / "taxonomy.yaml"
    return taxonomy_from(yaml.safe_load(read_bytes(path)), str(path)).taxonomy


def read_model(folder: Path, parts_of: Callable[[Path, str], Parts]) -> Bundle:
    """A bundle from its folder, after checking the SHA-256 of every file.

    Args: `parts_of`, reads the parts from the folder, of which it is told the kind.
    Raises: ModelError if it is missing, altered, truncated, or from a newer version of this project.
    """
    manifest = manifest_of(folder)
    check_files(folder, manifest)
    try:
        limits = manifest["limits"] | {k: tuple(manifest["limits"][k]) for k in ("action_set", "rare_tags")}
        return Bundle(
            **parts_of(folder, manifest["kind"])._asdict(),
            calibration=Calibration(**manifest["calibration"]),
            thresholds=Thresholds(**limits),
            version=manifest["version"],
            demo=manifest["demo"],
            facts=manifest["facts"],
        )
    except (KeyError, TypeError, ValueError, safetensors.SafetensorError) as error:
        raise ModelError(
            str(folder), f"the model cannot be used ({error!r}).", "Restore the folder, or train again."
        ) from error


def shipped_folder() -> Path:
    """Where the model that comes with the project is."""
    return resource("models/shipped")
