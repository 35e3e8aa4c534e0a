"""Networks that go on learning from where an earlier training left them."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from pipeline.models.network.fits import CodedTexts, Curves, Learned, NetworkFits, Place
from pipeline.models.network.labeller import Labeller
from pipeline.models.network.tokens import TextTokenizer
from pipeline.models.network.training import NOT_DECISIVE
from pipeline.options import FinetuneOptions, NetworkOptions


@dataclass(frozen=True)
class KeptNetwork:
    """A network as it can go on learning.

    Attributes:
        name: by which it is kept.
        labeller: with its weights.
        tokenizer: that it learned with.
    """

    name: str
    labeller: Labeller
    tokenizer: TextTokenizer


def mixed(new: CodedTexts, old: CodedTexts, options: FinetuneOptions, seed: int) -> CodedTexts:
    """New texts, and old ones drawn at random beside them.

    Args: `new`, of sessions that the networks do not know; `old`, of those that they know.
    """
    rng = np.random.default_rng(seed)
    news = _drawn(rng, len(new.texts), options.most_texts // 2)
    wanted = round(options.old_per_new * len(news))
    olds = _drawn(rng, len(old.texts), min(wanted, options.most_texts - len(news)))
    return CodedTexts(
        [*(new.texts[i] for i in news), *(old.texts[i] for i in olds)],
        np.concatenate([new.actions[news], old.actions[olds]]),
        np.concatenate([new.tags[news], old.tags[olds]]),
    )


def _drawn(rng: np.random.Generator, rows: int, most: int) -> list[int]:
    drawn: list[int] = np.sort(rng.permutation(rows)[:most]).tolist()
    return drawn


class Finetuning(NetworkFits):
    """The networks of one ensemble, each of which goes on by itself."""

    def __init__(
        self,
        kept: Sequence[KeptNetwork],
        texts: CodedTexts,
        options: tuple[NetworkOptions, FinetuneOptions],
        seed: int,
        place: Place,
        tune: CodedTexts | None = None,
    ) -> None:
        """Args: `kept`, with one tokenizer; `texts`, see `mixed`; `tune`, texts that are only measured."""
        network, finetune = options
        self.kept, self.epochs = kept, finetune.epochs
        rates = {name: getattr(finetune, name) for name in ("learning_rate", "head_learning_rate")}
        chosen = network.model_copy(update=rates)
        decisive = chosen.model_dump(exclude=NOT_DECISIVE) | finetune.model_dump()
        decisive |= {"seed": seed, "started_from": [found.name for found in kept]}
        super().__init__(texts, kept[0].tokenizer, chosen, seed, place, tune, decisive)

    def run(self) -> tuple[tuple[Learned, ...], Curves]:
        """Let every network go on learning. Returns: them, in the same order, and their curves."""
        found = []
        for number, kept in enumerate(self.kept, 1):
            name, seed = f"finetuned-{number}", self.seed + number - 1
            model = self.finished(name)
            if model is None:
                torch.manual_seed(seed)
                model = copy.deepcopy(kept.labeller)
                self.train(model, name, self.fit(name, self.epochs, seed), self.data)
            found.append(self.learned(model))
        return tuple(found), self.curves()
