"""The network as it is trained: any pretrained encoder, with a head for the action and a head for the
tags.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoConfig, AutoModel, PreTrainedConfig, PreTrainedModel, initialization
from transformers.utils import ModelOutput

from pipeline.options import NetworkOptions

ACTIONS = 5
_FIRST_TAG_BIAS = -3.0
"""Log odds that each tag starts with: about one text in twenty."""
_DEFAULTS = NetworkOptions()


class LabellerConfig(PreTrainedConfig):
    """Sizes of a `Labeller`.

    Attributes:
        encoder: the encoder's own config, whatever its family.
        tags: how many tags there are.
        lead_tokens, action_width, head_dropout, dropout_samples: see `NetworkOptions`.
    """

    model_type = "upr-labeller"
    sub_configs = {"encoder": AutoConfig}  # noqa: RUF012 - transformers reads it so

    encoder: Any = None
    tags: int = 1
    lead_tokens: int = _DEFAULTS.lead_tokens
    action_width: int = _DEFAULTS.action_width
    head_dropout: float = _DEFAULTS.head_dropout
    dropout_samples: int = _DEFAULTS.dropout_samples

    def __post_init__(self, **kwargs: Any) -> None:
        """The encoder's config as such, also where it was read from JSON."""
        if isinstance(self.encoder, dict):
            self.encoder = AutoConfig.for_model(**self.encoder)
        super().__post_init__(**kwargs)


@dataclass
class LabellerOutput(ModelOutput):
    """Logits of the actions (n, 5) and of the tags (n, T)."""

    action_logits: Tensor | None = None
    tag_logits: Tensor | None = None


class TextDropout(nn.Dropout):
    """Dropout with one mask for all tokens of a text: as good here, and a thirtieth of the random numbers."""

    def forward(self, x: Tensor) -> Tensor:
        """(n, L, width) to the same."""
        if not self.training or self.p == 0 or x.ndim != 3:
            return super().forward(x)
        return x * functional.dropout(x.new_ones(x.shape[0], 1, x.shape[2]), self.p)


class Labeller(PreTrainedModel):
    """Encoder and both heads.

    The action is read from the first vector, the mean and the lead tokens; each tag has an attention over
    the tokens of
    its own (label-wise attention), beside the mean and the maximum.
    """

    config_class = LabellerConfig
    base_model_prefix = "labeller"
    _supports_sdpa = True
    _supports_attention_backend = True

    def __init__(self, config: LabellerConfig) -> None:
        super().__init__(config)
        self.encoder = without_pooler(AutoModel.from_config(config.encoder))
        width = config.encoder.hidden_size
        self.action_in = nn.Linear(width * (2 + config.lead_tokens), config.action_width)
        self.action_out = nn.Linear(config.action_width, ACTIONS)
        self.tag_query = nn.Linear(width, config.tags, bias=False)
        self.tag_value = nn.Linear(width, config.tags, bias=False)
        self.tag_pooled = nn.Linear(2 * width, config.tags)
        self.dropout = nn.Dropout(config.head_dropout)
        self.text_dropout = TextDropout(config.head_dropout)
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        super()._init_weights(module)
        if module is self.tag_pooled:
            initialization.constant_(module.bias, _FIRST_TAG_BIAS)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> LabellerOutput:
        """Logits from (n, L) token numbers and their mask, 1 for a token and 0 for padding."""
        x = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state.float()
        is_token = attention_mask[..., None].to(x.dtype)
        masked = (1 - is_token) * -1e4
        mean = (x * is_token).sum(1) / is_token.sum(1)
        # A text shorter than the lead tokens has zeros in their place.
        lead_tokens = self.config.lead_tokens
        lead = functional.pad(x * is_token, (0, 0, 0, lead_tokens))[:, 1 : 1 + lead_tokens].flatten(1)
        opening = torch.cat([x[:, 0], mean, lead], 1)
        pooled = torch.cat([mean, (x + masked).amax(1)], 1)
        attention = (self.tag_query(x) + masked).softmax(1)
        samples = self.config.dropout_samples if self.training else 1
        drawn = [self._heads(x, opening, pooled, attention) for _ in range(samples)]
        if samples == 1:
            return LabellerOutput(*drawn[0])
        actions, tags = (torch.stack(logits).mean(0) for logits in zip(*drawn, strict=True))
        return LabellerOutput(actions, tags)

    def _heads(self, x: Tensor, opening: Tensor, pooled: Tensor, attention: Tensor) -> tuple[Tensor, Tensor]:
        hidden = functional.gelu(self.action_in(self.dropout(opening)))
        tags = (attention * self.tag_value(self.text_dropout(x))).sum(1) + self.tag_pooled(
            self.dropout(pooled)
        )
        return self.action_out(self.dropout(hidden)), tags


