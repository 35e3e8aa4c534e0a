"""Which figures of a model are computed: by part, for all and for unseen rows, and by slice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.corpus.coded import Corpus
from pipeline.corpus.splits import Split
from pipeline.corpus.states import States
from pipeline.evaluation.metrics import (
    Evaluation,
    acceptance,
    by_value,
    evaluation_document,
    measure,
    set_quality,
    slice_quality,
    to_plain,
)
from pipeline.evaluation.metrics.quality import Quality
from pipeline.evaluation.metrics.slices import Slices
from pipeline.models.bundle import Predictions
from pipeline.models.features import words_of

Rows = npt.NDArray[np.int64]
_LENGTHS = ((10, "up to 10 words"), (20, "11 to 20 words"), (40, "21 to 40 words"), (10**9, "over 40 words"))
_FREQUENCIES = (
    (200, "up to 200 cases"),
    (500, "201 to 500 cases"),
    (1000, "501 to 1000 cases"),
    (2000, "1001 to 2000 cases"),
    (10**9, "over 2000 cases"),
)
_UNTAGGED = 10**9 + 1
_STATES = ((1, "1 State"), (10**9, "2 States or more"))


@dataclass(frozen=True)
class Assessor:
    """Measures predictions for a corpus.

    Attributes:
        corpus: gold labels and splits.
        states: for the slices by regional group.
        samples: bootstrap resamples.
        seed: of the bootstrap.
        bins: of the calibration errors.
    """

    corpus: Corpus
    states: States
    samples: int
    seed: int
    bins: int

    def tune_document(self, model: Mapping[str, Any], session: tuple[Split, Predictions]) -> dict[str, Any]:
        """The figures by which a model may be chosen: those of the tuning part alone."""
        split, predictions = session
        rows = split.rows("tune")
        tuned = predictions.take(rows)
        return evaluation_document(
            model,
            {"session": {"tune": self._all_and_unseen(split, tuned, rows)}},
            slices={"tune": self._slices(tuned, rows)},
            sets={"tune": self._sets(tuned, rows)},
            acceptance={"tune": self._acceptance(tuned, rows)},
            headline=("session", "tune", "unseen"),
        )

    def test_document(
        self, model: Mapping[str, Any], predictions: Mapping[str, tuple[Split, Predictions]]
    ) -> dict[str, Any]:
        """The figures that are only reported: of the test part, of pledges, and of the random split.

        Pledges of the training sessions and of later ones are measured separately.
        """
        split, session = predictions["session"]
        test, pledges = split.rows("test"), split.rows("pledges")
        tested = session.take(test)
        random_split, random = predictions["random"]
        random_test = random_split.rows("test")
        sessions = np.array([s or 0 for s in self.corpus.sessions])
        last_trained = max((s for s in sessions[split.rows("train")].tolist()), default=0)
        early, late = pledges[sessions[pledges] <= last_trained], pledges[sessions[pledges] > last_trained]
        parts = {"test": self._all_and_unseen(split, tested, test)}
        if len(pledges):
            parts["pledges"] = {
                name: self._measure(session.take(rows), rows)
                for name, rows in (
                    ("all", pledges),
                    ("of_training_sessions", early),
                    ("of_later_sessions", late),
                )
                if len(rows)
            }
        return evaluation_document(
            model,
            {
                "session": parts,
                "random": {"test": self._all_and_unseen(random_split, random.take(random_test), random_test)},
            },
            slices={"test": self._slices(tested, test)},
            sets={"test": self._sets(tested, test)},
            acceptance={"test": self._acceptance(tested, test)},
        )

    def champion_document(self, tested: Predictions) -> dict[str, Any]:
        """The main figures of the model in use on the test part.

        Args: `tested`, its predictions of the test rows, in order, by parts not fitted on them.
        """
        split = self.corpus.splits["session"]
        rows = split.rows("test")
        found = {
            "quality": self._all_and_unseen(split, tested, rows),
            "slices": self._slices(tested, rows),
            "sets": self._sets(tested, rows),
            "acceptance": self._acceptance(tested, rows),
        }
        plain: dict[str, Any] = to_plain(found)
        return plain

    def out_of_fold_slices(self, out_of_fold: Predictions, session: Predictions) -> dict[str, Slices]:
        """Figures by slice of the training and tuning rows; no row is predicted by a model trained on it.

        Args:
            out_of_fold: predictions of the training rows, in their order.
            session: predictions of the whole corpus, of which the tuning rows are used.
        """
        split = self.corpus.splits["session"]
        train, tune = split.rows("train"), split.rows("tune")
        return self._slices(out_of_fold.followed_by(session.take(tune)), np.concatenate([train, tune]))

    def evaluation_of(self, predictions: Predictions, rows: Rows) -> Evaluation:
        """Gold labels and predictions of some rows. Args: `predictions`, of these rows, in this order."""
        return Evaluation(
            gold_action=self.corpus.actions[rows],
            action=predictions.action,
            action_probabilities=predictions.action_probabilities.astype(np.float64),
            gold_tags=self.corpus.tags[rows],
            tags=predictions.tags,
            tag_scores=predictions.tag_scores.astype(np.float64),
            groups=self.corpus.splits["session"].groups[rows],
            tag_labels=self.corpus.taxonomy.labels,
        )

    def measure(self, evaluation: Evaluation) -> Quality:
        """All figures, with bootstrap intervals."""
        return measure(evaluation, samples=self.samples, seed=self.seed, bins=self.bins)

    # Below, `predictions` are of these rows, in this order.

    def _measure(self, predictions: Predictions, rows: Rows) -> Quality:
        return self.measure(self.evaluation_of(predictions, rows))

    def _all_and_unseen(self, split: Split, predictions: Predictions, rows: Rows) -> dict[str, Quality]:
        places = np.arange(len(rows))
        chosen = {"all": places, "unseen": places[~split.seen[rows]]}
        return {name: self._measure(predictions.take(at), rows[at]) for name, at in chosen.items() if len(at)}

    def _sets(self, predictions: Predictions, rows: Rows) -> Any:
        groups = self.corpus.splits["session"].groups[rows]
        return set_quality(
            self.corpus.actions[rows], predictions.action_sets, groups, samples=self.samples, seed=self.seed
        )

    def _acceptance(self, predictions: Predictions, rows: Rows) -> Any:
        return acceptance(self.corpus.actions[rows], predictions.action, predictions.accepted)

    def _slices(self, predictions: Predictions, rows: Rows) -> dict[str, Slices]:
        evaluation = self.evaluation_of(predictions, rows)
        columns = {name: by_value(values) for name, values in self._slice_values(rows).items()}
        columns["recommending_region"] = self._recommending_regions(rows)
        return {
            name: slice_quality(evaluation, masks, samples=self.samples, seed=self.seed, bins=self.bins)
            for name, masks in columns.items()
        }

    def _slice_values(self, rows: Rows) -> dict[str, list[str | int | None]]:
        table = self.corpus.table.select(["state_under_review", "cycle", "session", "response"]).take(rows)
        reviewed = [
            self.states.find(name) if name else None for name in table["state_under_review"].to_pylist()
        ]
        lengths = [len(words_of(self.corpus.texts[i])) for i in rows]
        return {
            "session": table["session"].to_pylist(),
            "cycle": table["cycle"].to_pylist(),
            "reviewed_region": [state.region if state else None for state in reviewed],
            "response": table["response"].to_pylist(),
            "length": [_named(n, _LENGTHS) for n in lengths],
            "tag_frequency": self._tag_frequencies(rows),
            "recommending_states": self._state_numbers(rows),
        }

    def _tag_frequencies(self, rows: Rows) -> list[str | int | None]:
        """For each row, how often its rarest tag occurs in the training rows; None for a row without tags."""
        trained = self.corpus.tags[self.corpus.splits["session"].rows("train")].sum(axis=0)
        rarest = np.where(self.corpus.tags[rows], trained, _UNTAGGED).min(axis=1).tolist()
        return [None if n == _UNTAGGED else _named(n, _FREQUENCIES) for n in rarest]

    def _state_numbers(self, rows: Rows) -> list[str | int | None]:
        """How many States made the recommendation of each row.

        Rows with the same wording in the same review are one recommendation.
        """
        table = self.corpus.table
        by_wording: dict[str, set[str]] = {}
        wordings = table["rec_id"].to_pylist()
        for wording, names in zip(wordings, table["recommending_states"].to_pylist(), strict=True):
            by_wording.setdefault(wording, set()).update(names or ())
        numbers = [len(by_wording[wordings[i]]) for i in rows]
        return [_named(n, _STATES) if n else None for n in numbers]

    def _recommending_regions(self, rows: Rows) -> dict[str, npt.NDArray[np.bool_]]:
        """Masks by region; a recommendation of several States may be in several regions."""
        names = self.corpus.table["recommending_states"].take(rows).to_pylist()
        regions = [{s.region for s in (self.states.find(n) for n in row or ()) if s} for row in names]
        present = sorted(set().union(*regions)) if regions else []
        masks = {region: np.array([region in r for r in regions], dtype=np.bool_) for region in present}
        if not all(regions):
            masks["unknown"] = np.array([not r for r in regions], dtype=np.bool_)
        return masks


def _named(number: int, steps: tuple[tuple[int, str], ...]) -> str:
    return next(name for limit, name in steps if number <= limit)


_FLAT = (
    ("tune", "session", "tune", "all"),
    ("tune_unseen", "session", "tune", "unseen"),
    ("test", "session", "test", "all"),
    ("test_unseen", "session", "test", "unseen"),
    ("random", "random", "test", "all"),
)
_FIGURES = {
    "action": ("accuracy", "macro_f1", "kappa", "calibration_error"),
    "tags": ("micro_f1", "macro_f1", "subset_accuracy", "calibration_error"),
}


def flat_metrics(tune: Mapping[str, Any], test: Mapping[str, Any]) -> dict[str, float | None]:
    """The main figures by flat names ("test_unseen.action.accuracy"), for `dvc metrics` and MLflow."""
    flat: dict[str, float | None] = {}
    for name, split, part, rows in _FLAT:
        document = tune if part == "tune" else test
        quality = document["splits"].get(split, {}).get(part, {}).get(rows)
        if quality is None:
            continue
        for task, figures in _FIGURES.items():
            for figure in figures:
                flat[f"{name}.{task}.{figure}"] = quality[task][figure]["value"]
    return flat
