"""What the interface takes and gives, as its OpenAPI describes it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from pipeline.api import Model
from pipeline.corpus.taxonomy import ACTIONS

NDJSON = "application/x-ndjson"


class Fault(BaseModel):
    """What is wrong, where, and what to do about it."""

    where: str
    what: str
    todo: str


class FaultAnswer(BaseModel):
    """Every answer that is no success."""

    error: Fault


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LabelRequest(_Request):
    """Texts as they stand in documents; numbers and States around them are taken off."""

    texts: list[str | None] = Field(examples=[["Ratify the Convention against Torture"]])


class TextLine(_Request):
    """A line of NDJSON; a line may also be the text alone, as a JSON string."""

    text: str | None
    id: str | int | None = None


class CheckRequest(_Request):
    """One text, and the State under review, where what it was asked before is wanted."""

    text: str = Field(examples=["Strengthen the protection of migrants"])
    state: str | None = Field(default=None, max_length=200)


class SimilarRequest(_Request):
    """One text, and how many similar ones are wanted."""

    text: str = Field(examples=["Strengthen the protection of migrants"])
    count: int = Field(default=5, ge=1, le=50)


class LabelledText(BaseModel):
    """A text with its labels, in the columns of `upr label`."""

    text: str | None
    text_raw: str | None
    paragraph: str | None
    recommending_states: list[str]
    language: str | None
    action: int | None = Field(ge=1, le=5)
    action_confidence: float | None
    action_set: list[int]
    issues: list[str]
    issue_scores: dict[str, float]
    needs_review: bool
    review_reasons: list[str]
    label_source: str | None
    model_version: str
    taxonomy_version: str


FIELDS = tuple(LabelledText.model_fields)


class LabelAnswer(BaseModel):
    """One label a text, in order."""

    labels: list[LabelledText]
    demo: bool


class Rewrite(BaseModel):
    """A draft with a specific act named."""

    way: str
    text: str
    added: str


class Coded(BaseModel):
    """A recommendation that people coded."""

    rec_id: str
    text: str
    state_under_review: str | None
    session: int | None
    response: str | None
    action: int
    issues: list[str]


class Support(BaseModel):
    """How often specific recommendations on an issue were supported; `low` and `high` of the share, 95 %."""

    issue: str
    supported: int
    answered: int
    low: float
    high: float


class Advice(BaseModel):
    """For who drafts the text."""

    why: str
    ways: list[str]
    rewrites: list[Rewrite]
    examples: list[Coded]
    support: Support | None
    asked_before: list[Coded]
    limits: str


class CheckAnswer(BaseModel):
    """Labels of one text, the words that they depend on, and advice for who drafts it."""

    text_as_seen: str
    action: int | None
    action_confidence: float | None
    action_set: list[int]
    issues: list[str]
    issue_scores: dict[str, float]
    needs_review: bool
    review_reasons: list[str]
    action_evidence: list[str]
    issue_evidence: dict[str, list[str]]
    rule_action: int | None
    rule: str
    rule_issues: list[str]
    advice: Advice | None
    label_source: str | None
    model_version: str
    taxonomy_version: str
    model_origin: str


class Precedent(Coded):
    """The same with its similarity, 0 to 1."""

    similarity: float


class SimilarAnswer(BaseModel):
    """The most similar recommendations, best first."""

    similar: list[Precedent]
    corpus: str


class Tag(BaseModel):
    """An issue tag."""

    id: str
    label: str
    definition: str


class TaxonomyAnswer(BaseModel):
    """The categories and tags of the model in use."""

    taxonomy_version: str
    actions: dict[int, str]
    tags: list[Tag]


class ModelAnswer(BaseModel):
    """The model in use."""

    model_version: str
    model_origin: str
    taxonomy_version: str
    demo: bool


def taxonomy_answer(model: Model) -> dict[str, Any]:
    """The categories and tags of a model."""
    tags = [{"id": t.id, "label": t.label, "definition": t.definition} for t in model.bundle.taxonomy.tags]
    return {"taxonomy_version": model.taxonomy_version, "actions": dict(ACTIONS), "tags": tags}


def model_answer(model: Model) -> dict[str, Any]:
    """Which model it is."""
    return {
        "model_version": model.version,
        "model_origin": model.origin,
        "taxonomy_version": model.taxonomy_version,
        "demo": model.demo,
    }
