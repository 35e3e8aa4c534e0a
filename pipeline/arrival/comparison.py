"""How a session differs from those before: predicted categories and tags, corrected for the model's errors,
and wording.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pipeline.arrival.rows import BoolArray, IntArray, LabelledRows, Reference
from pipeline.corpus.splits import text_groups
from pipeline.evaluation.exchangeability import SessionTest, text_features, text_test
from pipeline.evaluation.intervals import Z95, Estimate, holm, wilson
from pipeline.release.statistics.correction import (
    Rates,
    action_rates,
    action_stratum,
    corrected_share,
    tag_rates,
    tag_stratum,
)

SIGNIFICANT = 0.05
"""Differences with a smaller p-value, corrected for how many were looked at, are pointed out."""
_WORD = r"(?u)\b[^\W\d_]{3,}\b"
_WORDS = 12
_LEAST = 5
"""A word in fewer texts of the session is not named."""


@dataclass(frozen=True)
class ShareChange:
    """A label's share of the wordings of the session, beside its share in earlier sessions.

    Attributes:
        label: category ("5") or tag.
        now: share in the session, corrected for the errors that the model made in the reference.
        before: share in the earlier sessions, as coded by people.
        p_value: of no difference, two-sided, corrected for the number of labels (Holm).
    """

    label: str
    now: Estimate
    before: Estimate
    p_value: float

    @property
    def differs(self) -> bool:
        """Whether the difference is more than chance."""
        return self.p_value < SIGNIFICANT

    @property
    def points(self) -> float:
        """The difference in percentage points."""
        return 100 * (self.now.value - self.before.value)


def action_changes(rows: LabelledRows, reference: Reference, earlier: IntArray) -> list[ShareChange]:
    """The five categories.

    Args:
        rows: wordings of the session.
        reference: how the model errs.
        earlier: (m,) coded categories 1..5 of the wordings of earlier sessions.
    """
    rates = action_rates(
        action_stratum(reference.rows.action, reference.rows.confidence),
        reference.action,
        reference.rows.groups,
    )
    stratum = action_stratum(rows.action, rows.confidence)
    now = [_expected(stratum, Rates(rates.share[:, k], rates.weight)) for k in range(5)]
    before = [wilson(int((earlier == k + 1).sum()), len(earlier)) for k in range(5)]
    return _changes([str(k + 1) for k in range(5)], now, before)


def tag_changes(
    rows: LabelledRows, reference: Reference, earlier: BoolArray, labels: Sequence[str]
) -> list[ShareChange]:
    """The tags. Args: `earlier`, (m, T) coded tags of the wordings of earlier sessions; `labels`, T."""
    rates = tag_rates(tag_stratum(reference.rows.scores), reference.tags, reference.rows.groups)
    stratum = tag_stratum(rows.scores)
    now = [_expected(stratum[:, t], rates[t]) for t in range(len(labels))]
    before = [wilson(int(earlier[:, t].sum()), len(earlier)) for t in range(len(labels))]
    return _changes(labels, now, before)


def _expected(stratum: IntArray, rates: Rates) -> Estimate:
    return corrected_share(rates.share[stratum], stratum, rates.share, rates.weight)


def _changes(labels: Sequence[str], now: Sequence[Estimate], before: Sequence[Estimate]) -> list[ShareChange]:
    p_values = holm([_p_value(a, b) for a, b in zip(now, before, strict=True)])
    return [ShareChange(label, a, b, p) for label, a, b, p in zip(labels, now, before, p_values, strict=True)]


def _p_value(a: Estimate, b: Estimate) -> float:
    """Of equal shares, by the standard errors that the widths of both intervals give."""
    if not a.defined or not b.defined:
        return 1.0
    error = math.hypot(a.high - a.low, b.high - b.low) / (2 * Z95)
    return 1.0 if error == 0 else math.erfc(abs(a.value - b.value) / error / math.sqrt(2))


@dataclass(frozen=True)
class WordingComparison:
    """How the texts of a session differ from earlier ones.

    Attributes:
        known: share of its wordings that stand word for word in earlier sessions.
        test: whether a classifier tells them from those of the reference (`SessionTest`).
        scale: the same AUC of earlier sessions, each against the one before it, by session.
        words: in more of its texts than in earlier ones: word, share of its texts, share of earlier texts.
    """

    known: Estimate
    test: SessionTest
    scale: dict[int, float]
    words: list[tuple[str, float, float]]

    @property
    def unusual(self) -> bool:
        """Whether it differs more from the reference than earlier sessions did from the one before, and by
        more than chance.
        """
        p = self.test.p_value
        return bool(
            self.scale
            and not math.isnan(p)
            and p < SIGNIFICANT
            and self.test.auc.low > max(self.scale.values())
        )


@dataclass(frozen=True)
class EarlierTexts:
    """Texts of earlier sessions, (m), with their sessions and States under review."""

    texts: Sequence[str]
    sessions: Sequence[int | None]
    reviewed: Sequence[str | None]


def wording_of(
    rows: LabelledRows,
    earlier: EarlierTexts,
    against: Sequence[int],
    blind: Callable[[str], str],
    *,
    permutations: int,
    seed: int,
    scale_sessions: int = 4,
) -> WordingComparison:
    """Compare the wordings of a session with those of earlier ones.

    Args:
        rows: wordings of the session.
        earlier: all that is known of earlier sessions.
        against: the sessions of the reference, with which the texts are tested for exchangeability.
        blind: masks States in a text.
        permutations, seed: of the test.
        scale_sessions: so many of the latest sessions are compared for scale, each with the one before it.
    """
    places = text_groups([*earlier.texts, *rows.texts])[0]
    m = len(earlier.texts)
    known = np.isin(places[m:], places[:m])
    of = {s: [i for i, t in enumerate(earlier.sessions) if t == s] for s in set(earlier.sessions) if s}
    latest = sorted(of)[-(scale_sessions + 1) :]
    wanted = sorted({*latest, *(s for s in against if s in of)})
    chosen = [i for s in wanted for i in of[s]]
    texts = [blind(earlier.texts[i]) for i in chosen] + [blind(text) for text in rows.texts]
    sessions = np.array([earlier.sessions[i] or 0 for i in chosen] + [-1] * len(rows), dtype=np.int64)
    states = [*(earlier.reviewed[i] for i in chosen), *rows.reviewed]
    pairs = [f"{s} {state}" for s, state in zip(sessions, states, strict=True)]
    reviews = np.unique(pairs, return_inverse=True)[1].reshape(-1).astype(np.int64)
    points = text_features(texts, seed) if len(texts) > 1 else np.zeros((len(texts), 1))

    def tested(later: int, before: Sequence[int], repeated: int) -> SessionTest:
        both = np.isin(sessions, [later, *before])
        return text_test(
            points[both], sessions[both] == later, reviews[both], permutations=repeated, seed=seed
        )

    scale = {later: float(tested(later, [before], 1).auc.value) for before, later in pairwise(latest)}
    return WordingComparison(
        wilson(int(known.sum()), len(rows)),
        tested(-1, [s for s in against if s in of], permutations),
        {session: auc for session, auc in scale.items() if not math.isnan(auc)},
        _words([blind(text) for text in rows.texts], [blind(text) for text in earlier.texts]),
    )


def _words(now: Sequence[str], before: Sequence[str]) -> list[tuple[str, float, float]]:
    """Words that are in more of the texts than before, by the log-odds ratio in standard errors.

    Source: B. Monroe, M. Colaresi, K. Quinn, Fightin' Words (Political Analysis 16, 2008), with half a text
    as the prior of each word.
    """
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

    if not now or not before:
        return []
    counter = CountVectorizer(
        binary=True, stop_words=list(ENGLISH_STOP_WORDS), token_pattern=_WORD, min_df=_LEAST
    )
    try:
        counts = counter.fit_transform([*now, *before])
    except ValueError:
        return []  # No word is in enough texts.
    ours = np.asarray(counts[: len(now)].sum(axis=0)).ravel().astype(np.float64)
    theirs = np.asarray(counts[len(now) :].sum(axis=0)).ravel().astype(np.float64)
    odds = np.log((ours + 0.5) / (len(now) - ours + 0.5)) - np.log(
        (theirs + 0.5) / (len(before) - theirs + 0.5)
    )
    strength = odds / np.sqrt(1 / (ours + 0.5) + 1 / (theirs + 0.5))
    names = counter.get_feature_names_out()
    order = [i for i in np.argsort(-strength, kind="stable") if ours[i] >= _LEAST and strength[i] > Z95]
    return [
        (str(names[i]), float(ours[i] / len(now)), float(theirs[i] / len(before))) for i in order[:_WORDS]
    ]
