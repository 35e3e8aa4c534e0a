"""What trainings of networks have in common: texts, folder, curves, and networks that run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from glob import glob
from typing import Any

import numpy as np
import numpy.typing as npt
from datasets import Dataset

from pipeline.models.network.callbacks import Report, ReportedCurves, ShownProgress
from pipeline.models.network.data import LENGTH, dataset_of, distinct, with_columns
from pipeline.models.network.export import RANGE_TEXTS, onnx_bytes
from pipeline.models.network.fitting import Fit, train_labeller
from pipeline.models.network.inference import Network
from pipeline.models.network.labeller import Labeller, drop_whole_texts
from pipeline.models.network.tokens import TextTokenizer
from pipeline.options import NetworkOptions
from pipeline.progress import Progress, silent

_FINISHED, _CURVE = "finished", "curve.json"
Curves = Mapping[str, Sequence[Mapping[str, float]]]
"""By network, the points of its curves, each with its step."""


@dataclass(frozen=True)
class CodedTexts:
    """Coded texts.

    Attributes:
        texts: blinded.
        actions: (n,) 1..5.
        tags: (n, T).
    """

    texts: Sequence[str]
    actions: npt.NDArray[np.int64]
    tags: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Place:
    """Where a training keeps what it has done, and where it reports to.

    Attributes:
        folder: for checkpoints and finished networks; a training that was stopped goes on from there.
        progress: shows the steps.
        report: for the training of a name, takes the points of its curves; None for no report.
    """

    folder: str
    progress: Progress = silent
    report: Callable[[str], Report] | None = None


@dataclass(frozen=True)
class Learned:
    """A network as it runs, and as it can go on learning."""

    network: Network
    labeller: Labeller


class NetworkFits:
    """Networks that learn from the same texts, one after the other; what is finished is not done again."""

    def __init__(
        self,
        train: CodedTexts,
        tokenizer: TextTokenizer,
        options: NetworkOptions,
        seed: int,
        place: Place,
        tune: CodedTexts | None,
        decisive: Mapping[str, Any],
    ) -> None:
        """Args:
        tune: texts that are only measured, once an epoch, for the curves.
        decisive: what decides the result beside texts and tokenizer; plain JSON values.
        """
        self.options, self.seed, self.place, self.tokenizer = options, seed, place, tokenizer
        rows, weights = distinct(train.texts, train.actions, train.tags)
        data = dataset_of([train.texts[i] for i in rows], train.actions[rows], train.tags[rows], tokenizer)
        self.data = with_columns(data, {"weights": weights})
        self.tune = None if tune is None else dataset_of(tune.texts, tune.actions, tune.tags, tokenizer)
        content = json.dumps([dict(decisive), tokenizer.content, self.data.to_dict()], sort_keys=True)
        self.name = hashlib.sha256(content.encode()).hexdigest()[:12]
        """Of the training; it follows from all that decides the result, so that a training goes on from its
        own checkpoints only."""
        self.folder = f"{place.folder}/{self.name}"

    def fit(self, name: str, epochs: float, seed: int) -> Fit:
        """One training by its name: teacher-1, teacher-2, ..., student."""
        callbacks: list[Any] = [ShownProgress(self.place.progress, f"steps of {name}")]
        if self.place.report:
            callbacks.append(ReportedCurves(self.place.report(self.name), name))
        return Fit(epochs, seed, f"{self.folder}/{name}", self.tokenizer.pad, tuple(callbacks))

    def curves(self) -> Curves:
        """Of the networks that are finished."""
        found = {}
        for path in sorted(glob(f"{self.folder}/*/{_FINISHED}/{_CURVE}")):  # noqa: PTH207 - the core has no pathlib
            with open(path, encoding="utf-8") as file:  # noqa: PTH123
                found[path.split("/")[-3]] = json.load(file)
        return found

    def train(self, model: Labeller, name: str, fit: Fit, data: Dataset) -> Labeller:
        """Let a labeller learn. Returns: the same one, which is kept as finished."""
        drop_whole_texts(model.encoder)
        model.encoder.get_input_embeddings().requires_grad_(requires_grad=False)
        curve = train_labeller(model, self.options, fit, data, self.tune)
        model.config.encoder = model.encoder.config
        place = f"{self.folder}/{name}/{_FINISHED}"
        model.save_pretrained(place)
        with open(f"{place}/{_CURVE}", "w", encoding="utf-8") as file:  # noqa: PTH123 - the core has no pathlib
            json.dump(curve, file)
        return model

    def finished(self, name: str) -> Labeller | None:
        """A labeller that learned to its end before this training was stopped."""
        try:
            found: Labeller = Labeller.from_pretrained(f"{self.folder}/{name}/{_FINISHED}")
        except OSError:
            return None
        found.eval()
        return found

    def network(self, model: Labeller) -> Network:
        """A trained labeller as it will run: in 8 bits, without torch."""
        every = max(1, len(self.data) // RANGE_TEXTS)
        ranged = self.data.select(range(0, len(self.data), every)).sort(LENGTH)["input_ids"]
        return Network(onnx_bytes(model, list(ranged), self.tokenizer.pad), self.tokenizer)

    def learned(self, model: Labeller) -> Learned:
        """A trained labeller in both forms."""
        return Learned(self.network(model), model)
