"""One text, labelled and explained, with advice for who drafts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.advice.advising import Advice, advise
from pipeline.advice.coded import CodedCorpus
from pipeline.advice.reasons import Basis, basis_of
from pipeline.corpus.cleaning import Cleaner
from pipeline.corpus.language import language_of
from pipeline.corpus.text import normalise
from pipeline.errors import SourceError
from pipeline.models.bundle import Bundle
from pipeline.models.decision import Label, label_columns, label_texts
from pipeline.models.evidence import Evidence
from pipeline.models.label_evidence import CATEGORIES, evidence_of
from pipeline.rules.labeller import RuleOpinion
from pipeline.store.languages import models_of_languages
from pipeline.store.vocabularies import load_states


@dataclass(frozen=True)
class Checked:
    """One text, labelled and explained.

    Attributes:
        draft: the recommendation alone, cleaned.
        text: as the model saw it: the recommendation alone, cleaned, States masked.
        label: the prediction of the model.
        columns: the same in the contract's columns.
        rule: labels of the codebook's rules.
        action_evidence: the evidence for the action; empty where there is no action.
        tag_evidence: by predicted tag, the evidence for it.
        advice: for who drafts the text; None where it has no category.
        model_version, taxonomy_version, demo: of the model; `model_origin`, where it is from, in words.
    """

    draft: str
    text: str
    label: Label
    columns: dict[str, Any]
    rule: RuleOpinion
    action_evidence: tuple[Evidence, ...]
    tag_evidence: dict[str, tuple[Evidence, ...]]
    advice: Advice | None
    model_version: str
    model_origin: str
    taxonomy_version: str
    demo: bool

    def as_json(self) -> dict[str, Any]:
        """All of it as values of JSON, for programs."""
        return {
            "text_as_seen": self.text,
            **self.columns,
            "model_origin": self.model_origin,
            "action_evidence": self.words(self.action_evidence),
            "issue_evidence": {name: self.words(found) for name, found in self.tag_evidence.items()},
            "rule_action": self.rule.action,
            "rule": self.rule.action_rule,
            "rule_issues": list(self.rule.tags),
            "advice": None if self.advice is None else asdict(self.advice),
        }

    def basis(self) -> Basis | None:
        """What the category rests on; None where there is none."""
        if self.label.action is None:
            return None
        spans = self.rule.action_spans
        return basis_of(
            self.label.action,
            self.words(self.action_evidence),
            self.rule.action,
            self.rule.action_rule,
            [self.text[span.start : span.end] for span in spans],
        )

    def words(self, evidence: Sequence[Evidence]) -> list[str]:
        """The parts of the text that the evidence consists of."""
        return _words(self.text, evidence)


def _words(text: str, evidence: Sequence[Evidence]) -> list[str]:
    return [text[e.span.start : e.span.end] for e in evidence]


def state_named(spelling: str) -> str:
    """The short name of a State, as the corpus has it. Raises: SourceError, with the nearest name."""
    states = load_states()
    found = states.find(spelling)
    if found is None:
        nearest = states.nearest(spelling)
        hint = f" Did you mean '{nearest}'?" if nearest else ""
        todo = f"Use a name of configs/states.csv.{hint}"
        raise SourceError("state", f"'{spelling[:60]}' is no State.", todo)
    return found.name


def explained(
    bundle: Bundle,
    origin: str,
    text: str,
    corpus: CodedCorpus | None = None,
    state: str | None = None,
    others: Sequence[str] = (),
) -> Checked:
    """Label and explain one text, and advise who drafts it.

    Args:
        bundle: the model; `origin`, where it is from.
        corpus: coded recommendations, for examples.
        state: the State under review, any spelling, to look for what it was asked before.
        others: languages beside English to label. The advice on their texts says what it cannot offer.

    Raises: SourceError if the text has no letter or digit, or there is no such State.
    """
    if not normalise(text):
        raise SourceError(
            "TEXT", "there is no letter or digit in it.", "Give the wording of a recommendation."
        )
    name = None if state is None else state_named(state)
    wording = Cleaner(load_states()).clean(text).text
    model_of = models_of_languages(others, bundle.taxonomy.version)
    label = label_texts(bundle, [wording], [None], model_of=model_of)[0]
    language = "en" if label.model is None else language_of(wording) or "en"
    bundle = model_of(language) or bundle
    seen = bundle.seen(wording)
    opinion = bundle.rules.label([seen])[0]
    found = {} if label.action is None else evidence_of(bundle, seen, label.action, label.issues, opinion)
    evidence = found.get((label.action or 0) - 1, ())
    return Checked(
        wording,
        seen,
        label,
        {column: values[0] for column, values in label_columns([label], bundle).items()},
        opinion,
        evidence,
        {tag: found[CATEGORIES + bundle.taxonomy.index[tag]] for tag in label.issues},
        advise(bundle, wording, label, _words(seen, evidence), opinion, seen, corpus, name, language),
        bundle.version,
        origin,
        bundle.taxonomy.version,
        bundle.demo,
    )
