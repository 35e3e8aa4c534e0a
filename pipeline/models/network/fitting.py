"""Training a `Labeller` with the Trainer of transformers: loss, rates by layer, averaged weights,
checkpoints.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from datasets import Dataset
from torch import Tensor, nn
from torch.nn import functional
from transformers import EvalPrediction, Trainer, TrainingArguments, get_linear_schedule_with_warmup
from transformers.trainer_callback import PrinterCallback, ProgressCallback

from pipeline.models.network.callbacks import WeightAveraging, is_point, last_checkpoint
from pipeline.models.network.data import LENGTH, TARGETS, Batches
from pipeline.models.network.labeller import Labeller, layers_of
from pipeline.options import NetworkOptions

_LOGGED_STEPS = 20
Logits = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]


@dataclass(frozen=True)
class Fit:
    """One training.

    Attributes:
        epochs: passes over the data.
        seed: of the order of the texts and of dropout.
        folder: where its checkpoints are; a training that finds some there goes on from the last.
        pad: the number of the padding token.
        callbacks: further ones, e.g. for progress.
    """

    epochs: float
    seed: int
    folder: str
    pad: int
    callbacks: tuple[Any, ...] = ()


class LabellerTrainer(Trainer):
    """The training loop with the loss of a labeller; figures are those of the averaged weights."""

    loss_is_scaled_for_ga = False

    def __init__(
        self, model: Labeller, options: NetworkOptions, fit: Fit, train: Dataset | None, tune: Dataset | None
    ) -> None:
        """Args: `tune`, rows that are only measured, once an epoch, or None."""
        self.distillation_weight = options.distillation_weight
        self.averaging = WeightAveraging(model, options.ema_decay)
        arguments = _arguments(options, fit, learns=train is not None, measured=tune is not None)
        optimizers = (
            (None, None)
            if train is None
            else _optimizers(model, options, fit.epochs * math.ceil(len(train) / options.batch_size))
        )
        super().__init__(
            model=model,
            args=arguments,
            data_collator=Batches(fit.pad),
            train_dataset=train,
            eval_dataset=tune,
            compute_metrics=figures,
            callbacks=[self.averaging, *fit.callbacks],
            optimizers=optimizers,
        )
        for shown in (PrinterCallback, ProgressCallback):
            self.remove_callback(shown)

    def compute_loss(
        self, model: nn.Module, inputs: dict[str, Tensor], return_outputs: bool = False, **_: Any
    ) -> Any:
        """Cross entropy of the actions and of each tag, mixed with that against the teachers'
        probabilities where there are some.
        """
        inputs = dict(inputs)
        targets = {
            name: inputs.pop(name) for name in list(inputs) if name not in ("input_ids", "attention_mask")
        }
        outputs = model(**inputs)
        loss = labelling_loss(outputs.action_logits, outputs.tag_logits, targets, self.distillation_weight)
        return (loss, outputs) if return_outputs else loss

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Measure the averaged weights."""
        self.averaging.use_average()
        try:
            measured: dict[str, float] = super().evaluate(*args, **kwargs)
        finally:
            self.averaging.use_learned()
        return measured


def labelling_loss(
    actions: Tensor, tags: Tensor, targets: dict[str, Tensor], distillation_weight: float
) -> Tensor:
    """Mean loss of a batch.

    Args:
        actions, tags: (n, 5) and (n, T) logits.
        targets: actions (n,) 0..4, tags (n, T), weights (n,); and, of teachers, taught_actions (n, 5) log
            probabilities and
            taught_tags (n, T) logits.
        distillation_weight: of the teachers against the labels.
    """
    own = functional.cross_entropy(actions, targets["actions"], reduction="none")
    own = own + functional.binary_cross_entropy_with_logits(tags, targets["tags"], reduction="none").sum(1)
    gold = (own * targets["weights"]).mean()
    if "taught_actions" not in targets:
        return gold
    taught = -(targets["taught_actions"].softmax(1) * actions.log_softmax(1)).sum(1)
    taught = taught + functional.binary_cross_entropy_with_logits(
        tags, targets["taught_tags"].sigmoid(), reduction="none"
    ).sum(1)
    return (1 - distillation_weight) * gold + distillation_weight * taught.mean()


def figures(prediction: EvalPrediction) -> dict[str, float]:
    """Accuracy of the action and micro-F1 of the tags at a probability of one half."""
    actions, tags = prediction.predictions
    gold_actions, gold_tags = prediction.label_ids
    given = tags > 0
    right, either = (given & (gold_tags > 0)).sum(), given.sum() + (gold_tags > 0).sum()
    return {
        "action_accuracy": float((actions.argmax(1) == gold_actions).mean()),
        "tags_micro_f1": float(2 * right / max(1, either)),
    }


