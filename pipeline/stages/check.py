"""Stage `check`: one text, its labels, and the evidence for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.corpus.cleaning import Cleaner
from pipeline.corpus.text import normalise
from pipeline.errors import SourceError
from pipeline.models.bundle import Bundle
from pipeline.models.decision import Label, label_columns, label_texts
from pipeline.models.evidence import Evidence
from pipeline.models.label_evidence import CATEGORIES, evidence_of
from pipeline.registry.choosing import choose_model
from pipeline.registry.versions import CHAMPION
from pipeline.rules.labeller import RuleOpinion
from pipeline.settings import Settings
from pipeline.store.models import load_bundle
from pipeline.store.vocabularies import load_states


@dataclass(frozen=True)
class Checked:
    """One text, labelled and explained.

    Attributes:
        text: as the model saw it: the recommendation alone, cleaned, States masked.
        label: the prediction of the model.
        columns: the same in the contract's columns.
        rule: labels of the codebook's rules.
        action_evidence: the evidence for the action; empty where there is no action.
        tag_evidence: by predicted tag, the evidence for it.
        model_version, taxonomy_version, demo: of the model; `model_origin`, where it is from, in words.
    """

    text: str
    label: Label
    columns: dict[str, Any]
    rule: RuleOpinion
    action_evidence: tuple[Evidence, ...]
    tag_evidence: dict[str, tuple[Evidence, ...]]
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
        }

    def words(self, evidence: Sequence[Evidence]) -> list[str]:
        """The parts of the text that the evidence consists of."""
        return [self.text[e.span.start : e.span.end] for e in evidence]


def run(text: str, settings: Settings, *, model: str = CHAMPION) -> Checked:
    """Label and explain one text.

    Raises: SourceError if the text has no letter or digit; ModelError; SettingsError if the registry cannot
        be reached.
    """
    choice = choose_model(model, settings)
    return explained(load_bundle(choice.folder), choice.origin, text)


def explained(bundle: Bundle, origin: str, text: str) -> Checked:
    """The same by a model that is loaded; `origin`, where it is from. Raises: SourceError."""
    if not normalise(text):
        raise SourceError(
            "TEXT", "there is no letter or digit in it.", "Give the wording of a recommendation."
        )
    wording = Cleaner(load_states()).clean(text).text
    label = label_texts(bundle, [wording], [None])[0]
    seen = bundle.seen(wording)
    opinion = bundle.rules.label([seen])[0]
    found = {} if label.action is None else evidence_of(bundle, seen, label.action, label.issues, opinion)
    return Checked(
        seen,
        label,
        {name: values[0] for name, values in label_columns([label], bundle).items()},
        opinion,
        found.get((label.action or 0) - 1, ()),
        {name: found[CATEGORIES + bundle.taxonomy.index[name]] for name in label.issues},
        bundle.version,
        origin,
        bundle.taxonomy.version,
        bundle.demo,
    )
