"""Suspected label errors with reasons that people can check, as rows that the review desk can import."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from pipeline.corpus.schema import LABELLED
from pipeline.corpus.taxonomy import ACTIONS, Taxonomy
from pipeline.corpus.text import Span
from pipeline.evaluation.suspected.finding import (
    ScoredRows,
    Suspicion,
    Usual,
    ranked,
    suspect_actions,
    suspect_tags,
)
from pipeline.models.bundle import Predictions
from pipeline.models.decision import shown_scores
from pipeline.rules.labeller import RuleLabeller, RuleOpinion

ELSEWHERE = "coded differently elsewhere"

EXTRA_COLUMNS = (
    pa.field("coded_action", pa.int64()),
    pa.field("coded_issues", pa.list_(pa.string())),
    pa.field("rules_action", pa.int64()),
    pa.field("rules_issues", pa.list_(pa.string())),
    pa.field("witnesses", pa.int64()),
    pa.field("coded_probability", pa.float64()),
)
"""Columns beside those of the contract: codes of the coders and of the rules; how many of three witnesses
(model, rules, equal texts) contradict the most suspicious code; and the model's probability of that code.
"""

SCHEMA = pa.schema([*LABELLED, *EXTRA_COLUMNS])


@dataclass(frozen=True)
class Suspect:
    """A coded row with suspected errors.

    Attributes:
        row: its position among the coded rows.
        suspicions: its suspected codes, most suspicious first; one or more.
        reasons: one for each suspicion and witness, in words.
        opinion: labels of the codebook's rules.
    """

    row: int
    suspicions: tuple[Suspicion, ...]
    reasons: tuple[str, ...]
    opinion: RuleOpinion

    @property
    def witnesses(self) -> int:
        """How many witnesses contradict the most suspicious code, 1 to 3."""
        return self.suspicions[0].witnesses

    def action(self, coded: int, least: int = 1) -> int:
        """The category if suspicions with at least `least` witnesses are right."""
        return next((s.suggested for s in self.suspicions if s.tag is None and s.witnesses >= least), coded)

    def issues(self, coded: Sequence[str], taxonomy: Taxonomy, least: int = 1) -> list[str]:
        """The tags if suspicions with at least `least` witnesses are right, in the order of the taxonomy."""
        changed = {
            taxonomy.labels[s.tag] for s in self.suspicions if s.tag is not None and s.witnesses >= least
        }
        wanted = set(coded) ^ changed
        return [label for label in taxonomy.labels if label in wanted]


def suspects(
    coded: ScoredRows, usually: Usual, texts: Sequence[str], rules: RuleLabeller, taxonomy: Taxonomy
) -> list[Suspect]:
    """The rows with a suspected code, most suspicious first.

    Args:
        coded: codes with out-of-fold probabilities.
        usually: the class thresholds, from predictions of the same models.
        texts: (n) raw texts.
        rules: the codebook's rules, as a further witness.
        taxonomy: of the tags.
    """
    by_row: dict[int, list[Suspicion]] = defaultdict(list)
    for found in (*suspect_actions(coded, usually).values(), *suspect_tags(coded, usually)):
        by_row[found.row].append(found)
    rows = list(by_row)
    made = []
    for row, opinion in zip(rows, rules.label([texts[row] for row in rows]), strict=True):
        suspicions = ranked([_with_rules(s, opinion, taxonomy) for s in by_row[row]])
        reasons = [reason for s in suspicions for reason in _reasons(s, opinion, texts[row], taxonomy)]
        made.append(Suspect(row, tuple(suspicions), tuple(reasons), opinion))
    place = {s.row: i for i, s in enumerate(ranked([m.suspicions[0] for m in made]))}
    return sorted(made, key=lambda m: place[m.row])


def _with_rules(suspicion: Suspicion, opinion: RuleOpinion, taxonomy: Taxonomy) -> Suspicion:
    """The suspicion with the rules' opinion. That they find no word for a tag is no evidence against it."""
    if suspicion.tag is None:
        return replace(suspicion, by_rules=opinion.action == suspicion.suggested)
    return replace(
        suspicion, by_rules=bool(suspicion.suggested) and taxonomy.labels[suspicion.tag] in opinion.tags
    )


