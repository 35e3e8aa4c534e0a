"""From rows to wordings: identical texts are one item, with one prediction a model version. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pipeline.corpus.schema import PEOPLE
from pipeline.corpus.taxonomy import ACTIONS, Taxonomy
from pipeline.corpus.text import normalise
from pipeline.sources.records import Reject
from pipeline.sources.tables.labelled import LabelledRow

Mark = tuple[int, int, str]
"""Start and end in characters of a text, and what speaks there: "action" or a tag."""


@dataclass(frozen=True)
class Explained:
    """What the codebook's rules say of a text.

    Attributes:
        action: the action category of the rules, None where they say none.
        rule: the name of the rule that gave it.
        spans: the words that the rules go by, and those that the model leans on where the rules name none.
    """

    action: int | None
    rule: str
    spans: tuple[Mark, ...]


class Explainer(Protocol):
    """Explains texts; one answer a text, in order."""

    def __call__(self, texts: Sequence[str]) -> list[Explained]:
        """The rules' words on each text."""
        ...


class MoreEvidence(Protocol):
    """Finds words for what the rules do not account for."""

    def __call__(
        self, text: str, model_version: str, action: int | None, wanted: Sequence[str]
    ) -> list[Mark]:
        """Marks for "action" and tags that are wanted."""
        ...


def no_more_evidence(text: str, model_version: str, action: int | None, wanted: Sequence[str]) -> list[Mark]:  # noqa: ARG001
    """No model at hand."""
    return []


def text_key(text: str) -> str:
    """What makes two texts one item: their letters and digits, in 32 hex digits."""
    return hashlib.blake2b(normalise(text).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


PREDICTION = (
    "model_version",
    "taxonomy_version",
    "label_source",
    "action",
    "action_confidence",
    "action_set",
    "issues",
    "issue_scores",
    "needs_review",
    "review_reasons",
    "labelled_at",
)
SOURCE = (
    "rec_id",
    "source_file",
    "source_row",
    "text",
    "state_under_review",
    "recommending_states",
    "session",
    "cycle",
    "symbol",
    "paragraph",
    "kind",
    "response",
    "response_raw",
    "language",
    "page",
    "char_start",
    "char_end",
    "themes",
    "position_source",
    "affected_persons",
    "sdgs",
    "text_raw",
    "text_fr",
    "text_es",
)


@dataclass
class GatheredText:
    """A text, where it stands, and what models said of it.

    Attributes:
        rows: by row id, the source columns and the experts' codes of each place.
        predictions: by model version; the first of the table counts.
        wanted: some row of it asks for review.
    """

    key: str
    text: str
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    predictions: dict[str, dict[str, Any]] = field(default_factory=dict)
    wanted: bool = False


@dataclass
class GatheredItems:
    """The wordings of a table, in its order, and what was turned away.

    `variants` counts rows whose spelling differs from an earlier one of the same wording and whose prediction
    differed, too; the earlier prediction stands.
    """

    wordings: dict[str, GatheredText] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    rows: int = 0
    variants: int = 0


class Translator(Protocol):
    """Says tags of a taxonomy version in the words of the desk's own."""

    def __call__(self, labels: list[str], version: str) -> list[str]:
        """Raises: KeyError for a tag that has no way."""
        ...


def gather(rows: Iterable[LabelledRow], taxonomy: Taxonomy, translate: Translator) -> GatheredItems:
    """Group a labelled table by wording.

    Rows of other taxonomy versions are taken in this version's words; `taxonomy_version` goes on naming the
    one that the model spoke.
    """
    result = GatheredItems()
    for row in rows:
        result.rows += 1
        reason = row.fault or _fault(row.values, taxonomy, translate)
        if reason:
            result.rejects.append(row.reject(reason))
        else:
            _add(result, row.values)
    return result


def _fault(values: dict[str, Any], taxonomy: Taxonomy, translate: Translator) -> str | None:
    if not values["text"] or not normalise(values["text"]):
        return "The text is empty: there is nothing to decide. Correct the source."
    if values["action"] is not None and values["action"] not in ACTIONS:
        return f"'{values['action']}' is not an action category. Use 1 to 5."
    version = values["taxonomy_version"] or taxonomy.version
    try:
        if version != taxonomy.version:
            values["issues"] = values["issues"] and translate(values["issues"], version)
            scores = values["issue_scores"] or {}
            values["issue_scores"] = {
                new: p for old, p in scores.items() for new in translate([old], version)
            }
        unknown = [tag for tag in values["issues"] or () if tag not in taxonomy.index]
    except KeyError as error:
        unknown = [str(error.args[0])]
    if not unknown:
        return None
    nearest = taxonomy.nearest(unknown[0])
    return f"'{unknown[0][:60]}' is not a tag of taxonomy {taxonomy.version}." + (
        f" Did you mean '{nearest}'?" if nearest else ""
    )


def _add(result: GatheredItems, values: dict[str, Any]) -> None:
    key = text_key(values["text"])
    wording = result.wordings.setdefault(key, GatheredText(key, values["text"]))
    human = values["label_source"] in PEOPLE
    wording.rows.setdefault(
        values["row_id"],
        {
            "source": {name: values[name] for name in SOURCE},
            "gold_action": values["action"] if human else None,
            "gold_issues": values["issues"] if human else None,
        },
    )
    wording.wanted = wording.wanted or bool(values["needs_review"])
    if human or not values["model_version"]:
        return
    said = {name: values[name] for name in PREDICTION} | {"text": values["text"]}
    earlier = wording.predictions.setdefault(values["model_version"], said)
    if earlier["text"] != values["text"] and not same_prediction(earlier, said):
        result.variants += 1


def same_prediction(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    """Whether two predictions say the same to a reviewer: action, tags, actions not ruled out, and doubt."""
    return (
        a["action"] == b["action"]
        and set(a["issues"] or ()) == set(b["issues"] or ())
        and set(a["action_set"] or ()) == set(b["action_set"] or ())
        and bool(a["needs_review"]) == bool(b["needs_review"])
    )
