"""The project's own models: the linear one, trained here, and those in models/, as they are."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.peers import Answers, PeerTexts
from benchmarks.unlearned import load_evaluated
from pipeline import settings
from pipeline.models.bundle import Bundle
from pipeline.models.confidence import Thresholds, best_tag_threshold, fit_calibration
from pipeline.models.cross_fitting import cross_fitted_scores
from pipeline.models.ensemble import EnsembleClassifier, fit_ensemble, network_scores
from pipeline.models.linear import Classifier, LinearClassifier, Scores, fit_linear
from pipeline.models.stacking import BaseScores
from pipeline.options import RefreshOptions
from pipeline.rules.labeller import RuleLabeller
from pipeline.store.descriptions import described
from pipeline.store.models import load_bundle, save_bundle
from pipeline.store.pretrained import load_pretrained
from pipeline.store.vocabularies import load_blinder, load_codebook, load_taxonomy

_CERTAIN = (0.0,) * 5


class Bundled:
    """Anything that is stored as a bundle."""

    bundle: Bundle

    def save(self, folder: Path) -> None:
        """Write the bundle."""
        save_bundle(folder, self.bundle)

    def load(self, folder: Path) -> None:
        """Read the bundle."""
        self.bundle = load_bundle(folder)

    def answer(self, texts: list[str]) -> Answers:
        """Its labels. Masking texts that are masked already changes nothing."""
        predictions = self.bundle.predict(texts)
        return Answers(predictions.action, predictions.tags)


class Linear(Bundled):
    """The linear model with the options of configs/settings.yaml; its tag threshold from the tuning part."""

    def fit(self, train: PeerTexts, tune: PeerTexts) -> Mapping[str, Any]:
        """Train and calibrate. No limits of doubt, since only labels are compared."""
        options = settings.load().train.linear.model_dump()
        classifier = _linear(train)
        self.bundle = _bundle(classifier, classifier.score(tune.texts), tune)
        return {"options": options, "tag threshold": round(self.bundle.thresholds.tag, 3)}


class Ensemble(Bundled):
    """What `shipped` is, trained here, with a smaller student of one teacher only."""

    def fit(self, train: PeerTexts, tune: PeerTexts) -> Mapping[str, Any]:
        """Train the linear model, a teacher and its student; fit the meta-model on the tuning part."""
        from pipeline.models.network.fits import CodedTexts, Place
        from pipeline.models.network.training import NetworkTraining

        chosen = settings.load().train
        options = chosen.network.model_copy(update={"teachers": 1, "student_layers": (0, 2, 5)})
        coded = CodedTexts(train.texts, train.actions, train.tags)
        with tempfile.TemporaryDirectory() as folder:
            networks = (
                NetworkTraining(
                    coded,
                    load_pretrained(options.pretrained),
                    options,
                    chosen.seed,
                    Place(folder),
                )
                .run()
                .student.network,
            )
        linear, rules = _linear(train), _rules()
        thresholds = (options.cascade_action, options.cascade_tag)
        of_linear = linear.score(tune.texts)
        base = BaseScores(
            network_scores(networks, tune.texts, of_linear),
            of_linear,
            rules.features(rules.label(tune.texts)),
        )
        classifier = EnsembleClassifier(
            networks, linear, *fit_ensemble(base, tune.actions, tune.tags, thresholds)
        )
        scores = cross_fitted_scores(
            base, tune.actions, tune.tags, tune.groups, RefreshOptions().folds, thresholds
        )
        self.bundle = _bundle(classifier, scores, tune)
        return {"threads": options.threads, "tag threshold": round(self.bundle.thresholds.tag, 3)}


def _linear(train: PeerTexts) -> LinearClassifier:
    chosen = settings.load().train
    return fit_linear(train.texts, train.actions, train.tags, chosen.linear, chosen.seed)


def _rules() -> RuleLabeller:
    return RuleLabeller(load_codebook(), load_taxonomy(settings.load().taxonomy))


def _bundle(classifier: Classifier, scores: Scores, tune: PeerTexts) -> Bundle:
    """The classifier with a calibration and a tag threshold from scores of the tuning part, and no limits of
    doubt.
    """
    chosen = settings.load()
    calibration = fit_calibration(scores, tune.actions, tune.tags)
    limit = best_tag_threshold(calibration.tags(scores), tune.tags)
    thresholds = Thresholds(limit, _CERTAIN, 0.0, 0.0, 0.0, 0.0, 0.0, 0, chosen.ingest.max_text_chars, ())
    return Bundle(
        classifier,
        calibration,
        thresholds,
        load_taxonomy(chosen.taxonomy),
        load_blinder(),
        _rules(),
        "unsaved",
        True,
        {},
    )


class InRepository(Bundled):
    """A model of models/, which was trained before; nothing is learned here. One that learned the test
    session is measured by its evaluated twin.
    """

    folder = ""

    def fit(self, train: PeerTexts, tune: PeerTexts) -> Mapping[str, Any]:  # noqa: ARG002 - it was trained on these very parts
        """Take it, and say which one it is."""
        model = described(settings.home() / "models" / self.folder)
        self.bundle = load_evaluated(self.folder)[1]
        facts = self.bundle.facts
        twin = {} if self.bundle.version == model.version else {"evaluated twin": self.bundle.version}
        return {
            "version": model.version,
            **twin,
            "train_rows": facts["train_rows"],
            "split_sha256": facts["split_sha256"],
        }


class Shipped(InRepository):
    """models/shipped."""

    folder = "shipped"


class Best(InRepository):
    """models/best."""

    folder = "best"
