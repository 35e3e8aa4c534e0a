"""From predictions to labelled rows: ordered tags, prediction set, and the reasons for review."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.corpus.text import normalise
from pipeline.models.bundle import Bundle
from pipeline.models.features import words_of

SHOWN_SCORE = 0.05
"""Tag probabilities above this are published (contract)."""

LANGUAGES = ("en",)
"""Languages that the models label."""

EMPTY = "empty text"
OTHER_LANGUAGE = "other language"
TOO_SHORT = "too short"
TOO_LONG = "too long"
UNSEEN_WORDING = "unseen wording"
WEAK_ACTION = "weak action"
CLOSE_ACTIONS = "close actions"
DISAGREE = "model and rules disagree"
NO_TAG = "no tag"
RARE_TAG = "rare tag uncertain"
NOT_A_RECOMMENDATION = "not a recommendation"
UNCLEAR_ROW = "unclear source row"
REASONS = (
    EMPTY,
    OTHER_LANGUAGE,
    TOO_SHORT,
    TOO_LONG,
    UNSEEN_WORDING,
    NOT_A_RECOMMENDATION,
    WEAK_ACTION,
    CLOSE_ACTIONS,
    DISAGREE,
    NO_TAG,
    RARE_TAG,
    UNCLEAR_ROW,
)
"""Every reason for review, in the order in which a row names them."""


_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Label:
    """The prediction for one text, in the contract's columns.

    Attributes:
        action: 1..5, None where the text cannot be labelled.
        confidence: calibrated probability of the action.
        action_set: the prediction set, ascending.
        issues: predicted tags, most probable first.
        issue_scores: probability of each tag above `SHOWN_SCORE`, most probable first.
        reasons: reasons for review; empty for a label that needs none.
    """

    action: int | None
    confidence: float | None
    action_set: tuple[int, ...]
    issues: tuple[str, ...]
    issue_scores: tuple[tuple[str, float], ...]
    reasons: tuple[str, ...]


def label_texts(bundle: Bundle, texts: Sequence[str | None], languages: Sequence[str | None]) -> list[Label]:
    """Label texts, row by row.

    Args:
        bundle: the model.
        texts: raw texts; None, or a text without a letter, gives an unlabelled row.
        languages: ISO 639-1 code of each text, None for English.
    """
    usable = [
        i
        for i, text in enumerate(texts)
        if text and _LETTER.search(text) and (languages[i] or "en") in LANGUAGES
    ]
    chosen = [texts[i] or "" for i in usable]
    labels = [_unlabelled(text) for text in texts]
    if chosen:
        for place, label in zip(usable, _labels(bundle, chosen), strict=True):
            labels[place] = label
    return labels


def _unlabelled(text: str | None) -> Label:
    if not text or not normalise(text):
        return Label(None, None, (), (), (), (EMPTY,))
    reason = OTHER_LANGUAGE if _LETTER.search(text) else NOT_A_RECOMMENDATION
    return Label(None, None, (), (), (), (reason,))


def _labels(bundle: Bundle, texts: Sequence[str]) -> list[Label]:
    reading = bundle.read(texts)
    predictions = reading.predictions
    names = bundle.taxonomy.labels
    thresholds = bundle.thresholds
    confidence = predictions.confidence.astype(float).tolist()
    accepted = predictions.accepted.tolist()
    actions = predictions.action.tolist()
    by_rules = reading.rule_actions.tolist()
    sets = predictions.action_sets
    margins = np.sort(predictions.action_probabilities, axis=1)
    close = (margins[:, -1] - margins[:, -2] < thresholds.close).tolist()
    known = predictions.known.tolist()
    rare = frozenset(thresholds.rare_tags)
    labels = []
    for i, (scores, tags) in enumerate(zip(predictions.tag_scores, predictions.tags, strict=True)):
        shown = np.flatnonzero(scores > SHOWN_SCORE)
        ordered = shown[np.argsort(-scores[shown], kind="stable")]
        pairs = tuple((names[t], round(float(scores[t]), 4)) for t in ordered.tolist())
        given = tuple(names[t] for t in ordered.tolist() if tags[t])
        words = len(words_of(reading.seen[i][:1000]))
        checks = (
            (TOO_SHORT, words < thresholds.min_words),
            (TOO_LONG, len(texts[i]) > thresholds.max_chars),
            (UNSEEN_WORDING, known[i] < thresholds.known),
            (NOT_A_RECOMMENDATION, by_rules[i] == 0 and not accepted[i] and not given),
            (WEAK_ACTION, not accepted[i]),
            (CLOSE_ACTIONS, close[i]),
            (DISAGREE, by_rules[i] not in (0, actions[i]) and confidence[i] < thresholds.disagree),
            (NO_TAG, not given),
            (
                RARE_TAG,
                any(name in rare and name in given and score < thresholds.rare_tag for name, score in pairs),
            ),
        )
        reasons = tuple(reason for reason, holds in checks if holds)
        action_set = tuple((np.flatnonzero(sets[i]) + 1).tolist())
        labels.append(Label(actions[i], round(confidence[i], 4), action_set, given, pairs, reasons))
    return labels
