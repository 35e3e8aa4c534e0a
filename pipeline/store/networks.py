"""Networks with weights that can go on learning, kept beside the models that run.

A model holds its networks in 8 bits, which label and do not learn. What they were made from stays in
models/networks of the home folder, in a folder named by the digest of the file that runs.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import ModelError
from pipeline.models.network.tokens import TextTokenizer
from pipeline.settings import home
from pipeline.store.files import atomic_folder, read_bytes, read_json, write_json, write_text

if TYPE_CHECKING:
    from pipeline.models.network.finetuning import KeptNetwork
    from pipeline.models.network.fits import Learned
    from pipeline.models.network.inference import Network

TRAININGS_KEPT = 3
"""Weights of so many trainings are kept, and those of the model in use."""
_FACTS = "kept.json"
TRAIN_ANEW = "Use the depth refresh, or train new networks: make champion."


def networks_folder() -> Path:
    """Where networks are kept."""
    return home() / "models" / "networks"


def keep_networks(learned: Sequence[Learned], used: Collection[str] | None) -> None:
    """Keep the weights of the networks of one training, and remove those of old trainings.

    Args: `used`, SHA-256 of the files of networks that stay in any case: those of the model in use; None
        where it is not known, and then nothing is removed.
    """
    names = [name_of(found.network) for found in learned]
    for name, found in zip(names, learned, strict=True):
        folder, tokenizer = networks_folder() / name, found.network.tokenizer
        facts = {"max_tokens": tokenizer.max_tokens, "pad": tokenizer.pad, "training": names[-1]}
        if (folder / _FACTS).is_file():
            write_json(folder / _FACTS, facts)
            continue
        with atomic_folder(folder) as temporary:
            found.labeller.save_pretrained(temporary)
            write_text(temporary / "tokenizer.json", tokenizer.content)
            write_json(temporary / _FACTS, facts)
    if used is not None:
        forget_networks({_name(sha256) for sha256 in used})


def forget_networks(used: Collection[str]) -> None:
    """Remove the weights of all but the latest trainings. Args: `used`, names of folders that stay."""
    latest: dict[str, int] = {}
    folders = {}
    for path in networks_folder().glob(f"*/{_FACTS}"):
        training = str(read_json(path).get("training", path.parent.name))
        folders[path.parent] = training
        latest[training] = max(latest.get(training, 0), path.stat().st_mtime_ns)
    kept = sorted(latest, key=lambda training: latest[training])[-TRAININGS_KEPT:]
    for folder, training in folders.items():
        if training not in kept and folder.name not in used:
            shutil.rmtree(folder)


def are_kept(networks: Mapping[str, str]) -> bool:
    """Whether the weights of all networks of a model are kept here. Args: see `kept_networks`."""
    return all((networks_folder() / _name(sha256) / _FACTS).is_file() for sha256 in networks.values())


def name_of(network: Network) -> str:
    """By which a network is kept: the beginning of the digest of its file."""
    return _name(hashlib.sha256(network.onnx).hexdigest())


def check_can_train(model: str) -> None:
    """Raises: ModelError for the model, without the extra train-encoder."""
    try:
        import pipeline.models.network.finetuning
        import pipeline.models.network.rebuilding  # noqa: F401 - what they import may lack
    except ImportError as error:
        raise ModelError(
            model,
            f"its networks in full precision need {error.name}.",
            "Install the extra: pip install '.[train-encoder]'.",
        ) from error


def kept_networks(model: str, networks: Mapping[str, str]) -> list[KeptNetwork]:
    """The networks of a model, as they can go on learning.

    Args: `model`, its version; `networks`, SHA-256 of the files of its networks, see `Description`.
    Raises: ModelError if one is not kept here, or without the extra train-encoder.
    """
    folders = [networks_folder() / _name(sha256) for _, sha256 in sorted(networks.items())]
    for folder in folders:
        if not (folder / _FACTS).is_file():
            what = f"the weights of its networks are not kept here (there is no {folder})."
            raise ModelError(model, what, TRAIN_ANEW)
    check_can_train(model)
    from pipeline.models.network.finetuning import KeptNetwork
    from pipeline.models.network.labeller import Labeller

    found = []
    for folder in folders:
        facts = read_json(folder / _FACTS)
        try:
            labeller = Labeller.from_pretrained(folder)
        except (OSError, ValueError) as error:
            what = f"the weights of its networks cannot be read ({str(error).splitlines()[0][:200]})."
            raise ModelError(str(folder), what, TRAIN_ANEW) from error
        content = read_bytes(folder / "tokenizer.json").decode()
        tokenizer = TextTokenizer(content, facts["max_tokens"], facts["pad"])
        found.append(KeptNetwork(folder.name, labeller, tokenizer))
    return found


def _name(sha256: str) -> str:
    return sha256[:16]
