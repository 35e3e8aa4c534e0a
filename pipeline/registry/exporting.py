"""Networks of a model as Hugging Face repositories: weights, tokenizer and card, ready to be pushed.

A model labels with networks in 8 bits (ONNX), which `transformers` does not load. What is exported are the
weights that they were made from, which stay in models/networks of the home folder where they were trained;
elsewhere those of their graphs, dequantised, and the card says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.corpus.taxonomy import ACTIONS, Taxonomy
from pipeline.errors import ModelError
from pipeline.models.bundle import Bundle
from pipeline.models.ensemble import EnsembleClassifier
from pipeline.registry.choosing import choose_model
from pipeline.registry.dequantised import COMPARED, networks_from_graphs
from pipeline.registry.hub_card import hub_card
from pipeline.registry.shipping import figures_from_run
from pipeline.registry.versions import Registry
from pipeline.settings import Settings
from pipeline.store.behaviours import load_behaviours
from pipeline.store.descriptions import FIGURES, Description, described
from pipeline.store.files import atomic_folder, read_json, write_json, write_text
from pipeline.store.models import load_bundle
from pipeline.store.networks import are_kept, kept_networks

if TYPE_CHECKING:
    from pipeline.models.network.finetuning import KeptNetwork

ENCODER = "encoder"
"""Subfolder with the encoder alone, which transformers loads without this project."""
_TODO = "Export where the model was trained, or train networks: make champion."


@dataclass(frozen=True)
class Exported:
    """What was written: the model, and a folder for each of its networks."""

    model: Description
    folders: tuple[Path, ...]


def export(reference: str, out: Path, settings: Settings) -> Exported:
    """Write the networks of a model as folders that can be pushed to a hub.

    Args:
        reference: see `choose_model`.
        out: a new folder. A model of one network makes it a repository; one of several makes a repository
            of each of network-1, network-2 and so on in it.

    Raises: ModelError if there is no such model, if it has no network, is a demonstration, or if the weights
        of its networks are neither kept here nor to be had from their graphs; StoreError. Nothing is written
        then.
    """
    choice = choose_model(reference, settings)
    model = described(choice.folder)
    if not model.networks:
        what = f"it is of the kind {model.kind}, and has no network that could be exported."
        raise ModelError(reference, what, "Name an ensemble: upr models list.")
    if model.demo:
        raise ModelError(reference, "it is a demonstration.", "Name a model of the real corpus.")
    if out.exists():
        raise ModelError(str(out), "there is something of that name already.", "Name a new folder.")
    bundle = load_bundle(choice.folder)
    kept, difference = _networks(model, bundle, settings)
    card = hub_card(model, _figures(choice.folder, model, settings), len(kept), difference)
    with atomic_folder(out) as temporary:
        places = (
            [temporary] if len(kept) == 1 else [temporary / f"network-{i}" for i in range(1, len(kept) + 1)]
        )
        for place, network in zip(places, kept, strict=True):
            write_network(place, network, model.version, bundle.taxonomy, card)
        names = [place.relative_to(temporary) for place in places]
    return Exported(model, tuple(out / name for name in names))


def _networks(
    model: Description, bundle: Bundle, settings: Settings
) -> tuple[list[KeptNetwork], Mapping[str, Any] | None]:
    """The networks, and how far they are from their graphs if they were made from these (`Difference`)."""
    if are_kept(model.networks):
        return kept_networks(model.version, model.networks), None
    cases = (case for behaviour in load_behaviours(model.taxonomy) for case in behaviour.cases)
    texts = [bundle.seen(case.texts[0]) for case in islice(cases, COMPARED)]
    networks = bundle.classifier.networks if isinstance(bundle.classifier, EnsembleClassifier) else ()
    return networks_from_graphs(model.version, networks, texts, settings.train.network, _TODO)


def write_network(place: Path, network: KeptNetwork, version: str, taxonomy: Taxonomy, card: str) -> None:
    """One network as a repository.

    Args: `version`, of the model that it is part of; `card`, README.md.
    """
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

    place.mkdir(parents=True, exist_ok=True)
    labeller, tokenizer = network.labeller, network.tokenizer
    labeller.config.update(
        {
            "upr_model_version": version,
            "upr_taxonomy_version": taxonomy.version,
            "upr_actions": {str(number): name for number, name in ACTIONS.items()},
            "upr_tags": [tag.label for tag in taxonomy.tags],
        }
    )
    labeller.save_pretrained(place)
    labeller.encoder.save_pretrained(place / ENCODER)
    core = Tokenizer.from_str(tokenizer.content)
    pad = core.id_to_token(tokenizer.pad)
    saved = PreTrainedTokenizerFast(
        tokenizer_object=core, pad_token=pad, model_max_length=tokenizer.max_tokens
    )
    for folder in (place, place / ENCODER):
        saved.save_pretrained(folder)
    write_json(place / "upr.json", {"max_tokens": tokenizer.max_tokens, "pad": tokenizer.pad})
    write_text(place / "README.md", card)


def _figures(folder: Path, model: Description, settings: Settings) -> Mapping[str, Any] | None:
    """The figures of a model: beside it, or in the run that registered it; None where it has none."""
    if (folder / FIGURES).is_file():
        document: dict[str, Any] = read_json(folder / FIGURES)
        if document.get("model") == model.version:
            return document
    registry = Registry(settings)
    for version in registry.versions():
        if version.model_version == model.version:
            return figures_from_run(registry, version, model)
    return None
