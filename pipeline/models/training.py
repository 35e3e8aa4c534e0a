"""From a coded corpus to models with their limits: the evaluated twin, the final model, and a linear model of
the random split.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.corpus.blinding import Blinder
from pipeline.corpus.coded import Corpus
from pipeline.corpus.splits import Split
from pipeline.models.bundle import Bundle, Predictions
from pipeline.models.confidence import Calibration, HeldOut, fit_calibration
from pipeline.models.cross_fitting import out_of_fold_scores
from pipeline.models.ensemble import Cascade, EnsembleClassifier
from pipeline.models.features import LeadWordEncoder
from pipeline.models.fitting_rows import CodedRows, LinearFits, contradicting, superseded
from pipeline.models.limits import Limits, fit_limits
from pipeline.models.linear import Classifier, LinearClassifier, LinearWeights, Scores, fit_linear
from pipeline.models.network.inference import Network
from pipeline.models.refreshing import Refreshed, Refresher
from pipeline.models.stacking import StackingWeights
from pipeline.options import DoubtOptions, LinearOptions, RefreshOptions
from pipeline.rules.labeller import RuleLabeller

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class TrainingOptions:
    """The options of a training; see `pipeline.options`.

    Attributes:
        session_rows: coded rows of a session that was coded as a whole.
        folds: of the out-of-fold scores of the training rows.
        max_chars: longest text that a model reads whole.
        demo_below_rows: a model of fewer rows is a demonstration.
    """

    linear: LinearOptions
    refresh: RefreshOptions
    doubt: DoubtOptions
    seed: int
    folds: int
    session_rows: int
    max_chars: int
    demo_below_rows: int


@dataclass(frozen=True)
class Start:
    """What a training begins with.

    Attributes:
        ensemble: whose networks stay; None for a linear model.
        network_sessions: those that the networks were trained on.
        limits: of the model in use, which are kept where the networks know every session.
        facts: what the card says of it.
    """

    ensemble: EnsembleClassifier | None = None
    network_sessions: Sequence[int] = ()
    limits: Limits | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Fitted:
    """A model, and its predictions of rows that it was not fitted on.

    Attributes:
        bundle: not yet saved.
        rows: positions in the corpus: of the recent sessions, and then of the decisions.
        decided: (n) whether the row is a decision.
        held_out: predictions of these rows.
    """

    bundle: Bundle
    rows: npt.NDArray[np.int64]
    decided: Mask
    held_out: Predictions


def unfitted(
    networks: Sequence[Network], cascade: tuple[float, float] | None, tags: int
) -> EnsembleClassifier:
    """New networks, of which nothing is combined yet: the meta-model takes the first network's word alone.

    Args: `cascade`, thresholds of action and tags; None without a cascade. `tags`, how many there are.
    """
    none = LinearClassifier(
        LeadWordEncoder(0, 1.0, [], np.zeros(0, np.float32), []),
        LinearWeights(*(np.zeros(s, np.float32) for s in ((5, 0), (5,), (tags, 0), (tags,)))),
    )
    alone = StackingWeights((1.0, 0.0), (0.0,) * 5, (0.0,) * 5, (1.0, 0.0), (0.0,) * tags, (0.0,) * tags)
    return EnsembleClassifier(networks, none, alone, cascade and Cascade(alone, *cascade))


class Training:
    """A coded corpus, ready for models to be trained on."""

    def __init__(
        self, corpus: Corpus, blinder: Blinder, rules: RuleLabeller, options: TrainingOptions
    ) -> None:
        """Args: `blinder` and `rules` of today's vocabularies."""
        self.corpus, self.blinder, self.rules, self.options = corpus, blinder, rules, options
        self.split = corpus.splits["session"]
        self.coded = (self.split.parts != "") & (self.split.parts != "pledges")
        self.rows = CodedRows(
            [blinder.blind(text) for text in corpus.texts],
            corpus.actions,
            corpus.tags,
            self.split.groups,
            np.array([session or 0 for session in corpus.sessions], dtype=np.int64),
            corpus.decided & self.coded,
        )
        self._linear = LinearFits(self.rows, options.linear, options.refresh.decision_weight, options.seed)

    def twin_rows(self) -> Mask:
        """(n) rows that the evaluated twin may use: of training and tuning sessions, and decisions; none of
        these on a wording of the test session.
        """
        parts, groups = self.split.parts, self.split.groups
        tested = np.isin(groups, groups[parts == "test"])
        found: Mask = np.isin(parts, ("train", "tune")) | (self.rows.decided & ~tested & (parts != "test"))
        return found

    def waiting(self) -> dict[int | None, int]:
        """Rows that are in the final model only and are not measured, by session."""
        rows = np.flatnonzero(self.coded & ~self.twin_rows() & (self.split.parts != "test"))
        counts = Counter(self.corpus.sessions[i] for i in rows.tolist())
        return dict(sorted(counts.items(), key=lambda pair: pair[0] or 0))

    def superseded(self) -> int:
        """Number of coded rows that a decision on their wording contradicts."""
        return int((superseded(self.rows) & self.coded).sum())

    def contradicting(self) -> list[list[int]]:
        """Positions of decisions that contradict each other, by wording."""
        return [same.tolist() for same in contradicting(self.rows)]

    def twin_and_final(self, start: Start) -> tuple[Fitted, Fitted]:
        """The same recipe without the test session, and on all coded rows.

        Raises: ValueError if a category has no case in the rows of a linear model, or if no session is known
            to be coded as a whole.
        """
        refresher = Refresher(
            start.ensemble,
            self.rows,
            start.network_sessions,
            lambda texts: self.rules.features(self.rules.label(texts)),
            self._linear,
            self.options.refresh,
        )
        twin, every = self.twin_rows(), self.coded
        return (
            self._fitted(start, refresher.fit(twin, self._whole(twin)), twin, "session"),
            self._fitted(start, refresher.fit(every, self._whole(every)), every, "final"),
        )

    def random(self) -> Bundle:
        """The linear model of the random split, for comparison. Raises: ValueError, see `twin_and_final`."""
        split = self.corpus.splits["random"]
        train, tune = split.rows("train"), split.rows("tune")
        if not len(train) or not len(tune):
            raise ValueError("the random split has no rows to train or tune on")
        gold = self.corpus.actions, self.corpus.tags
        texts = self.rows.texts_of
        model = fit_linear(
            texts(train), gold[0][train], gold[1][train], self.options.linear, self.options.seed
        )
        limits = self._limits(model.score(texts(tune)), tune, train, None)
        facts = self._facts(split, "random", train, tune, limits)
        return self._bundle(model, limits, facts)

    @cached_property
    def out_of_fold(self) -> tuple[npt.NDArray[np.int64], Scores, Calibration]:
        """The training rows of the session split, their out-of-fold scores by linear models, and the
        calibration of these.
        """
        train, options = self.split.rows("train"), self.options
        actions, tags = self.corpus.actions[train], self.corpus.tags[train]
        groups, texts = self.split.groups[train], self.rows.texts_of(train)
        scores = out_of_fold_scores(texts, actions, tags, groups, options.folds, options.seed, options.linear)
        return train, scores, fit_calibration(scores, actions, tags)

    def _whole(self, allowed: Mask) -> list[int]:
        """Sessions that were coded as a whole: with enough rows, or named by the split."""
        gold = allowed & ~self.rows.decided
        counts = Counter(self.rows.sessions[gold].tolist())
        named = set(self.rows.sessions[gold & np.isin(self.split.parts, ("tune", "test"))].tolist())
        return sorted(s for s, n in counts.items() if s and (n >= self.options.session_rows or s in named))

    def _fitted(self, start: Start, found: Refreshed, allowed: Mask, name: str) -> Fitted:
        places = np.flatnonzero(found.fits)
        train = np.flatnonzero(allowed)
        used = found.recent[places]
        limits = start.limits
        if len(places):
            limits = self._limits(found.recent_scores.take(places), used, train, self._earlier())
        if limits is None:
            raise ValueError("no session is coded as a whole, so nothing can be measured or calibrated")
        facts = self._facts(self.split, name, train, used, limits) | start.facts
        facts |= {
            "network_sessions": [int(s) for s in start.network_sessions],
            "decisions": len(found.decided),
            "meta_model_kept": start.ensemble is not None and not len(places),
        }
        bundle = self._bundle(found.classifier, limits, facts)
        rows = np.concatenate([found.recent, found.decided])
        predictions = [
            Predictions(
                limits.calibration.action(scores),
                limits.calibration.tags(scores),
                scores.known,
                limits.thresholds,
            )
            for scores in (found.recent_scores, found.decided_scores)
        ]
        held_out = predictions[0].followed_by(predictions[1])
        return Fitted(bundle, rows, np.arange(len(rows)) >= len(found.recent), held_out)

    def _earlier(self) -> HeldOut:
        train, scores, calibration = self.out_of_fold
        return HeldOut(calibration.action(scores), self.corpus.actions[train])

    def _limits(
        self,
        scores: Scores,
        rows: npt.NDArray[np.int64],
        train: npt.NDArray[np.int64],
        earlier: HeldOut | None,
    ) -> Limits:
        counts, doubt = self.corpus.tags[train].sum(axis=0), self.options.doubt
        labels = self.corpus.taxonomy.labels
        return fit_limits(
            scores,
            self.corpus.actions[rows],
            self.corpus.tags[rows],
            doubt,
            max_chars=self.options.max_chars,
            rare_tags=[labels[i] for i in np.flatnonzero(counts < doubt.rare_tag_cases)],
            earlier=earlier,
        )

    def _facts(
        self,
        split: Split,
        name: str,
        train: npt.NDArray[np.int64],
        tune: npt.NDArray[np.int64],
        limits: Limits,
    ) -> dict[str, Any]:
        """What the card says of a training: plain JSON, the same for the same input."""
        sessions = self.rows.sessions
        return {
            "split": name,
            # Another model than the final one may be measured on the split's test rows.
            "split_sha256": "" if name == "final" else split.digest(self.corpus.row_ids),
            "train_rows": len(train),
            "tune_rows": len(tune),
            "train_sessions": sorted({int(s) for s in sessions[train] if s}),
            "tune_sessions": sorted({int(s) for s in sessions[tune] if s}),
            "tuning_held_out": limits.held_out,
        }

    def _bundle(self, classifier: Classifier, limits: Limits, facts: dict[str, Any]) -> Bundle:
        return Bundle(
            classifier,
            limits.calibration,
            limits.thresholds,
            self.corpus.taxonomy,
            self.blinder,
            self.rules,
            "unsaved",
            facts["train_rows"] < self.options.demo_below_rows,
            facts,
        )
