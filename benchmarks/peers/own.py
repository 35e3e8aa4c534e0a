"""The project's own models: the linear one, trained here, and those in models/, as they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.peers import Answers, Coded
from pipeline import settings
from pipeline.bundle import Bundle
from pipeline.classifiers import fit_linear
from pipeline.confidence import Limits, best_tag_limit, fit_calibration
from pipeline.rules import RuleLabeller
from pipeline.store.models import load_bundle, save_bundle
from pipeline.store.vocabularies import load_blinder, load_codebook, load_taxonomy

_CERTAIN = (0.0,) * 5


class Bundled:
    """Anything that is stored as a bundle."""

    bundle: Bundle

    def load(self, folder: Path) -> None:
        """Read the bundle."""
        self.bundle = load_bundle(folder)

    def answer(self, texts: list[str]) -> Answers:
        """Its labels. Masking texts that are masked already changes nothing."""
        predictions = self.bundle.predict(texts)
        return Answers(predictions.action, predictions.tags)


class Linear(Bundled):
    """The linear model with the options of configs/settings.yaml; its tag threshold from the tuning part."""

    def fit(self, train: Coded, tune: Coded) -> Mapping[str, Any]:
        """Train and calibrate. No limits of doubt, since only labels are compared."""
        chosen = settings.load()
        options = chosen.train.linear.model_dump()
        classifier = fit_linear(train.texts, train.actions, train.tags, seed=chosen.train.seed, **options)
        scores = classifier.score(tune.texts)
        calibration = fit_calibration(scores, tune.actions, tune.tags)
        limit = best_tag_limit(calibration.tags(scores), tune.tags)
        limits = Limits(limit, _CERTAIN, 0.0, 0.0, 0.0, 0.0, 0.0, 0, chosen.ingest.max_text_chars, ())
        taxonomy = load_taxonomy(chosen.taxonomy)
        rules = RuleLabeller(load_codebook(), taxonomy)
        self.bundle = Bundle(classifier, calibration, limits, taxonomy, load_blinder(), rules, "unsaved", True, {})
        return {"options": options, "tag threshold": round(limit, 3)}

    def save(self, folder: Path) -> None:
        """Write the bundle."""
        save_bundle(folder, self.bundle)


class InRepository(Bundled):
    """A model of models/, which was trained before; nothing is learnt here."""

    folder = ""

    def fit(self, train: Coded, tune: Coded) -> Mapping[str, Any]:  # noqa: ARG002 - it was trained on these very parts
        """Take it, and say which one it is."""
        self.bundle = load_bundle(settings.home() / "models" / self.folder)
        facts = self.bundle.facts
        return {"version": self.bundle.version, "train_rows": facts["train_rows"], "split_sha256": facts["split_sha256"]}

    def save(self, folder: Path) -> None:
        """Write the bundle."""
        save_bundle(folder, self.bundle)


class Shipped(InRepository):
    """models/shipped."""

    folder = "shipped"


class Best(InRepository):
    """models/best."""

    folder = "best"
