"""Training of networks for `upr train`: their curves go to MLflow, and their weights are kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pipeline.errors import SettingsError
from pipeline.models.fitting_rows import superseded
from pipeline.models.network.inference import Network
from pipeline.models.training import Training
from pipeline.progress import Progress
from pipeline.registry.choosing import choose_model
from pipeline.registry.curves import LiveCurves
from pipeline.registry.dequantised import COMPARED, networks_from_graphs
from pipeline.registry.tracking import Tracker
from pipeline.registry.versions import CHAMPION
from pipeline.settings import Settings
from pipeline.store.descriptions import Description, described
from pipeline.store.networks import TRAIN_ANEW, are_kept, check_can_train, keep_networks, kept_networks
from pipeline.store.pretrained import load_pretrained

if TYPE_CHECKING:
    from pipeline.models.network.fits import CodedTexts, Curves, Place


@dataclass(frozen=True)
class TrainedNetworks:
    """Networks that were trained.

    Attributes:
        fast, best: the networks of both models; only `fast` where those of one model went on learning.
        training: its name; "" where nothing was trained.
        curves: by network, the points of its curves.
        told: what a person should know, in sentences.
        facts: of what they went on from, for the description of the model.
    """

    fast: tuple[Network, ...]
    best: tuple[Network, ...]
    training: str
    curves: Curves
    told: tuple[str, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)


def new_networks(training: Training, settings: Settings, place: Path, progress: Progress) -> TrainedNetworks:
    """Teachers and their student, from a pretrained encoder.

    Args: `place`, folder of checkpoints. Raises: ModelError, SettingsError.
    """
    options = settings.train.network
    pretrained = load_pretrained(options.pretrained)
    from pipeline.models.network.training import NetworkTraining

    train = _texts(training, np.flatnonzero(learnable(training)))
    tune = _texts(training, training.corpus.splits["session"].rows("tune"))
    with _reported(settings, place, progress) as (folder, told):
        try:
            networks = NetworkTraining(train, pretrained, options, settings.train.seed, folder, tune)
        except ValueError as error:
            raise SettingsError("train.network", f"{error}.", "Correct configs/settings.yaml.") from error
        trained = networks.run()
        keep_networks([*trained.teachers, trained.student], _in_use(settings))
    best = tuple(found.network for found in trained.teachers[: options.best_teachers])
    return TrainedNetworks((trained.student.network,), best, networks.name, trained.curves, tuple(told))


def new_rows(training: Training, known: Sequence[int]) -> npt.NDArray[np.int64]:
    """Positions of training rows that networks can go on learning from: of sessions that they do not know.

    Args: `known`, sessions that the networks were trained on.
    """
    rows, mask = training.rows, learnable(training)
    return np.flatnonzero(mask & ~np.isin(rows.sessions, list(known)))


def finetuned_networks(
    training: Training,
    model: tuple[Description, Sequence[Network]],
    known: Sequence[int],
    settings: Settings,
    place: Path,
    progress: Progress,
) -> TrainedNetworks:
    """The networks of a model, which go on learning from sessions that they do not know.

    They go on from their weights in full precision where these are kept, else from those of their graphs.

    Args: `model`, what it says of itself, and its networks; `known`, sessions that they were trained on, of
        which some that train are none (`new_rows`); `place`, folder of checkpoints.
    Raises: ModelError if their weights can be had from neither; SettingsError for MLflow.
    """
    description, networks = model
    check_can_train(description.version)
    from pipeline.models.network.finetuning import Finetuning, mixed

    rows = training.rows
    new = new_rows(training, known)
    old = np.flatnonzero(learnable(training) & np.isin(rows.sessions, list(known)))
    options = settings.train.network, settings.train.finetune
    texts = mixed(_texts(training, new), _texts(training, old), options[1], settings.train.seed)
    tune = _texts(training, training.corpus.splits["session"].rows("tune"))
    if are_kept(description.networks):
        kept, facts = kept_networks(description.version, description.networks), dict[str, Any]()
    else:
        compared = texts.texts[-COMPARED:]
        kept, found = networks_from_graphs(description.version, networks, compared, options[0], TRAIN_ANEW)
        facts = {"dequantised": found}
    with _reported(settings, place, progress) as (folder, told):
        told.extend([_dequantised_in_words(description.version, facts)] if facts else [])
        fits = Finetuning(kept, texts, options, settings.train.seed, folder, tune)
        learned, curves = fits.run()
        used = _in_use(settings)
        keep_networks(learned, None if used is None else {*used, *description.networks.values()})
    fast = tuple(found.network for found in learned)
    return TrainedNetworks(fast, (), fits.name, curves, tuple(told), facts)


def _dequantised_in_words(model: str, facts: Mapping[str, Any]) -> str:
    found = facts["dequantised"]
    return (
        f"The networks of {model} are not kept here in full precision: they go on learning from the weights "
        f"of their graphs, in 8 bits (on {found['texts']} training texts the logits differ by "
        f"{found['mean']:.3f} on average, and {found['same_action']:.0%} of the actions are the same)."
    )


def learnable(training: Training) -> npt.NDArray[np.bool_]:
    """(n) whether networks may learn from a row: of the training part, coded by experts, not contradicted.

    Decisions are not among them, at any depth: the linear model and the corrections learn from these, and the
    gate compares models on them, so they must be unknown to the networks.
    """
    rows = training.rows
    mask: npt.NDArray[np.bool_] = (
        (training.split.parts == "train") & ~rows.decided & ~superseded(rows) & (rows.sessions > 0)
    )
    return mask


def _texts(training: Training, rows: npt.NDArray[np.int64]) -> CodedTexts:
    from pipeline.models.network.fits import CodedTexts

    corpus = training.corpus
    return CodedTexts(training.rows.texts_of(rows), corpus.actions[rows], corpus.tags[rows])


def _in_use(settings: Settings) -> Collection[str] | None:
    """SHA-256 of the files of the networks of the model in use; None where the registry does not say.

    What was trained for an hour must not be lost because the tracking server went away meanwhile.
    """
    try:
        return described(choose_model(CHAMPION, settings).folder).networks.values()
    except SettingsError:
        return None


@contextmanager
def _reported(settings: Settings, folder: Path, progress: Progress) -> Iterator[tuple[Place, list[str]]]:
    """A place whose curves go to MLflow; and sentences, complete at the end."""
    from pipeline.models.network.fits import Place

    tracker, told = Tracker(settings), list[str]()
    live: dict[str, LiveCurves] = {}

    def report(training: str) -> LiveCurves:
        return live.setdefault(training, LiveCurves(tracker, training))

    try:
        yield Place(str(folder), progress, report), told
    finally:
        for curves in live.values():
            unsent = curves.close()
            if curves.lost_at:
                told.append(
                    f"{curves.lost_at.where}: {curves.lost_at.what} The training went on without it"
                    + (f"; `upr evaluate` sends {unsent:,} points of its curves." if unsent else ".")
                )