def _reasons(s: Suspicion, opinion: RuleOpinion, text: str, taxonomy: Taxonomy) -> list[str]:
    reasons = (
        _action_reasons(s, opinion, text)
        if s.tag is None
        else _tag_reasons(s, opinion, text, taxonomy.labels[s.tag])
    )
    if s.alike:
        what = f"have {s.suggested}" if s.tag is None else "have the tag" if s.suggested else "lack the tag"
        named = "" if s.tag is None else f" ({taxonomy.labels[s.tag]})"
        reasons.append(f"{ELSEWHERE}{named}: {s.alike} of {s.alike + s.same} rows with this text {what}")
    return reasons


def _action_reasons(s: Suspicion, opinion: RuleOpinion, text: str) -> list[str]:
    coded = f"coded {s.coded} {ACTIONS[s.coded]} ({s.coded_probability:.2f})"
    reasons = [f"model {s.suggested_probability:.2f} says {s.suggested} {ACTIONS[s.suggested]}, {coded}"]
    if opinion.action is None:
        return reasons
    why = f" ({opinion.action_rule}: {_quoted(opinion.action_spans, text)})"
    return [*reasons, f"rules say {opinion.action}{', as coded' if opinion.action == s.coded else ''}{why}"]


def _tag_reasons(s: Suspicion, opinion: RuleOpinion, text: str, label: str) -> list[str]:
    words = opinion.tag_spans.get(label, ())
    found = f"rules find {_quoted(words, text)}" if words else "rules find no word for it"
    probability = s.suggested_probability if s.suggested else s.coded_probability
    return [
        f"tag {label} {'is missing' if s.suggested else 'may be one too many'}: model {probability:.2f}, "
        f"{found}"
    ]


def _quoted(spans: Sequence[Span], text: str) -> str:
    return ", ".join(f"'{text[span.start : span.end]}'" for span in spans)


def suspects_table(
    found: Sequence[Suspect],
    source: pa.Table,
    predictions: Predictions,
    taxonomy: Taxonomy,
    model_version: str,
) -> pa.Table:
    """The suspected rows as labelled rows: the suggested `action` and `issues`, and the coders' beside them.

    Args:
        found: the suspected rows.
        source: the coded rows, in the contract's columns.
        predictions: of these rows.
        taxonomy: of the tags.
        model_version: for the column of that name; not the model's own version, since the suggestions are not
            its predictions.
    """
    rows = [s.row for s in found]
    columns = {name: source[name].take(pa.array(rows, pa.int64())) for name in LABELLED.names}
    coded_actions, coded_issues = columns["action"].to_pylist(), columns["issues"].to_pylist()
    actions = [s.action(coded) for s, coded in zip(found, coded_actions, strict=True)]
    probabilities = predictions.action_probabilities[rows].astype(np.float64)
    sets = predictions.action_sets[rows]
    made = {
        "action": actions,
        "action_confidence": [round(float(p[a - 1]), 4) for p, a in zip(probabilities, actions, strict=True)],
        "action_set": [(np.flatnonzero(line) + 1).tolist() for line in sets],
        "issues": [s.issues(coded or (), taxonomy) for s, coded in zip(found, coded_issues, strict=True)],
        "issue_scores": [shown_scores(predictions.tag_scores[row], taxonomy.labels) for row in rows],
        "needs_review": [True] * len(rows),
        "review_reasons": [list(s.reasons) for s in found],
        "label_source": ["model"] * len(rows),
        "model_version": [model_version] * len(rows),
        "taxonomy_version": [taxonomy.version] * len(rows),
        "coded_action": coded_actions,
        "coded_issues": coded_issues,
        "rules_action": [s.opinion.action for s in found],
        "rules_issues": [list(s.opinion.tags) for s in found],
        "witnesses": [s.witnesses for s in found],
        "coded_probability": [round(s.suspicions[0].coded_probability, 4) for s in found],
    }
    columns |= {field.name: pa.array(made[field.name], field.type) for field in SCHEMA if field.name in made}
    return pa.table([columns[name] for name in SCHEMA.names], schema=SCHEMA)
