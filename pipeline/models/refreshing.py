"""Refreshing an ensemble: its networks stay, and all else is fitted again on all coded rows and decisions.

What a network was trained on is in-sample for it. So meta-model, calibration and thresholds rest on recent
sessions that it did not learn from, and there on scores of linear models that were fitted on earlier sessions
alone, as a model meets a session in use (forward validation). Decisions of the review desk are no random
sample of a session: they train the linear model and the corrections, and not what says how sure the model is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.models.corrections import CorrectedRows, Corrections, fit_corrections
from pipeline.models.cross_fitting import cross_fitted_scores
from pipeline.models.ensemble import EnsembleClassifier, cascade_scores, fit_ensemble, network_scores
from pipeline.models.fitting_rows import CodedRows, LinearFits, Rows, superseded
from pipeline.models.linear import FloatMatrix, LinearClassifier, Scores
from pipeline.models.stacking import BaseScores
from pipeline.options import RefreshOptions


@dataclass(frozen=True)
class Refreshed:
    """A model, and what its recipe says of rows that it was not fitted on.

    Attributes:
        classifier: the model.
        recent: positions of the rows of the recent sessions; none where the networks know all sessions, and
            then the former meta-model is kept.
        recent_scores: of these rows, cross-fitted.
        fits: of these rows, whether meta-model, calibration and thresholds rest on them: wordings that the
            networks know do not count.
        decided: positions of the decisions.
        decided_scores: of these, by parts that were fitted without their wordings.
    """

    classifier: LinearClassifier | EnsembleClassifier
    recent: Rows
    recent_scores: Scores
    fits: npt.NDArray[np.bool_]
    decided: Rows
    decided_scores: Scores


class Refresher:
    """Fits models of one kind on several sets of rows; what was fitted or scored once is not done again."""

    def __init__(
        self,
        ensemble: EnsembleClassifier | None,
        rows: CodedRows,
        known_sessions: Collection[int],
        rules: Callable[[Sequence[str]], FloatMatrix],
        linear: LinearFits,
        options: RefreshOptions,
    ) -> None:
        """Args:
        ensemble: whose networks stay; None for a linear model.
        rows: all coded rows.
        known_sessions: those that the networks were trained on.
        rules: the labels of the codebook's rules for texts, (n, 5 + T).
        linear: of the same rows.
        """
        self.ensemble, self.rows, self._rules = ensemble, rows, rules
        self._linear, self.options = linear, options
        known = np.isin(rows.sessions, list(known_sessions)) & ~rows.decided
        self._unknown = ~np.isin(rows.groups, rows.groups[known]) & ~known
        self._trains = ~superseded(rows)
        self._scored: dict[str, tuple[FloatMatrix, FloatMatrix]] = {}

    def fit(self, allowed: npt.NDArray[np.bool_], whole: Collection[int]) -> Refreshed:
        """Fit the model on some rows.

        Args:
            allowed: (n) whether a row may be used.
            whole: sessions that were coded as a whole; the latest of them that the networks do not know serve
                meta-model, calibration and thresholds.

        Raises: ValueError if a category has no case in the rows that a linear model is fitted on.
        """
        rows = self.rows
        coded = allowed & ~rows.decided
        usable = coded & self._trains & self._unknown & np.isin(rows.sessions, list(whole))
        sessions = np.unique(rows.sessions[usable])[-self.options.recent_sessions :].tolist()
        recent = np.flatnonzero(coded & np.isin(rows.sessions, sessions))
        base = self._forward(coded & self._trains, recent, sessions)
        decided = np.flatnonzero(allowed & rows.decided)
        trains = allowed & self._trains
        if self.ensemble is None:
            return self._of_linear(trains, base, recent, usable[recent], decided)
        return self._of_ensemble(self.ensemble, trains, base, recent, usable[recent], decided)

    def _of_linear(
        self,
        trains: npt.NDArray[np.bool_],
        base: BaseScores,
        recent: Rows,
        fits: npt.NDArray[np.bool_],
        decided: Rows,
    ) -> Refreshed:
        groups = self.rows.groups
        scores = []
        folds = groups % self.options.decision_folds
        for fold in range(self.options.decision_folds if len(decided) else 0):
            held = decided[folds[decided] == fold]
            if len(held):
                model = self._linear.of(trains & ~np.isin(groups, groups[held]))
                scores.append((held, model.score(self.rows.texts_of(held))))
        order = np.argsort(np.concatenate([held for held, _ in scores])) if scores else decided
        of_decided = _joined(*(s for _, s in scores)).take(order) if scores else base.linear.take(decided)
        return Refreshed(self._linear.of(trains), recent, base.linear, fits, decided, of_decided)

    def _of_ensemble(
        self,
        ensemble: EnsembleClassifier,
        trains: npt.NDArray[np.bool_],
        base: BaseScores,
        recent: Rows,
        fits: npt.NDArray[np.bool_],
        decided: Rows,
    ) -> Refreshed:
        rows, weights, cascade = self.rows, ensemble.weights, ensemble.cascade
        limits = None if cascade is None else (cascade.action_threshold, cascade.tag_threshold)
        places = np.flatnonzero(fits)
        if len(places):
            gold = rows.actions[recent[places]], rows.tags[recent[places]]
            fitting = base.take(places)
            weights, cascade = fit_ensemble(fitting, *gold, limits)
        before = cascade_scores(base.without_network(), base.take, weights, cascade)
        if len(places):
            groups = rows.groups[recent[places]]
            crossed = cross_fitted_scores(fitting, *gold, groups, self.options.folds, limits)
            before.action[places], before.tags[places] = crossed.action, crossed.tags
        linear = self._linear.of(trains)
        # Of the decisions, what was said before there were any.
        earlier = trains & ~rows.decided
        if len(recent):
            earlier &= rows.sessions < rows.sessions[recent].max()
        of_decided = self._base(self._linear.of(earlier), decided)
        said = cascade_scores(of_decided.without_network(), of_decided.take, weights, cascade)
        both = np.concatenate([recent, decided])
        corrections, scores = self._corrected(both, _joined(before, said), fits, linear)
        return Refreshed(
            EnsembleClassifier(ensemble.networks, linear, weights, cascade, corrections),
            recent,
            scores.take(np.arange(len(recent))),
            fits,
            decided,
            scores.take(np.arange(len(recent), len(both))),
        )

    def _forward(self, coded: npt.NDArray[np.bool_], recent: Rows, sessions: Sequence[int]) -> BaseScores:
        """Outputs of the base models for the recent rows, of linear models of earlier sessions."""
        if not sessions:
            return self._base(None, recent)
        places = [np.flatnonzero(self.rows.sessions[recent] == session) for session in sessions]
        parts = [
            self._base(self._linear.of(coded & (self.rows.sessions < session)), recent[at])
            for session, at in zip(sessions, places, strict=True)
        ]
        networks = [part.network for part in parts if part.network is not None]
        return BaseScores(
            _joined(*networks) if networks else None,
            _joined(*(part.linear for part in parts)),
            np.concatenate([part.rules for part in parts]),
        ).take(np.argsort(np.concatenate(places)))

    def _base(self, linear: LinearClassifier | None, rows: Rows) -> BaseScores:
        """Outputs of the base models. Args: `linear`; None only where there are no rows."""
        texts = self.rows.texts_of(rows)
        rules = self._rules(texts)
        tags = self.rows.tags.shape[1]
        if linear is None or not texts:
            none = Scores(
                np.zeros((0, 5), np.float32), np.zeros((0, tags), np.float32), np.zeros(0, np.float32)
            )
            return BaseScores(None if self.ensemble is None else none, none, rules)
        of_linear = linear.score(texts)
        if self.ensemble is None:
            return BaseScores(None, of_linear, rules)
        new = [text for text in dict.fromkeys(texts) if text not in self._scored]
        if new:
            found = network_scores(self.ensemble.networks, new, linear.score(new))
            self._scored.update(zip(new, zip(found.action, found.tags, strict=True), strict=True))
        known = [self._scored[text] for text in texts]
        network = Scores(
            np.stack([action for action, _ in known]), np.stack([tags for _, tags in known]), of_linear.known
        )
        return BaseScores(network, of_linear, rules)

    def _corrected(
        self, places: Rows, before: Scores, fits: npt.NDArray[np.bool_], linear: LinearClassifier
    ) -> tuple[Corrections | None, Scores]:
        """Corrections fitted on recent rows and decisions, and the scores of these rows by corrections that
        were fitted without their wordings.

        Args: `places`, of the recent rows and then of the decisions; `before`, their scores; `fits`, which of
            the recent rows count.
        """
        rows, words = self.rows, linear.encoder.word_columns
        corrected = CorrectedRows(
            linear.encoder.encode(rows.texts_of(places)),
            before,
            rows.actions[places],
            rows.tags[places],
            rows.decided[places],
        )
        counts = np.concatenate([fits, np.ones(len(places) - len(fits), dtype=np.bool_)])
        corrections = fit_corrections(corrected.take(np.flatnonzero(counts)), words, self.options)
        if corrections is None:
            return None, before
        action, tags = before.action.copy(), before.tags.copy()
        fold = rows.groups[places] % self.options.decision_folds
        for held_out in np.unique(fold).tolist():
            inside, outside = np.flatnonzero(counts & (fold != held_out)), np.flatnonzero(fold == held_out)
            fitted = fit_corrections(corrected.take(inside), words, self.options)
            if fitted is not None:
                added = fitted.of(corrected.features[outside])
                action[outside] += added[0]
                tags[outside] += added[1]
        return corrections, Scores(action, tags, before.known)


def _joined(*parts: Scores) -> Scores:
    """The scores of all parts, one after the other."""
    return Scores(
        np.concatenate([part.action for part in parts]),
        np.concatenate([part.tags for part in parts]),
        np.concatenate([part.known for part in parts]),
    )
