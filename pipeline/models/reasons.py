"""Why a person should look at a label: a code for each reason, and a pure function for each doubt of a model.

The codes are what is stored and exported (`review_reasons`); what people read stands in the strings file of
their language, under `reason`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from pipeline.models.confidence import Thresholds


class Reason(StrEnum):
    """Every reason for review, in the order in which a row names them. Values are stored and never change."""

    EMPTY_TEXT = "empty-text"
    OTHER_LANGUAGE = "other-language"
    LANGUAGE_UNCERTAIN = "language-uncertain"
    LANGUAGE_NOT_CERTIFIED = "language-not-certified"
    BROKEN_WORDS = "broken-words"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    UNSEEN_WORDING = "unseen-wording"
    NOT_A_RECOMMENDATION = "not-a-recommendation"
    WEAK_ACTION = "weak-action"
    CLOSE_ACTIONS = "close-actions"
    MODEL_AND_RULES_DISAGREE = "model-and-rules-disagree"
    NO_TAG = "no-tag"
    RARE_TAG_UNCERTAIN = "rare-tag-uncertain"
    LANGUAGES_DISAGREE = "languages-disagree"
    UNCLEAR_SOURCE_ROW = "unclear-source-row"
    AUDIT_SAMPLE = "audit-sample"
    SECOND_READING_OPEN = "second-reading-open"
    PASSED_ON = "passed-on"
    TO_BE_CODED_BY_HAND = "to-be-coded-by-hand"


def reason_code(stored: str) -> str:
    """The code of a stored reason.

    Tables and databases from before there were codes hold words instead; what is no reason of this project (a
    sentence about a suspected error) stays as it is.

    >>> reason_code("weak action"), reason_code("weak-action"), reason_code("coded 4, 5 elsewhere")
    ('weak-action', 'weak-action', 'coded 4, 5 elsewhere')
    """
    code = stored.replace(" ", "-")
    return code if code in set(Reason) else stored


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """What is known of a labelled text when its label is doubted.

    Attributes:
        chars: length of the text as it was given.
        words: of the text as the model saw it.
        known: share of its words that occur in the training texts, 0 to 1.
        action: most probable category, 1..5.
        confidence: its probability.
        margin: by how much the second category is less probable.
        accepted: whether the action is confident enough to be published without review.
        rule_action: category by the codebook's rules, 0 where no rule applies.
        tags: predicted tags with their probabilities.
    """

    chars: int
    words: int
    known: float
    action: int
    confidence: float
    margin: float
    accepted: bool
    rule_action: int
    tags: Mapping[str, float]


Doubt = Callable[[LabelFacts, Thresholds], bool]


def too_short(facts: LabelFacts, thresholds: Thresholds) -> bool:
    """The text has few words."""
    return facts.words < thresholds.min_words


def too_long(facts: LabelFacts, thresholds: Thresholds) -> bool:
    """The end of the text was not read."""
    return facts.chars > thresholds.max_chars


def unseen_wording(facts: LabelFacts, thresholds: Thresholds) -> bool:
    """Many words of the text do not occur in the training texts."""
    return facts.known < thresholds.known


def not_a_recommendation(facts: LabelFacts, thresholds: Thresholds) -> bool:  # noqa: ARG001
    """Neither rules nor model find an action, and there is no tag."""
    return facts.rule_action == 0 and not facts.accepted and not facts.tags


def weak_action(facts: LabelFacts, thresholds: Thresholds) -> bool:  # noqa: ARG001
    """The action is not probable enough."""
    return not facts.accepted


def close_actions(facts: LabelFacts, thresholds: Thresholds) -> bool:
    """Two actions are nearly as probable."""
    # In 32 bits, as probabilities are: the threshold's own rounding must not decide.
    return facts.margin < float(np.float32(thresholds.close))


def model_and_rules_disagree(facts: LabelFacts, thresholds: Thresholds) -> bool:
    """The codebook's rules give another action, and the model is not very confident of its own."""
    return facts.rule_action not in (0, facts.action) and facts.confidence < thresholds.disagree


def no_tag(facts: LabelFacts, thresholds: Thresholds) -> bool:  # noqa: ARG001
    """No tag was predicted."""
    return not facts.tags


def rare_tag_uncertain(facts: LabelFacts, thresholds: Thresholds) -> bool:
    """A tag with few cases in training was predicted, and is not very probable."""
    return any(
        score < thresholds.rare_tag and name in thresholds.rare_tags for name, score in facts.tags.items()
    )


DOUBTS: Mapping[Reason, Doubt] = {
    Reason.TOO_SHORT: too_short,
    Reason.TOO_LONG: too_long,
    Reason.UNSEEN_WORDING: unseen_wording,
    Reason.NOT_A_RECOMMENDATION: not_a_recommendation,
    Reason.WEAK_ACTION: weak_action,
    Reason.CLOSE_ACTIONS: close_actions,
    Reason.MODEL_AND_RULES_DISAGREE: model_and_rules_disagree,
    Reason.NO_TAG: no_tag,
    Reason.RARE_TAG_UNCERTAIN: rare_tag_uncertain,
}
"""The doubts about a model's label, each with the reason that it gives."""


def doubts(facts: LabelFacts, thresholds: Thresholds) -> tuple[Reason, ...]:
    """The reasons for review of a labelled text, in the order of `Reason`."""
    return tuple(reason for reason, holds in DOUBTS.items() if holds(facts, thresholds))
