"""What the training loop of transformers lacks: the moving average of the weights, and our progress bar."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from glob import glob
from typing import Any

import torch
from torch.optim.swa_utils import AveragedModel
from transformers import TrainerCallback

from pipeline.progress import Progress

_AVERAGE = "average.pt"
_TIMES = ("runtime", "per_second", "flos", "train_loss")
Report = Callable[[str, int, Mapping[str, float]], None]
"""Takes points of curves: name of the training, step, figures."""


class WeightAveraging(TrainerCallback):
    """The exponential moving average of the weights; it is what the training results in, and what is
    measured on the way.
    """

    def __init__(self, model: torch.nn.Module, decay: float) -> None:
        """Args: `decay`, share of the average that stays at each step; less in the first steps, so that
        the start is forgotten.
        """

        def follow(averages: Any, values: Any, steps: Any) -> None:
            torch._foreach_lerp_(averages, values, 1 - min(decay, (1 + int(steps)) / (10 + int(steps))))

        self.average = AveragedModel(model, multi_avg_fn=follow)
        self.model = model
        self._learned: dict[str, torch.Tensor] | None = None

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002
        """Take the average up again where a checkpoint goes on."""
        self.average.to(args.device)
        if state.global_step:
            place = f"{args.output_dir}/checkpoint-{state.global_step}/{_AVERAGE}"
            self.average.load_state_dict(torch.load(place, map_location=args.device, weights_only=True))

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002
        """Follow the weights."""
        self.average.update_parameters(self.model)

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002
        """Keep the average beside the weights."""
        place = f"{args.output_dir}/checkpoint-{state.global_step}/{_AVERAGE}"
        torch.save(self.average.state_dict(), f"{place}.part")
        shutil.move(f"{place}.part", place)

    def use_average(self) -> None:
        """Let the model compute with the average."""
        self._learned = {name: value.clone() for name, value in self.model.state_dict().items()}
        self.model.load_state_dict(self.average.module.state_dict())

    def use_learned(self) -> None:
        """Let the model compute with the weights as they learned last."""
        if self._learned is not None:
            self.model.load_state_dict(self._learned)
            self._learned = None


def last_checkpoint(folder: str) -> str | None:
    """The last checkpoint of a training that was written to its end: the average is what is written last."""
    whole = [place.removesuffix(f"/{_AVERAGE}") for place in glob(f"{folder}/checkpoint-*/{_AVERAGE}")]  # noqa: PTH207 - the core has no pathlib
    return max(whole, key=lambda place: int(place.rsplit("-", 1)[1]), default=None)


def is_point(name: str, value: Any) -> bool:
    """Whether what a training logs is a point of a curve: a number, and not how long something took."""
    return isinstance(value, int | float) and name != "step" and not name.endswith(_TIMES)


class ReportedCurves(TrainerCallback):
    """Hands the points of a training's curves on as they come."""

    def __init__(self, report: Report, name: str) -> None:
        """Args: `name`, of the training."""
        self._report, self._name = report, name

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:  # noqa: ARG002
        """One point of each curve."""
        values = {name: float(value) for name, value in (logs or {}).items() if is_point(name, value)}
        if values:
            self._report(self._name, state.global_step, values)


class ShownProgress(TrainerCallback):
    """The steps of a training on our progress bar."""

    def __init__(self, progress: Progress, label: str) -> None:
        self._progress, self._label = progress, label
        self._bar: Iterator[int] = iter(())

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002
        """Begin at the step that the training goes on from."""
        self._bar = iter(
            self._progress(
                range(state.global_step, state.max_steps), self._label, state.max_steps - state.global_step
            )
        )
        next(self._bar, None)

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002
        """One step further."""
        next(self._bar, None)
