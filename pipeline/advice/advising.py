"""Advice on one draft: why it is coded as it is, what would make it specific, and what was asked before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.advice.coded import CodedCorpus, CodedText
from pipeline.advice.reasons import WAYS_IN_WORDS, basis_of, why
from pipeline.advice.rewriting import SPECIFIC, Rewrite, proposals
from pipeline.models.bundle import Bundle
from pipeline.models.decision import Label
from pipeline.rules.labeller import RuleOpinion

EXAMPLES = 5
ASKED = 5
_REWRITTEN = (2, 4)
"""Categories that the codebook's "by" makes specific. What is only considered, or asked of others, would have
to be asked for anew, which only the drafter can decide.
"""


@dataclass(frozen=True)
class Support:
    """How often specific recommendations on an issue were supported.

    Attributes:
        issue: the tag.
        supported, answered: rows with the response Supported, and with any response but Pending.
        low, high: of the share, Wilson's interval of 95 %.
    """

    issue: str
    supported: int
    answered: int
    low: float
    high: float

    @property
    def sentence(self) -> str:
        """The same in words."""
        share = self.supported / self.answered
        return (
            f"Of {self.answered:,} specific recommendations on {self.issue} that were answered, {share:.0%} "
            f"were supported (95 % interval {self.low:.0%} to {self.high:.0%})."
        )


@dataclass(frozen=True)
class Advice:
    """Advice on one draft.

    Attributes:
        why: why the draft has its category, in a sentence.
        ways: what would make it specific, in words; empty where it is.
        rewrites: the draft with an act named, tried on model and rules; may be empty.
        examples: specific recommendations on the same issue that were supported, most similar first; they
            name no State.
        support: how often such were supported; None without coded recommendations on the issue.
        asked_before: the most similar recommendations that the State under review got, with its answers.
        limits: what cannot be offered for a draft in another language than English, and why; else empty.
    """

    why: str
    ways: tuple[str, ...]
    rewrites: tuple[Rewrite, ...]
    examples: tuple[CodedText, ...]
    support: Support | None
    asked_before: tuple[CodedText, ...]
    limits: str = ""


_NAMES = {"fr": "French", "es": "Spanish"}


def limits_in_words(language: str) -> str:
    """What cannot be offered for drafts in a language, in sentences."""
    name = _NAMES.get(language, f"in the language '{language}'")
    return (
        f"The draft is {name}: it is labelled by a model of its own, whose accuracy is not certified, so a "
        "person should look at the label. Rewrites, examples and what the State was asked before are offered "
        "for English drafts only, since the coded recommendations are English; English verbs named here "
        f"stand for those of {name}."
    )


def advise(
    bundle: Bundle,
    draft: str,
    label: Label,
    words: Sequence[str],
    opinion: RuleOpinion,
    seen: str,
    corpus: CodedCorpus | None = None,
    state: str | None = None,
    language: str = "en",
) -> Advice | None:
    """Advice on a labelled draft; None where it has no category.

    Args:
        draft: the recommendation, cleaned.
        label: the model's; `words`, that its category depends on.
        opinion: of the rules for `seen`, the draft as the model sees it.
        corpus: coded recommendations, for examples and what was asked before.
        state: the State under review, by the short name that the corpus has.
        language: of the draft. One in another language than English gets neither rewrites nor examples, which
            are English, and `limits` says so.
    """
    if label.action is None:
        return None
    rule_words = [seen[span.start : span.end] for span in opinion.action_spans]
    issue = None if corpus is None else corpus.rarest(label.issues)
    english = language == "en"
    rewrites = proposals(draft, label.issues, bundle) if english and label.action in _REWRITTEN else []
    return Advice(
        why(basis_of(label.action, words, opinion.action, opinion.action_rule, rule_words)),
        () if label.action == SPECIFIC else WAYS_IN_WORDS[label.action],
        tuple(rewrites),
        ()
        if corpus is None or issue is None or not english
        else tuple(corpus.supported_on(issue, draft, EXAMPLES)),
        None if corpus is None or issue is None else _support(corpus, issue),
        () if corpus is None or state is None or not english else tuple(corpus.asked_of(state, draft, ASKED)),
        "" if english else limits_in_words(language),
    )


def _support(corpus: CodedCorpus, issue: str) -> Support | None:
    supported, answered = corpus.answers_on(issue)
    if not answered:
        return None
    from pipeline.evaluation.intervals import (
        wilson,  # loads SciPy's statistics, which nothing else here needs
    )

    share = wilson(supported, answered)
    return Support(issue, supported, answered, round(share.low, 3), round(share.high, 3))