def train_labeller(
    model: Labeller, options: NetworkOptions, fit: Fit, train: Dataset, tune: Dataset | None = None
) -> list[dict[str, float]]:
    """Train a labeller, or go on where a training in the same folder was stopped; it ends with the
    averaged weights.

    Args: `tune`, rows that are only measured.
    Returns: the points of its curves, each with its step.
    """
    torch.set_num_threads(options.threads)
    trainer = LabellerTrainer(model, options, fit, train, tune)
    trainer.train(resume_from_checkpoint=last_checkpoint(fit.folder))
    trainer.averaging.use_average()
    model.cpu().eval()
    return [
        {"step": entry["step"]}
        | {name: float(value) for name, value in entry.items() if is_point(name, value)}
        for entry in trainer.state.log_history
    ]


def predict(model: Labeller, options: NetworkOptions, fit: Fit, dataset: Dataset) -> Logits:
    """(n, 5) and (n, T) logits of the rows of a dataset, in single precision."""
    torch.set_num_threads(options.threads)
    order = np.argsort(dataset[LENGTH], kind="stable")
    trainer = LabellerTrainer(model, options, fit, None, None)
    actions, tags = trainer.predict(dataset.select(order)).predictions
    back = np.argsort(order)
    model.cpu()
    return actions[back].astype(np.float32), tags[back].astype(np.float32)


def _arguments(options: NetworkOptions, fit: Fit, *, learns: bool, measured: bool) -> TrainingArguments:
    cpu = options.device == "cpu" or not torch.cuda.is_available()
    return TrainingArguments(
        output_dir=fit.folder,
        num_train_epochs=fit.epochs,
        per_device_train_batch_size=options.batch_size,
        per_device_eval_batch_size=2 * options.batch_size,
        # Grouping draws an order for what is only predicted, too, which would then not be that of the rows.
        train_sampling_strategy="group_by_length" if learns else "sequential",
        length_column_name=LENGTH,
        remove_unused_columns=False,
        label_names=list(TARGETS),
        max_grad_norm=1.0,
        seed=fit.seed,
        use_cpu=cpu,
        bf16=computes_in_bfloat16(options.precision, cpu),
        eval_strategy="epoch" if measured else "no",
        save_steps=options.checkpoint_steps,
        save_total_limit=2,
        logging_steps=_LOGGED_STEPS,
        run_name=fit.folder.split("/")[-1],
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=not cpu,
    )


def computes_in_bfloat16(precision: str, cpu: bool) -> bool:
    """Whether the encoder computes in bfloat16.

    Args: `precision`; auto takes it on GPUs that compute in it, and on processors with AMX. With AVX512-BF16
        alone, mixed precision was slower than single precision (docs/experiments.md).
    """
    if precision != "auto":
        return precision == "bfloat16"
    if cpu:
        return bool(torch.cpu._is_amx_tile_supported())
    return bool(torch.cuda.is_bf16_supported())


def _optimizers(model: Labeller, options: NetworkOptions, steps: float) -> tuple[Any, Any]:
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    rates = learning_rates(model, options)
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            decay = options.weight_decay if parameter.ndim > 1 else 0.0
            groups.setdefault((rates[name], decay), []).append(parameter)
    optimizer = torch.optim.AdamW(
        [
            {"params": parameters, "lr": rate, "weight_decay": decay}
            for (rate, decay), parameters in groups.items()
        ],
        betas=(0.9, 0.98),
    )
    steps = math.ceil(steps)
    return optimizer, get_linear_schedule_with_warmup(optimizer, math.ceil(options.warmup * steps), steps)


def learning_rates(model: Labeller, options: NetworkOptions) -> dict[str, float]:
    """The learning rate of each parameter by its name: the heads', and less for each layer of the encoder
    further down.
    """
    try:
        prefix, layers = layers_of(model.encoder)
        depth = len(layers)
    except ValueError:
        prefix, depth = "no list of layers", 0
    rates = {}
    for name, _ in model.named_parameters():
        inside = name.removeprefix("encoder.")
        if inside == name:
            rates[name] = options.head_learning_rate
        elif inside.startswith(f"{prefix}."):
            number = int(inside.removeprefix(f"{prefix}.").split(".")[0])
            rates[name] = options.learning_rate * options.layer_decay ** (depth - 1 - number)
        else:
            rates[name] = options.learning_rate * options.layer_decay**depth
    return rates
