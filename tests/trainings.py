"""Trainings of the stage `train`, for tests."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from pipeline import settings
from pipeline.corpus.coded import Corpus
from pipeline.models.bundle import Bundle
from pipeline.models.training import Training
from pipeline.rules.labeller import RuleLabeller
from pipeline.stages.train import options_of
from pipeline.store.held_out import NAME as HELD_OUT
from pipeline.store.models import load_bundle, save_bundle
from pipeline.store.vocabularies import load_blinder, load_codebook


def training_on(corpus: Corpus) -> Training:
    """With the repository's settings, and as few folds as there can be."""
    rules = RuleLabeller(load_codebook(), corpus.taxonomy)
    return Training(corpus, load_blinder(), rules, replace(options_of(settings.load()), folds=2))


def usable(models: Path, out: Path) -> Path:
    """The same models, not marked as demonstrations."""
    shutil.copytree(models, out)
    twin = ""
    for name in ("session", "final", "random"):
        bundle = load_bundle(models / name)
        facts = bundle.facts | ({"evaluated_twin": twin} if name == "final" else {})
        saved = save_bundle(out / name, Bundle(**{**vars(bundle), "demo": False, "facts": facts}))
        twin = saved.version if name == "session" else twin
        if (models / name / HELD_OUT).is_file():
            shutil.copy(models / name / HELD_OUT, out / name / HELD_OUT)
    return out
