"""From predictions to labelled rows: ordered tags, prediction set, and the reasons for review."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.corpus.language import has_broken_words, has_lost_letters, language_of
from pipeline.corpus.text import normalise
from pipeline.models.bundle import Bundle, Predictions, Reading
from pipeline.models.features import words_of
from pipeline.models.reasons import LabelFacts, Reason, doubts

SHOWN_SCORE = 0.05
"""Tag probabilities above this are published (contract)."""

LANGUAGES = ("en",)
"""Languages of the coded rows, which a model labels itself."""

OTHERS = ("fr", "es")
"""Languages that may have a model of their own, fitted on translations."""

ModelOf = Callable[[str], "Bundle | None"]
"""From the language of a text to the model that labels it, None where there is none."""


def no_other(language: str) -> Bundle | None:  # noqa: ARG001
    """No language has a model of its own."""
    return None


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
        model: version of the model, where it is that of another language; None for the model that was asked.
    """

    action: int | None
    confidence: float | None
    action_set: tuple[int, ...]
    issues: tuple[str, ...]
    issue_scores: tuple[tuple[str, float], ...]
    reasons: tuple[Reason, ...]
    model: str | None = None


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
    model_of: ModelOf = no_other,
) -> list[Label]:
    """Label texts, row by row.

    Args:
        bundle: the model.
        texts: cleaned texts (`pipeline.corpus.cleaning`); None, or a text without a letter, gives an
            unlabelled row.
        languages: ISO 639-1 code of each text where its source says so; None has it found out. A text of
            which it cannot be told is labelled, and goes to review.
        kept: predictions that stand for those of the model in some rows.
        model_of: gives the models of other languages; asked only where such a text comes. Their labels all go
            to review.
    """
    found = [_found_out(text, given) for text, given in zip(texts, languages, strict=True)]
    labels = [_unlabelled(text) for text in texts]
    rows: dict[str, list[int]] = {}
    for i, text in enumerate(texts):
        if text and _LETTER.search(text):
            rows.setdefault(found[i].language or LANGUAGES[0], []).append(i)
    for language, places in rows.items():
        own = language in LANGUAGES
        model = bundle if own else model_of(language)
        if model is None:
            continue
        version = None if own else model.version
        labelled = _label_rows(model, [texts[i] or "" for i in places], places, kept if own else None)
        for place, label in zip(places, labelled, strict=True):
            reasons = (*_doubts_of_text(texts[place] or "", found[place], own), *label.reasons)
            labels[place] = replace(label, reasons=reasons, model=version)
    return labels


class _Found(NamedTuple):
    """The language of a text, and whether it may be another."""

    language: str | None
    uncertain: bool


def _found_out(text: str | None, given: str | None) -> _Found:
    """A source's word counts, but is doubted where it calls a French or Spanish text something else, or
    another text French or Spanish.
    """
    seen = language_of(text or "")
    foreign = seen != given and seen is not None and bool({seen, given} & set(OTHERS))
    return _Found(given or seen, seen is None if given is None else foreign)


def _label_rows(
    bundle: Bundle, chosen: Sequence[str], places: Sequence[int], kept: Kept | None
) -> list[Label]:
    """Labels of texts that one model labels. Args: `places`, where each stands among all rows, for `kept`."""
    reading = bundle.read(chosen)
    own = kept and [(at, kept.places[i]) for at, i in enumerate(places) if i in kept.places]
    if kept and own:
        rows, positions = np.array(own, dtype=np.int64).T
        replaced = reading.predictions.replaced(rows, kept.predictions.take(positions))
        reading = replace(reading, predictions=replaced)
    return _labels(bundle, chosen, reading)


def _doubts_of_text(text: str, found: _Found, own: bool) -> tuple[Reason, ...]:
    """Why a text may not be what the model takes it for. Args: `own`, whether it is of the coded language."""
    uncertain = (Reason.LANGUAGE_UNCERTAIN,) if found.uncertain else ()
    if not own:
        broken = (Reason.BROKEN_WORDS,) if has_lost_letters(text) else ()
        return (*uncertain, Reason.LANGUAGE_NOT_CERTIFIED, *broken)
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
        "model_version": [x.model or bundle.version for x in labels],
        "taxonomy_version": [bundle.taxonomy.version] * len(labels),
    }
