"""From predictions to labelled rows: ordered tags, prediction set, and the reasons for review."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.corpus.language import has_broken_words, language_of
from pipeline.corpus.text import normalise
from pipeline.models.bundle import Bundle, Predictions, Reading
from pipeline.models.features import words_of
from pipeline.models.reasons import LabelFacts, Reason, doubts

SHOWN_SCORE = 0.05
"""Tag probabilities above this are published (contract)."""

LANGUAGES = ("en",)
"""Languages that the models label."""

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
    reasons: tuple[Reason, ...]


class Kept(NamedTuple):
    """Predictions that were kept when a model was trained.

    Attributes:
        places: for the rows of a batch that have one, its position among these.
        predictions: all that were kept.
    """

    places: Mapping[int, int]
    predictions: Predictions


def label_texts(
    bundle: Bundle,
    texts: Sequence[str | None],
    languages: Sequence[str | None],
    kept: Kept | None = None,
) -> list[Label]:
    """Label texts, row by row.

    Args:
        bundle: the model.
        texts: cleaned texts (`pipeline.corpus.cleaning`); None, or a text without a letter, gives an
            unlabelled row.
        languages: ISO 639-1 code of each text where its source says so; None has it found out. A text of
            which it cannot be told is labelled, and goes to review.
        kept: predictions that stand for those of the model in some rows.
    """
    told = [given or language_of(text or "") for given, text in zip(languages, texts, strict=True)]
    usable = [
        i
        for i, text in enumerate(texts)
        if text and _LETTER.search(text) and (told[i] or LANGUAGES[0]) in LANGUAGES
    ]
    chosen = [texts[i] or "" for i in usable]
    labels = [_unlabelled(text) for text in texts]
    if chosen:
        own = kept and [(at, kept.places[i]) for at, i in enumerate(usable) if i in kept.places]
        reading = bundle.read(chosen)
        if kept and own:
            rows, places = np.array(own, dtype=np.int64).T
            replaced = reading.predictions.replaced(rows, kept.predictions.take(places))
            reading = replace(reading, predictions=replaced)
        for place, label in zip(usable, _labels(bundle, chosen, reading), strict=True):
            doubts_of_text = _doubts_of_text(texts[place] or "", told[place])
            labels[place] = replace(label, reasons=(*doubts_of_text, *label.reasons))
    return labels


def _doubts_of_text(text: str, language: str | None) -> tuple[Reason, ...]:
    """Why a text may not be what the model takes it for."""
    uncertain = (Reason.LANGUAGE_UNCERTAIN,) if language is None else ()
    return (*uncertain, Reason.BROKEN_WORDS) if has_broken_words(text) else uncertain


def _unlabelled(text: str | None) -> Label:
    if not text or not normalise(text):
        return Label(None, None, (), (), (), (Reason.EMPTY_TEXT,))
    reason = Reason.OTHER_LANGUAGE if _LETTER.search(text) else Reason.NOT_A_RECOMMENDATION
    return Label(None, None, (), (), (), (reason,))


def _labels(bundle: Bundle, texts: Sequence[str], reading: Reading) -> list[Label]:
    predictions = reading.predictions
    names = bundle.taxonomy.labels
    thresholds = bundle.thresholds
    confidence = predictions.confidence.astype(float).tolist()
    accepted = predictions.accepted.tolist()
    actions = predictions.action.tolist()
    by_rules = reading.rule_actions.tolist()
    sets = predictions.action_sets
    ascending = np.sort(predictions.action_probabilities, axis=1)
    margins = (ascending[:, -1] - ascending[:, -2]).tolist()
    known = predictions.known.tolist()
    labels = []
    for i, (scores, tags) in enumerate(zip(predictions.tag_scores, predictions.tags, strict=True)):
        pairs = shown_scores(scores, names)
        predicted = {names[t] for t in np.flatnonzero(tags).tolist()}
        given = tuple(name for name, _ in pairs if name in predicted)
        facts = LabelFacts(
            chars=len(texts[i]),
            words=len(words_of(reading.seen[i][:1000])),
            known=known[i],
            action=actions[i],
            confidence=confidence[i],
            margin=margins[i],
            accepted=accepted[i],
            rule_action=by_rules[i],
            tags={name: score for name, score in pairs if name in given},
        )
        action_set = tuple((np.flatnonzero(sets[i]) + 1).tolist())
        reasons = doubts(facts, thresholds)
        labels.append(Label(actions[i], round(confidence[i], 4), action_set, given, pairs, reasons))
    return labels


def shown_scores(scores: npt.NDArray[np.float32], names: Sequence[str]) -> tuple[tuple[str, float], ...]:
    """Tags with their probabilities above `SHOWN_SCORE`, most probable first.

    Args: `scores`, (T,); `names`, of the tags in the same order.
    """
    shown = np.flatnonzero(scores > SHOWN_SCORE)
    ordered = shown[np.argsort(-scores[shown], kind="stable")]
    return tuple((names[t], round(float(scores[t]), 4)) for t in ordered.tolist())


def label_columns(
    labels: Sequence[Label], bundle: Bundle, unclear: Sequence[bool] | None = None
) -> dict[str, list[Any]]:
    """What a model adds to rows, in the contract's columns; `labelled_at` is the caller's.

    Args:
        labels: of the rows, in order.
        bundle: the model that made them.
        unclear: for each row whether its source could not be read in full, which is a reason for review.
    """
    reasons = [
        # What is wrong with an empty text is named already.
        (*label.reasons, Reason.UNCLEAR_SOURCE_ROW)
        if doubtful and label.reasons != (Reason.EMPTY_TEXT,)
        else label.reasons
        for label, doubtful in zip(labels, unclear or [False] * len(labels), strict=True)
    ]
    return {
        "action": [x.action for x in labels],
        "action_confidence": [x.confidence for x in labels],
        "action_set": [list(x.action_set) for x in labels],
        "issues": [list(x.issues) for x in labels],
        "issue_scores": [dict(x.issue_scores) for x in labels],
        "needs_review": [bool(named) for named in reasons],
        "review_reasons": [[reason.value for reason in named] for named in reasons],
        "label_source": [None if x.action is None else "model" for x in labels],
        "model_version": [bundle.version] * len(labels),
        "taxonomy_version": [bundle.taxonomy.version] * len(labels),
    }