def without_pooler(encoder: PreTrainedModel) -> PreTrainedModel:
    """The encoder without the layer over its first vector, which the heads do not use. Returns: the same
    object.
    """
    if getattr(encoder, "pooler", None) is not None:
        encoder.pooler = None
    return encoder


def without_attention_dropout(config: PreTrainedConfig) -> PreTrainedConfig:
    """The encoder's config with no dropout of attention, which makes attention slow and gains nothing here.

    Returns: the same object.
    """
    for name in ("attention_probs_dropout_prob", "attention_dropout"):
        if hasattr(config, name):
            setattr(config, name, 0.0)
    return config


def layers_of(encoder: nn.Module) -> tuple[str, nn.ModuleList]:
    """The list of the encoder's layers and its name. Raises: ValueError if it has none, as where all
    layers share weights.
    """
    depth = encoder.config.num_hidden_layers
    for name, module in encoder.named_modules():
        if isinstance(module, nn.ModuleList) and len(module) == depth:
            return name, module
    raise ValueError(f"an encoder of the family {encoder.config.model_type} has no list of {depth} layers")


def check_options(encoder: PreTrainedModel, options: NetworkOptions) -> None:
    """Whether an encoder can be trained as the options say. Raises: ValueError if not."""
    longest = getattr(encoder.config, "max_position_embeddings", None)
    if longest and options.max_tokens > longest:
        raise ValueError(
            f"max_tokens is {options.max_tokens}, and the encoder reads {longest} tokens at most"
        )
    if options.device == "cuda" and not torch.cuda.is_available():
        raise ValueError("device is cuda, and torch finds no such GPU")
    chosen = (options.teacher_layers, options.student_layers)
    if any(kept is not None for kept in chosen):
        depth = len(layers_of(encoder)[1])
        for kept in chosen:
            depth = depth if kept is None else _checked(kept, depth)


def _checked(kept: Sequence[int], depth: int) -> int:
    if not kept or not all(0 <= number < depth for number in kept):
        raise ValueError(f"layers {list(kept)} are asked for, and the encoder has {depth}: 0 to {depth - 1}")
    return len(kept)


def keep_layers(encoder: nn.Module, kept: Sequence[int] | None) -> None:
    """Leave only some layers of an encoder, counted from the bottom; None for all.

    Raises: ValueError if one does not exist.
    """
    if kept is None:
        return
    name, layers = layers_of(encoder)
    config = encoder.config
    config.num_hidden_layers = _checked(kept, len(layers))
    encoder.set_submodule(name, nn.ModuleList(layers[number] for number in kept))
    if getattr(config, "layer_types", None):
        config.layer_types = [config.layer_types[number] for number in kept]


def drop_whole_texts(encoder: nn.Module) -> None:
    """Let every dropout of an encoder use one mask a text."""
    for parent in list(encoder.modules()):
        for name, child in parent.named_children():
            if type(child) is nn.Dropout:
                parent.set_submodule(name, TextDropout(child.p))


# So that `AutoModel` loads what was exported, without code from the folder that it loads.
AutoConfig.register(LabellerConfig.model_type, LabellerConfig, exist_ok=True)
AutoModel.register(LabellerConfig, Labeller, exist_ok=True)
